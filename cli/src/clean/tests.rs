use super::*;

/// Everything that a terminal may obey, by the standards' own lists: C0 and C1 with `DEL` (ECMA-48), and the characters
/// that order text (UAX #9).
fn obeyed() -> Vec<char> {
    let controls = (0..0x20).chain(0x7f..0xa0);
    let orders = [0x61c, 0x200e, 0x200f]
        .into_iter()
        .chain(0x202a..=0x202e)
        .chain(0x2066..=0x2069);
    controls.chain(orders).filter_map(char::from_u32).collect()
}

#[test]
fn nothing_that_a_terminal_obeys_is_left() {
    for c in obeyed() {
        let text = format!("a{c}b");
        assert_eq!(clean(&text), "a\u{fffd}b", "{c:?}");
        let kept = if c == '\n' { "a\nb" } else { "a\u{fffd}b" };
        assert_eq!(clean_lines(&text), kept, "{c:?}");
    }
}

#[test]
fn what_people_write_stays() {
    let text = "OrderService.orders · 94 % → `remove(&key)` ±3 − müßig 注文 🦀";
    assert_eq!(clean(text), text);
}

#[test]
fn json_is_cleaned_in_names_and_values_of_any_depth() {
    let json = serde_json::json!({ "a\u{1b}": [{ "b": "\u{9b}2J" }, 7, null, true] });
    let clean = serde_json::json!({ "a\u{fffd}": [{ "b": "\u{fffd}2J" }, 7, null, true] });
    assert_eq!(clean_json(json), clean);
}

#[test]
fn escaped_json_says_the_same_to_machines_and_nothing_to_terminals() {
    let all: String = obeyed()
        .into_iter()
        .chain("\u{e0041}é🦀\"\\".chars())
        .collect();
    let json = serde_json::to_string(&serde_json::json!({ &all: all })).unwrap();
    let escaped = escaped_json(&json);
    assert!(!escaped.chars().any(is_harmful), "{escaped}");
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(read(&escaped), read(&json));
}
