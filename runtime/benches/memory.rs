//! What each kind of map weighs beside its original: the map itself, and what it allocates.
//!
//! A program of its own, for it counts every allocation. Rows are those of the mode it was compiled in; `--bench ratios` does
//! all modes.

#[path = "common/kinds.rs"]
mod kinds;
#[allow(dead_code, reason = "the other benches ask more of a map")]
#[path = "common/maps.rs"]
mod maps;

use allocation_counter::measure;
use maps::{Fx, Map, Shape, Std};

/// A map that observe does not know as an instance yet.
const FEW: u64 = 27;
const MANY: u64 = 1_000_000;

type P<M> = <M as Map>::Shape;

fn filled<M: Map>(entries: u64) -> M {
    let mut map = M::default();
    for n in 0..entries {
        map.insert(P::<M>::key(n), P::<M>::value(n));
    }
    map
}

fn row<M: Map>(what: &str, value: f64) {
    println!(
        "{value}\t{}|{}|{}|-|0|{what}",
        M::row(),
        M::KIND,
        <M::Shape as Shape>::NAME
    );
}

fn rows<M: Map>() {
    // A site's first maps make the site's state, once per program.
    drop(filled::<M>(MANY / 1_000));
    let empty = measure(|| {
        let mut map = M::default();
        map.retain_all();
        assert!(map.get(&P::<M>::key(0)).is_none());
        assert!(map.remove(&P::<M>::key(0)).is_none());
    });
    let few = measure(|| drop(filled::<M>(FEW)));
    let mut many = None;
    let bytes = measure(|| many = Some(filled::<M>(MANY))).bytes_current;
    drop(many);
    row::<M>("bytes of the map itself", size_of::<M>() as f64);
    row::<M>("allocations, empty", empty.count_total as f64);
    row::<M>("allocations, 27 entries", few.count_total as f64);
    row::<M>("bytes allocated, 27 entries", few.bytes_total as f64);
    row::<M>("bytes an entry, of 1,000,000", bytes as f64 / MANY as f64);
}

fn main() {
    rows::<Std<maps::U64U64, Fx>>();
    rows::<maps::KeptU64Fx>();
    rows::<kinds::StdSetFx>();
    rows::<kinds::KeptSetFx>();
    rows::<kinds::BaseHashbrown>();
    rows::<kinds::KeptHashbrown>();
    rows::<kinds::StdOrdered>();
    rows::<kinds::KeptOrdered>();
    rows::<kinds::StdOrderedSet>();
    rows::<kinds::KeptOrderedSet>();
    rows::<kinds::BaseIndexed>();
    rows::<kinds::KeptIndexed>();
    rows::<kinds::BaseIndexedSet>();
    rows::<kinds::KeptIndexedSet>();
    rows::<kinds::BaseSlab>();
    rows::<kinds::KeptSlab>();
}
