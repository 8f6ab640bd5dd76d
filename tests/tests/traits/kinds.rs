//! The same questions of the other kinds, kept by nobody and kept under `#[tracked]`; and their variance.

use std::{
    cell::Cell,
    collections::{BTreeMap as StdTree, BTreeSet as StdTreeSet, btree_map, btree_set},
    hash::RandomState,
    marker::PhantomPinned,
    rc::Rc,
    sync::Mutex,
};

use mapkeeper::{BTreeMap, BTreeSet, IndexMap, IndexSet, Slab};

use super::{Is, No, Plain};

macro_rules! same_traits {
    ($wrong:ident; $($key:ty, $value:ty);+ $(;)?) => {$({
        type K = $key;
        type V = $value;
        type S = RandomState;
        same_answers! {
            $wrong:
            BTreeMap<K, V>, StdTree<K, V>;
            mapkeeper::btree_map::Entry<'static, K, V>, btree_map::Entry<'static, K, V>;
            mapkeeper::btree_map::Iter<'static, K, V>, btree_map::Iter<'static, K, V>;
            mapkeeper::btree_map::IterMut<'static, K, V>, btree_map::IterMut<'static, K, V>;
            mapkeeper::btree_map::Range<'static, K, V>, btree_map::Range<'static, K, V>;
            mapkeeper::btree_map::RangeMut<'static, K, V>, btree_map::RangeMut<'static, K, V>;
            mapkeeper::btree_map::ValuesMut<'static, K, V>, btree_map::ValuesMut<'static, K, V>;
            mapkeeper::btree_map::IntoValues<K, V>, btree_map::IntoValues<K, V>;
            mapkeeper::btree_map::IntoIter<K, V>, btree_map::IntoIter<K, V>;
            BTreeSet<K>, StdTreeSet<K>;
            mapkeeper::btree_set::Iter<'static, K>, btree_set::Iter<'static, K>;
            mapkeeper::btree_set::IntoIter<K>, btree_set::IntoIter<K>;
            IndexMap<K, V>, ::indexmap::IndexMap<K, V>;
            mapkeeper::index_map::Entry<'static, K, V>, ::indexmap::map::Entry<'static, K, V>;
            mapkeeper::index_map::Iter<'static, K, V>, ::indexmap::map::Iter<'static, K, V>;
            mapkeeper::index_map::IterMut<'static, K, V>, ::indexmap::map::IterMut<'static, K, V>;
            mapkeeper::index_map::IntoIter<K, V>, ::indexmap::map::IntoIter<K, V>;
            mapkeeper::index_map::Slice<'static, K, V>, &'static ::indexmap::map::Slice<K, V>;
            IndexSet<K>, ::indexmap::IndexSet<K>;
            mapkeeper::index_set::Iter<'static, K>, ::indexmap::set::Iter<'static, K>;
            mapkeeper::index_set::IntoIter<K>, ::indexmap::set::IntoIter<K>;
            mapkeeper::index_set::Slice<'static, K>, &'static ::indexmap::set::Slice<K>;
            mapkeeper::index_set::Union<'static, K, S>, ::indexmap::set::Union<'static, K, S>;
            Slab<V>, ::slab::Slab<V>;
            mapkeeper::slab::Iter<'static, V>, ::slab::Iter<'static, V>;
            mapkeeper::slab::IterMut<'static, V>, ::slab::IterMut<'static, V>;
            mapkeeper::slab::IntoIter<V>, ::slab::IntoIter<V>;
            mapkeeper::hash_map::EntryRef<'static, 'static, K, K, V>,
                hashbrown::hash_map::EntryRef<'static, 'static, K, K, V, S>;
            mapkeeper::hash_set::Entry<'static, K>, hashbrown::hash_set::Entry<'static, K, S>;
            mapkeeper::hash_map::RawEntryMut<'static, K, V, S>,
                hashbrown::hash_map::RawEntryMut<'static, K, V, S>;
            mapkeeper::hash_map::RawEntryBuilder<'static, K, V, S>,
                hashbrown::hash_map::RawEntryBuilder<'static, K, V, S>;
            mapkeeper::hash_map::RawEntryBuilderMut<'static, K, V, S>,
                hashbrown::hash_map::RawEntryBuilderMut<'static, K, V, S>;
        }
    })+};
}

#[test]
fn every_type_has_the_traits_of_its_twin_and_no_others() {
    let mut wrong: Vec<String> = Vec::new();
    same_traits! {
        wrong;
        u8, u8;
        String, Vec<u8>;
        Rc<u8>, u8;
        u8, Rc<u8>;
        u8, Cell<u8>;
        u8, *const u8;
        u8, Mutex<u8>;
        u8, &'static mut u8;
        u8, Box<dyn Fn()>;
        u8, Plain;
        Plain, u8;
        u8, PhantomPinned;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A map that is kept where it stands has the traits of the plain one.
mod kept {
    use std::{cell::Cell, rc::Rc};

    pub(super) type Values = (Rc<u8>, Cell<u8>);

    #[mapkeeper::tracked]
    pub(super) type Hashed = std::collections::HashMap<u8, String>;
    #[mapkeeper::tracked]
    pub(super) type HashedHere = std::collections::HashMap<u8, Values>;
    #[mapkeeper::tracked]
    pub(super) type Tree = std::collections::BTreeMap<u8, String>;
    #[mapkeeper::tracked]
    pub(super) type TreeHere = std::collections::BTreeMap<u8, Values>;
    #[mapkeeper::tracked]
    pub(super) type Index = indexmap::IndexMap<u8, String>;
    #[mapkeeper::tracked]
    pub(super) type IndexHere = indexmap::IndexMap<u8, Values>;
    #[mapkeeper::tracked]
    pub(super) type Slots = slab::Slab<String>;
    #[mapkeeper::tracked]
    pub(super) type SlotsHere = slab::Slab<Values>;
}

#[test]
fn whoever_keeps_a_map_takes_no_trait_away() {
    use kept::Values;

    let mut wrong: Vec<String> = Vec::new();
    same_answers! {
        wrong:
        kept::Hashed, std::collections::HashMap<u8, String>;
        kept::HashedHere, std::collections::HashMap<u8, Values>;
        kept::Tree, StdTree<u8, String>;
        kept::TreeHere, StdTree<u8, Values>;
        kept::Index, ::indexmap::IndexMap<u8, String>;
        kept::IndexHere, ::indexmap::IndexMap<u8, Values>;
        kept::Slots, ::slab::Slab<String>;
        kept::SlotsHere, ::slab::Slab<Values>;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the iterators of an ordered map show of themselves.
macro_rules! shown {
    ($map:expr) => {{
        let mut map = $map;
        let mut left = map.clone().into_iter();
        left.next_back();
        vec![
            format!("{:?}", map.iter_mut()),
            format!("{:?}", map.values_mut()),
            format!("{:?} {:?}", map.keys(), map.range(2..)),
            format!("{:?}", map.range_mut(..3)),
            format!("{left:?}"),
            format!("{:?}", map.clone().into_keys()),
            format!("{:?}", map.clone().into_values()),
        ]
    }};
}

#[test]
fn iterators_of_an_ordered_map_show_what_is_left_in_them() {
    let entries = [(3, "c"), (1, "a"), (2, "b")];
    assert_eq!(
        shown!(BTreeMap::<_, _>::from(entries)),
        shown!(StdTree::from(entries))
    );
    assert!(
        mapkeeper::btree_map::RangeMut::<u8, u8>::default()
            .next()
            .is_none()
    );
}

/// Each compiles only if the type is covariant in what the lifetime stands in, as the original is.
#[allow(dead_code)]
mod covariant {
    use mapkeeper::{
        BTreeMap, BTreeSet, IndexMap, IndexSet, Slab, btree_map, btree_set, index_map, index_set,
        slab,
    };

    type Long = &'static str;

    fn tree<'a>(map: BTreeMap<Long, Long>) -> BTreeMap<&'a str, &'a str> {
        map
    }
    fn tree_iter<'a, 'b>(
        iter: btree_map::Iter<'b, Long, Long>,
    ) -> btree_map::Iter<'b, &'a str, &'a str> {
        iter
    }
    fn tree_into_iter<'a>(
        iter: btree_map::IntoIter<Long, Long>,
    ) -> btree_map::IntoIter<&'a str, &'a str> {
        iter
    }
    fn tree_set<'a>(set: BTreeSet<Long>) -> BTreeSet<&'a str> {
        set
    }
    fn tree_set_iter<'a, 'b>(iter: btree_set::Iter<'b, Long>) -> btree_set::Iter<'b, &'a str> {
        iter
    }
    fn index<'a>(map: IndexMap<Long, Long>) -> IndexMap<&'a str, &'a str> {
        map
    }
    fn index_iter<'a, 'b>(
        iter: index_map::Iter<'b, Long, Long>,
    ) -> index_map::Iter<'b, &'a str, &'a str> {
        iter
    }
    fn index_into_iter<'a>(
        iter: index_map::IntoIter<Long, Long>,
    ) -> index_map::IntoIter<&'a str, &'a str> {
        iter
    }
    fn index_slice<'a, 'b>(
        slice: index_map::Slice<'b, Long, Long>,
    ) -> index_map::Slice<'b, &'a str, &'a str> {
        slice
    }
    fn index_set<'a>(set: IndexSet<Long>) -> IndexSet<&'a str> {
        set
    }
    fn index_set_slice<'a, 'b>(slice: index_set::Slice<'b, Long>) -> index_set::Slice<'b, &'a str> {
        slice
    }
    fn slots<'a>(slab: Slab<Long>) -> Slab<&'a str> {
        slab
    }
    fn slots_iter<'a, 'b>(iter: slab::Iter<'b, Long>) -> slab::Iter<'b, &'a str> {
        iter
    }
    fn slots_into_iter<'a>(iter: slab::IntoIter<Long>) -> slab::IntoIter<&'a str> {
        iter
    }
}
