//! What must have happened: std's map, and the counts that follow from what was done to it.

use std::{
    borrow::Borrow,
    cell::RefCell,
    collections::HashMap,
    hash::{BuildHasher, Hash, Hasher},
};

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

/// The hook of every set under test: the tag tells equal elements apart.
pub(crate) fn log_element(element: &Element, cause: RemovalCause) {
    log_exit(&element.key, &Some(element.tag), cause);
}

/// Equal by its key alone, so that a test sees which of two equal elements a set keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element {
    pub(crate) key: Key,
    pub(crate) tag: u8,
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Element {}

impl Hash for Element {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl Borrow<Key> for Element {
    fn borrow(&self) -> &Key {
        &self.key
    }
}

/// What came and went, and so what the report must say.
pub(crate) struct Ledger {
    site: &'static str,
    before: SiteReport,
    inserts: u64,
    replaces: u64,
    misses: u64,
    removed: [u64; RemovalCause::ALL.len()],
    exits: Vec<Exit>,
}

pub(crate) struct Model<S> {
    pub(crate) map: HashMap<Key, Value, S>,
    /// Whether a value was emptied or filled through a `&mut` in this case, or could have been: what is inserted vacant
    /// and handed out as a `&mut` at once is judged later.
    pub(crate) lent: bool,
    pub(crate) ledger: Ledger,
}

impl Ledger {
    pub(crate) fn of(site_name: &'static str) -> Self {
        EXITS.take();
        Self {
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

    /// Compares the hooks that ran with those that had to, then forgets both.
    pub(crate) fn check_exits(&mut self) {
        let mut ran = EXITS.take();
        let mut due = std::mem::take(&mut self.exits);
        ran.sort_unstable();
        due.sort_unstable();
        assert_eq!(ran, due, "hooks that ran, hooks that were due");
    }

    /// Compares the site's figures with what came and went, given what the map holds: its length and table, and its
    /// vacant values, if they can be known.
    pub(crate) fn check(&self, len: usize, table_bytes: usize, vacant: Option<usize>) {
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
        assert_eq!(now.len, if_recorded(len as u64), "len");
        assert_eq!(
            now.instances,
            if_recorded(u64::from(table_bytes > 0)),
            "instances"
        );
        assert_eq!(
            now.table_bytes,
            if_recorded(table_bytes as u64),
            "table bytes"
        );
        assert_eq!(now.breaches, 0);
        assert!(now.residue <= now.len);
        if let Some(vacant) = vacant {
            assert_eq!(now.residue, if_recorded(vacant as u64), "residue");
        }
        if MODE == Mode::Strict {
            let live: u64 = now.call_sites.iter().map(|line| line.live).sum();
            assert_eq!(live, now.len, "live entries over all lines");
            let residue: u64 = now.call_sites.iter().map(|line| line.residue).sum();
            assert_eq!(residue, now.residue, "residue over all lines");
        }
    }
}

impl<S: BuildHasher + Default> Model<S> {
    pub(crate) fn of(site_name: &'static str) -> Self {
        Self {
            map: HashMap::default(),
            lent: false,
            ledger: Ledger::of(site_name),
        }
    }

    pub(crate) fn all_left(&mut self, cause: RemovalCause) {
        let all: Vec<_> = self.map.iter().map(|(key, value)| (*key, *value)).collect();
        for (key, value) in all {
            self.ledger.left(key, value, cause);
        }
    }

    /// `insert` as the model does it.
    pub(crate) fn insert(&mut self, key: Key, value: Value) -> Option<Value> {
        let old = self.map.insert(key, value);
        match old {
            Some(old) => self.ledger.left(key, old, RemovalCause::Replaced),
            None => self.ledger.came(1),
        }
        old
    }

    /// `remove` as the model does it.
    pub(crate) fn remove(&mut self, key: Key) -> Option<Value> {
        let old = self.map.remove(&key);
        match old {
            Some(old) => self.ledger.left(key, old, RemovalCause::Removed),
            None => self.ledger.missed(),
        }
        old
    }

    pub(crate) fn vacant(&self) -> usize {
        self.map.values().filter(|value| value.is_none()).count()
    }

    /// Compares the site's figures with the model's; `settled` says that nothing emptied through a `&mut` is pending.
    pub(crate) fn check_figures(&self, table_bytes: usize, settled: bool) {
        let is_known = match MODE {
            Mode::Off => true,
            // Sweeps find later what a `&mut` emptied.
            Mode::Observe => !self.lent,
            Mode::Strict => settled,
        };
        let vacant = is_known.then(|| self.vacant());
        self.ledger.check(self.map.len(), table_bytes, vacant);
    }
}
