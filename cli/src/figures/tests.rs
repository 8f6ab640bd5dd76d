use super::*;

/// Against digits grouped by hand, from the right.
#[test]
fn a_count_is_grouped_by_thousands() {
    for n in [0, 7, 999, 1_000, 12_345, 999_999, 1_000_000, u64::MAX] {
        let reversed: Vec<char> = n.to_string().chars().rev().collect();
        let groups = reversed
            .chunks(3)
            .map(|group| group.iter().collect::<String>());
        let by_hand = groups.collect::<Vec<_>>().join(",");
        assert_eq!(count(n), by_hand.chars().rev().collect::<String>());
        assert!(short(n).chars().count() <= 9, "{}", short(n));
    }
    assert_eq!(short(999_999), "999,999");
    assert_eq!(short(1_234_567), "1.23M");
    assert_eq!(short(u64::MAX), "18446.74P");
}

#[test]
fn what_is_not_known_or_nothing_is_not_written() {
    assert_eq!(each_hour(None), "");
    assert_eq!(each_hour(Some(f64::NAN)), "");
    assert_eq!(each_hour(Some(0.2)), "");
    assert_eq!(each_hour(Some(1_234.5)), "+1,235");
    assert_eq!(each_hour(Some(-5.0)), "−5");
    assert_eq!(percent(0.0), "");
    assert_eq!(percent(f64::NAN), "");
    assert_eq!(percent(0.001), "0.1 %");
    assert_eq!(percent(0.943), "94 %");
}

#[test]
fn bytes_and_spans_have_the_unit_that_people_read() {
    for (n, text) in [
        (0, "0 B"),
        (1_023, "1023 B"),
        (1_024, "1.0 KiB"),
        (5 << 20, "5.0 MiB"),
        (3 << 40, "3.0 TiB"),
    ] {
        assert_eq!(bytes(n), text);
    }
    for (ms, text) in [
        (0, "0 ms"),
        (999, "999 ms"),
        (1_500, "1.5 s"),
        (120_000, "2.0 min"),
        (7_200_000, "2.0 h"),
        (172_800_000, "2.0 d"),
    ] {
        assert_eq!(span(ms), text);
    }
    assert_eq!(seconds(-1.0), "0 ms");
    assert_eq!(seconds(f64::INFINITY), span(u64::MAX));
}
