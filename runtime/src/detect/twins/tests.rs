//! An index beside the map it belongs to, told from what happened to each entry of both.

use crate::{
    SiteReport, Suspect,
    detect::{
        random::Random,
        tests::story::{Entry, HOUR, MINUTE, SECOND, entry, found, told},
    },
};

const LIFE: u64 = 12 * HOUR;
const INDEX: &str = "Orders.by_number";
/// The line that fills the index.
const INDEXED_AT: &str = "src/orders.rs:30:9";

/// One entry every two seconds, for twenty minutes in the middle, and its counterpart in an index: `after` says how much
/// later the `i`th of these goes, if it does.
struct Pair {
    open: Vec<Entry>,
    index: Vec<Entry>,
}

impl Pair {
    fn of(after: impl Fn(u64) -> Option<u64>) -> Self {
        let mut random = Random::seeded(91);
        let entries = (0..LIFE / (2 * SECOND)).map(|i| {
            let born = i * 2 * SECOND;
            let left = born + random.exponential(20.0 * MINUTE as f64) as u64;
            let indexed = Entry {
                line: INDEXED_AT,
                ..entry(born, after(i).map(|later| left + later))
            };
            (entry(born, Some(left)), indexed)
        });
        let (open, index) = entries.unzip();
        Self { open, index }
    }

    fn after(&self, life: u64) -> [SiteReport; 2] {
        let mut index = told(&self.index, life);
        index.site = INDEX.to_owned();
        [told(&self.open, life), index]
    }

    /// What is told of a drift after so long, if anything.
    fn drift(&self, life: u64) -> Option<Suspect> {
        of_drift(&self.after(life))
    }
}

fn of_drift(sites: &[SiteReport]) -> Option<Suspect> {
    found(sites)
        .into_iter()
        .find(|suspect| suspect.kind == "drift")
}

/// One in fifty stays.
fn forgets(i: u64) -> Option<u64> {
    (!i.is_multiple_of(50)).then_some(0)
}

#[test]
fn what_one_of_two_maps_keeps_is_told_by_the_line_that_fills_it() {
    let suspect = Pair::of(forgets).drift(LIFE).expect("a drift");
    assert_eq!(suspect.site, INDEX);
    assert_eq!(suspect.call_site.as_deref(), Some(INDEXED_AT));
    let born = LIFE / (2 * SECOND);
    // All that were forgotten, whose counterparts have gone by now but for the last ones.
    assert!((born / 50 - 20..=born / 50).contains(&suspect.entries));
    let kept = suspect.figures["kept_of_what_came"];
    assert!((0.015..0.025).contains(&kept), "{kept}");
    assert!((30.0..42.0).contains(&suspect.entries_per_hour));
}

#[test]
fn it_takes_four_hours_and_what_counts_is_what_stays_lately() {
    let pair = Pair::of(forgets);
    assert!(pair.drift(3 * HOUR).is_none());
    assert!(pair.drift(5 * HOUR).is_some());
    let over = |i: u64| (i >= 6_000 || !i.is_multiple_of(50)).then_some(0);
    assert!(Pair::of(over).drift(LIFE).is_none());
}

#[test]
fn two_maps_that_go_together_are_quiet() {
    assert!(Pair::of(|_| Some(0)).drift(LIFE).is_none());
    // Nor is the second one written later.
    assert!(Pair::of(|_| Some(SECOND)).drift(LIFE).is_none());
}

#[test]
fn what_is_kept_for_a_while_on_purpose_is_quiet_from_its_first_day_on() {
    for hours in [1, 2, 3] {
        let kept = |i: u64| Some(if i.is_multiple_of(5) { hours * HOUR } else { 0 });
        let pair = Pair::of(kept);
        for life in 4..=12 {
            assert!(pair.drift(life * HOUR).is_none(), "{hours} {life}");
        }
    }
    // A log of the day: nothing has left it.
    assert!(Pair::of(|_| Some(24 * HOUR)).drift(LIFE).is_none());
}

#[test]
fn maps_that_do_not_go_together_say_nothing_of_each_other() {
    let sites = Pair::of(forgets).after(LIFE);
    let mut elsewhere = sites.clone();
    elsewhere[1].site = "Archive.by_number".to_owned();
    assert!(of_drift(&elsewhere).is_none());
    let mut allowed = sites.clone();
    allowed[1].growth_allowed = true;
    assert!(of_drift(&allowed).is_none());
    // One entry in thirty has no counterpart.
    let mut alone = Pair::of(forgets);
    alone.index.retain({
        let mut i = 0;
        move |_| {
            i += 1;
            !u32::is_multiple_of(i, 30)
        }
    });
    assert!(alone.drift(LIFE).is_none());
}
