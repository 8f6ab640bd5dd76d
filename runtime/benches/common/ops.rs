//! The operations that are measured. Each is a loop over one outlined function, so that what is compared is the map's
//! own work as a program calls it, not what a whole-program optimiser makes of a loop.

use std::hint::black_box;

use crate::maps::{Key, Map, Shape, Value};

/// Operations per measurement.
pub(crate) const OPS: u64 = 10_000;

#[inline(never)]
fn insert<M: Map>(map: &mut M, key: Key<M>, value: Value<M>) -> bool {
    map.insert(key, value).is_some()
}

#[inline(never)]
fn or_insert<M: Map>(map: &mut M, key: Key<M>, value: Value<M>) {
    map.or_insert(key, value);
}

#[inline(never)]
fn get<'a, M: Map>(map: &'a M, key: &Key<M>) -> Option<&'a Value<M>> {
    map.get(key)
}

#[inline(never)]
fn get_mut<'a, M: Map>(map: &'a mut M, key: &Key<M>) -> Option<&'a mut Value<M>> {
    map.get_mut(key)
}

#[inline(never)]
fn remove<M: Map>(map: &mut M, key: &Key<M>) -> bool {
    map.remove(key).is_some()
}

#[inline(never)]
fn retain<M: Map>(map: &mut M) {
    map.retain_all();
}

#[inline(never)]
fn extract<M: Map>(map: &mut M) -> usize {
    map.extract_none()
}

#[inline(never)]
fn iterate<M: Map>(map: &M) -> usize {
    map.count()
}

#[inline(never)]
fn drain<M: Map>(map: &mut M) -> usize {
    map.drain_all()
}

/// A map and everything its operations need, made outside of the measurement.
struct One<M: Map> {
    map: M,
    hits: Vec<Key<M>>,
    fresh: Vec<Entry<M>>,
    known: Vec<Entry<M>>,
}

type Entry<M> = (Key<M>, Value<M>);

/// Everything for [`OPS`] operations. Maps that are small are several.
pub(crate) struct Work<M: Map> {
    maps: Vec<One<M>>,
    size: u64,
}

type P<M> = <M as Map>::Shape;

/// A map of `size` entries, its keys numbered from `first`, with room for half as many more.
fn filled<M: Map>(first: u64, size: u64) -> M {
    let mut map = M::default();
    map.reserve((size + size / 2) as usize);
    for n in first..first + size {
        map.insert(P::<M>::key(n), P::<M>::value(n));
    }
    map
}

/// The numbers of a map's keys: each map has its own, because what is sampled goes by the key. (Of the same five hundred
/// keys over and over, any share may be.)
struct Numbers {
    first: u64,
    size: u64,
}

impl Numbers {
    fn of<M: Map>(map: u64, size: u64) -> Self {
        let first = if P::<M>::IS_NUMBERED {
            0
        } else {
            map * (size + each(size))
        };
        Self { first, size }
    }

    /// Those that are not in there.
    fn fresh(&self) -> impl Iterator<Item = u64> + use<> {
        let end = self.first + self.size;
        end..end + each(self.size)
    }

    /// Some of those that are.
    fn known(&self) -> impl Iterator<Item = u64> + use<> {
        let Self { first, size } = *self;
        (0..each(size)).map(move |n| first + n * 7 % size)
    }
}

/// Operations on each map of `size` entries.
fn each(size: u64) -> u64 {
    OPS.min(size / 2)
}

fn entry<M: Map>(n: u64) -> Entry<M> {
    (P::<M>::key(n), P::<M>::value(n))
}

impl<M: Map> One<M> {
    fn new(numbers: &Numbers) -> Self {
        let mut one = Self {
            map: filled(numbers.first, numbers.size),
            hits: numbers.known().map(P::<M>::key).collect(),
            fresh: Vec::new(),
            known: Vec::new(),
        };
        one.refill(numbers);
        one
    }

    fn refill(&mut self, numbers: &Numbers) {
        self.fresh = numbers.fresh().map(entry::<M>).collect();
        self.known = numbers.known().map(entry::<M>).collect();
    }
}

/// Half of the entries, the rest left where they are.
fn half<E>(entries: &mut Vec<E>) -> impl Iterator<Item = E> {
    entries.drain(entries.len() / 2..)
}

impl<M: Map> Work<M> {
    /// Everything for [`OPS`] operations on maps of `size` entries.
    pub(crate) fn new(size: u64) -> Self {
        let maps = 0..OPS / each(size);
        Self {
            maps: maps
                .map(|map| One::new(&Numbers::of::<M>(map, size)))
                .collect(),
            size,
        }
    }

    /// Makes everything as it was when new, after any operation but the last; does `between` between entries.
    pub(crate) fn restore(&mut self, between: impl Fn()) {
        for (one, n) in self.maps.iter_mut().zip(0..) {
            let numbers = Numbers::of::<M>(n, self.size);
            for n in numbers.fresh() {
                one.map.remove(&P::<M>::key(n));
            }
            for n in numbers.known() {
                let (key, value) = entry::<M>(n);
                one.map.remove(&key);
                one.map.insert(key, value);
                between();
            }
            one.refill(&numbers);
        }
    }
}

/// An operation: its name, and what it does to its work.
pub(crate) struct Op<M: Map> {
    pub(crate) name: &'static str,
    /// Whether each entry it meets was inserted at a time of its own.
    pub(crate) aged: bool,
    /// How many entries or calls it counts for.
    pub(crate) per: fn(size: u64) -> u64,
    pub(crate) run: fn(&mut Work<M>),
}

fn ops(_: u64) -> u64 {
    OPS
}

fn all(size: u64) -> u64 {
    size * (OPS / each(size))
}

fn remove_hits<M: Map>(work: &mut Work<M>) {
    for One { map, hits, .. } in &mut work.maps {
        for key in hits.iter() {
            black_box(remove(map, key));
        }
    }
}

/// Every operation, in the order of the table; the last one empties the maps.
pub(crate) fn all_ops<M: Map>() -> Vec<Op<M>> {
    vec![
        Op {
            name: "insert",
            aged: false,
            per: ops,
            run: |work| {
                for One { map, fresh, .. } in &mut work.maps {
                    for (key, value) in fresh.drain(..) {
                        black_box(insert(map, key, value));
                    }
                }
            },
        },
        Op {
            name: "overwrite",
            aged: false,
            per: ops,
            run: |work| {
                for One { map, known, .. } in &mut work.maps {
                    for (key, value) in known.drain(..) {
                        black_box(insert(map, key, value));
                    }
                }
            },
        },
        Op {
            name: "entry",
            aged: false,
            per: ops,
            run: |work| {
                for one in &mut work.maps {
                    let entries = half(&mut one.fresh).zip(half(&mut one.known));
                    for ((new, value), (old, other)) in entries {
                        or_insert(&mut one.map, new, value);
                        or_insert(&mut one.map, old, other);
                    }
                }
            },
        },
        Op {
            name: "get",
            aged: false,
            per: ops,
            run: |work| {
                for One { map, hits, .. } in &work.maps {
                    for key in hits {
                        black_box(get(map, key));
                    }
                }
            },
        },
        Op {
            name: "get (miss)",
            aged: false,
            per: ops,
            run: |work| {
                for One { map, fresh, .. } in &work.maps {
                    for (key, _) in fresh {
                        black_box(get(map, key));
                    }
                }
            },
        },
        Op {
            name: "get_mut",
            aged: false,
            per: ops,
            run: |work| {
                for One { map, hits, .. } in &mut work.maps {
                    for key in hits.iter() {
                        black_box(get_mut(map, key));
                    }
                }
            },
        },
        Op {
            name: "remove",
            aged: false,
            per: ops,
            run: remove_hits,
        },
        Op {
            name: "remove (aged)",
            aged: true,
            per: ops,
            run: remove_hits,
        },
        Op {
            name: "churn",
            aged: false,
            per: ops,
            run: |work| {
                for one in &mut work.maps {
                    for ((new, value), old) in half(&mut one.fresh).zip(&one.hits) {
                        black_box(insert(&mut one.map, new, value));
                        black_box(remove(&mut one.map, old));
                    }
                }
            },
        },
        Op {
            name: "mixed",
            aged: false,
            per: ops,
            run: |work| {
                for One {
                    map, hits, fresh, ..
                } in &mut work.maps
                {
                    for (i, key) in hits.iter().enumerate() {
                        match i % 10 {
                            0 => {
                                if let Some((new, value)) = fresh.pop() {
                                    black_box(insert(map, new, value));
                                }
                            }
                            1 => {
                                black_box(remove(map, key));
                            }
                            _ => {
                                black_box(get(map, key));
                            }
                        }
                    }
                }
            },
        },
        Op {
            name: "iterate",
            aged: false,
            per: all,
            run: |work| {
                for One { map, .. } in &work.maps {
                    black_box(iterate(map));
                }
            },
        },
        Op {
            name: "retain",
            aged: false,
            per: all,
            run: |work| {
                for One { map, .. } in &mut work.maps {
                    retain(map);
                }
            },
        },
        Op {
            name: "extract_if",
            aged: false,
            per: all,
            run: |work| {
                for One { map, .. } in &mut work.maps {
                    black_box(extract(map));
                }
            },
        },
        Op {
            name: "drain",
            aged: false,
            per: all,
            run: |work| {
                for One { map, .. } in &mut work.maps {
                    black_box(drain(map));
                }
            },
        },
    ]
}

/// Entries for maps of `size`, each with the number of its map, in turns.
pub(crate) fn to_fill<M: Map>(size: u64) -> Vec<(usize, Entry<M>)> {
    let maps = (OPS / size).max(1);
    let of_each = (0..maps).map(|map| Numbers::of::<M>(map, size).first);
    let firsts: Vec<u64> = of_each.collect();
    (0..size)
        .flat_map(|n| firsts.iter().map(move |first| first + n).enumerate())
        .map(|(map, n)| (map, entry::<M>(n)))
        .collect()
}

/// From empty to `size` entries, growing on the way. Maps that are small are several, and grow in turns: a single one could
/// always be given more room where it is, unless it had something else allocated meanwhile.
pub(crate) fn fill<M: Map>(entries: Vec<(usize, Entry<M>)>) -> Vec<M> {
    let mut maps: Vec<M> = Vec::new();
    for (map, (key, value)) in entries {
        if map == maps.len() {
            maps.push(M::default());
        }
        black_box(insert(&mut maps[map], key, value));
    }
    maps
}

/// One entry in a map that is made and dropped.
#[inline(never)]
pub(crate) fn tiny<M: Map>() {
    let mut map = M::default();
    map.insert(P::<M>::key(7), P::<M>::value(7));
    black_box(&map);
}
