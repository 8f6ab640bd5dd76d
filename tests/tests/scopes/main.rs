//! Leak assertions: what a scope finds, what it lets pass, and that it can only be passed where entries are known.
//!
//! Scopes see their own entries only, so these tests run in parallel and share sites without a lock.

#![allow(missing_docs)]
#![allow(clippy::drop_non_drop, clippy::forget_non_drop)]

mod exits;
mod futures;
mod model;
mod nested;
mod threads;
mod trips;

use std::collections::HashMap;

use mapkeeper::{
    MODE, Mode,
    testing::{self, Leaks, RoundTrips},
};
use mapkeeper_tests::panics::caught;

#[mapkeeper::tracked]
#[derive(Default)]
pub(crate) struct Shop {
    #[map]
    pub(crate) orders: HashMap<u32, Option<u32>>,
    #[map]
    pub(crate) carts: HashMap<u32, u32>,
}

/// Whether scopes can be made; where not, a test of them ends at once.
pub(crate) const KNOWN: bool = matches!(MODE, Mode::Strict);

/// The leftovers as site, line and count, by line.
pub(crate) fn rows(leaks: &Leaks, file: &str) -> Vec<(&'static str, u32, u64)> {
    let mut rows: Vec<_> = leaks
        .leftovers()
        .iter()
        .map(|row| {
            let place = row.call_site.strip_prefix(file).unwrap();
            let line = place.split(':').nth(1).unwrap().parse().unwrap();
            (row.site, line, row.entries)
        })
        .collect();
    rows.sort_by_key(|(_, line, _)| *line);
    rows
}

#[test]
fn leftovers_are_listed_by_map_and_line_with_their_count() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    shop.orders.insert(100, None); // before the scope: not its business
    let made = line!() + 1;
    let scope = testing::scope("checkout");
    for n in 0..5 {
        shop.orders.insert(n, Some(n));
    }
    shop.carts.extend([(1, 1), (2, 2)]);
    let second = line!() - 1;
    shop.orders.remove(&3);
    shop.orders.insert(4, None); // a replaced value keeps its entry's birth
    shop.carts.entry(3).or_insert(3);
    shop.carts.remove(&3);
    let leaks = scope.check().unwrap_err();
    assert_eq!(
        rows(&leaks, file!()),
        [("Shop.orders", second - 2, 4), ("Shop.carts", second, 2)]
    );
    let row = &leaks.leftovers()[0];
    assert_eq!(
        (row.site, row.module, row.maps),
        ("Shop.orders", module_path!(), 1)
    );
    let text = leaks.to_string();
    for part in [
        "6 entries born in the scope \"checkout\"".to_owned(),
        format!("{}:{made}:", file!()),
        row.fingerprint.clone(),
        ".allow_site(\"Shop.orders\")".to_owned(),
        format!(".allow(\"{}\")", row.fingerprint),
        "`orders.remove(&key)`".to_owned(),
    ] {
        assert!(text.contains(&part), "{part} is not in:\n{text}");
    }
    assert_eq!(format!("{leaks:?}"), text);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Pair {
    #[map]
    left: HashMap<u32, u32>,
    #[map]
    right: HashMap<u32, u32>,
}

#[track_caller]
fn insert_into_both(pair: &mut Pair, key: u32) {
    pair.left.insert(key, key);
    pair.right.insert(key, key);
}

#[test]
fn one_line_that_inserts_into_several_maps_is_listed_for_each_site_with_its_number_of_maps() {
    if !KNOWN {
        return;
    }
    let _clock = testing::Clock::drive();
    let mut pairs = [Pair::default(), Pair::default(), Pair::default()];
    let scope = testing::scope("pairs");
    for key in 0..4 {
        pairs
            .iter_mut()
            .for_each(|pair| insert_into_both(pair, key));
    }
    pairs[0].left.clear();
    pairs[1].left.remove(&1);
    let leaks = scope.check().unwrap_err();
    let rows: Vec<_> = leaks
        .leftovers()
        .iter()
        .map(|row| (row.site, row.entries, row.maps))
        .collect();
    assert_eq!(rows, [("Pair.right", 12, 3), ("Pair.left", 7, 2)]);
    assert_eq!(
        leaks.leftovers()[0].call_site,
        leaks.leftovers()[1].call_site
    );
}

#[test]
fn the_text_is_aligned() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let scope = testing::scope("columns");
    shop.orders.extend((0..1_234).map(|n| (n, None)));
    shop.carts.insert(1, 1);
    let text = scope.check().unwrap_err().to_string();
    let table: Vec<&str> = text.lines().skip(2).take(3).collect();
    let place = |row: &str, cell: &str| row.find(cell).unwrap();
    assert_eq!(
        place(table[0], "inserted at"),
        place(table[1], file!()),
        "{text}"
    );
    assert_eq!(place(table[1], file!()), place(table[2], file!()), "{text}");
    let end_of_count = place(table[0], "entries") + "entries".len();
    assert!(table[1][..end_of_count].ends_with(" 1,234"), "{text}");
    assert!(table[2][..end_of_count].ends_with(" 1"), "{text}");
}

#[test]
fn a_clean_scope_passes_and_baselines_do_not_matter() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    shop.carts.extend([(1, 1), (2, 2), (3, 3)]);
    let scope = testing::scope("clean");
    shop.carts.remove(&1); // older than the scope
    shop.carts.insert(2, 20); // a replacement in an older entry
    shop.carts.insert(4, 4);
    shop.carts.remove(&4);
    let mut own = Shop::default();
    own.orders.insert(1, None);
    drop(own);
    scope.check().unwrap();
    let _nothing = testing::scope("empty");
}

#[test]
fn the_drop_of_a_scope_fails_the_test_and_names_where_it_was_made() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let made = line!() + 2;
    let panic = caught(|| {
        let _leaks = testing::scope("dropped");
        shop.carts.insert(1, 1);
    })
    .unwrap_err();
    for part in ["\"dropped\"", "Shop.carts", &format!("{}:{made}:", file!())] {
        assert!(panic.message.contains(part), "{}", panic.message);
    }
}

#[test]
#[should_panic(expected = "1 entry born in the scope \"leaky\"")]
fn a_leak_panics() {
    if !KNOWN {
        panic!("1 entry born in the scope \"leaky\" cannot be known in {MODE}");
    }
    let mut shop = Shop::default();
    let _leaks = testing::scope("leaky");
    shop.carts.insert(1, 1);
}

#[test]
fn a_scope_that_is_unwound_over_leaves_the_first_panic_alone() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let panic = caught(|| {
        let _leaks = testing::scope("unwound");
        shop.carts.insert(1, 1);
        panic!("the test's own");
    })
    .unwrap_err();
    assert_eq!(panic.message, "the test's own");
    // The thread is in no scope any more.
    let scope = testing::scope("after");
    shop.carts.remove(&1);
    scope.check().unwrap();
    let panic = caught(|| {
        let _leaks = testing::scope("again");
        shop.carts.insert(2, 2);
    });
    assert!(panic.unwrap_err().message.contains("1 entry"));
}

#[test]
fn allow_lists_silence_a_site_or_a_line_and_nothing_else() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let mut leave = |first| {
        shop.orders.clear();
        shop.carts.clear();
        shop.orders.insert(first, None);
        shop.carts.insert(first, 1);
    };
    let scope = testing::scope("site").allow_site("Shop.orders");
    leave(1);
    let leaks = scope.check().unwrap_err();
    assert_eq!(leaks.leftovers().len(), 1);
    assert_eq!(leaks.leftovers()[0].site, "Shop.carts");

    let fingerprint = leaks.leftovers()[0].fingerprint.clone();
    let scope = testing::scope("line").allow(&fingerprint);
    leave(2);
    let leaks = scope.check().unwrap_err();
    assert_eq!(leaks.leftovers().len(), 1);
    assert_eq!(leaks.leftovers()[0].site, "Shop.orders");

    let scope = testing::scope("both")
        .allow(&fingerprint)
        .allow_site("Shop.orders");
    leave(3);
    scope.check().unwrap();

    let scope = testing::scope("mistaken").allow_site("Shop.order");
    leave(4);
    let text = scope.check().unwrap_err().to_string();
    assert!(text.contains("No map is named \"Shop.order\""), "{text}");
    assert!(text.contains("Shop.carts"), "{text}");
}

#[test]
fn the_age_is_that_of_the_oldest_that_is_left() {
    if !KNOWN {
        return;
    }
    let clock = testing::Clock::drive();
    let mut shop = Shop::default();
    let scope = testing::scope("ages");
    for n in 0..4 {
        shop.carts.insert(n, n);
        clock.advance(std::time::Duration::from_secs(10));
    }
    shop.carts.remove(&0);
    let leaks = scope.check().unwrap_err();
    assert_eq!(leaks.leftovers()[0].oldest.as_secs(), 30);
    assert_eq!(leaks.leftovers()[0].entries, 3);
}

/// An assertion that cannot fail must not pass: everything that begins one panics, at the caller's line.
#[test]
fn other_modes_say_what_to_write_in_cargo_toml() {
    if KNOWN {
        return;
    }
    let begin: [(u32, fn()); 5] = [
        (line!(), || drop(testing::scope("a"))),
        (line!(), || drop(testing::scoped("a", async {}))),
        (line!(), || testing::round_trips(2, || ())),
        (line!(), || RoundTrips::new(2).run(|| ())),
        (line!(), || drop(RoundTrips::new(2).run_async(|| async {}))),
    ];
    for (line, begin) in begin {
        let panic = caught(begin).unwrap_err();
        for part in [
            format!("mode `{MODE}`"),
            "mapkeeper = { version = \"0.1\", features = [\"strict\"] }".to_owned(),
            "[dev-dependencies]".to_owned(),
        ] {
            assert!(panic.message.contains(&part), "{}", panic.message);
        }
        assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
    }
    // Handles of no scope are for programs' helpers and work everywhere.
    assert_eq!(testing::current_scope().run(|| 7), 7);
}
