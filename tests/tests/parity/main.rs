//! mapkeeper's map against std's: any sequence of operations gives the same answers and the same contents, runs the hook
//! of each entry that left with its cause, and leaves exactly the figures in the report that the operations imply.

#![allow(missing_docs)]

mod model;
mod ops;
mod parts;

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use mapkeeper::{Keeper, TrackedMaps, Unguarded};
use mapkeeper_tests::{
    hashers::{Constant, LowEntropy},
    sites::figures,
};
use model::{Key, Model, Value, log_exit};
use ops::{Op, ops};
use proptest::prelude::*;
use rustc_hash::FxBuildHasher;

/// Runs `steps` on a fresh map of `site` and compares after each of them, and once more when the map is gone.
fn check<S, T>(site: &'static str, steps: &[Op])
where
    S: BuildHasher + Clone + Default,
    T: Keeper<Key, Value> + Unguarded,
{
    let mut model = Model::<S>::of(site);
    let mut ours = mapkeeper::HashMap::<Key, Value, S, T>::default();
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
        model.check_exits();
        // Strict looks at what was lent at the next operation: leave it pending now and then.
        let settled = n % 3 != 0;
        if settled {
            assert!(ours.get_mut(&Key::MAX).is_none());
        }
        let [now] = figures(&ours)[..] else {
            panic!("a map has one row of figures")
        };
        assert_eq!((now.len, now.capacity), (ours.len(), ours.capacity()));
        assert_eq!(
            now.residue,
            model.map.values().filter(|value| value.is_none()).count()
        );
        model.check_figures(now.table_bytes == 0, now.table_bytes, settled);
    }
    drop(ours);
    model.all_left(mapkeeper::RemovalCause::MapDropped);
    model.map.clear();
    model.check_exits();
    model.check_figures(true, 0, true);
}

macro_rules! parity {
    ($($test:ident: $site:ident, $keys:literal, $hasher:ty;)+) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map(on_remove = log_exit)]
            map: HashMap<Key, Value, $hasher>,
        }

        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
            #[test]
            fn $test(steps in ops($keys)) {
                let site = concat!(stringify!($site), ".map");
                <$site as Checked>::check(site, &steps);
            }
        }

        impl Checked for $site {
            fn check(site: &'static str, steps: &[Op]) {
                fn of<S, T>(_: &mapkeeper::HashMap<Key, Value, S, T>, site: &'static str, steps: &[Op])
                where
                    S: BuildHasher + Clone + Default,
                    T: Keeper<Key, Value> + Unguarded,
                {
                    check::<S, T>(site, steps);
                }
                of(&$site::default().map, site, steps);
            }
        }
    )+};
}

/// Names the keeper that the macro made for a map, whose type has no name.
trait Checked: TrackedMaps {
    fn check(site: &'static str, steps: &[Op]);
}

parity! {
    small_maps_of_siphash: SmallSip, 12, RandomState;
    larger_maps_of_siphash: LargeSip, 600, RandomState;
    maps_of_fxhash: Fx, 200, FxBuildHasher;
    maps_whose_keys_all_collide: AllCollide, 60, Constant;
    maps_of_a_hash_of_four_bits: FourBits, 120, LowEntropy;
}
