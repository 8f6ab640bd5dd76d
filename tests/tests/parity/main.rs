//! mapkeeper's map against std's, and its set against std's: any sequence of operations gives the same answers and the same contents, runs the hook
//! of each entry that left with its cause, and leaves exactly the figures in the report that the operations imply.

#![allow(missing_docs)]

mod model;
mod ops;
mod parts;
mod sets;

use std::hash::{BuildHasher, RandomState};

use mapkeeper::{Keeper, Unguarded};
use mapkeeper_tests::{
    hashers::{Constant, LowEntropy},
    sites::figures,
};
use model::{Element, Key, Model, Value, log_element, log_exit};
use ops::Op;
use proptest::prelude::*;
use rustc_hash::FxBuildHasher;

/// Runs `steps` on a fresh map (`ours`) of `site` and compares after each of them, and once more when the map is gone.
fn check<S, T>(mut ours: OurMap<S, T>, site: &'static str, steps: &[Op])
where
    S: BuildHasher + Clone + Default,
    T: Keeper<Key, Value> + Unguarded,
{
    let mut model = Model::<S>::of(site);
    for (n, step) in steps.iter().enumerate() {
        step.run(&mut ours, &mut model);
        assert_eq!(ours.len(), model.map.len());
        assert_eq!(ours.is_empty(), model.map.is_empty());
        assert!(
            ours.iter()
                .all(|(key, value)| model.map.get(key) == Some(value))
        );
        assert!(
            model
                .map
                .iter()
                .all(|(key, value)| ours.get(key) == Some(value))
        );
        model.ledger.check_exits();
        // Strict looks at what was lent at the next operation: leave it pending now and then.
        let settled = n % 3 != 0;
        if settled {
            assert!(ours.get_mut(&Key::MAX).is_none());
        }
        let [now] = figures(&ours)[..] else {
            panic!("a map has one row of figures")
        };
        assert_eq!((now.len, now.capacity), (ours.len(), ours.capacity()));
        assert_eq!(now.residue, model.vacant());
        model.check_figures(now.table_bytes, settled);
    }
    drop(ours);
    model.all_left(mapkeeper::RemovalCause::MapDropped);
    model.map.clear();
    model.ledger.check_exits();
    model.check_figures(0, true);
}

type StdMap<S> = std::collections::HashMap<Key, Value, S>;
type OurMap<S, T> = mapkeeper::HashMap<Key, Value, S, T>;
type StdSet<S> = std::collections::HashSet<Element, S>;
pub(crate) type OurSet<S, T> = mapkeeper::HashSet<Element, S, T>;

/// A proptest for each hasher, of a field of std's type, which becomes one of ours, with entries of `$key` to `$value`.
macro_rules! parity {
    (
        $std:ident, $ours:ident, [$key:ty, $value:ty], $hook:path, $ops:ident, $check:path;
        $($test:ident: $site:ident, $keys:literal, $hasher:ty;)+
    ) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map(on_remove = $hook)]
            map: $std<$hasher>,
        }

        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
            #[test]
            fn $test(steps in { ops::ops($ops::KINDS, $ops::FILL, $keys) }) {
                /// Names the keeper that the macro made, whose type has no name.
                fn of<S, T>(_: &$ours<S, T>, steps: &[$ops::Op])
                where
                    S: BuildHasher + Clone + Default,
                    T: Keeper<$key, $value> + Unguarded,
                {
                    $check($ours::<S, T>::default(), concat!(stringify!($site), ".map"), steps);
                }
                of(&$site::default().map, &steps);
            }
        }
    )+};
}

parity! {
    StdMap, OurMap, [Key, Value], log_exit, ops, check;
    small_maps_of_siphash: SmallSip, 12, RandomState;
    larger_maps_of_siphash: LargeSip, 600, RandomState;
    maps_of_fxhash: Fx, 200, FxBuildHasher;
    maps_whose_keys_all_collide: AllCollide, 60, Constant;
    maps_of_a_hash_of_four_bits: FourBits, 120, LowEntropy;
}

parity! {
    StdSet, OurSet, [Element, ()], log_element, sets, sets::check;
    small_sets_of_siphash: SmallSipSet, 12, RandomState;
    larger_sets_of_siphash: LargeSipSet, 600, RandomState;
    sets_of_fxhash: FxSet, 200, FxBuildHasher;
    sets_whose_elements_all_collide: AllCollideSet, 60, Constant;
    sets_of_a_hash_of_four_bits: FourBitsSet, 120, LowEntropy;
}
