//! The accounts of tests' scopes: which of the entries born in each are still there.
//!
//! A thread in a scope charges every entry it inserts to the scope's account and stamps it with the account's tag; an
//! entry with a tag that leaves, on whichever thread, is struck off. Threads outside of scopes pay one thread-local read
//! per insertion, and nothing per removal.
//!
//! A tag has 16 bits and is given again only when its account is closed, nobody holds it and no living entry carries
//! it, so an entry is never charged to a later scope. Accounts whose entries live on keep theirs: with 65,535 of them,
//! no further scope can be made, and the attempt says so.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use super::{
    super::live::{Instance, LineId},
    Stamp, Tick, Watch,
    flight::{in_scope, set_in_scope},
    traced::{MOST_TRACED, is_traced},
};
use crate::{
    Site,
    mode::TRACES,
    store::Store,
    testing::Left,
    threads::{Mutex, MutexGuard, PoisonError, RwLock, statics, thread_local},
};

/// The number of an account, in the stamps of its entries.
pub(super) type Tag = u16;

/// The entry was born in no scope.
pub(super) const NO_SCOPE: Tag = 0;
/// The highest tag of a scope. What is above are those of entries whose [trace](super::traced) is remembered.
pub(super) const MOST_SCOPES: u32 = Tag::MAX as u32 - if TRACES { MOST_TRACED } else { 0 };

/// Accounts looked through before the first that may be forgotten are.
const SWEEP_FROM: usize = 64;

thread_local! {
    static CURRENT: RefCell<Option<Account>> = const { RefCell::new(None) };
}

statics! {
    static ACCOUNTS: RwLock<Accounts> = RwLock::new(Accounts {
        by_tag: BTreeMap::new(),
        last: NO_SCOPE,
        sweep_at: SWEEP_FROM,
    });
}

/// Every account whose tag is taken.
struct Accounts {
    by_tag: BTreeMap<Tag, Account>,
    last: Tag,
    /// With this many, those that may be forgotten are.
    sweep_at: usize,
}

/// One scope's account, shared by all that charge to it.
#[derive(Clone)]
pub(crate) struct Account(Arc<Book>);

struct Book {
    tag: Tag,
    /// The account that was current where this one was opened.
    outer: Option<Account>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    closed: bool,
    /// By map, line and birth: the entries that are there.
    living: BTreeMap<(u64, LineId, Tick), Living>,
    /// Accounts that were closed inside of this one while entries of theirs lived.
    handed_over: Vec<Account>,
}

struct Living {
    site: &'static Site,
    entries: u64,
}

impl State {
    fn take_over(&mut self, accounts: &mut Vec<Account>) {
        for account in accounts.drain(..) {
            if self.handed_over.len().is_power_of_two() {
                self.handed_over.retain(Account::has_living);
            }
            self.handed_over.push(account);
        }
    }
}

impl Accounts {
    /// A tag that no entry carries.
    fn open(&mut self, outer: Option<Account>) -> Account {
        if self.by_tag.len() >= self.sweep_at || self.by_tag.len() == MOST_SCOPES as usize {
            self.by_tag.retain(|_, account| !account.is_forgotten());
            self.sweep_at = (2 * self.by_tag.len()).max(SWEEP_FROM);
        }
        assert!(
            self.by_tag.len() < MOST_SCOPES as usize,
            "mapkeeper::testing cannot make another scope: {} scopes of this process are open or have entries that are \
             still alive; end scopes, and remove what is born in them",
            self.by_tag.len()
        );
        loop {
            self.last = (u32::from(self.last) % MOST_SCOPES + 1) as Tag;
            if !self.by_tag.contains_key(&self.last) {
                break;
            }
        }
        let account = Account(Arc::new(Book {
            tag: self.last,
            outer,
            state: Mutex::default(),
        }));
        self.by_tag.insert(self.last, account.clone());
        account
    }
}

impl Account {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_living(&self) -> bool {
        !self.state().living.is_empty()
    }

    /// Whether only the list knows it, which is asked to be locked, and no entry carries its tag.
    fn is_forgotten(&self) -> bool {
        Arc::strong_count(&self.0) == 1 && !self.has_living()
    }

    /// Does `f` with the innermost account that is open, this one or one around it, as it stays open meanwhile.
    fn with_open<R>(&self, f: impl FnOnce(&Self, &mut State) -> R) -> Option<R> {
        let mut account = self;
        loop {
            let mut state = account.state();
            if !state.closed {
                return Some(f(account, &mut state));
            }
            drop(state);
            account = account.0.outer.as_ref()?;
        }
    }

    fn open(&self) -> Option<Self> {
        self.with_open(|account, _| account.clone())
    }

    fn add_living_to(&self, left: &mut Vec<Left>) {
        let now = Tick::now();
        for ((map, line, born), living) in &self.state().living {
            left.push(Left {
                site: living.site,
                at: living
                    .site
                    .record
                    .state()
                    .call_sites
                    .location(usize::from(*line)),
                map: *map,
                entries: living.entries,
                age_ms: now.since_ms(*born),
            });
        }
    }
}

/// An account with its owner, who closes it.
pub(crate) struct Opened(Account);

impl Opened {
    /// Opens an account inside of the current one; nothing is charged to it before somebody makes it current.
    pub(crate) fn begin() -> Option<Self> {
        let mut accounts = ACCOUNTS.write().unwrap_or_else(PoisonError::into_inner);
        Some(Self(accounts.open(current())))
    }

    pub(crate) fn account(&self) -> Account {
        self.0.clone()
    }

    /// Closes the account: from now on entries are charged to the one around it, and so are those that are left.
    pub(crate) fn end(&self) {
        let mut handed_over = {
            let mut state = self.0.state();
            if std::mem::replace(&mut state.closed, true) {
                return;
            }
            let mut handed_over = state.handed_over.clone();
            if !state.living.is_empty() {
                handed_over.push(self.0.clone());
            }
            handed_over
        };
        if let Some(outer) = &self.0.0.outer {
            handed_over.retain(Account::has_living);
            outer.with_open(|_, state| state.take_over(&mut handed_over));
        }
        // If that was this one, it is the one around it now.
        swap(current());
    }

    /// The entries that are left, those that were handed over by scopes inside of this one among them.
    pub(crate) fn left(&self) -> Vec<Left> {
        let mut left = Vec::new();
        self.0.add_living_to(&mut left);
        let inner = self.0.state().handed_over.clone();
        for account in inner {
            account.add_living_to(&mut left);
        }
        left
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.end();
        // An account in this list keeps the one it was handed to, which would keep the list.
        drop(std::mem::take(&mut self.0.state().handed_over));
    }
}

/// Whether this thread is in a scope.
#[inline(always)]
pub(super) fn inside() -> bool {
    in_scope()
}

/// The account that this thread's entries are charged to.
pub(crate) fn current() -> Option<Account> {
    // A thread that is ending has none.
    let current = CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten();
    current?.open()
}

/// Says which one that is from now on, and which it was.
pub(crate) fn swap(to: Option<Account>) -> Option<Account> {
    let to = to.and_then(|account| account.open());
    CURRENT
        .try_with(|current| {
            set_in_scope(to.is_some());
            current.replace(to)
        })
        .ok()
        .flatten()
}

/// An entry comes into the map with the number `map`; says which scope it was born in.
pub(super) fn born(site: &'static Site, map: u64, stamp: Stamp) -> Tag {
    let charge = |account: &Account, state: &mut State| {
        let key = (map, stamp.line(), stamp.born());
        let living = state
            .living
            .entry(key)
            .or_insert(Living { site, entries: 0 });
        living.entries += 1;
        account.0.tag
    };
    let current = CURRENT.try_with(|current| current.borrow().clone());
    match current {
        Ok(Some(account)) => account.with_open(charge).unwrap_or(NO_SCOPE),
        _ => NO_SCOPE,
    }
}

/// Whether the entry was born in a scope.
#[inline(always)]
pub(super) fn is_scoped(stamp: Stamp) -> bool {
    stamp.scope() != NO_SCOPE && !is_traced(stamp)
}

/// All entries of `store` are leaving: those born in a scope leave its account. O(entries) if there ever was one.
pub(crate) fn all_scoped_left<V>(watch: &mut Watch, instance: &Instance, store: &impl Store<V>) {
    if std::mem::take(&mut watch.scoped) {
        let stamps = store.slots().map(|slot| slot.stamp);
        instance.detail.scoped_left(stamps);
    }
}

/// An entry leaves the map with this number; if it was born in a scope, it leaves the scope's account.
pub(super) fn left(map: u64, stamp: Stamp) {
    if !is_scoped(stamp) {
        return;
    }
    let accounts = ACCOUNTS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(account) = accounts.by_tag.get(&stamp.scope()) {
        let key = (map, stamp.line(), stamp.born());
        let mut state = account.state();
        // A copy that was not made to its end has stamps of the original, and no account of its own.
        if let Some(living) = state.living.get_mut(&key) {
            living.entries -= 1;
            if living.entries == 0 {
                state.living.remove(&key);
            }
        }
    }
}
