//! Text from elsewhere (names, keys, sentences of a program that may be anybody's) made fit for a terminal.

use serde_json::Value;

/// Stands for what must not reach a terminal.
const INSTEAD: char = '\u{fffd}';

/// What a terminal obeys instead of showing it, and what shows text in another order than it is in, or not at all.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line of it.
pub(crate) fn clean(text: &str) -> String {
    text.replace(is_harmful, &INSTEAD.to_string())
}

/// Several lines of it.
pub(crate) fn clean_lines(text: &str) -> String {
    text.replace(|c| c != '\n' && is_harmful(c), &INSTEAD.to_string())
}

/// All text in JSON.
pub(crate) fn clean_json(json: Value) -> Value {
    match json {
        Value::String(text) => Value::String(clean(&text)),
        Value::Array(items) => items.into_iter().map(clean_json).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (clean(&name), clean_json(value)))
            .collect(),
        plain => plain,
    }
}

/// The same JSON, in which what must not reach a terminal is said by its number: outside strings there is none of it.
pub(crate) fn escaped_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_harmful(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests;
