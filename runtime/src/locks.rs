//! What is known of the locks and cells around maps: found by trying them, never by waiting.
//!
//! A map cannot see what stands around it, so a report knows of the locks it can find: those of a `static` under
//! `#[tracked]`, and those of the values that [`watch_locks`] was told. The figures beside them are counted by the maps
//! themselves and need no lock.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::{Arc, Weak},
};

use serde::{Deserialize, Serialize};

use crate::{
    Site, TrackedMaps,
    mode::RECORDS,
    threads::{Mutex, MutexGuard, PoisonError, statics, thread_local},
};

/// Values whose locks are watched at a time.
const MAX_WATCHED: usize = 1_024;

/// A lock or cell around maps as it was found, for one of the maps behind it; the same in every mode.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LockState {
    /// The place of the map behind it.
    pub site: &'static Site,
    /// Somebody held it, in a way that even looking would have had to wait for.
    pub held: bool,
    /// A thread panicked while it held it (an `RwLock`: for writing). Locks of std only: the others cannot be poisoned.
    pub poisoned: bool,
}

/// The sites of the maps in a type, known without a value: what is behind a lock that nobody can look into now.
///
/// Implemented by `#[tracked]` and for whatever can stand around maps. A struct or enum names its own maps, not those of
/// tracked values that it holds, nor those in the values of its maps (`deep`).
///
/// A lock around a `dyn` of a trait of your own needs it for that type, or its maps are left out ([`TrackedMaps`] is not
/// implemented for the lock then): nobody can ask a type without a value which maps it has, so an empty `each_site` will do.
///
/// # Examples
/// ```
/// use std::{collections::HashMap, sync::Mutex};
/// use mapkeeper::{HasSites, Site, TrackedMaps};
///
/// trait Plugin: TrackedMaps {}
///
/// impl HasSites for dyn Plugin {
///     fn each_site(_: &mut dyn FnMut(&'static Site)) {}
/// }
///
/// #[mapkeeper::tracked]
/// #[derive(Default)]
/// struct Cache {
///     #[map]
///     pages: HashMap<u64, String>,
/// }
///
/// impl Plugin for Cache {}
///
/// let plugin: Box<Mutex<dyn Plugin>> = Box::new(Mutex::new(Cache::default()));
/// plugin.visit_maps(&mut |map| assert_eq!(map.site.name(), "Cache.pages"));
/// ```
#[diagnostic::on_unimplemented(
    message = "which maps are in `{Self}` is not known while a lock around it is held",
    label = "does not implement `HasSites`",
    note = "for a `dyn` of a trait of your own, implement it with an `each_site` that does nothing",
    note = "`#[tracked]` implements it for structs and enums"
)]
pub trait HasSites {
    /// Shows each site to `look`.
    fn each_site(look: &mut dyn FnMut(&'static Site));
}

macro_rules! names_no_site {
    ($($dynamic:ty),+) => {$(
        /// Nobody knows which maps are in there before looking.
        impl HasSites for $dynamic {
            fn each_site(_: &mut dyn FnMut(&'static Site)) {}
        }
    )+};
}

names_no_site!(
    dyn TrackedMaps + '_,
    dyn TrackedMaps + Send + '_,
    dyn TrackedMaps + Send + Sync + '_
);

/// The locks around a site's maps that are known, as they were found when the report was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Locks {
    /// Locks and cells that were tried, one inside another each for itself.
    pub seen: u64,
    /// Of those, held then: they were not waited for. The figures are as the maps had counted them by then, which is at
    /// most one operation ago.
    pub held: u64,
    /// Of those, poisoned: a thread panicked while it held them. The figures are of what it left.
    pub poisoned: u64,
}

impl Locks {
    fn add(&mut self, lock: &LockState) {
        self.seen += 1;
        self.held += u64::from(lock.held);
        self.poisoned += u64::from(lock.poisoned);
    }

    /// What there is to say, in short lines; nothing if all of them are free and sound.
    pub(crate) fn remarks(self) -> impl Iterator<Item = String> {
        let told = [
            (
                self.poisoned,
                "poisoned: a thread panicked while holding it",
            ),
            (self.held, "held now: the figures are as last counted"),
        ];
        let told = told.into_iter().filter(|(n, _)| *n > 0);
        told.map(move |(n, what)| match self.seen {
            1 => format!("its lock is {what}"),
            seen if n == 1 => format!("1 of its {seen} locks is {what}"),
            seen => format!("{n} of its {seen} locks are {what}"),
        })
    }
}

/// The locks around a static's map.
///
/// Not public API: named by generated code.
#[doc(hidden)]
#[derive(Debug)]
pub struct LocksOfStatic(pub VisitLocks);

type VisitLocks = fn(&mut dyn FnMut(&LockState));

inventory::collect!(LocksOfStatic);

type Watched = Weak<dyn TrackedMaps + Send + Sync>;

statics! {
    static WATCHED: Mutex<Vec<Watched>> = Mutex::new(Vec::new());
    /// Held by the report that looks at locks: another one that did at the same time would find them held by it.
    static LOOKING: Mutex<()> = Mutex::new(());
}
thread_local! {
    static I_LOOK: Cell<bool> = const { Cell::new(false) };
}

/// Runs `look` while no other thread's does.
fn one_at_a_time(look: impl FnOnce()) {
    /// What a lock is found by may be a program's own code, which may ask for a report itself, or panic.
    struct Looks;
    impl Drop for Looks {
        fn drop(&mut self) {
            I_LOOK.with(|looks| looks.set(false));
        }
    }
    if I_LOOK.with(Cell::get) {
        return look();
    }
    let _turn = LOOKING.lock().unwrap_or_else(PoisonError::into_inner);
    I_LOOK.with(|looks| looks.set(true));
    let _looks = Looks;
    look();
}

fn watched() -> MutexGuard<'static, Vec<Watched>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets reports tell how the locks around the maps in `maps` are found: held, or poisoned ([`SiteReport::locks`]).
///
/// Reports know by themselves of the locks of a `static` under `#[tracked]`. Of all others only their owner knows, and this
/// is where it says so, once, for as long as `maps` lives: no lock is held, and no value kept alive but while a report looks
/// at it (which drops it if everybody else let go of it meanwhile). A lock is tried for as long as it takes to see whether it
/// can be had; it is never waited for.
///
/// `false` if nothing will be told: 1,024 values are watched already, or nothing is recorded (off).
///
/// [`SiteReport::locks`]: crate::SiteReport::locks
///
/// # Examples
/// ```
/// use std::{collections::HashMap, sync::{Arc, Mutex}};
///
/// #[mapkeeper::tracked]
/// #[derive(Default)]
/// struct Hub {
///     #[map]
///     sessions: Mutex<HashMap<u64, String>>,
/// }
///
/// let hub = Arc::new(Hub::default());
/// let told = mapkeeper::watch_locks(&hub);
/// assert_eq!(told, mapkeeper::MODE != mapkeeper::Mode::Off);
/// let held = hub.sessions.lock().unwrap();
/// let report = mapkeeper::report(); // does not wait
/// # if told {
/// assert_eq!(report.site("Hub.sessions").unwrap().locks.unwrap().held, 1);
/// # }
/// ```
pub fn watch_locks<M: TrackedMaps + Send + Sync + 'static>(maps: &Arc<M>) -> bool {
    if !RECORDS {
        return false;
    }
    let mut watched = watched();
    let this = Arc::downgrade(maps);
    if watched
        .iter()
        .any(|other| other.as_ptr().addr() == this.as_ptr().addr())
    {
        return true;
    }
    watched.retain(|other| other.strong_count() > 0);
    let has_room = watched.len() < MAX_WATCHED;
    if has_room {
        watched.push(this);
    }
    has_room
}

/// The state of all known locks, by site.
pub(crate) struct KnownLocks(HashMap<*const Site, Locks>);

impl KnownLocks {
    /// Tries each of them.
    pub(crate) fn now() -> Self {
        let mut known = HashMap::new();
        if RECORDS {
            let mut add = |lock: &LockState| {
                let site: *const Site = lock.site;
                known.entry(site).or_insert_with(Locks::default).add(lock);
            };
            // Their own list is not held meanwhile: whatever they run may want to be on it.
            let watched: Vec<Watched> = {
                let mut watched = watched();
                watched.retain(|maps| maps.strong_count() > 0);
                watched.clone()
            };
            one_at_a_time(|| {
                for locks in inventory::iter::<LocksOfStatic>() {
                    locks.0(&mut add);
                }
                for maps in watched.iter().filter_map(Weak::upgrade) {
                    maps.visit_locks(&mut add);
                }
            });
        }
        Self(known)
    }

    /// Those around the maps of a site.
    pub(crate) fn of(&self, site: &'static Site) -> Option<Locks> {
        self.0.get(&std::ptr::from_ref(site)).copied()
    }
}
