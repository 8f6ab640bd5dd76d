//! Strict: in which order maps are locked. Two threads that lock two maps in opposite orders may wait for each other for ever;
//! the orders are known before that happens, and each pair of them is told once.
//!
//! Maps are told apart by their sites: of two maps of one site nothing is known.

use std::collections::HashMap;

use super::holds::line;
use crate::{
    Site,
    sync::Ask,
    threads::{LazyLock, Mutex, PoisonError, statics},
};

/// Orders that are known at a time; then they are all forgotten.
const MOST: usize = 1 << 10;

/// A site by its address, and whether a map of it is written to.
type Use = (usize, bool);

/// By what was held and what was asked for then: who did.
type Orders = HashMap<(Use, Use), (Ask, Ask)>;

statics! {
    static ORDERS: LazyLock<Mutex<Orders>> = LazyLock::new(Mutex::default);
}

fn used(site: &'static Site, ask: Ask) -> Use {
    (std::ptr::from_ref(site).addr(), ask.writes)
}

/// A thread holds a shard and asks for another.
pub(super) fn note(held: Ask, asked: Ask) {
    if let (Some(first), Some(second)) = (held.site, asked.site)
        && !std::ptr::eq(first, second)
    {
        note_sites((first, held), (second, asked));
    }
}

#[cold]
fn note_sites((first, held): (&'static Site, Ask), (second, asked): (&'static Site, Ask)) {
    let (one, other) = (used(first, held), used(second, asked));
    let opposite = {
        let mut orders = ORDERS.lock().unwrap_or_else(PoisonError::into_inner);
        if orders.contains_key(&(one, other)) {
            return;
        }
        if orders.len() >= MOST {
            orders.clear();
        }
        orders.insert((one, other), (held, asked));
        // Readers do not wait for readers.
        let writes = [true, false];
        let uses = writes
            .into_iter()
            .flat_map(|held| writes.map(|asked| (held, asked)));
        let waits = |(held, asked): &(bool, bool)| (one.1 || *asked) && (other.1 || *held);
        let opposite = |(held, asked)| orders.get(&((other.0, held), (one.0, asked))).copied();
        uses.filter(waits).find_map(opposite)
    };
    if let Some((theirs, then)) = opposite {
        for site in [first, second] {
            site.record.state().contention.inversions.add(1);
        }
        let (first, second) = (first.name(), second.name());
        tracing::warn!(
            target: "mapkeeper::locks",
            site = first,
            "{first} and {second} are locked in opposite orders: {first} at {} and then {second} at {}, but {second} at {} and \
             then {first} at {}; two threads can wait for each other there for ever, so lock them in one order",
            line(held),
            line(asked),
            line(theirs),
            line(then),
        );
    }
}
