//! Linearizability: whatever threads did at the same time, there is an order of the same steps, one by one on a plain map,
//! that gives the same answers and keeps to what was over before something else began (Herlihy and Wing, 1990).
//!
//! Histories are recorded from the real map, and an order is searched for (as Wing and Gong do, with a memory of what was tried
//! already). Two mutants show that the search finds what is wrong: batches done key by key, and a length that is counted shard
//! by shard.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{Hash, Hasher},
    sync::{
        Barrier,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
};

use mapkeeper::sync::HashMap;
use rand::{RngExt, SeedableRng, rngs::SmallRng};

const THREADS: usize = 3;
/// Steps of each thread in a history.
const STEPS: usize = 5;
const KEYS: u8 = 4;
const HISTORIES: u64 = 400;

/// A key that lets others run whenever it is looked at, be its shard locked or not.
#[derive(Clone, Copy, Debug, PartialOrd, Ord)]
struct Key(u8);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        thread::yield_now();
        self.0.hash(state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        thread::yield_now();
        self.0 == other.0
    }
}

impl Eq for Key {}

type Entries = Vec<(u8, u8)>;

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, u8),
    Remove(u8),
    Get(u8),
    GetOrInsert(u8, u8),
    Add(u8, u8),
    Len,
    Snapshot,
    Clear,
    InsertMany(Entries),
    RemoveMany(Vec<u8>),
    AddMany(Vec<u8>, u8),
    ReplaceAll(Entries),
}

#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Value(Option<u8>),
    Count(usize),
    All(Entries),
    Nothing,
}

use Answer::{All, Count, Nothing, Value};

/// What is run by many threads.
trait Subject: Sync + Default {
    fn run(&self, step: &Step) -> Answer;
}

struct Ours(HashMap<Key, u8>);

impl Default for Ours {
    fn default() -> Self {
        Self(HashMap::with_shard_amount(4))
    }
}

fn keys(keys: &[u8]) -> Vec<Key> {
    keys.iter().copied().map(Key).collect()
}

fn entries(entries: &[(u8, u8)]) -> impl Iterator<Item = (Key, u8)> {
    entries.iter().map(|(key, value)| (Key(*key), *value))
}

fn plain(entries: impl IntoIterator<Item = (Key, u8)>) -> Entries {
    entries
        .into_iter()
        .map(|(key, value)| (key.0, value))
        .collect()
}

impl Subject for Ours {
    fn run(&self, step: &Step) -> Answer {
        let map = &self.0;
        match step {
            Step::Insert(key, value) => Value(map.insert(Key(*key), *value)),
            Step::Remove(key) => Value(map.remove(&Key(*key)).map(|(_, value)| value)),
            Step::Get(key) => Value(map.get(&Key(*key)).map(|value| *value)),
            Step::GetOrInsert(key, value) => {
                Value(Some(*map.get_or_insert_with(Key(*key), || *value)))
            }
            Step::Add(key, n) => {
                let mut value = map.entry(Key(*key)).or_default();
                *value = value.wrapping_add(*n);
                Value(Some(*value))
            }
            Step::Len => Count(map.len()),
            Step::Snapshot => {
                let mut all = plain(map.snapshot());
                all.sort_unstable();
                All(all)
            }
            Step::Clear => {
                map.clear();
                Nothing
            }
            Step::InsertMany(many) => Count(map.insert_many(entries(many))),
            Step::RemoveMany(many) => All(plain(map.remove_many(&keys(many)))),
            Step::AddMany(many, n) => {
                let add = |_: &Key, value: &mut u8| *value = value.wrapping_add(*n);
                Count(map.update_many(&keys(many), add))
            }
            Step::ReplaceAll(many) => {
                map.replace_all(entries(many));
                Nothing
            }
        }
    }
}

/// A mutant: batches are done key by key.
#[derive(Default)]
struct KeyByKey(Ours);

impl Subject for KeyByKey {
    fn run(&self, step: &Step) -> Answer {
        let one = |step: Step| self.0.run(&step);
        match step {
            Step::InsertMany(many) => {
                let steps = many
                    .iter()
                    .map(|(key, value)| one(Step::Insert(*key, *value)));
                Count(steps.filter(|old| *old == Value(None)).count())
            }
            Step::RemoveMany(many) => {
                let steps = many.iter().map(|key| (*key, one(Step::Remove(*key))));
                let out = steps.filter_map(|(key, old)| match old {
                    Value(Some(value)) => Some((key, value)),
                    _ => None,
                });
                All(out.collect())
            }
            _ => self.0.run(step),
        }
    }
}

/// A mutant: the length is counted as one passes by.
#[derive(Default)]
struct PassingBy(Ours);

impl Subject for PassingBy {
    fn run(&self, step: &Step) -> Answer {
        match step {
            Step::Len => Count(self.0.0.iter().count()),
            _ => self.0.run(step),
        }
    }
}

/// What the step does to a plain map.
fn model(map: &mut BTreeMap<u8, u8>, step: &Step) -> Answer {
    match step {
        Step::Insert(key, value) => Value(map.insert(*key, *value)),
        Step::Remove(key) => Value(map.remove(key)),
        Step::Get(key) => Value(map.get(key).copied()),
        Step::GetOrInsert(key, value) => Value(Some(*map.entry(*key).or_insert(*value))),
        Step::Add(key, n) => {
            let value = map.entry(*key).or_default();
            *value = value.wrapping_add(*n);
            Value(Some(*value))
        }
        Step::Len => Count(map.len()),
        Step::Snapshot => All(map.iter().map(|(key, value)| (*key, *value)).collect()),
        Step::Clear => {
            map.clear();
            Nothing
        }
        Step::InsertMany(many) => {
            let new = many
                .iter()
                .filter(|(key, value)| map.insert(*key, *value).is_none());
            Count(new.count())
        }
        Step::RemoveMany(many) => All(many
            .iter()
            .filter_map(|key| map.remove_entry(key))
            .collect()),
        Step::AddMany(many, n) => {
            let mut found = 0;
            for key in many {
                if let Some(value) = map.get_mut(key) {
                    *value = value.wrapping_add(*n);
                    found += 1;
                }
            }
            Count(found)
        }
        Step::ReplaceAll(many) => {
            *map = many.iter().copied().collect();
            Nothing
        }
    }
}

/// One step as it went: its times are numbers of one clock.
#[derive(Clone, Debug)]
struct Done {
    called: u64,
    returned: u64,
    step: Step,
    answer: Answer,
}

/// Whether there is an order of all steps that explains their answers.
fn is_linearizable(history: &[Done]) -> bool {
    let mut dead_ends = BTreeSet::new();
    search(history, 0, &BTreeMap::new(), &mut dead_ends)
}

/// Whether the steps that are not `taken` (one bit each) can follow, from this state of the map on.
fn search(
    history: &[Done],
    taken: u32,
    map: &BTreeMap<u8, u8>,
    dead_ends: &mut BTreeSet<(u32, BTreeMap<u8, u8>)>,
) -> bool {
    let left = || (0..history.len()).filter(|n| taken & (1 << n) == 0);
    let Some(first_return) = left().map(|n| history[n].returned).min() else {
        return true;
    };
    if dead_ends.contains(&(taken, map.clone())) {
        return false;
    }
    // Nothing that was called after another one was over can come before that.
    for n in left().filter(|n| history[*n].called < first_return) {
        let mut next = map.clone();
        if model(&mut next, &history[n].step) == history[n].answer
            && search(history, taken | (1 << n), &next, dead_ends)
        {
            return true;
        }
    }
    dead_ends.insert((taken, map.clone()));
    false
}

fn random_step(random: &mut SmallRng) -> Step {
    let mut key = || random.random_range(0..KEYS);
    let (one, two, three, value) = (key(), key(), key(), key() + 1);
    match random.random_range(0..14) {
        0 => Step::Insert(one, value),
        1 => Step::Remove(one),
        2 => Step::Get(one),
        3 => Step::GetOrInsert(one, value),
        4 => Step::Add(one, value),
        5 | 6 => Step::Len,
        7 => Step::Snapshot,
        8 => Step::Clear,
        9 | 10 => Step::InsertMany(vec![(one, value), (two, value), (three, value)]),
        11 => Step::RemoveMany(vec![one, two, three]),
        12 => Step::AddMany(vec![one, two], value),
        _ => Step::ReplaceAll(vec![(one, value), (two, value)]),
    }
}

fn record<S: Subject>(seed: u64) -> Vec<Done> {
    let subject = S::default();
    let clock = AtomicU64::new(0);
    let start = Barrier::new(THREADS);
    let run = |thread: usize| {
        let mut random = SmallRng::seed_from_u64(seed * THREADS as u64 + thread as u64);
        let steps: Vec<Step> = (0..STEPS).map(|_| random_step(&mut random)).collect();
        start.wait();
        let one = |step: Step| {
            let called = clock.fetch_add(1, SeqCst);
            let answer = subject.run(&step);
            let returned = clock.fetch_add(1, SeqCst);
            Done {
                called,
                returned,
                step,
                answer,
            }
        };
        steps.into_iter().map(one).collect::<Vec<Done>>()
    };
    thread::scope(|threads| {
        let run = &run;
        let threads: Vec<_> = (0..THREADS)
            .map(|n| threads.spawn(move || run(n)))
            .collect();
        let done = threads.into_iter().map(|thread| thread.join().unwrap());
        done.flatten().collect()
    })
}

#[test]
fn every_history_has_an_order_that_explains_it() {
    for seed in 0..HISTORIES {
        let history = record::<Ours>(seed);
        assert!(is_linearizable(&history), "seed {seed}: {history:#?}");
    }
}

#[track_caller]
fn is_caught<S: Subject>() {
    let caught = (0..HISTORIES * 20).any(|seed| !is_linearizable(&record::<S>(seed)));
    assert!(caught, "no history shows what is wrong");
}

#[test]
fn batches_that_are_done_key_by_key_are_caught() {
    is_caught::<KeyByKey>();
}

#[test]
fn a_length_that_is_counted_shard_by_shard_is_caught() {
    is_caught::<PassingBy>();
}

#[test]
fn the_search_knows_right_from_wrong() {
    let done = |called, returned, step, answer| Done {
        called,
        returned,
        step,
        answer,
    };
    let both = vec![(0, 1), (1, 1)];
    let insert = |returned| done(0, returned, Step::InsertMany(both.clone()), Count(2));
    // While the batch runs, it may be seen or not; half of it never.
    for (len, is_right) in [(0, true), (1, false), (2, true)] {
        let history = [insert(3), done(1, 2, Step::Len, Count(len))];
        assert_eq!(is_linearizable(&history), is_right, "{len}");
    }
    // Once it is over, it is seen.
    let late = [insert(1), done(2, 3, Step::Get(0), Value(None))];
    assert!(!is_linearizable(&late));
    // What one has seen, nobody unsees.
    let unseen = [
        insert(9),
        done(1, 2, Step::Get(0), Value(Some(1))),
        done(3, 4, Step::Get(1), Value(None)),
    ];
    assert!(!is_linearizable(&unseen));
}
