//! Three maps of each shape: std's, one wrapped by hand, and one that mapkeeper tracks.

use std::{
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    sync::{Arc, LazyLock},
};

use rustc_hash::FxBuildHasher;

/// SipHash with fixed keys, so that instruction counts repeat.
pub(crate) type Sip = BuildHasherDefault<DefaultHasher>;
pub(crate) type Fx = FxBuildHasher;

/// Keys and values made from numbers.
pub(crate) trait Shape {
    /// Whether the map itself numbers its entries, from 0.
    const IS_NUMBERED: bool = false;
    const NAME: &'static str;
    type Key: Clone;
    type Value: Clone;
    fn key(n: u64) -> Self::Key;
    fn value(n: u64) -> Self::Value;
}

/// Numbers that follow each other hash too well; real keys are spread.
pub(crate) fn spread(n: u64) -> u64 {
    n.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
}

pub(crate) struct U64U64;
pub(crate) struct StringBytes;
pub(crate) struct U64Arc;

impl Shape for U64U64 {
    const NAME: &'static str = "u64/u64";
    type Key = u64;
    type Value = u64;
    fn key(n: u64) -> u64 {
        spread(n)
    }
    fn value(n: u64) -> u64 {
        n
    }
}

impl Shape for StringBytes {
    const NAME: &'static str = "String/Vec<u8>";
    type Key = String;
    type Value = Vec<u8>;
    fn key(n: u64) -> String {
        format!("order-{:016x}", spread(n))
    }
    fn value(n: u64) -> Vec<u8> {
        n.to_ne_bytes().to_vec()
    }
}

impl Shape for U64Arc {
    const NAME: &'static str = "u64/Arc";
    type Key = u64;
    type Value = Arc<u64>;
    fn key(n: u64) -> u64 {
        spread(n)
    }
    fn value(n: u64) -> Arc<u64> {
        Arc::new(n)
    }
}

/// A map under test.
pub(crate) trait Map: Default {
    const KIND: &'static str = "HashMap";
    type Shape: Shape;
    fn row() -> &'static str;
    fn reserve(&mut self, n: usize);
    fn insert(&mut self, key: Key<Self>, value: Value<Self>) -> Option<Value<Self>>;
    fn or_insert(&mut self, key: Key<Self>, value: Value<Self>);
    fn get(&self, key: &Key<Self>) -> Option<&Value<Self>>;
    fn get_mut(&mut self, key: &Key<Self>) -> Option<&mut Value<Self>>;
    fn remove(&mut self, key: &Key<Self>) -> Option<Value<Self>>;
    fn retain_all(&mut self);
    fn extract_none(&mut self) -> usize;
    fn count(&self) -> usize;
    fn drain_all(&mut self) -> usize;
}

pub(crate) type Key<M> = <<M as Map>::Shape as Shape>::Key;
pub(crate) type Value<M> = <<M as Map>::Shape as Shape>::Value;

/// The methods that a map inside a struct answers itself; inlined, as a field of the caller would be.
macro_rules! forward {
    () => {
        #[inline(always)]
        fn reserve(&mut self, n: usize) {
            self.map.reserve(n);
        }
        #[inline(always)]
        fn insert(&mut self, key: Key<Self>, value: Value<Self>) -> Option<Value<Self>> {
            self.map.insert(key, value)
        }
        #[inline(always)]
        fn or_insert(&mut self, key: Key<Self>, value: Value<Self>) {
            self.map.entry(key).or_insert(value);
        }
        #[inline(always)]
        fn get(&self, key: &Key<Self>) -> Option<&Value<Self>> {
            self.map.get(key)
        }
        #[inline(always)]
        fn get_mut(&mut self, key: &Key<Self>) -> Option<&mut Value<Self>> {
            self.map.get_mut(key)
        }
        #[inline(always)]
        fn remove(&mut self, key: &Key<Self>) -> Option<Value<Self>> {
            self.map.remove(key)
        }
        #[inline(always)]
        fn retain_all(&mut self) {
            self.map.retain(|_, _| std::hint::black_box(true));
        }
        #[inline(always)]
        fn extract_none(&mut self) -> usize {
            // As programs do it; `count` could take a way of its own.
            let mut taken = 0;
            for entry in self.map.extract_if(|_, _| std::hint::black_box(false)) {
                std::hint::black_box(entry);
                taken += 1;
            }
            taken
        }
        #[inline(always)]
        fn count(&self) -> usize {
            self.map
                .iter()
                .map(|entry| usize::from(std::hint::black_box(entry).1.size() > 0))
                .sum()
        }
        #[inline(always)]
        fn drain_all(&mut self) -> usize {
            self.map
                .drain()
                .map(|entry| usize::from(std::hint::black_box(entry).1.size() > 0))
                .sum()
        }
    };
}

/// Something to look at in a drained value.
trait Size {
    fn size(&self) -> usize;
}

impl<T> Size for T {
    #[inline]
    fn size(&self) -> usize {
        size_of::<T>()
    }
}

pub(crate) struct Std<P: Shape, S> {
    map: HashMap<P::Key, P::Value, S>,
}

impl<P: Shape, S: Default> Default for Std<P, S> {
    fn default() -> Self {
        Self {
            map: HashMap::default(),
        }
    }
}

impl<P: Shape<Key: std::hash::Hash + Eq>, S: BuildHasher + Default> Map for Std<P, S> {
    type Shape = P;
    fn row() -> &'static str {
        "original"
    }
    forward!();
}

static GAUGE: LazyLock<metrics::Gauge> = LazyLock::new(|| metrics::gauge!("orders_entries"));

/// What people write today: a gauge (its handle kept) and an event per mutation.
pub(crate) struct ByHand<P: Shape, S> {
    map: HashMap<P::Key, P::Value, S>,
    gauge: metrics::Gauge,
}

impl<P: Shape, S: Default> Default for ByHand<P, S> {
    fn default() -> Self {
        Self {
            map: HashMap::default(),
            gauge: GAUGE.clone(),
        }
    }
}

impl<P: Shape, S> ByHand<P, S> {
    #[inline]
    fn note(&self, what: &'static str) {
        self.gauge.set(self.map.len() as f64);
        tracing::trace!(target: "orders", what, len = self.map.len());
    }
}

impl<P: Shape<Key: std::hash::Hash + Eq>, S: BuildHasher + Default> Map for ByHand<P, S> {
    type Shape = P;
    fn row() -> &'static str {
        "by hand"
    }
    fn reserve(&mut self, n: usize) {
        self.map.reserve(n);
    }
    #[inline]
    fn insert(&mut self, key: Key<Self>, value: Value<Self>) -> Option<Value<Self>> {
        let old = self.map.insert(key, value);
        self.note("insert");
        old
    }
    #[inline]
    fn or_insert(&mut self, key: Key<Self>, value: Value<Self>) {
        self.map.entry(key).or_insert(value);
        self.note("entry");
    }
    #[inline]
    fn get(&self, key: &Key<Self>) -> Option<&Value<Self>> {
        self.map.get(key)
    }
    #[inline]
    fn get_mut(&mut self, key: &Key<Self>) -> Option<&mut Value<Self>> {
        self.map.get_mut(key)
    }
    #[inline]
    fn remove(&mut self, key: &Key<Self>) -> Option<Value<Self>> {
        let old = self.map.remove(key);
        self.note("remove");
        old
    }
    fn retain_all(&mut self) {
        self.map.retain(|_, _| std::hint::black_box(true));
        self.note("retain");
    }
    fn extract_none(&mut self) -> usize {
        let mut taken = 0;
        for entry in self.map.extract_if(|_, _| std::hint::black_box(false)) {
            std::hint::black_box(entry);
            taken += 1;
        }
        self.note("extract_if");
        taken
    }
    fn count(&self) -> usize {
        self.map
            .iter()
            .map(|entry| usize::from(std::hint::black_box(entry).1.size() > 0))
            .sum()
    }
    fn drain_all(&mut self) -> usize {
        let n = self
            .map
            .drain()
            .map(|entry| usize::from(std::hint::black_box(entry).1.size() > 0))
            .sum();
        self.note("drain");
        n
    }
}

/// Structs that mapkeeper tracks, one per shape and hasher: the macro sees concrete types, as a user's would be.
macro_rules! tracked_maps {
    ($($name:ident, $shape:ident, $key:ty, $value:ty, $hasher:ident;)+) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        pub(crate) struct $name {
            #[map]
            pub(crate) map: HashMap<$key, $value, $hasher>,
        }

        impl Map for $name {
            type Shape = $shape;
            fn row() -> &'static str {
                mapkeeper::MODE.as_str()
            }
            forward!();
        }
    )+};
}

tracked_maps! {
    KeptU64Sip, U64U64, u64, u64, Sip;
    KeptU64Fx, U64U64, u64, u64, Fx;
    KeptStringSip, StringBytes, String, Vec<u8>, Sip;
    KeptStringFx, StringBytes, String, Vec<u8>, Fx;
    KeptArcSip, U64Arc, u64, Arc<u64>, Sip;
    KeptArcFx, U64Arc, u64, Arc<u64>, Fx;
}
