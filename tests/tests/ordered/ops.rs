//! The same operations on both maps, at random, with shrinking.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    ops::Bound::{Excluded, Included, Unbounded},
};

use mapkeeper::{MODE, Mode, RemovalCause, RemovalCause::*};
use mapkeeper_tests::sites::site;
use proptest::prelude::*;

#[mapkeeper::tracked]
#[derive(Default)]
struct Ordered {
    #[map(on_remove = note)]
    map: BTreeMap<u8, u32>,
}

type Exit = (u8, u32, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

fn note(key: &u8, value: &u32, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((*key, *value, cause)));
}

fn exits() -> Vec<Exit> {
    EXITS.take()
}

/// What happened to the model, beside what it holds.
#[derive(Default)]
struct Model {
    map: BTreeMap<u8, u32>,
    births: u64,
    exits: Vec<Exit>,
}

impl Model {
    fn insert(&mut self, key: u8, value: u32) -> Option<u32> {
        let old = self.map.insert(key, value);
        match old {
            Some(old) => self.exits.push((key, old, Replaced)),
            None => self.births += 1,
        }
        old
    }

    fn or_insert(&mut self, key: u8, value: u32) -> u32 {
        if !self.map.contains_key(&key) {
            self.births += 1;
        }
        *self.map.entry(key).or_insert(value)
    }

    fn leave(&mut self, key: u8, cause: RemovalCause) -> Option<(u8, u32)> {
        let entry = self.map.remove_entry(&key)?;
        self.exits.push((entry.0, entry.1, cause));
        Some(entry)
    }

    fn leave_if(&mut self, cause: RemovalCause, goes: impl Fn(u8) -> bool) -> Vec<(u8, u32)> {
        let keys: Vec<u8> = self.map.keys().copied().filter(|key| goes(*key)).collect();
        keys.into_iter()
            .filter_map(|key| self.leave(key, cause))
            .collect()
    }
}

#[derive(Clone, Debug)]
enum Op {
    Insert(u8, u32),
    Entry(u8, u32),
    EntryInsert(u8, u32),
    EntryRemove(u8),
    AndModify(u8),
    GetMut(u8),
    Remove(u8),
    RemoveEntry(u8),
    RemoveMany(Vec<u8>),
    Tracked(u8),
    PopFirst,
    PopLast,
    FirstEntry,
    LastEntry(u32),
    Retain(u8),
    Extract(u8, u8, u8, usize),
    RangeMut(u8, u8),
    ValuesMut,
    Extend(Vec<(u8, u32)>),
    Append(Vec<(u8, u32)>),
    SplitOff(u8),
    Clear,
    Clone,
    Take(u8),
    Look(u8, u8),
}

fn op() -> impl Strategy<Value = Op> {
    let key = || 0..40_u8;
    let entries = || prop::collection::vec((0..40_u8, any::<u32>()), 0..8);
    prop_oneof![
        12 => (key(), any::<u32>()).prop_map(|(k, v)| Op::Insert(k, v)),
        4 => (key(), any::<u32>()).prop_map(|(k, v)| Op::Entry(k, v)),
        2 => (key(), any::<u32>()).prop_map(|(k, v)| Op::EntryInsert(k, v)),
        2 => key().prop_map(Op::EntryRemove),
        2 => key().prop_map(Op::AndModify),
        2 => key().prop_map(Op::GetMut),
        4 => key().prop_map(Op::Remove),
        2 => key().prop_map(Op::RemoveEntry),
        1 => prop::collection::vec(key(), 0..6).prop_map(Op::RemoveMany),
        1 => key().prop_map(Op::Tracked),
        2 => Just(Op::PopFirst),
        2 => Just(Op::PopLast),
        1 => Just(Op::FirstEntry),
        1 => any::<u32>().prop_map(Op::LastEntry),
        1 => (2..6_u8).prop_map(Op::Retain),
        2 => (key(), key(), 1..4_u8, 0..8_usize).prop_map(|(a, b, n, take)| Op::Extract(a.min(b), a.max(b), n, take)),
        1 => (key(), key()).prop_map(|(a, b)| Op::RangeMut(a.min(b), a.max(b))),
        1 => Just(Op::ValuesMut),
        2 => entries().prop_map(Op::Extend),
        2 => entries().prop_map(Op::Append),
        2 => key().prop_map(Op::SplitOff),
        1 => Just(Op::Clear),
        1 => Just(Op::Clone),
        1 => key().prop_map(Op::Take),
        3 => (key(), key()).prop_map(|(a, b)| Op::Look(a.min(b), a.max(b))),
    ]
}

fn run(op: Op, s: &mut Ordered, model: &mut Model) -> Result<(), TestCaseError> {
    match op {
        Op::Insert(k, v) => prop_assert_eq!(s.map.insert(k, v), model.insert(k, v)),
        Op::Entry(k, v) => prop_assert_eq!(*s.map.entry(k).or_insert(v), model.or_insert(k, v)),
        Op::EntryInsert(k, v) => {
            let entry = s.map.entry(k).insert_entry(v);
            prop_assert_eq!((*entry.key(), *entry.get()), (k, v));
            model.insert(k, v);
        }
        Op::EntryRemove(k) => {
            if let mapkeeper::btree_map::Entry::Occupied(entry) = s.map.entry(k) {
                prop_assert_eq!(Some(entry.remove_entry()), model.leave(k, Removed));
            } else {
                prop_assert!(!model.map.contains_key(&k));
            }
        }
        Op::AndModify(k) => {
            let value = *s
                .map
                .entry(k)
                .and_modify(|v| *v = v.wrapping_add(1))
                .or_default();
            let known = model.map.get_mut(&k).map(|v| {
                *v = v.wrapping_add(1);
                *v
            });
            prop_assert_eq!(value, known.unwrap_or_else(|| model.or_insert(k, 0)));
        }
        Op::GetMut(k) => {
            let (ours, theirs) = (s.map.get_mut(&k), model.map.get_mut(&k));
            prop_assert_eq!(&ours, &theirs);
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                (*ours, *theirs) = (7, 7);
            }
        }
        Op::Remove(k) => prop_assert_eq!(s.map.remove(&k), model.leave(k, Removed).map(|e| e.1)),
        Op::RemoveEntry(k) => prop_assert_eq!(s.map.remove_entry(&k), model.leave(k, Removed)),
        Op::RemoveMany(keys) => {
            let theirs: Vec<_> = keys
                .iter()
                .filter_map(|k| model.leave(*k, Removed))
                .collect();
            prop_assert_eq!(s.map.remove_many(&keys), theirs);
        }
        Op::Tracked(k) => {
            let ours = s.map.remove_tracked(&k).map(mapkeeper::Removed::into_inner);
            prop_assert_eq!(ours, model.leave(k, Removed).map(|e| e.1));
        }
        Op::PopFirst => {
            let first = model.map.first_key_value().map(|(k, _)| *k);
            prop_assert_eq!(
                s.map.pop_first(),
                first.and_then(|k| model.leave(k, Removed))
            );
        }
        Op::PopLast => {
            let last = model.map.last_key_value().map(|(k, _)| *k);
            prop_assert_eq!(s.map.pop_last(), last.and_then(|k| model.leave(k, Removed)));
        }
        Op::FirstEntry => {
            let first = model.map.first_key_value().map(|(k, _)| *k);
            let ours = s.map.first_entry().map(|entry| entry.remove_entry());
            prop_assert_eq!(ours, first.and_then(|k| model.leave(k, Removed)));
        }
        Op::LastEntry(v) => {
            let last = model.map.last_key_value().map(|(k, _)| *k);
            let ours = s.map.last_entry().map(|mut entry| entry.insert(v));
            prop_assert_eq!(ours, last.and_then(|k| model.insert(k, v)));
        }
        Op::Retain(n) => {
            s.map.retain(|k, v| {
                *v = v.wrapping_add(1);
                k % n != 0
            });
            model.map.values_mut().for_each(|v| *v = v.wrapping_add(1));
            model.leave_if(Filtered, |k| k % n == 0);
        }
        Op::Extract(a, b, n, take) => {
            let ours: Vec<_> = s
                .map
                .extract_if(a..=b, |k, _| k % n == 0)
                .take(take)
                .collect();
            let theirs: Vec<_> = model.map.keys().copied().collect();
            let theirs: Vec<u8> = theirs
                .into_iter()
                .filter(|k| (a..=b).contains(k) && k % n == 0)
                .take(take)
                .collect();
            let theirs: Vec<_> = theirs
                .into_iter()
                .filter_map(|k| model.leave(k, Filtered))
                .collect();
            prop_assert_eq!(ours, theirs);
        }
        Op::RangeMut(a, b) => {
            s.map.range_mut(a..=b).rev().for_each(|(_, v)| *v = 3);
            model.map.range_mut(a..=b).for_each(|(_, v)| *v = 3);
        }
        Op::ValuesMut => {
            s.map.values_mut().for_each(|v| *v /= 2);
            model.map.values_mut().for_each(|v| *v /= 2);
        }
        Op::Extend(entries) => {
            s.map.extend(entries.clone());
            entries
                .into_iter()
                .for_each(|(k, v)| _ = model.insert(k, v));
        }
        Op::Append(entries) => {
            let mut other = Ordered::default();
            other.map.extend(entries.clone());
            let mut theirs = Model::default();
            entries
                .into_iter()
                .for_each(|(k, v)| _ = theirs.insert(k, v));
            let moved = theirs.leave_if(Drained, |_| true);
            s.map.append(&mut other.map);
            prop_assert!(other.map.is_empty());
            model.births += theirs.births;
            model.exits.append(&mut theirs.exits);
            moved.into_iter().for_each(|(k, v)| _ = model.insert(k, v));
        }
        Op::SplitOff(k) => {
            let off = s.map.split_off(&k);
            let moved = model.leave_if(Taken, |known| known >= k);
            prop_assert!(off.iter().map(|(k, v)| (*k, *v)).eq(moved.iter().copied()));
            model.births += moved.len() as u64;
            drop(off);
            let gone = moved.into_iter().map(|(k, v)| (k, v, MapDropped));
            model.exits.extend(gone);
        }
        Op::Clear => {
            s.map.clear();
            model.leave_if(Cleared, |_| true);
        }
        Op::Clone => {
            let copy = s.map.clone();
            prop_assert_eq!(&copy, &s.map);
            prop_assert_eq!(copy.cmp(&s.map), std::cmp::Ordering::Equal);
            model.births += copy.len() as u64;
            drop(copy);
            let gone = model.map.iter().map(|(k, v)| (*k, *v, MapDropped));
            model.exits.extend(gone);
        }
        Op::Take(n) => {
            let ours: Vec<_> = std::mem::take(&mut s.map)
                .into_iter()
                .rev()
                .take(n.into())
                .collect();
            let mut theirs = model.leave_if(Taken, |_| true);
            theirs.reverse();
            theirs.truncate(n.into());
            prop_assert_eq!(ours, theirs);
        }
        Op::Look(a, b) => {
            prop_assert_eq!(s.map.get(&a), model.map.get(&a));
            prop_assert_eq!(s.map.get_key_value(&a), model.map.get_key_value(&a));
            prop_assert_eq!(s.map.contains_key(&b), model.map.contains_key(&b));
            prop_assert!(s.map.range(a..b).eq(model.map.range(a..b)));
            prop_assert!(
                s.map
                    .range((Excluded(a), Unbounded))
                    .eq(model.map.range((Excluded(a), Unbounded)))
            );
            prop_assert!(
                s.map
                    .range((Unbounded, Included(b)))
                    .rev()
                    .eq(model.map.range((Unbounded, Included(b))).rev())
            );
            prop_assert!(s.map.keys().rev().eq(model.map.keys().rev()));
            prop_assert!(s.map.values().eq(model.map.values()));
            prop_assert_eq!(s.map.first_key_value(), model.map.first_key_value());
            prop_assert_eq!(s.map.last_key_value(), model.map.last_key_value());
            prop_assert_eq!(format!("{:?}", s.map), format!("{:?}", model.map));
        }
    }
    Ok(())
}

/// Causes and their numbers, since `before`.
fn counted(before: &mapkeeper::SiteReport) -> (u64, Vec<(RemovalCause, u64)>) {
    let now = site("Ordered.map");
    let exits = RemovalCause::ALL
        .map(|cause| (cause, now.removed.get(cause) - before.removed.get(cause)))
        .into();
    (now.inserts - before.inserts, exits)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_same_answers_the_same_map_one_hook_for_each_exit(
        ops in prop::collection::vec(op(), 1..150),
        prefill in 0..200_u32,
    ) {
        exits();
        let before = site("Ordered.map");
        let (mut s, mut model) = (Ordered::default(), Model::default());
        for n in 0..prefill {
            let (k, v) = (n.wrapping_mul(37) as u8, n);
            prop_assert_eq!(s.map.insert(k, v), model.insert(k, v));
        }
        for op in ops {
            run(op, &mut s, &mut model)?;
            prop_assert_eq!(s.map.len(), model.map.len());
            prop_assert!(s.map.iter().eq(model.map.iter()));
        }
        if MODE != Mode::Off {
            let row = site("Ordered.map");
            prop_assert_eq!(row.len, model.map.len() as u64);
        }
        drop(s);
        model.leave_if(MapDropped, |_| true);
        let (mut ours, mut theirs) = (exits(), std::mem::take(&mut model.exits));
        if MODE != Mode::Off {
            let (births, by_cause) = counted(&before);
            prop_assert_eq!(births, model.births);
            for (cause, n) in by_cause {
                prop_assert_eq!(n, theirs.iter().filter(|exit| exit.2 == cause).count() as u64, "{}", cause);
            }
        }
        // Within one operation hooks run in the order of the keys; over all of them only the multiset is told.
        ours.sort_unstable();
        theirs.sort_unstable();
        prop_assert_eq!(ours, theirs);
    }
}
