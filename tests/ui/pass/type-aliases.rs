//! Aliases: plain, generic, under options, in modules and in functions.
#![deny(warnings)]

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use mapkeeper::{RemovalCause, tracked};

/// Kept.
#[tracked]
pub type Orders = HashMap<u64, String>;

#[tracked(crate = ::mapkeeper, on_remove = removed, residue = allow, max_len = 10, name = "by name")]
pub(crate) type Options<V> = Mutex<HashMap<u64, Option<V>>>;

fn removed<V>(_: &u64, _: &Option<V>, _: RemovalCause) {}

mod inside {
    use super::*;

    #[derive(Default)]
    pub(super) struct Count(u64);

    impl<K, const N: usize> mapkeeper::RemovalHook<K, [u8; N]> for Count {
        fn on_remove(&mut self, _: &K, _: &[u8; N], _: RemovalCause) {
            self.0 += 1;
        }
    }

    #[tracked(hooks = Count)]
    pub(super) type Blocks<'a, const N: usize> = HashMap<&'a str, [u8; N]>;

    #[tracked(guard = keep)]
    pub(super) type Guarded<K> = HashMap<K, bool>;

    fn keep<K>(_: &K, kept: &bool) -> Result<(), &'static str> {
        if *kept { Err("kept") } else { Ok(()) }
    }
}

#[cfg(any())]
#[tracked]
type Never = HashMap<Missing, Missing>;

#[tracked]
#[cfg(any())]
type Neither = HashMap<Missing, Missing>;

#[tracked]
type r#Raw = HashMap<u64, u64>;

fn by_key<K: Hash + Eq>(guarded: &mut inside::Guarded<K>, key: &K) -> bool {
    guarded.try_remove(key).is_ok()
}

fn main() {
    let mut orders: Orders = HashMap::new().into();
    orders.insert(1, String::new());
    let options = Options::default();
    options.lock().unwrap().insert(1, Some(orders));
    options.lock().unwrap().remove(&1);
    let mut blocks = inside::Blocks::<4>::new();
    blocks.insert("a", [0; 4]);
    blocks.remove("a");
    assert!(by_key(&mut inside::Guarded::from([("a", false)]), &"a"));
    assert!(Raw::new().is_empty());

    #[tracked]
    type Local = HashMap<u64, u64>;
    assert_eq!(Local::from([(1, 1)]).len(), 1);
}
