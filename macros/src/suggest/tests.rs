use super::{closest, distance, fold, list};

const KEYS: [&str; 5] = ["on_remove", "max_age", "max_len", "follows", "name"];

#[test]
fn a_typo_finds_the_key_that_was_meant() {
    assert_eq!(closest("max_agee", KEYS), Some("max_age"));
    assert_eq!(closest("on_remvoe", KEYS), Some("on_remove"));
    assert_eq!(closest("follow", KEYS), Some("follows"));
    assert_eq!(closest("nmae", KEYS), Some("name"));
}

#[test]
fn case_and_underscores_do_not_count() {
    assert_eq!(closest("maxAge", KEYS), Some("max_age"));
    assert_eq!(closest("OnRemove", KEYS), Some("on_remove"));
}

#[test]
fn of_two_close_keys_the_closer_one_wins() {
    assert_eq!(closest("max_lem", KEYS), Some("max_len"));
}

#[test]
fn a_word_like_no_key_finds_nothing() {
    assert_eq!(closest("colour", KEYS), None);
    assert_eq!(closest("", KEYS), None);
    assert_eq!(closest("x", []), None);
}

#[test]
fn swapped_neighbours_cost_one_edit() {
    assert_eq!(distance(&fold("abcd"), &fold("abdc")), 1);
    assert_eq!(distance(&fold("kitten"), &fold("sitting")), 3);
    assert_eq!(distance(&fold(""), &fold("abc")), 3);
}

#[test]
fn a_list_reads_like_a_sentence() {
    assert_eq!(list([]), "");
    assert_eq!(list(["a"]), "`a`");
    assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
}
