//! Figures as characters, against what can be said of them by hand.

use crate::top::{
    chart::{at_even_times, bar, bars, spark},
    table::{cut, cut_front, figures, fit, wrapped},
};
use unicode_width::UnicodeWidthStr;

#[test]
fn a_spark_is_as_wide_as_asked_and_as_high_as_its_figures() {
    assert_eq!(spark(&[], 4), "    ");
    assert_eq!(spark(&[0, 0], 4), "    ");
    assert_eq!(spark(&[1, 2, 3, 4, 5, 6, 7, 8], 8), "▁▂▃▄▅▆▇█");
    assert_eq!(
        spark(&[8, 0, 1_000_000], 5),
        "  ▁ █",
        "what is not nothing is seen"
    );
    assert_eq!(spark(&[u64::MAX, 1], 2), "█▁");
    // More than fits: each stands for several, the last is now.
    assert_eq!(spark(&[0, 0, 0, 8], 2), " █");
    for n in 0..200_u64 {
        let values: Vec<u64> = (0..n).collect();
        assert_eq!(spark(&values, 12).chars().count(), 12, "{n}");
    }
}

#[test]
fn bars_of_several_lines_fill_from_below() {
    assert_eq!(bars(&[1, 2], 2, 2), [" █", "██"]);
    assert_eq!(bars(&[1, 4, 8], 4, 1), [" ▁▄█"]);
}

#[test]
fn a_bar_is_its_part_of_the_width() {
    assert_eq!(bar(0.0, 4), "");
    assert_eq!(bar(0.5, 4), "██");
    assert_eq!(bar(1.0, 4), "████");
    assert_eq!(bar(1e-9, 4), "▏");
    assert_eq!(bar(f64::NAN, 4), "");
    assert_eq!(bar(7.0, 2), "██");
}

#[test]
fn figures_at_uneven_times_are_drawn_at_even_ones() {
    assert_eq!(at_even_times(&[], 3), [0_u64; 0]);
    assert_eq!(at_even_times(&[(5, 7)], 3), [7, 7, 7]);
    // Much happened in the first tenth.
    let points = [(0, 0), (5, 50), (10, 100), (100, 1)];
    let by_hand = [0, 100, 100, 100, 100, 100, 100, 100, 100, 100, 1];
    assert_eq!(at_even_times(&points, 11), by_hand);
    // A clock that was set back, and one that is absurd.
    at_even_times(&[(10, 1), (5, 2)], 4);
    at_even_times(&[(0, 1), (u64::MAX, 2)], 4);
}

#[test]
fn text_is_cut_by_the_width_it_takes() {
    for text in [
        "",
        "a",
        "OrderService.orders",
        "注文サービス",
        "a注b文c",
        "🦀🦀🦀",
    ] {
        for width in 0..24 {
            assert!(cut(text, width).width() <= width, "{text} {width}");
            assert!(cut_front(text, width).width() <= width, "{text} {width}");
            assert_eq!(fit(text, width, true).width(), width, "{text} {width}");
            for line in wrapped(text, width.max(2)) {
                assert!(line.width() <= width.max(2), "{text} {width}");
            }
        }
    }
    assert_eq!(cut("orders", 4), "ord…");
    assert_eq!(
        cut_front("examples/src/service.rs:1:2", 20),
        "…/src/service.rs:1:2"
    );
}

#[test]
fn a_table_is_aligned_and_no_wider_than_asked() {
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    let rows = [
        row(["line", "live", "left"]),
        row(["a/b/注文.rs:1:2", "1,234", "-"]),
    ];
    assert_eq!(
        figures(&rows, 40),
        [
            "line              live  left",
            "a/b/注文.rs:1:2  1,234     -"
        ]
    );
    for width in 0..60 {
        for line in figures(&rows, width) {
            assert!(line.width() <= width, "{width}: {line}");
        }
    }
}
