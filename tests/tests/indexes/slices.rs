//! Slices of entries and of elements, and keys that are changed in their places, against the crate's own.

use std::{
    hash::{BuildHasher, RandomState},
    ops::Bound,
};

use ::indexmap::{map::MutableKeys, set::MutableValues};
use mapkeeper::{IndexMap, IndexSet, RemovalCause};
use mapkeeper_tests::{
    panics::caught,
    sites::{exits, if_recorded, records, site},
};
use proptest::{collection::vec, prelude::*};

type TheirMap = ::indexmap::IndexMap<u8, u16>;
type TheirSet = ::indexmap::IndexSet<u8>;
type Range = (Bound<usize>, Bound<usize>);

#[mapkeeper::tracked]
#[derive(Default)]
struct Rows {
    #[map]
    map: TheirMap,
    #[map]
    set: TheirSet,
}

fn range() -> impl Strategy<Value = Range> {
    let bound = || {
        (0..12_usize, 0..3_u8).prop_map(|(index, kind)| match kind {
            0 => Bound::Unbounded,
            1 => Bound::Included(index),
            _ => Bound::Excluded(index),
        })
    };
    (bound(), bound())
}

fn pairs<'a>(entries: impl IntoIterator<Item = (&'a u8, &'a u16)>) -> Vec<(u8, u16)> {
    entries
        .into_iter()
        .map(|(key, value)| (*key, *value))
        .collect()
}

/// All that can be asked of a slice of entries.
macro_rules! looked_at {
    ($slice:expr, $index:expr) => {{
        let (slice, index) = ($slice, $index);
        (
            (
                slice.len(),
                slice.is_empty(),
                slice.get_index(index),
                slice.first(),
                slice.last(),
            ),
            (
                pairs(slice.iter()),
                pairs(slice),
                slice.keys().collect::<Vec<_>>(),
            ),
            slice.values().collect::<Vec<_>>(),
            slice
                .split_at_checked(index)
                .map(|(a, b)| (pairs(a), pairs(b))),
            slice
                .split_first()
                .map(|(first, others)| (first, pairs(others))),
            slice
                .split_last()
                .map(|(last, others)| (last, pairs(others))),
            slice.binary_search_keys(&(index as u8)),
            slice.binary_search_by(|_, value| value.cmp(&5)),
            slice.binary_search_by_key(&5, |_, value| *value),
            (slice.is_sorted(), slice.is_sorted_by(|a, _, b, _| a > b)),
            (
                slice.is_sorted_by_key(|_, value| *value),
                slice.partition_point(|key, _| *key < 9),
            ),
            format!("{slice:?}"),
        )
    }};
}

macro_rules! elements_looked_at {
    ($slice:expr, $index:expr) => {{
        let (slice, index) = ($slice, $index);
        let all = || slice.iter().copied().collect::<Vec<u8>>();
        (
            (
                slice.len(),
                slice.is_empty(),
                slice.get_index(index),
                slice.first(),
                slice.last(),
            ),
            (all(), slice.into_iter().count()),
            slice
                .split_at_checked(index)
                .map(|(a, b)| (a.len(), b.len())),
            slice
                .split_first()
                .map(|(first, others)| (first, others.len())),
            slice
                .split_last()
                .map(|(last, others)| (last, others.len())),
            slice.binary_search(&(index as u8)),
            slice.binary_search_by(|element| element.cmp(&9)),
            slice.binary_search_by_key(&9, |element| *element),
            (slice.is_sorted(), slice.is_sorted_by(|a, b| a > b)),
            (
                slice.is_sorted_by_key(|element| *element),
                slice.partition_point(|element| *element < 9),
            ),
            format!("{slice:?}"),
        )
    }};
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn they_show_what_the_crates_show(
        entries in vec((0..20_u8, 0..10_u16), 0..12),
        others in vec((0..3_u8, 0..3_u16), 0..4),
        range in range(),
        index in 0..12_usize,
    ) {
        let mut rows = Rows::default();
        rows.map.extend(entries.iter().copied());
        rows.set.extend(entries.iter().map(|(key, _)| *key));
        let mut map: TheirMap = entries.iter().copied().collect();
        let set: TheirSet = entries.iter().map(|(key, _)| *key).collect();

        assert_eq!(looked_at!(rows.map.as_slice(), index), looked_at!(map.as_slice(), index));
        let part = rows.map.get_range(range).map(|slice| looked_at!(slice, index));
        assert_eq!(part, map.get_range(range).map(|slice| looked_at!(slice, index)));
        assert_eq!(
            elements_looked_at!(rows.set.as_slice(), index),
            elements_looked_at!(set.as_slice(), index)
        );
        let part = rows.set.get_range(range).map(|slice| elements_looked_at!(slice, index));
        assert_eq!(part, set.get_range(range).map(|slice| elements_looked_at!(slice, index)));

        // Compared and hashed like the crate's.
        let other: IndexMap<u8, u16> = others.iter().copied().collect();
        let plain: TheirMap = others.iter().copied().collect();
        assert_eq!(rows.map.as_slice() == other.as_slice(), map.as_slice() == plain.as_slice());
        assert_eq!(rows.map.as_slice().cmp(&other.as_slice()), map.as_slice().cmp(plain.as_slice()));
        assert!(rows.map.as_slice() == pairs(&map)[..] && rows.set.as_slice() == rows.set.as_slice());
        let hasher = RandomState::new();
        assert_eq!(hasher.hash_one(rows.map.as_slice()), hasher.hash_one(map.as_slice()));
        assert_eq!(hasher.hash_one(rows.set.as_slice()), hasher.hash_one(set.as_slice()));

        // Written through.
        let (mut ours, theirs) = (rows.map.as_mut_slice(), map.as_mut_slice());
        assert_eq!(ours.get_index_mut(index), theirs.get_index_mut(index));
        assert_eq!(ours.first_mut(), theirs.first_mut());
        assert_eq!(ours.last_mut(), theirs.last_mut());
        assert_eq!(ours.get_disjoint_mut([index, 0]), theirs.get_disjoint_mut([index, 0]));
        ours.values_mut().for_each(|value| *value += 1);
        theirs.values_mut().for_each(|value| *value += 1);
        if let Some(part) = ours.get_range_mut(range) {
            part.into_iter().for_each(|(_, value)| *value *= 2);
            theirs.get_range_mut(range).unwrap().iter_mut().for_each(|(_, value)| *value *= 2);
        }
        if index < theirs.len() {
            ours[index] += 7;
            theirs[index] += 7;
            let ((mut a, _), (b, _)) = (ours.reborrow().split_at_mut(index), theirs.split_at_mut(index));
            assert_eq!(a.last_mut(), b.last_mut());
        }
        assert_eq!(ours.reborrow().split_at_mut_checked(99).is_none(), theirs.split_at_mut_checked(99).is_none());
        if let Some(((_, first), _)) = ours.reborrow().split_first_mut() {
            *first += 1;
            theirs[0] += 1;
        }
        if let Some(((_, last), mut others)) = ours.split_last_mut() {
            *last += 2;
            *theirs.last_mut().unwrap().1 += 2;
            others.iter_mut().for_each(|(_, value)| *value += 3);
            theirs.split_last_mut().unwrap().1.values_mut().for_each(|value| *value += 3);
        }
        assert_eq!(pairs(&rows.map), pairs(&map));

        // What iterators have left.
        let (mut a, mut b) = (rows.map.iter(), map.iter());
        assert_eq!(a.nth(index), b.nth(index));
        assert_eq!(pairs(a.as_slice()), pairs(b.as_slice()));
        let (mut a, mut b) = (rows.set.iter(), set.iter());
        assert_eq!(a.nth(index), b.nth(index));
        assert!(a.as_slice().into_iter().eq(b.as_slice()));
        let (mut a, mut b) = (rows.map.iter_mut2(), map.iter_mut2());
        assert_eq!(a.nth(index), b.nth(index));
        assert_eq!(pairs(a.as_slice()), pairs(b.as_slice()));
        assert!(a.into_slice().iter_mut().eq(b.into_slice().iter_mut()));
        let (mut a, mut b) = (rows.set.clone().into_iter(), set.clone().into_iter());
        assert_eq!(a.next_back(), b.next_back());
        assert!(a.as_slice().iter().eq(b.as_slice()));
        assert_eq!(rows.map.clone().into_boxed_slice(), map.clone().into_boxed_slice());
        assert_eq!(rows.set.clone().into_boxed_slice(), set.clone().into_boxed_slice());
        let (mut a, mut b) = (rows.map.drain(..), map.drain(..));
        assert_eq!((a.next_back(), pairs(a.as_slice())), (b.next_back(), pairs(b.as_slice())));
    }
}

#[test]
fn an_index_out_of_bounds_is_a_panic() {
    let map: IndexMap<u8, u8> = [(1, 1)].into();
    let set: IndexSet<u8> = [1].into();
    assert_eq!((map.as_slice()[0], set.as_slice()[0]), (1, 1));
    assert!(caught(|| map.as_slice()[1]).is_err());
    assert!(caught(|| set.as_slice()[1]).is_err());
    assert!(caught(|| map.as_slice().split_at(2).0.len()).is_err());
    assert!(mapkeeper::index_map::Slice::<u8, u8>::default().is_empty());
}

/// Equal without regard to case; so is the hash.
#[derive(Clone, Debug)]
struct Name(String);

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Name {}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_ascii_lowercase().hash(state);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Names {
    #[map]
    ages: ::indexmap::IndexMap<Name, u32>,
    #[map]
    all: ::indexmap::IndexSet<Name>,
}

#[test]
fn keys_are_changed_in_their_places() {
    let entries = || (0..300).map(|n| (Name(format!("name {n}")), n));
    let mut names = Names::default();
    names.ages.extend(entries());
    names.all.extend(entries().map(|(name, _)| name));
    let mut map: ::indexmap::IndexMap<Name, u32> = entries().collect();
    let mut set: ::indexmap::IndexSet<Name> = entries().map(|(name, _)| name).collect();
    let shout = |name: &mut Name| name.0 = name.0.to_ascii_uppercase();

    let key = Name("NAME 7".to_owned());
    let (index, name, age) = names.ages.get_full_mut2(&key).unwrap();
    shout(name);
    *age += 1;
    let (theirs, name, age) = map.get_full_mut2(&key).unwrap();
    shout(name);
    *age += 1;
    assert_eq!(index, theirs);
    shout(names.ages.get_index_mut2(9).unwrap().0);
    shout(map.get_index_mut2(9).unwrap().0);
    names
        .ages
        .iter_mut2()
        .rev()
        .take(20)
        .for_each(|(name, _)| shout(name));
    map.iter_mut2()
        .rev()
        .take(20)
        .for_each(|(name, _)| shout(name));
    shout(names.ages.entry(Name("name 11".to_owned())).key_mut());
    shout(names.ages.first_entry().unwrap().key_mut());
    shout(map.get_index_mut2(11).unwrap().0);
    shout(map.get_index_mut2(0).unwrap().0);
    let odd = |name: &mut Name, age: &mut u32| {
        shout(name);
        *age % 2 == 1
    };
    names.ages.retain2(odd);
    map.retain2(odd);
    let shown = |(name, age): (&Name, &u32)| (name.0.clone(), *age);
    assert!(names.ages.iter().map(shown).eq(map.iter().map(shown)));
    assert_eq!(names.ages.get(&key), map.get(&key));

    shout(names.all.get_full_mut2(&key).unwrap().1);
    shout(set.get_full_mut2(&key).unwrap().1);
    shout(names.all.get_index_mut2(3).unwrap());
    shout(set.get_index_mut2(3).unwrap());
    names.all.retain2(|name| *name.0 < *"name 2");
    set.retain2(|name| *name.0 < *"name 2");
    assert!(
        names
            .all
            .iter()
            .map(|name| &name.0)
            .eq(set.iter().map(|name| &name.0))
    );

    for (name, left) in [("Names.ages", map.len()), ("Names.all", set.len())] {
        let gone = if_recorded(300 - left as u64);
        assert_eq!(site(name).len, if_recorded(left as u64));
        assert_eq!(
            exits(name),
            if records() {
                vec![(RemovalCause::Filtered, gone)]
            } else {
                vec![]
            }
        );
    }
}

#[test]
fn what_is_boxed_has_left() {
    use std::cell::RefCell;

    thread_local! {
        static TOLD: RefCell<Vec<(u8, RemovalCause)>> = const { RefCell::new(Vec::new()) };
    }

    fn tell(key: &u8, _: &u16, cause: RemovalCause) {
        TOLD.with_borrow_mut(|told| told.push((*key, cause)));
        assert_ne!(*key, 9, "this hook wants no 9");
    }

    #[mapkeeper::tracked(on_remove = tell)]
    type Boxed = TheirMap;

    let map: Boxed = [(3, 30), (1, 10)].into_iter().collect();
    let boxed = map.into_boxed_slice();
    assert_eq!(pairs(&*boxed), [(3, 30), (1, 10)]);
    let taken = RemovalCause::Taken;
    assert_eq!(TOLD.take(), [(3, taken), (1, taken)]);
    let map: Boxed = [(9, 0), (1, 10)].into_iter().collect();
    assert!(caught(|| map.into_boxed_slice()).is_err());
    assert_eq!(TOLD.take(), [(9, taken), (1, taken)]);
    let told = if records() { vec![(taken, 4)] } else { vec![] };
    assert_eq!(exits("Boxed"), told);
    assert!(
        mapkeeper::index_map::SliceMut::<u8, u8>::new_mut()
            .iter_mut()
            .next()
            .is_none()
    );
}

#[test]
fn a_predicate_that_panics_turns_nobody_out() {
    let mut map: IndexMap<u8, u8> = (0..10).map(|n| (n, n)).collect();
    assert!(
        caught(|| map.retain2(|key, _| if *key < 5 { false } else { panic!("here") })).is_err()
    );
    assert_eq!(map.len(), 10);
}
