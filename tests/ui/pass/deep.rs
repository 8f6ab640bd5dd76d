//! Maps of maps: both tracked, with keys for each, in every shape.
#![deny(warnings)]

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Mutex;

use mapkeeper::{RemovalCause, tracked};

mod shop {
    use super::*;

    /// Orders by customer.
    #[tracked]
    #[derive(Debug, Default)]
    pub struct Orders<'a, K: Eq + Hash, V: Default, const N: usize = 2>
    where
        K: Copy + Debug,
    {
        #[map(
            max_len = 10,
            deep(on_remove = removed, guard = may_remove, residue = allow, show_keys),
            show_keys
        )]
        pub by_customer: HashMap<K, HashMap<u64, Option<V>>>,
        #[map(deep(hooks = Count, name = "named"))]
        pub(crate) counted: HashMap<&'a str, Mutex<HashMap<K, [u8; N]>>>,
        #[map(deep(deep(max_len = 1)))]
        deeper: Box<HashMap<K, HashMap<K, HashMap<K, V>>>>,
        #[cfg(any())]
        #[map(deep(on_remove = missing))]
        never: HashMap<Missing, HashMap<Missing, Missing>>,
    }

    fn removed<V>(_: &u64, _: &Option<V>, _: RemovalCause) {}

    fn may_remove<V>(_: &u64, value: &Option<V>) -> Result<(), &'static str> {
        if value.is_some() { Err("open") } else { Ok(()) }
    }

    #[derive(Debug, Default)]
    pub struct Count;

    impl<K, V> mapkeeper::RemovalHook<K, V> for Count {
        fn on_remove(&mut self, _: &K, _: &V, _: RemovalCause) {}
    }

    impl<K: Eq + Hash + Copy + Debug, V: Default> Orders<'_, K, V> {
        pub fn depth(&self) -> usize {
            self.deeper.len()
        }
    }
}

fn main() {
    let mut orders = shop::Orders::<u8, String>::default();
    let of_one = orders.by_customer.entry(1).or_default();
    of_one.insert(7, None);
    assert!(of_one.try_remove(&7).is_ok());
    orders.counted.entry("a").or_default().get_mut().unwrap().insert(1, [0; 2]);
    assert_eq!(orders.depth(), 0);
}
