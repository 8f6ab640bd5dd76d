//! Random lives against a plain model: a list of what left when, and what is alive of it.

use std::{collections::HashMap, rc::Rc, sync::Arc, time::Duration};

use mapkeeper::testing::Clock;
use proptest::prelude::*;

use crate::{after, if_all};

#[mapkeeper::tracked]
#[derive(Default)]
struct Model {
    #[map]
    arcs: HashMap<u8, Arc<u8>>,
    #[map]
    rcs: HashMap<u8, Rc<u8>>,
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u8),
    Remove(u8),
    /// Removed in a guard: dropped at once, or unpacked.
    Tracked(u8, bool),
    Filter(u8),
    Clear,
    /// One of the values that left loses its owner.
    Drop(usize),
    Wait(u16),
    Look,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => any::<u8>().prop_map(|key| Step::Insert(key % 16)),
        4 => any::<u8>().prop_map(|key| Step::Remove(key % 16)),
        1 => any::<(u8, bool)>().prop_map(|(key, keep)| Step::Tracked(key % 16, keep)),
        1 => any::<u8>().prop_map(Step::Filter),
        1 => Just(Step::Clear),
        4 => any::<usize>().prop_map(Step::Drop),
        2 => (0_u16..3_000).prop_map(Step::Wait),
        2 => Just(Step::Look),
    ];
    prop::collection::vec(step, 0..80)
}

/// Runs the steps on one map; the model is what a program without a tracked map would write down.
macro_rules! run {
    ($steps:ident, $field:ident, $new:path, $name:literal) => {{
        let clock = Clock::drive();
        let mut s = Model::default();
        let before = after($name);
        assert_eq!(before.watched, 0);
        let mut inside: HashMap<u8, _> = HashMap::new();
        // When each value left, and its other owner.
        let mut outside: Vec<(Duration, _)> = Vec::new();
        let mut dead = 0;
        for step in $steps {
            let now = clock.now();
            let mut left = Vec::new();
            match step {
                Step::Insert(key) => {
                    let value = $new(key);
                    left.extend(inside.insert(key, value.clone()));
                    s.$field.insert(key, value);
                }
                Step::Remove(key) => {
                    left.extend(inside.remove(&key));
                    s.$field.remove(&key);
                }
                Step::Tracked(key, keep) => {
                    left.extend(inside.remove(&key));
                    let guard = s.$field.remove_tracked(&key);
                    if keep {
                        guard.map(|guard| guard.into_inner());
                    }
                }
                Step::Filter(below) => {
                    let leaving: Vec<u8> =
                        inside.keys().copied().filter(|key| *key < below).collect();
                    left.extend(leaving.iter().filter_map(|key| inside.remove(key)));
                    s.$field.retain(|key, _| *key >= below);
                }
                Step::Clear => {
                    left.extend(inside.drain().map(|(_, value)| value));
                    s.$field.clear();
                }
                Step::Drop(at) if !outside.is_empty() => {
                    outside.swap_remove(at % outside.len());
                    dead += 1;
                }
                Step::Drop(_) => {}
                Step::Wait(ms) => clock.advance(Duration::from_millis(ms.into())),
                Step::Look => {
                    let seen = after($name);
                    let old = outside
                        .iter()
                        .filter(|(at, _)| now - *at >= mapkeeper::retained_after());
                    let retained: u64 = seen.retained.iter().map(|group| group.values).sum();
                    assert_eq!(retained, if_all(old.count() as u64));
                    assert_eq!(seen.watched, if_all(outside.len() as u64));
                    assert_eq!(seen.finalised - before.finalised, if_all(dead));
                    let oldest = outside
                        .iter()
                        .map(|(at, _)| now - *at)
                        .max()
                        .unwrap_or_default();
                    let shown = seen
                        .retained
                        .iter()
                        .map(|group| group.oldest_seconds)
                        .fold(0.0, f64::max);
                    if shown > 0.0 {
                        assert!((shown - oldest.as_secs_f64()).abs() < 1e-6);
                    }
                }
            }
            outside.extend(left.into_iter().map(|value| (now, value)));
        }
        drop((s, inside, outside));
        let end = after($name);
        assert_eq!(
            (end.watched, end.retained.len(), end.not_watched),
            (0, 0, 0)
        );
        // The map's own end let the rest go.
    }};
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn what_is_known_is_what_happened(steps in steps()) {
        if mapkeeper::MODE != mapkeeper::Mode::Observe {
            let again = steps.clone();
            run!(steps, arcs, Arc::new, "Model.arcs");
            run!(again, rcs, Rc::new, "Model.rcs");
        }
    }
}
