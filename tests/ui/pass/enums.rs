//! Enums: named, tuple and unit variants, generics, `cfg`s, derives, discriminants, deprecated parts.
#![deny(warnings)]

use std::collections::HashMap;
use std::fmt::Debug;

use mapkeeper::{RemovalCause, TrackedMaps, tracked};

/// Kept.
#[tracked]
#[derive(Clone, Debug, Default, PartialEq)]
#[repr(u8)]
pub enum Message<'a, K: Debug + Eq + std::hash::Hash, const N: usize = 1>
where
    K: Clone,
{
    #[default]
    Empty = 1,
    /// Kept, too.
    Batch {
        #[map(on_remove = removed, max_len = 10, show_keys)]
        items: HashMap<K, [u8; N]>,
        #[map(follows = items)]
        r#in: HashMap<K, &'a str>,
        size: u32,
    } = 3,
    Pair(#[map] HashMap<K, Box<Self>>, u8, #[map(subset_of = 0)] HashMap<K, ()>),
    #[cfg(any())]
    Never(#[map] HashMap<Missing, Missing>, Missing),
    Sometimes {
        #[cfg(any())]
        #[map]
        never: HashMap<Missing, Missing>,
        #[cfg(all())]
        #[map]
        always: HashMap<K, u8>,
        #[cfg(any())]
        plain: Missing,
    },
    #[deprecated]
    Old {
        #[map]
        open: HashMap<K, u8>,
    },
    Older {
        #[deprecated]
        #[map]
        open: HashMap<K, u8>,
        #[deprecated]
        region: String,
    },
    Nothing {},
    NothingEither(),
}

fn removed<K, const N: usize>(_: &K, _: &[u8; N], _: RemovalCause) {}

#[allow(non_camel_case_types, non_snake_case)]
#[tracked]
enum Foo_ {
    Bar_baz {
        #[map]
        x: HashMap<u8, u8>,
    },
    Bar {
        #[map]
        baz__x: HashMap<u8, u8>,
        #[map]
        _baz: HashMap<u8, u8>,
    },
}

fn main() {
    let message: Message<'_, u64> = Message::default();
    assert_eq!(message, Message::Empty);
    for mut message in [
        Message::Pair(HashMap::new().into(), 0, HashMap::new().into()),
        Message::Sometimes { always: [(1, 1)].into() },
        Message::Batch { items: [(1, [0; 1])].into(), r#in: HashMap::new().into(), size: 1 },
        message,
        Message::Nothing {},
        Message::NothingEither(),
    ] {
        assert!(message.clone() == message);
        assert!(message.check_maps().is_empty());
        message.reset_maps();
    }
    let foo = Foo_::Bar_baz { x: [(1, 1)].into() };
    let mut maps = 0;
    foo.visit_maps(&mut |_| maps += 1);
    Foo_::Bar { baz__x: [(1, 1)].into(), _baz: [(1, 1)].into() }.visit_maps(&mut |_| maps += 1);
    assert_eq!(maps, 3);
}
