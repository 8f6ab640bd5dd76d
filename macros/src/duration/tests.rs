use std::time::Duration;

use super::parse;

fn message(text: &str) -> String {
    parse(text).expect_err("a mistake")
}

#[test]
fn each_unit_counts() {
    for (text, millis) in [
        ("1ms", 1),
        ("2s", 2_000),
        ("15m", 900_000),
        ("3h", 10_800_000),
        ("1d", 86_400_000),
    ] {
        assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
    }
}

#[test]
fn units_add_up() {
    assert_eq!(parse("1h30m"), Ok(Duration::from_secs(5_400)));
    assert_eq!(parse("1d2h3m4s5ms"), Ok(Duration::from_millis(93_784_005)));
}

#[test]
fn a_zero_part_is_fine_and_a_zero_sum_is_not() {
    assert_eq!(parse("0h30m"), Ok(Duration::from_secs(1_800)));
    assert!(message("0s").contains("longer than zero"));
}

#[test]
fn a_missing_unit_is_named() {
    assert!(message("15").contains("no unit after 15"));
    assert!(message("1h30").contains("no unit after 30"));
}

#[test]
fn a_long_unit_finds_the_short_one() {
    assert!(message("15min").contains("did you mean \"m\"?"));
    assert!(message("2 hours").contains("did you mean \"h\"?"));
    assert!(message("5S").contains("did you mean \"s\"?"));
    assert!(message("3w").contains("the units are d, h, m, s and ms"));
}

#[test]
fn order_and_repetition_are_checked() {
    assert!(message("30m1h").contains("out of order"));
    assert!(message("1m1m").contains("out of order"));
}

#[test]
fn no_number_is_no_duration() {
    for text in ["m", "soon", "-5m", "1.5h", "h30m"] {
        assert!(message(text).contains("is not a duration"), "{text}");
    }
    assert!(message("").contains("is missing"));
}

#[test]
fn what_does_not_fit_is_refused() {
    assert!(message("99999999999999999999d").contains("longer than can be counted"));
    assert!(message("18446744073709551615d").contains("longer than can be counted"));
}
