//! Every trait and auto trait of the maps and sets of all kinds, for several keys and values; variance; `Debug`; sizes.

#![allow(missing_docs)]

use std::{
    cell::Cell,
    collections::{HashMap as StdMap, hash_map as theirs},
    fmt::Debug,
    hash::RandomState,
    iter::FusedIterator,
    marker::PhantomData,
    panic::{RefUnwindSafe, UnwindSafe},
    rc::Rc,
    sync::Mutex,
};

use mapkeeper::{HashMap, MODE, Mode, Untracked, hash_map as ours};

/// A question about a type, answered while compiling: the inherent constant is found first, if its bound holds.
struct Is<T: ?Sized>(PhantomData<T>);

macro_rules! questions {
    ($($name:ident: [$($bound:tt)+];)+) => {
        /// What the answers are for a type that fails every bound.
        #[allow(non_upper_case_globals)]
        trait No {
            $(const $name: bool = false;)+
        }
        impl<T: ?Sized> No for Is<T> {}
        /// The same for the type of a value.
        #[allow(dead_code)]
        trait NotIts {
            $(
                fn $name(&self) -> bool {
                    false
                }
            )+
        }
        impl<T> NotIts for Its<T> {}
        $(
            #[allow(non_upper_case_globals)]
            impl<T: $($bound)+> Is<T> {
                const $name: bool = true;
            }
            #[allow(dead_code)]
            impl<T: $($bound)+> Its<T> {
                fn $name(&self) -> bool {
                    true
                }
            }
        )+
        macro_rules! answers {
            ($ty:ty) => { [$((stringify!($name), <Is<$ty>>::$name)),+] };
            // Of a type that has no name.
            (of $value:expr) => {{
                let asked = type_of(&$value);
                [$((stringify!($name), asked.$name())),+]
            }};
        }
    };
}

/// A question about the type of a value: one that has no name.
struct Its<T: ?Sized>(PhantomData<T>);

fn type_of<T>(_: &T) -> Its<T> {
    Its(PhantomData)
}

/// Adds to `$wrong` what the answers for the two types do not have in common.
macro_rules! same_answers {
    ($wrong:ident: $($ours:ty, $theirs:ty;)+) => {$(
        for ((question, mine), (_, std)) in answers!($ours).into_iter().zip(answers!($theirs)) {
            if mine != std {
                let (mine, std) = (std::any::type_name::<$ours>(), if std { "is" } else { "is not" });
                $wrong.push(format!("{mine}: {question} differs, std's {std}"));
            }
        }
    )+};
}

/// The same for the types of two values.
macro_rules! same_answers_of {
    ($wrong:ident: $ours:expr, $theirs:expr) => {
        let (mine, std) = (answers!(of $ours), answers!(of $theirs));
        for ((question, mine), (_, std)) in mine.into_iter().zip(std) {
            if mine != std {
                $wrong.push(format!("{}: {question} differs", stringify!($ours)));
            }
        }
    };
}

questions! {
    is_send: [?Sized + Send];
    is_sync: [?Sized + Sync];
    is_unpin: [?Sized + Unpin];
    is_unwind_safe: [?Sized + UnwindSafe];
    is_ref_unwind_safe: [?Sized + RefUnwindSafe];
    is_clone: [Clone];
    is_debug: [?Sized + Debug];
    is_default: [Default];
    is_eq: [Eq];
    is_iterator: [Iterator];
    is_exact_size: [ExactSizeIterator];
    is_fused: [FusedIterator];
    is_error: [std::error::Error];
    is_display: [std::fmt::Display];
}

macro_rules! same_traits {
    ($wrong:ident; $($key:ty, $value:ty);+ $(;)?) => {$({
        type K = $key;
        type V = $value;
        let pred: fn(&K, &mut V) -> bool = |_, _| false;
        let (mut mine, mut std) = (HashMap::<K, V>::new(), StdMap::<K, V>::new());
        same_answers! {
            $wrong:
            HashMap<K, V>, StdMap<K, V>;
            ours::Entry<'static, K, V>, theirs::Entry<'static, K, V>;
            ours::OccupiedEntry<'static, K, V>, theirs::OccupiedEntry<'static, K, V>;
            ours::VacantEntry<'static, K, V>, theirs::VacantEntry<'static, K, V>;
            ours::Iter<'static, K, V>, theirs::Iter<'static, K, V>;
            ours::IterMut<'static, K, V>, theirs::IterMut<'static, K, V>;
            ours::Keys<'static, K, V>, theirs::Keys<'static, K, V>;
            ours::Values<'static, K, V>, theirs::Values<'static, K, V>;
            ours::ValuesMut<'static, K, V>, theirs::ValuesMut<'static, K, V>;
            ours::IntoIter<K, V>, theirs::IntoIter<K, V>;
            ours::IntoKeys<K, V>, theirs::IntoKeys<K, V>;
            ours::IntoValues<K, V>, theirs::IntoValues<K, V>;
            ours::Drain<'static, K, V>, theirs::Drain<'static, K, V>;
        }
        // A field of it, say, has to be generic over the predicate: ours is wrapped.
        same_answers_of!($wrong: mine.extract_if(pred), std.extract_if(pred));
    })+};
}

mod kinds;
mod sets;

/// Neither `Clone` nor `Debug`, `Default`, `Eq`.
struct Plain;

#[test]
fn every_type_has_the_traits_of_its_std_twin_and_no_others() {
    let mut wrong: Vec<String> = Vec::new();
    same_traits! {
        wrong;
        u8, u8;
        String, Vec<u8>;
        Rc<u8>, u8;
        u8, Rc<u8>;
        u8, Cell<u8>;
        Cell<u8>, u8;
        u8, *const u8;
        *const u8, u8;
        u8, Mutex<u8>;
        u8, &'static Cell<u8>;
        u8, &'static mut u8;
        u8, Box<dyn Fn()>;
        u8, Plain;
        Plain, u8;
        u8, std::marker::PhantomPinned;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_questions_tell_types_apart() {
    assert_eq!(answers!(u8).map(|(_, yes)| yes)[..5], [true; 5]);
    assert_eq!(
        answers!(Rc<Cell<u8>>).map(|(_, yes)| yes)[..5],
        [false, false, true, false, false]
    );
    assert_eq!(
        answers!(std::fmt::Error).map(|(_, yes)| yes)[12..],
        [true; 2]
    );
}

#[test]
fn the_error_of_try_insert_is_an_error() {
    let answers = answers!(ours::OccupiedError<'static, u8, String>);
    let yes = |name| {
        answers
            .iter()
            .any(|(question, yes)| *question == name && *yes)
    };
    for question in [
        "is_error",
        "is_display",
        "is_debug",
        "is_send",
        "is_sync",
        "is_unpin",
    ] {
        assert!(yes(question), "{question}");
    }
    let mut map: HashMap<i32, &str> = HashMap::from([(1, "one")]);
    let error = map.try_insert(1, "uno").unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"failed to insert "uno", key 1 already exists with value "one""#,
        "std's words, from its documentation of the unstable method"
    );
}

/// Each compiles only if the type is covariant in what the lifetime stands in, as std's is.
#[allow(dead_code)]
mod covariant {
    use super::{HashMap, RandomState, ours};

    fn map_key<'a, V>(map: HashMap<&'static str, V>) -> HashMap<&'a str, V> {
        map
    }
    fn map_value<'a, K>(map: HashMap<K, &'static str>) -> HashMap<K, &'a str, RandomState> {
        map
    }
    fn iter_key<'a, 'b>(iter: ours::Iter<'b, &'static str, u8>) -> ours::Iter<'b, &'a str, u8> {
        iter
    }
    fn iter_value<'a, 'b>(iter: ours::Iter<'b, u8, &'static str>) -> ours::Iter<'b, u8, &'a str> {
        iter
    }
    fn keys<'a, 'b>(iter: ours::Keys<'b, &'static str, u8>) -> ours::Keys<'b, &'a str, u8> {
        iter
    }
    fn keys_value<'a, 'b>(iter: ours::Keys<'b, u8, &'static str>) -> ours::Keys<'b, u8, &'a str> {
        iter
    }
    fn values<'a, 'b>(iter: ours::Values<'b, u8, &'static str>) -> ours::Values<'b, u8, &'a str> {
        iter
    }
    fn values_key<'a, 'b>(
        iter: ours::Values<'b, &'static str, u8>,
    ) -> ours::Values<'b, &'a str, u8> {
        iter
    }
    fn into_iter<'a>(
        iter: ours::IntoIter<&'static str, &'static u8>,
    ) -> ours::IntoIter<&'a str, &'a u8> {
        iter
    }
    fn into_keys<'a>(
        iter: ours::IntoKeys<&'static str, &'static u8>,
    ) -> ours::IntoKeys<&'a str, &'a u8> {
        iter
    }
    fn into_values<'a>(
        iter: ours::IntoValues<&'static str, &'static u8>,
    ) -> ours::IntoValues<&'a str, &'a u8> {
        iter
    }
    fn drain<'a, 'b>(
        iter: ours::Drain<'b, &'static str, &'static u8>,
    ) -> ours::Drain<'b, &'a str, &'a u8> {
        iter
    }
}

/// Says what both maps of one entry print, one line per type.
macro_rules! printed {
    ($map:ty) => {{
        let mut map = <$map>::from([(7, "seven")]);
        let mut out = vec![
            format!("{map:?} {map:#?}"),
            format!("{:?} {:?} {:?}", map.iter(), map.keys(), map.values()),
            format!("{:?}", map.iter_mut()),
            format!("{:?}", map.values_mut()),
            format!("{:?}", map.entry(7)),
            format!("{:?}", map.entry(8)),
            format!("{:?}", map.extract_if(|_, _| true)),
            format!(
                "{:?} {:?}",
                map.clone().into_iter(),
                map.clone().into_keys()
            ),
            format!("{:?}", map.clone().into_values()),
            format!("{:?}", map.drain()),
            format!("{map:?}"),
        ];
        let mut used = <$map>::from([(7, "seven")]).into_iter();
        used.next();
        out.push(format!("{used:?}"));
        out
    }};
}

#[test]
fn debug_prints_what_std_prints() {
    assert_eq!(printed!(HashMap<i32, &str>), printed!(StdMap<i32, &str>));
}

#[mapkeeper::tracked]
struct InAStatic {
    #[map]
    map: std::collections::HashMap<u8, u8, rustc_hash::FxBuildHasher>,
}

static IN_A_STATIC: Mutex<InAStatic> = Mutex::new(InAStatic {
    map: HashMap::with_hasher(rustc_hash::FxBuildHasher),
});
const IN_A_CONST: HashMap<u8, u8, rustc_hash::FxBuildHasher> =
    HashMap::with_hasher(rustc_hash::FxBuildHasher);

#[test]
fn a_map_can_be_made_in_a_static_and_in_a_const() {
    let mut in_a_static = IN_A_STATIC.lock().unwrap();
    assert_eq!(in_a_static.map.insert(1, 2), None);
    assert_eq!(in_a_static.map.get(&1), Some(&2));
    assert!({ IN_A_CONST }.is_empty());
}

/// Walks an iterator and checks at every step that it knows how many items are left.
fn exact<I: ExactSizeIterator>(mut iter: I, mut left: usize) {
    loop {
        assert_eq!((iter.size_hint(), iter.len()), ((left, Some(left)), left));
        if iter.next().is_none() {
            assert_eq!(left, 0);
            assert!(iter.next().is_none());
            return;
        }
        left -= 1;
    }
}

#[test]
fn iterators_know_their_length_at_every_step() {
    let mut map: HashMap<u32, u32> = (0..37).map(|n| (n, n)).collect();
    exact(map.iter(), 37);
    exact(map.iter_mut(), 37);
    exact(map.keys(), 37);
    exact(map.values(), 37);
    exact(map.values_mut(), 37);
    exact(map.clone().into_iter(), 37);
    exact(map.clone().into_keys(), 37);
    exact(map.clone().into_values(), 37);
    exact(map.drain(), 37);
    assert!(map.is_empty());
    assert_eq!(ours::Iter::<u8, u8>::default().len(), 0);
    map.extend((0..10).map(|n| (n, n)));
    let mut extract = map.extract_if(|n, _| *n == 3);
    assert_eq!(extract.size_hint(), (0, Some(10)));
    assert_eq!(extract.next(), Some((3, 3)));
    assert_eq!((extract.next(), extract.size_hint()), (None, (0, Some(0))));
}

#[test]
fn an_off_map_is_as_large_as_stds() {
    if MODE == Mode::Off {
        assert_eq!(
            size_of::<HashMap<u64, u64>>(),
            size_of::<StdMap<u64, u64>>()
        );
        assert_eq!(
            size_of::<HashMap<u64, u64, RandomState, Untracked>>(),
            size_of::<StdMap<u64, u64>>()
        );
        assert_eq!(
            size_of::<InAStatic>(),
            size_of::<StdMap<u8, u8, rustc_hash::FxBuildHasher>>()
        );
        assert_eq!(
            size_of::<ours::IntoIter<u8, u8>>(),
            size_of::<theirs::IntoIter<u8, u8>>()
        );
    }
}
