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

/// A map and everything its operation needs, made outside of the measurement.
pub(crate) struct Work<M: Map> {
    maps: Vec<M>,
    size: u64,
    hits: Vec<Key<M>>,
    fresh: Vec<(Key<M>, Value<M>)>,
    known: Vec<(Key<M>, Value<M>)>,
}

type P<M> = <M as Map>::Shape;

/// A map of `size` entries with room for half as many more.
pub(crate) fn filled<M: Map>(size: u64) -> M {
    let mut map = M::default();
    map.reserve((size + size / 2) as usize);
    for n in 0..size {
        map.insert(P::<M>::key(n), P::<M>::value(n));
    }
    map
}

impl<M: Map> Work<M> {
    /// Everything for [`OPS`] operations on maps of `size` entries.
    pub(crate) fn new(size: u64) -> Self {
        // Small maps: several of them, so that the number of operations is the same.
        let each = OPS.min(size / 2);
        let maps = OPS / each;
        let entry = |n: u64| (P::<M>::key(n), P::<M>::value(n));
        Self {
            size,
            maps: (0..maps).map(|_| filled(size)).collect(),
            hits: (0..each).map(|n| P::<M>::key(n * 7 % size)).collect(),
            fresh: (0..maps)
                .flat_map(|_| (size..size + each).map(entry))
                .collect(),
            known: (0..maps)
                .flat_map(|_| (0..each).map(|n| entry(n * 7 % size)))
                .collect(),
        }
    }

    fn each(&self) -> usize {
        self.hits.len()
    }

    /// Makes everything as it was when new, after any operation but the last; does `between` between entries.
    pub(crate) fn restore(&mut self, between: impl Fn()) {
        let size = self.size;
        let each = self.each() as u64;
        let entry = |n: u64| (P::<M>::key(n), P::<M>::value(n));
        for map in &mut self.maps {
            for n in size..size + each {
                map.remove(&P::<M>::key(n));
            }
            for n in 0..each {
                let (key, value) = entry(n * 7 % size);
                map.remove(&key);
                map.insert(key, value);
                between();
            }
        }
        let maps = self.maps.len();
        self.fresh = (0..maps)
            .flat_map(|_| (size..size + each).map(entry))
            .collect();
        self.known = (0..maps)
            .flat_map(|_| (0..each).map(|n| entry(n * 7 % size)))
            .collect();
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
    size * (OPS / OPS.min(size / 2))
}

fn remove_hits<M: Map>(work: &mut Work<M>) {
    for map in &mut work.maps {
        for key in &work.hits {
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
                let each = work.each();
                let mut entries = std::mem::take(&mut work.fresh).into_iter();
                for map in &mut work.maps {
                    for (key, value) in entries.by_ref().take(each) {
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
                let each = work.each();
                let mut entries = std::mem::take(&mut work.known).into_iter();
                for map in &mut work.maps {
                    for (key, value) in entries.by_ref().take(each) {
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
                let each = work.each() / 2;
                let mut fresh = std::mem::take(&mut work.fresh).into_iter();
                let mut known = std::mem::take(&mut work.known).into_iter();
                for map in &mut work.maps {
                    for ((new, value), (old, other)) in
                        fresh.by_ref().zip(known.by_ref()).take(each)
                    {
                        or_insert(map, new, value);
                        or_insert(map, old, other);
                    }
                }
            },
        },
        Op {
            name: "get",
            aged: false,
            per: ops,
            run: |work| {
                for map in &work.maps {
                    for key in &work.hits {
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
                let each = work.each();
                for (i, map) in work.maps.iter().enumerate() {
                    for (key, _) in &work.fresh[i * each..(i + 1) * each] {
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
                for map in &mut work.maps {
                    for key in &work.hits {
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
                let each = work.each() / 2;
                let mut fresh = std::mem::take(&mut work.fresh).into_iter();
                for map in &mut work.maps {
                    for ((new, value), old) in fresh.by_ref().zip(&work.hits).take(each) {
                        black_box(insert(map, new, value));
                        black_box(remove(map, old));
                    }
                }
            },
        },
        Op {
            name: "mixed",
            aged: false,
            per: ops,
            run: |work| {
                let each = work.each();
                let mut fresh = std::mem::take(&mut work.fresh).into_iter();
                for map in &mut work.maps {
                    for (i, key) in work.hits.iter().enumerate().take(each) {
                        match i % 10 {
                            0 => {
                                if let Some((new, value)) = fresh.next() {
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
                for map in &work.maps {
                    black_box(iterate(map));
                }
            },
        },
        Op {
            name: "retain",
            aged: false,
            per: all,
            run: |work| {
                for map in &mut work.maps {
                    retain(map);
                }
            },
        },
        Op {
            name: "extract_if",
            aged: false,
            per: all,
            run: |work| {
                for map in &mut work.maps {
                    black_box(extract(map));
                }
            },
        },
        Op {
            name: "drain",
            aged: false,
            per: all,
            run: |work| {
                for map in &mut work.maps {
                    black_box(drain(map));
                }
            },
        },
    ]
}

/// From empty to `size` entries, growing on the way.
pub(crate) fn fill<M: Map>(entries: Vec<(Key<M>, Value<M>)>) -> M {
    let mut map = M::default();
    for (key, value) in entries {
        black_box(insert(&mut map, key, value));
    }
    map
}

/// One entry in a map that is made and dropped.
#[inline(never)]
pub(crate) fn tiny<M: Map>() {
    let mut map = M::default();
    map.insert(P::<M>::key(7), P::<M>::value(7));
    black_box(&map);
}
