//! What must have happened: std's map, and the counts that follow from what was done to it.

use std::{cell::RefCell, collections::HashMap, hash::BuildHasher};

use mapkeeper::{MODE, Mode, RemovalCause, SiteReport};
use mapkeeper_tests::sites::{if_recorded, site};

pub(crate) type Key = u32;
pub(crate) type Value = Option<u8>;
pub(crate) type Exit = (Key, Value, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

/// The hook of every map under test.
pub(crate) fn log_exit(key: &Key, value: &Value, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((*key, *value, cause)));
}

pub(crate) struct Model<S> {
    pub(crate) map: HashMap<Key, Value, S>,
    /// Whether a value was emptied or filled through a `&mut` in this case, or could have been: what is inserted vacant
    /// and handed out as a `&mut` at once is judged later.
    pub(crate) lent: bool,
    site: &'static str,
    before: SiteReport,
    inserts: u64,
    replaces: u64,
    misses: u64,
    removed: [u64; RemovalCause::ALL.len()],
    exits: Vec<Exit>,
}

impl<S: BuildHasher + Default> Model<S> {
    pub(crate) fn of(site_name: &'static str) -> Self {
        EXITS.take();
        Self {
            map: HashMap::default(),
            lent: false,
            site: site_name,
            before: site(site_name),
            inserts: 0,
            replaces: 0,
            misses: 0,
            removed: Default::default(),
            exits: Vec::new(),
        }
    }

    pub(crate) fn came(&mut self, n: usize) {
        self.inserts += n as u64;
    }

    pub(crate) fn missed(&mut self) {
        self.misses += 1;
    }

    pub(crate) fn left(&mut self, key: Key, value: Value, cause: RemovalCause) {
        self.removed[cause as usize] += 1;
        if cause == RemovalCause::Replaced {
            self.replaces += 1;
        }
        self.exits.push((key, value, cause));
    }

    pub(crate) fn all_left(&mut self, cause: RemovalCause) {
        let all: Vec<_> = self.map.iter().map(|(key, value)| (*key, *value)).collect();
        for (key, value) in all {
            self.left(key, value, cause);
        }
    }

    /// `insert` as the model does it.
    pub(crate) fn insert(&mut self, key: Key, value: Value) -> Option<Value> {
        let old = self.map.insert(key, value);
        match old {
            Some(old) => self.left(key, old, RemovalCause::Replaced),
            None => self.came(1),
        }
        old
    }

    /// `remove` as the model does it.
    pub(crate) fn remove(&mut self, key: Key) -> Option<Value> {
        let old = self.map.remove(&key);
        match old {
            Some(old) => self.left(key, old, RemovalCause::Removed),
            None => self.missed(),
        }
        old
    }

    /// Compares the hooks that ran with those that had to, then forgets both.
    pub(crate) fn check_exits(&mut self) {
        let mut ran = EXITS.take();
        let mut due = std::mem::take(&mut self.exits);
        ran.sort_unstable();
        due.sort_unstable();
        assert_eq!(ran, due, "hooks that ran, hooks that were due");
    }

    /// Compares the site's figures with the model's; `settled` says that nothing emptied through a `&mut` is pending.
    pub(crate) fn check_figures(&self, capacity_is_zero: bool, table_bytes: usize, settled: bool) {
        let now = site(self.site);
        let was = &self.before;
        assert_eq!(
            now.inserts - was.inserts,
            if_recorded(self.inserts),
            "inserts"
        );
        assert_eq!(
            now.replaces - was.replaces,
            if_recorded(self.replaces),
            "replaces"
        );
        assert_eq!(now.misses - was.misses, if_recorded(self.misses), "misses");
        for cause in RemovalCause::ALL {
            assert_eq!(
                now.removed.get(cause) - was.removed.get(cause),
                if_recorded(self.removed[cause as usize]),
                "{cause}"
            );
        }
        assert_eq!(now.len, if_recorded(self.map.len() as u64), "len");
        assert_eq!(
            now.instances,
            if_recorded(u64::from(!capacity_is_zero)),
            "instances"
        );
        assert_eq!(
            now.table_bytes,
            if_recorded(table_bytes as u64),
            "table bytes"
        );
        assert_eq!(now.breaches, 0);
        let vacant = self.map.values().filter(|value| value.is_none()).count() as u64;
        match MODE {
            Mode::Off => assert_eq!(now.residue, 0),
            // Sweeps find later what a `&mut` emptied.
            Mode::Observe if self.lent => {
                assert!(now.residue <= now.len)
            }
            Mode::Observe => assert_eq!(now.residue, vacant, "residue"),
            Mode::Strict if settled => assert_eq!(now.residue, vacant, "residue"),
            Mode::Strict => {}
        }
        if MODE == Mode::Strict {
            let live: u64 = now.call_sites.iter().map(|line| line.live).sum();
            assert_eq!(live, now.len, "live entries over all lines");
            let residue: u64 = now.call_sites.iter().map(|line| line.residue).sum();
            assert_eq!(residue, now.residue, "residue over all lines");
        }
    }
}
