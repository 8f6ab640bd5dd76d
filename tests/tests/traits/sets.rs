//! The same questions of std's set types.

use std::{
    cell::Cell,
    collections::{HashSet as StdSet, hash_set as theirs},
    hash::RandomState,
    marker::PhantomPinned,
    rc::Rc,
    sync::Mutex,
};

use mapkeeper::{HashSet, MODE, Mode, hash_set as ours};

use super::{Is, No, NotIts, Plain, exact, type_of};

macro_rules! same_traits {
    ($wrong:ident; $($element:ty),+ $(,)?) => {$({
        type T = $element;
        let pred: fn(&T) -> bool = |_| false;
        let (mut mine, mut std) = (HashSet::<T>::new(), StdSet::<T>::new());
        type S = RandomState;
        same_answers! {
            $wrong:
            HashSet<T>, StdSet<T>;
            ours::Iter<'static, T>, theirs::Iter<'static, T>;
            ours::IntoIter<T>, theirs::IntoIter<T>;
            ours::Drain<'static, T>, theirs::Drain<'static, T>;
            ours::Difference<'static, T, S>, theirs::Difference<'static, T, S>;
            ours::SymmetricDifference<'static, T, S>, theirs::SymmetricDifference<'static, T, S>;
            ours::Intersection<'static, T, S>, theirs::Intersection<'static, T, S>;
            ours::Union<'static, T, S>, theirs::Union<'static, T, S>;
        }
        same_answers_of!($wrong: mine.extract_if(pred), std.extract_if(pred));
    })+};
}

#[test]
fn every_type_of_a_set_has_the_traits_of_its_std_twin_and_no_others() {
    let mut wrong: Vec<String> = Vec::new();
    same_traits! {
        wrong;
        u8, String, Rc<u8>, Cell<u8>, *const u8, Mutex<u8>, &'static Cell<u8>, &'static mut u8, Box<dyn Fn()>, Plain,
        PhantomPinned,
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each compiles only if the type is covariant in what the lifetime stands in, as std's is.
#[allow(dead_code)]
mod covariant {
    use super::{HashSet, ours};

    fn set<'a>(set: HashSet<&'static str>) -> HashSet<&'a str> {
        set
    }
    fn iter<'a, 'b>(iter: ours::Iter<'b, &'static str>) -> ours::Iter<'b, &'a str> {
        iter
    }
    fn into_iter<'a>(iter: ours::IntoIter<&'static str>) -> ours::IntoIter<&'a str> {
        iter
    }
    fn drain<'a, 'b>(iter: ours::Drain<'b, &'static str>) -> ours::Drain<'b, &'a str> {
        iter
    }
    fn difference<'a, 'b, S>(
        iter: ours::Difference<'b, &'static str, S>,
    ) -> ours::Difference<'b, &'a str, S> {
        iter
    }
    fn symmetric_difference<'a, 'b, S>(
        iter: ours::SymmetricDifference<'b, &'static str, S>,
    ) -> ours::SymmetricDifference<'b, &'a str, S> {
        iter
    }
    fn intersection<'a, 'b, S>(
        iter: ours::Intersection<'b, &'static str, S>,
    ) -> ours::Intersection<'b, &'a str, S> {
        iter
    }
    fn union<'a, 'b, S>(iter: ours::Union<'b, &'static str, S>) -> ours::Union<'b, &'a str, S> {
        iter
    }
}

/// Says what both sets of one element print, one line per type.
macro_rules! printed {
    ($set:ty) => {{
        let mut set = <$set>::from([7]);
        let other = <$set>::from([8]);
        vec![
            format!("{set:?} {set:#?}"),
            format!("{:?} {:?}", set.iter(), set.clone().into_iter()),
            format!("{:?} {:?}", set.difference(&other), other.difference(&set)),
            format!("{:?} {:?}", set.intersection(&other), set.union(&set)),
            format!("{:?}", set.symmetric_difference(&set)),
            format!("{:?}", set.extract_if(|_| true)),
            format!("{:?} {set:?}", set.clone().drain()),
            format!("{:?}", set.drain()),
            format!("{set:?}"),
        ]
    }};
}

#[test]
fn debug_of_sets_prints_what_std_prints() {
    assert_eq!(printed!(HashSet<i32>), printed!(StdSet<i32>));
}

#[mapkeeper::tracked]
struct InAStatic {
    #[map]
    set: std::collections::HashSet<u8, rustc_hash::FxBuildHasher>,
}

static IN_A_STATIC: Mutex<InAStatic> = Mutex::new(InAStatic {
    set: HashSet::with_hasher(rustc_hash::FxBuildHasher),
});

#[test]
fn a_set_can_be_made_in_a_static() {
    let mut in_a_static = IN_A_STATIC.lock().unwrap();
    assert!(in_a_static.set.insert(1));
    assert!(in_a_static.set.contains(&1));
}

#[test]
fn iterators_of_sets_know_their_length_at_every_step() {
    let mut set: HashSet<u32> = (0..37).collect();
    exact(set.iter(), 37);
    exact(set.clone().into_iter(), 37);
    exact(set.drain(), 37);
    assert!(set.is_empty());
    assert_eq!(ours::Iter::<u8>::default().len(), 0);
    assert_eq!(ours::IntoIter::<u8>::default().len(), 0);
}

#[test]
fn an_off_set_is_as_large_as_stds() {
    if MODE == Mode::Off {
        assert_eq!(size_of::<HashSet<u64>>(), size_of::<StdSet<u64>>());
        assert_eq!(
            size_of::<InAStatic>(),
            size_of::<StdSet<u8, rustc_hash::FxBuildHasher>>()
        );
        assert_eq!(
            size_of::<ours::IntoIter<u8>>(),
            size_of::<theirs::IntoIter<u8>>()
        );
    }
}
