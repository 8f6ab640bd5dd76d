//! The same operations on both maps, at random, with shrinking: the same answers, the same order, one hook for each exit, and
//! the report counts.

use std::cell::RefCell;

use indexmap::{IndexMap, map};
use mapkeeper::{RemovalCause, RemovalCause::*, index_map};
use mapkeeper_tests::sites::{records, site};
use proptest::prelude::*;

#[mapkeeper::tracked]
#[derive(Default)]
struct Steps {
    #[map(on_remove = note)]
    map: IndexMap<u8, u32>,
}

type Exit = (u8, u32, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

fn note(key: &u8, value: &u32, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((*key, *value, cause)));
}

/// What happened to the model, beside what it holds.
#[derive(Default)]
struct Model {
    map: IndexMap<u8, u32>,
    births: u64,
    exits: Vec<Exit>,
}

impl Model {
    /// Keys that are gone after the step left for `cause`, with the values they had; those that came were born.
    fn step<R>(
        &mut self,
        cause: RemovalCause,
        step: impl FnOnce(&mut IndexMap<u8, u32>) -> R,
    ) -> R {
        let before = self.map.clone();
        let out = step(&mut self.map);
        let came = self.map.keys().filter(|key| !before.contains_key(*key));
        self.births += came.count() as u64;
        let gone = before
            .iter()
            .filter(|(key, _)| !self.map.contains_key(*key));
        self.exits.extend(gone.map(|(k, v)| (*k, *v, cause)));
        out
    }

    /// The step puts an entry of `key`.
    fn put<R>(&mut self, key: u8, step: impl FnOnce(&mut IndexMap<u8, u32>) -> R) -> R {
        let old = self.map.get(&key).map(|old| (key, *old, Replaced));
        self.exits.extend(old);
        self.step(Replaced, step)
    }

    /// Entries are put at the end, or where they are.
    fn put_all(&mut self, entries: impl IntoIterator<Item = (u8, u32)>) {
        for (key, value) in entries {
            self.put(key, |map| map.insert(key, value));
        }
    }

    fn all_leave(&mut self, cause: RemovalCause) {
        let all = self.map.iter().map(|(k, v)| (*k, *v, cause));
        self.exits.extend(all);
    }
}

#[derive(Clone, Debug)]
enum Op {
    Put(u8, u32, usize),
    Entry(u8, u32, usize),
    Held(usize, u32, usize),
    Write(u8, usize, u32),
    Remove(u8, usize),
    RemoveAt(usize, usize),
    RemoveMany(Vec<u8>),
    Pick(u8, usize, usize, usize),
    Order(usize, usize, usize),
    Rename(usize, u8),
    Extend(Vec<(u8, u32)>),
    Append(Vec<(u8, u32)>),
    Splice(usize, usize, Vec<(u8, u32)>),
    Whole(usize, usize),
    Room(usize, usize),
    Look(u8, usize),
}

fn op() -> impl Strategy<Value = Op> {
    let key = || 0..40_u8;
    let at = || 0..40_usize;
    let value = any::<u32>;
    let entries = || prop::collection::vec((0..40_u8, any::<u32>()), 0..8);
    prop_oneof![
        16 => (key(), value(), at()).prop_map(|(k, v, n)| Op::Put(k, v, n)),
        10 => (key(), value(), at()).prop_map(|(k, v, n)| Op::Entry(k, v, n)),
        5 => (at(), value(), at()).prop_map(|(n, v, to)| Op::Held(n, v, to)),
        4 => (key(), at(), value()).prop_map(|(k, n, v)| Op::Write(k, n, v)),
        9 => (key(), at()).prop_map(|(k, n)| Op::Remove(k, n)),
        4 => (at(), at()).prop_map(|(n, how)| Op::RemoveAt(n, how)),
        1 => prop::collection::vec(key(), 0..6).prop_map(Op::RemoveMany),
        3 => (2..6_u8, at(), at(), at()).prop_map(|(n, a, b, how)| Op::Pick(n, a, b, how)),
        5 => (at(), at(), at()).prop_map(|(how, a, b)| Op::Order(how, a, b)),
        2 => (at(), key()).prop_map(|(n, k)| Op::Rename(n, k)),
        2 => entries().prop_map(Op::Extend),
        2 => entries().prop_map(Op::Append),
        2 => (at(), at(), entries()).prop_map(|(a, b, e)| Op::Splice(a, b, e)),
        2 => (at(), at()).prop_map(|(how, n)| Op::Whole(how, n)),
        1 => (at(), at()).prop_map(|(how, n)| Op::Room(how, n)),
        4 => (key(), at()).prop_map(|(k, n)| Op::Look(k, n)),
    ]
}

/// The same on ours and on the model, which is told how to count it.
macro_rules! same {
    ($s:ident, $model:ident.$step:ident($arg:expr), $map:ident => $e:expr) => {{
        let theirs = $model.$step($arg, |$map| $e);
        let $map = &mut $s.map;
        prop_assert_eq!($e, theirs);
    }};
}

/// A range of a map that has `len` entries.
fn part(a: usize, b: usize, len: usize) -> std::ops::Range<usize> {
    let (a, b) = (a % (len + 1), b % (len + 1));
    a.min(b)..a.max(b)
}

#[allow(clippy::too_many_lines, reason = "one arm for each kind of operation")]
fn run(op: Op, s: &mut Steps, model: &mut Model) -> Result<(), TestCaseError> {
    let len = model.map.len();
    match op {
        Op::Put(k, v, n) => match n % 8 {
            0 | 1 => same!(s, model.put(k), map => map.insert(k, v)),
            2 => same!(s, model.put(k), map => map.insert_full(k, v)),
            3 => same!(s, model.put(k), map => map.insert_sorted(k, v)),
            4 => {
                same!(s, model.put(k), map => map.insert_sorted_by(k, v, |_, a, _, b| a.cmp(b)));
            }
            5 => same!(s, model.put(k), map => map.insert_sorted_by_key(k, v, |_, v| *v)),
            6 => same!(s, model.put(k), map => map.insert_before(n % (len + 1), k, v)),
            _ => {
                let room = len + usize::from(!model.map.contains_key(&k));
                same!(s, model.put(k), map => map.shift_insert(n % room, k, v));
            }
        },
        Op::Entry(k, v, n) => {
            let there = model.map.contains_key(&k);
            match n % 8 {
                0 => same!(s, model.step(Replaced), map => *map.entry(k).or_insert(v)),
                1 => same!(s, model.step(Replaced), map => *map.entry(k).or_insert_with(|| v)),
                2 => {
                    same!(s, model.step(Replaced), map => *map.entry(k).or_insert_with_key(|k| u32::from(*k)))
                }
                3 => same!(s, model.step(Replaced), map => {
                    *map.entry(k).and_modify(|v| *v /= 2).or_default()
                }),
                4 => same!(s, model.put(k), map => map.entry(k).insert_entry(v).index()),
                _ => vacant_or_occupied(k, v, n, there, s, model)?,
            }
        }
        Op::Held(n, v, to) if len > 0 => {
            let (n, to) = (n % len, to % len);
            let key = *model.map.get_index(n).unwrap().0;
            match v % 6 {
                0 => same!(s, model.put(key), map => {
                    map.get_index_entry(n).map(|mut entry| entry.insert(v))
                }),
                1 => {
                    same!(s, model.step(Removed), map => map.get_index_entry(n).unwrap().swap_remove())
                }
                2 => {
                    same!(s, model.step(Removed), map => map.first_entry().unwrap().shift_remove_entry())
                }
                3 => same!(s, model.step(Removed), map => map.last_entry().unwrap().move_index(to)),
                4 => {
                    same!(s, model.step(Removed), map => map.get_index_entry(n).unwrap().swap_indices(to))
                }
                _ => same!(s, model.step(Removed), map => {
                    let mut entry = map.last_entry().unwrap();
                    *entry.get_mut() /= 2;
                    (entry.index(), *entry.key(), *entry.into_mut())
                }),
            }
        }
        Op::Held(..) => prop_assert!(s.map.first_entry().is_none() && s.map.last_entry().is_none()),
        Op::Write(k, n, v) => {
            let at = n % (len + 1);
            same!(s, model.step(Removed), map => map.get_mut(&k).map(|old| std::mem::replace(old, v)));
            same!(s, model.step(Removed), map => map.get_full_mut(&k).map(|(n, k, v)| (n, *k, *v)));
            same!(s, model.step(Removed), map => map.get_index_mut(at).map(|(k, v)| (*k, *v)));
            same!(s, model.step(Removed), map => map.last_mut().map(|(k, v)| { *v /= 3; *k }));
            same!(s, model.step(Removed), map => map.get_disjoint_mut([&k, &99]).map(|v| v.copied()));
            same!(s, model.step(Removed), map => {
                map.get_disjoint_indices_mut([0, at]).map(|both| both.map(|(k, v)| (*k, *v)))
            });
            same!(s, model.step(Removed), map => map.values_mut().for_each(|v| *v /= 2));
            same!(s, model.step(Removed), map => {
                map.iter_mut().rev().map(|(k, v)| { *v += 1; *k }).collect::<Vec<_>>()
            });
        }
        Op::Remove(k, n) => match n % 6 {
            0 => same!(s, model.step(Removed), map => map.swap_remove(&k)),
            1 => same!(s, model.step(Removed), map => map.shift_remove(&k)),
            2 => same!(s, model.step(Removed), map => map.swap_remove_entry(&k)),
            3 => same!(s, model.step(Removed), map => map.shift_remove_full(&k)),
            4 => {
                let theirs = model.step(Removed, |map| map.swap_remove(&k));
                let ours = s.map.swap_remove_tracked(&k);
                prop_assert_eq!(ours.map(mapkeeper::Removed::into_inner), theirs);
            }
            _ => {
                let theirs = model.step(Removed, |map| map.shift_remove(&k));
                prop_assert_eq!(s.map.shift_remove_if_allowed(&k), Ok(theirs));
            }
        },
        Op::RemoveAt(n, how) => match how % 4 {
            0 => same!(s, model.step(Removed), map => map.pop()),
            1 => {
                same!(s, model.step(Removed), map => map.pop_if(|k, v| *k % 2 == 0 || *v % 2 == 0))
            }
            2 => same!(s, model.step(Removed), map => map.swap_remove_index(n)),
            _ => same!(s, model.step(Removed), map => map.shift_remove_index(n)),
        },
        Op::RemoveMany(keys) => {
            let theirs = model.step(Removed, |map| {
                let gone = keys.iter().filter_map(|k| map.swap_remove_entry(k));
                gone.collect::<Vec<_>>()
            });
            prop_assert_eq!(s.map.remove_many(&keys), theirs);
        }
        Op::Pick(n, a, b, how) => {
            let part = part(a, b, len);
            match how % 6 {
                0 => same!(s, model.step(Filtered), map => {
                    map.retain(|k, v| {
                        let stays = *k % n != 0;
                        *v = v.wrapping_add(u32::from(stays));
                        stays
                    });
                }),
                1 => same!(s, model.step(Filtered), map => {
                    map.extract_if(part.clone(), |k, _| *k % n == 0).take(how).collect::<Vec<_>>()
                }),
                2 => {
                    model.step(Filtered, |map| map.retain(|k, _| *k % n != 0));
                    prop_assert_eq!(s.map.try_retain(|k, _| *k % n != 0), 0);
                }
                3 => same!(s, model.step(Cleared), map => map.truncate(a)),
                _ => same!(s, model.step(Drained), map => {
                    map.drain(part.clone()).rev().take(how).collect::<Vec<_>>()
                }),
            }
        }
        Op::Order(how, a, b) => match how % 12 {
            0 => same!(s, model.step(Removed), map => map.sort_keys()),
            1 => same!(s, model.step(Removed), map => map.sort_by(|_, a, _, b| a.cmp(b))),
            2 => same!(s, model.step(Removed), map => map.sort_by_key(|k, _| k % 7)),
            3 => same!(s, model.step(Removed), map => map.sort_unstable_keys()),
            4 => same!(s, model.step(Removed), map => map.sort_unstable_by(|a, _, b, _| b.cmp(a))),
            5 => {
                same!(s, model.step(Removed), map => map.sort_by_cached_key(|k, v| v ^ u32::from(*k)))
            }
            6 => same!(s, model.step(Removed), map => map.reverse()),
            7 if len > 0 => same!(s, model.step(Removed), map => map.move_index(a % len, b % len)),
            8 if len > 0 => {
                same!(s, model.step(Removed), map => map.swap_indices(a % len, b % len))
            }
            _ => same!(s, model.step(Removed), map => {
                map.is_sorted() || map.is_sorted_by(|_, a, _, b| a <= b) || map.is_sorted_by_key(|k, _| *k)
            }),
        },
        Op::Rename(n, k) if len > 0 => {
            // No entry comes or leaves.
            let theirs = model.map.replace_index(n % len, k);
            prop_assert_eq!(s.map.replace_index(n % len, k), theirs);
        }
        Op::Rename(..) => {}
        Op::Extend(entries) => {
            s.map.extend(entries.clone());
            model.put_all(entries);
        }
        Op::Append(entries) => {
            let mut other = Steps::default();
            other.map.extend(entries.clone());
            s.map.append(&mut other.map);
            prop_assert!(other.map.is_empty());
            let mut theirs = Model::default();
            theirs.put_all(entries);
            theirs.all_leave(Drained);
            model.births += theirs.births;
            model.exits.append(&mut theirs.exits);
            model.put_all(theirs.map);
        }
        Op::Splice(a, b, entries) => {
            let part = part(a, b, len);
            let gone: Vec<_> = s.map.splice(part.clone(), entries.clone()).collect();
            let mut left = Model {
                map: model.map.clone(),
                ..Model::default()
            };
            let theirs: Vec<_> = left.step(Drained, |map| map.drain(part.clone()).collect());
            prop_assert_eq!(gone, theirs);
            left.put_all(entries.clone());
            model.births += left.births;
            model.exits.append(&mut left.exits);
            model.map.splice(part, entries);
        }
        Op::Whole(how, n) => match how % 6 {
            0 => same!(s, model.step(Cleared), map => map.clear()),
            1 => {
                let copy = s.map.clone();
                prop_assert!(copy == s.map && copy.iter().eq(model.map.iter()));
                drop(copy);
                model.births += len as u64;
                model.all_leave(MapDropped);
            }
            2 => {
                let at = n % (len + 1);
                let (off, theirs) = (
                    s.map.split_off(at),
                    model.step(Taken, |map| map.split_off(at)),
                );
                prop_assert!(off.iter().eq(theirs.iter()));
                drop(off);
                model.births += theirs.len() as u64;
                model
                    .exits
                    .extend(theirs.iter().map(|(k, v)| (*k, *v, MapDropped)));
            }
            3 => {
                model.all_leave(Taken);
                let ours = std::mem::take(&mut s.map).into_iter().rev().take(n);
                let theirs = std::mem::take(&mut model.map).into_iter().rev().take(n);
                prop_assert!(ours.eq(theirs));
            }
            4 => {
                model.all_leave(Taken);
                let ours = std::mem::take(&mut s.map).sorted_by(|_, a, _, b| a.cmp(b));
                let theirs = std::mem::take(&mut model.map).sorted_by(|_, a, _, b| a.cmp(b));
                prop_assert!(ours.eq(theirs));
            }
            _ => {
                model.all_leave(Cleared);
                let mut other = Steps::default();
                other.map.insert(77, 7);
                model.births += 1;
                s.map.clone_from(&other.map);
                model.map = [(77, 7)].into();
                model.births += 1;
                drop(other);
                model.exits.push((77, 7, MapDropped));
            }
        },
        Op::Room(how, n) => match how % 4 {
            0 => {
                s.map.reserve(n * 8);
                prop_assert!(s.map.capacity() >= len + n * 8);
            }
            1 => {
                s.map.try_reserve(n).unwrap();
                prop_assert!(s.map.try_reserve(usize::MAX).is_err());
            }
            2 => s.map.shrink_to(n),
            _ => s.map.shrink_to_fit(),
        },
        Op::Look(k, n) => look(k, n, s, model)?,
    }
    Ok(())
}

/// What only one kind of entry can do.
fn vacant_or_occupied(
    k: u8,
    v: u32,
    n: usize,
    there: bool,
    s: &mut Steps,
    model: &mut Model,
) -> Result<(), TestCaseError> {
    macro_rules! held {
        ($module:ident, $kind:ident, $entry:expr, $held:ident => $e:expr) => {
            match $entry {
                $module::Entry::$kind($held) => $e,
                _ => unreachable!("it was asked before"),
            }
        };
    }
    macro_rules! same_held {
        ($cause:ident, $kind:ident, $held:ident => $e:expr) => {{
            let theirs = model.step($cause, |map| held!(map, $kind, map.entry(k), $held => $e));
            prop_assert_eq!(held!(index_map, $kind, s.map.entry(k), $held => $e), theirs);
        }};
    }
    let len = model.map.len();
    match (there, v % 4) {
        (true, 0) => same_held!(Removed, Occupied, entry => entry.swap_remove_entry()),
        (true, 1) => same_held!(Removed, Occupied, entry => entry.shift_remove()),
        (true, 2) => same_held!(Removed, Occupied, entry => entry.move_index(n % len)),
        (true, _) => same_held!(Removed, Occupied, entry => entry.swap_indices(n % len)),
        (false, 0) => same_held!(Removed, Vacant, entry => *entry.shift_insert(n % (len + 1), v)),
        (false, 1) => same_held!(Removed, Vacant, entry => entry.insert_sorted(v).0),
        (false, 2) => {
            same_held!(Removed, Vacant, entry => entry.insert_sorted_by(v, |_, a, _, b| a.cmp(b)).0);
        }
        (false, _) if len > 0 => {
            // No entry comes or leaves.
            let theirs =
                held!(map, Vacant, model.map.entry(k), entry => entry.replace_index(n % len).0);
            let ours =
                held!(index_map, Vacant, s.map.entry(k), entry => entry.replace_index(n % len).0);
            prop_assert_eq!(ours, theirs);
        }
        (false, _) => same_held!(Removed, Vacant, entry => entry.into_key()),
    }
    Ok(())
}

fn look(k: u8, n: usize, s: &Steps, model: &Model) -> Result<(), TestCaseError> {
    let (ours, theirs) = (&s.map, &model.map);
    prop_assert_eq!(ours.get(&k), theirs.get(&k));
    prop_assert_eq!(ours.get_full(&k), theirs.get_full(&k));
    prop_assert_eq!(ours.get_key_value(&k), theirs.get_key_value(&k));
    prop_assert_eq!(ours.contains_key(&k), theirs.contains_key(&k));
    prop_assert_eq!(ours.get_index_of(&k), theirs.get_index_of(&k));
    prop_assert_eq!(ours.get_index(n), theirs.get_index(n));
    prop_assert_eq!((ours.first(), ours.last()), (theirs.first(), theirs.last()));
    prop_assert_eq!(ours.binary_search_keys(&k), theirs.binary_search_keys(&k));
    prop_assert_eq!(
        ours.binary_search_by_key(&k, |k, _| k % 9),
        theirs.binary_search_by_key(&k, |k, _| k % 9)
    );
    prop_assert_eq!(
        ours.partition_point(|have, _| *have < k),
        theirs.partition_point(|have, _| *have < k)
    );
    prop_assert!(ours.keys().rev().eq(theirs.keys().rev()));
    prop_assert!(ours.values().skip(n).eq(theirs.values().skip(n)));
    prop_assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    prop_assert_eq!(
        format!("{:?}", ours.values()),
        format!("{:?}", theirs.values())
    );
    if n < ours.len() {
        prop_assert_eq!(ours[n], theirs[n]);
        prop_assert_eq!(&ours.keys()[n], &theirs.keys()[n]);
        prop_assert_eq!(ours[&ours.keys()[n]], theirs[n]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_same_answers_the_same_map_one_hook_for_each_exit(
        ops in prop::collection::vec(op(), 1..150),
        prefill in 0..200_u32,
    ) {
        EXITS.take();
        let before = site("Steps.map");
        let (mut s, mut model) = (Steps::default(), Model::default());
        for n in 0..prefill {
            let (k, v) = (n.wrapping_mul(37) as u8, n);
            same!(s, model.put(k), map => map.insert(k, v));
        }
        for op in ops {
            run(op, &mut s, &mut model)?;
            prop_assert_eq!(s.map.len(), model.map.len());
            prop_assert!(s.map.iter().eq(model.map.iter()));
        }
        if records() {
            let row = site("Steps.map");
            prop_assert_eq!(row.len, model.map.len() as u64);
            prop_assert!(row.capacity >= row.len);
            prop_assert_eq!(row.instances > 0, row.capacity > 0);
            prop_assert_eq!(row.inserts - before.inserts, model.births);
        }
        drop(s);
        model.all_leave(MapDropped);
        let mut ours = EXITS.take();
        if records() {
            let row = site("Steps.map");
            for cause in RemovalCause::ALL {
                let n = row.removed.get(cause) - before.removed.get(cause);
                prop_assert_eq!(n, model.exits.iter().filter(|exit| exit.2 == cause).count() as u64, "{}", cause);
            }
            prop_assert_eq!((row.len, row.capacity, row.instances), (0, 0, 0));
        }
        // Within one operation hooks run in the order of the entries; over all of them only the multiset is told.
        ours.sort_unstable();
        model.exits.sort_unstable();
        prop_assert_eq!(ours, model.exits);
    }
}
