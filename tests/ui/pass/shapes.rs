//! Named fields, tuple structs and generics of all kinds.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

use mapkeeper::TrackedMaps;

#[mapkeeper::tracked]
#[derive(Default)]
struct Named {
    #[map]
    open: HashMap<u64, String>,
    region: String,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Tuple(
    #[map] HashMap<u64, String>,
    u8,
    #[map(follows = 0)] HashMap<u64, u8>,
);

#[mapkeeper::tracked]
struct Generic<'a, K, V: ?Sized = str, const N: usize = 2>
where
    K: Clone + Eq + Hash,
    V: Debug,
{
    #[map]
    by_key: HashMap<K, [&'a str; N]>,
    #[map(residue = Self::is_done)]
    by_text: HashMap<&'a str, Vec<K>>,
    value: PhantomData<V>,
}

impl<K, V: ?Sized, const N: usize> Generic<'_, K, V, N>
where
    K: Clone + Eq + Hash,
    V: Debug,
{
    fn new() -> Self {
        Generic {
            by_key: HashMap::new().into(),
            by_text: mapkeeper::HashMap::new(),
            value: PhantomData,
        }
    }

    fn is_done(keys: &Vec<K>) -> bool {
        keys.is_empty()
    }
}

#[mapkeeper::tracked]
struct Bounded<K: Eq + Hash>(#[map] HashMap<K, K>)
where
    for<'a> &'a K: PartialEq;

fn count(maps: &impl TrackedMaps) -> usize {
    let mut count = 0;
    maps.visit_maps(&mut |_| count += 1);
    count
}

fn main() {
    let mut named = Named::default();
    named.open.insert(1, "one".to_owned());
    assert_eq!((named.open.len(), named.region.len()), (1, 0));
    assert_eq!(count(&named), 1);

    let mut tuple = Tuple::default();
    tuple.0.insert(1, "one".to_owned());
    tuple.2.insert(1, tuple.1);
    assert_eq!(count(&tuple), 2);

    let text = String::from("text");
    let mut generic: Generic<'_, u64, str, 2> = Generic::new();
    generic.by_key.insert(1, [&text, "b"]);
    generic.by_text.insert(&text, vec![1]);
    let _ = generic.value;
    assert_eq!(count(&generic), 2);

    let mut bounded = Bounded(HashMap::new().into());
    bounded.0.insert(1, 2);
    assert_eq!(count(&bounded), 1);
}
