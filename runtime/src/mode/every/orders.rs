//! Strict: in which order maps are locked. Two threads that lock two maps in opposite orders may wait for each other for ever;
//! the orders are known before that happens, and each pair of them is told once.
//!
//! Maps of two sites are told apart by their sites, two maps of one site by their numbers. Of two shards of one map nothing
//! is known: whole steps lock them in the order of their numbers, and keys do not show theirs.

use std::{
    collections::{HashMap, HashSet},
    panic::Location,
};

use super::holds::line;
use crate::{
    Site,
    sync::Ask,
    threads::{LazyLock, Mutex, MutexGuard, PoisonError, statics},
};

/// Orders that are known at a time, and pairs of lines that were told; then they are all forgotten.
const MOST: usize = 1 << 10;

/// What is locked.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    /// Any map of the site with this address.
    Site(usize),
    /// One map of a site of which two are locked.
    Map(u64),
}

/// And whether it is written to.
type Use = (Who, bool);

#[derive(Default)]
struct Orders {
    /// By what was held and what was asked for then: who did.
    seen: HashMap<(Use, Use), (Ask, Ask)>,
    /// The lines of what was told of two maps of a site: it may have many.
    told: HashSet<[Option<&'static Location<'static>>; 4]>,
}

statics! {
    static ORDERS: LazyLock<Mutex<Orders>> = LazyLock::new(Mutex::default);
}

fn orders() -> MutexGuard<'static, Orders> {
    ORDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A thread holds a shard and asks for another.
pub(super) fn note(held: Ask, asked: Ask) {
    if let (Some(first), Some(second)) = (held.site, asked.site)
        && held.map != asked.map
    {
        note_maps((first, held), (second, asked));
    }
}

#[cold]
fn note_maps((first, held): (&'static Site, Ask), (second, asked): (&'static Site, Ask)) {
    let is_one_site = std::ptr::eq(first, second);
    let who = |site: &'static Site, ask: Ask| {
        if is_one_site {
            Who::Map(ask.map.number())
        } else {
            Who::Site(std::ptr::from_ref(site).addr())
        }
    };
    let one = (who(first, held), held.writes);
    let other = (who(second, asked), asked.writes);
    let Some((theirs, then)) = orders().opposite((one, held), (other, asked)) else {
        return;
    };
    let lines = [held, asked, theirs, then].map(|ask| ask.at.location());
    if is_one_site && !orders().tells(lines) {
        return;
    }
    first.record.state().contention.inversions.add(1);
    if is_one_site {
        let name = first.name();
        return tracing::warn!(
            target: "mapkeeper::locks",
            site = name,
            "two maps of {name} are locked in opposite orders: one at {} and then the other at {}, but that at {} and then \
             the first at {}; two threads can wait for each other there for ever, so lock them in one order",
            line(held),
            line(asked),
            line(theirs),
            line(then),
        );
    }
    second.record.state().contention.inversions.add(1);
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

impl Orders {
    /// Notes an order; the first time, who locked the two in the opposite one so that one would have to wait for the other.
    fn opposite(
        &mut self,
        (one, held): (Use, Ask),
        (other, asked): (Use, Ask),
    ) -> Option<(Ask, Ask)> {
        if self.seen.contains_key(&(one, other)) {
            return None;
        }
        if self.seen.len() >= MOST {
            self.seen.clear();
        }
        self.seen.insert((one, other), (held, asked));
        // Readers do not wait for readers.
        let writes = [true, false];
        let uses = writes
            .into_iter()
            .flat_map(|held| writes.map(|asked| (held, asked)));
        let waits = |(held, asked): &(bool, bool)| (one.1 || *asked) && (other.1 || *held);
        let seen = |(held, asked)| self.seen.get(&((other.0, held), (one.0, asked))).copied();
        uses.filter(waits).find_map(seen)
    }

    /// Whether this is told for the first time.
    fn tells(&mut self, lines: [Option<&'static Location<'static>>; 4]) -> bool {
        if self.told.len() >= MOST {
            self.told.clear();
        }
        let [held, asked, theirs, then] = lines;
        // The other thread's view of the same.
        !self.told.contains(&[theirs, then, held, asked]) && self.told.insert(lines)
    }
}
