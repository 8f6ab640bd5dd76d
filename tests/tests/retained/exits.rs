//! Every way out of a map leads past the watch, with its line and its cause.

// What leaves is dropped in many ways, and some of them are lazy.
#![allow(clippy::drop_non_drop, unused_mut)]

use std::{collections::HashMap, rc::Rc, sync::Arc};

use mapkeeper::{RemovalCause, hash_map::Entry, testing::Clock};

use crate::{ALL, retained, seconds};

/// For each way out: three entries, of which those that leave are kept; they must be retained under this line and cause.
macro_rules! exits {
    ($($name:ident $arc:ident $rc:ident: $cause:ident, $left:literal, |$s:ident, $keep:ident| $leave:expr;)+) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $arc {
            #[map]
            map: HashMap<u32, Arc<u32>>,
        }

        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $rc {
            #[map]
            map: HashMap<u32, Option<Rc<u32>>>,
        }

        #[test]
        fn $name() {
            let clock = Clock::drive();
            exits!(@ clock $arc, |n| Arc::new(n), $cause, $left, |$s, $keep| $leave);
            exits!(@ clock $rc, |n| Some(Rc::new(n)), $cause, $left, |$s, $keep| $leave);
        }
    )+};
    (@ $clock:ident $site:ident, $new:expr, $cause:ident, $left:literal, |$s:ident, $keep:ident| $leave:expr) => {{
        let mut $s = $site::default();
        let new = $new;
        for key in 0..3 {
            $s.map.insert(key, new(key));
        }
        let kept: Vec<_> = $s.map.values().cloned().collect();
        let mut $keep = vec![new(99)];
        let _ = &$keep;
        $leave;
        $clock.advance(seconds(5));
        let found = retained(concat!(stringify!($site), ".map"));
        if ALL {
            let [(line, cause, values, owners)] = found[..] else {
                panic!("{found:?}")
            };
            assert_eq!((cause, values), (RemovalCause::$cause, $left), "{found:?}");
            assert!(owners >= 1, "{found:?}");
            // A map's end has no line of its own.
            assert_eq!(EXITS.contains(&line), cause != RemovalCause::MapDropped, "{found:?}");
        } else {
            assert_eq!(found, []);
        }
        drop(kept);
    }};
}

const FIRST: u32 = line!();
exits! {
    remove Remove RemoveRc: Removed, 1, |s, keep| keep.extend(s.map.remove(&1));
    remove_entry RemoveEntry RemoveEntryRc: Removed, 1, |s, keep| keep.extend(s.map.remove_entry(&1).map(|e| e.1));
    try_remove TryRemove TryRemoveRc: Removed, 1, |s, keep| keep.extend(s.map.try_remove(&1).unwrap());
    remove_many RemoveMany RemoveManyRc: Removed, 2, |s, keep| keep.extend(s.map.remove_many(&[0, 1, 7]).into_iter().map(|e| e.1));
    occupied OccupiedRemove OccupiedRemoveRc: Removed, 1, |s, keep| if let Entry::Occupied(e) = s.map.entry(1) { keep.push(e.remove()) };
    insert Insert InsertRc: Replaced, 1, |s, keep| keep.extend({ let new = keep[0].clone(); s.map.insert(1, new) });
    insert_entry InsertEntry InsertEntryRc: Replaced, 1, |s, keep| drop(s.map.entry(1).insert_entry(keep[0].clone()));
    occupied_insert OccupiedInsert OccupiedInsertRc: Replaced, 1, |s, keep| if let Entry::Occupied(mut e) = s.map.entry(1) { e.insert(keep[0].clone()); };
    extend Extend ExtendRc: Replaced, 1, |s, keep| s.map.extend([(1, keep[0].clone())]);
    retain Retain RetainRc: Filtered, 2, |s, keep| s.map.retain(|key, _| *key == 0);
    try_retain TryRetain TryRetainRc: Filtered, 2, |s, keep| assert_eq!(s.map.try_retain(|key, _| *key == 0), 0);
    extract_if ExtractIf ExtractIfRc: Filtered, 2, |s, keep| keep.extend(s.map.extract_if(|key, _| *key != 0).map(|e| e.1));
    clear Clear ClearRc: Cleared, 3, |s, keep| s.map.clear();
    drain Drain DrainRc: Drained, 3, |s, keep| keep.extend(s.map.drain().map(|e| e.1));
    into_values IntoValues IntoValuesRc: Taken, 3, |s, keep| keep.extend(std::mem::take(&mut s.map).into_values());
    map_dropped MapDropped MapDroppedRc: MapDropped, 3, |s, keep| s.map = HashMap::new().into();
}
const EXITS: std::ops::Range<u32> = FIRST..line!();
