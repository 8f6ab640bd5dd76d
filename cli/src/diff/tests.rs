use super::*;

#[test]
fn a_limit_is_a_number_of_entries_or_a_share() {
    assert_eq!(limit("500"), Ok(Limit::Entries(500)));
    assert_eq!(limit("0"), Ok(Limit::Entries(0)));
    assert_eq!(limit("10%"), Ok(Limit::Percent(10.0)));
    assert_eq!(limit("2.5 %"), Ok(Limit::Percent(2.5)));
    for bad in ["", "%", "-1", "-1%", "NaN%", "inf%", "1.5", "many", "10%%"] {
        assert!(limit(bad).unwrap_err().contains("=500"), "{bad}");
    }
}

/// Against arithmetic without fractions.
#[test]
fn a_limit_is_passed_by_what_is_more() {
    let figures = [0, 1, 2, 9, 10, 11, 99, 100, 101, 110, 111, 1_000, u64::MAX];
    for before in figures {
        for after in figures {
            let more = i128::from(after) - i128::from(before);
            for most in [0, 1, 10, 100] {
                let passed = Limit::Entries(most).is_passed(before, after);
                assert_eq!(passed, more > i128::from(most), "{before} {after} {most}");
                if before < 1_000_000 && after < 1_000_000 {
                    let passed = Limit::Percent(most as f64).is_passed(before, after);
                    let by_hand = more * 100 > i128::from(before) * i128::from(most);
                    assert_eq!(passed, by_hand, "{before} {after} {most} %");
                }
            }
        }
    }
}

#[test]
fn a_verdict_names_a_few_and_counts_the_rest() {
    let many: Vec<(&str, u64)> = vec![("A.map\u{1b}[2J", 1_234); 7];
    let verdict = verdict(&many);
    assert!(verdict.starts_with("7 maps grew: A.map\u{fffd}[2J by 1,234, "));
    assert!(verdict.ends_with(" and 2 more"), "{verdict}");
    assert_eq!(
        super::verdict(&many[..1]),
        "1 map grew: A.map\u{fffd}[2J by 1,234"
    );
}
