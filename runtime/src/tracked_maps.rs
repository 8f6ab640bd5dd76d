//! All maps of a value: look at them, check what was declared about them, or reset them.

use std::fmt;

use crate::{Breach, LockState, MODE, Mode, Site, mode::RECORDS};

pub(crate) mod through;

/// One map as it is now; the same in every mode.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MapFigures {
    /// The place it stands in.
    pub site: &'static Site,
    /// Entries.
    pub len: usize,
    /// Entries it can hold without growing.
    pub capacity: usize,
    /// Bytes its table allocated.
    pub table_bytes: usize,
    /// Entries whose value is vacant.
    pub residue: usize,
    /// Whether a lock around it is poisoned: a thread panicked while it held it, and the map is as that left it.
    pub poisoned: bool,
}

/// A value with tracked maps in it: implemented by `#[tracked]`, and for wrappers around such values.
pub trait TrackedMaps {
    /// Shows each map to `visit`, those of nested tracked values included. Maps behind locks that are held are left
    /// out ([`visit_locks`](Self::visit_locks) names them), those behind poisoned ones are shown as
    /// [`poisoned`](MapFigures::poisoned). O(entries) where residue has to be counted or values are maps (`deep`).
    fn visit_maps(&self, visit: &mut dyn FnMut(&MapFigures));

    /// Shows each lock and cell around maps to `visit`, once for each site behind it: whether it is held now, and whether
    /// it is poisoned. None is waited for. O(locks).
    ///
    /// What is behind a held lock is known by its type ([`HasSites`](crate::HasSites)): the maps of nested tracked values
    /// are told of only where they can be looked at.
    ///
    /// # Examples
    /// ```
    /// use std::{collections::HashMap, sync::{Arc, RwLock}, thread};
    /// use mapkeeper::TrackedMaps;
    ///
    /// #[mapkeeper::tracked]
    /// #[derive(Default)]
    /// struct Hub {
    ///     #[map]
    ///     sessions: RwLock<HashMap<u64, String>>,
    /// }
    ///
    /// let hub = Arc::new(Hub::default());
    /// let theirs = Arc::clone(&hub);
    /// let panicked = thread::spawn(move || {
    ///     let mut sessions = theirs.sessions.write().unwrap();
    ///     sessions.insert(7, "ada".to_owned());
    ///     panic!("half-way");
    /// });
    /// assert!(panicked.join().is_err());
    /// hub.visit_locks(&mut |lock| assert!(lock.poisoned && !lock.held));
    /// hub.visit_maps(&mut |map| assert!(map.poisoned && map.len == 1));
    /// ```
    fn visit_locks(&self, visit: &mut dyn FnMut(&LockState)) {
        let _ = visit;
    }

    /// Looks at what was declared about each map, those of nested tracked values included, and returns what does not
    /// hold. Maps behind locks that are held are left out.
    ///
    /// - `subset_of`, `follows`: where both maps have the same type of key, each key is looked up in the other map. Where
    ///   they do not (or the type is a parameter without `Eq + Hash`), a subset must not have more entries than the other
    ///   map; `follows` is not checked then.
    /// - `max_len`, and `residue = deny`: by the entries that are there now.
    ///
    /// The rest of a contract is about moments: `max_age` is looked at as time passes, `empty_on_drop` when a map goes. A
    /// struct is checked when it goes if it is `#[tracked(check_on_drop)]`. O(entries), in every mode.
    ///
    /// Each breach counts in its site's [`breaches`](crate::SiteReport::breaches) and is a WARN event, at most one a
    /// minute for each site (not in off). It never panics for one; [`assert_maps`](Self::assert_maps) does.
    ///
    /// # Examples
    /// ```
    /// use std::collections::HashMap;
    /// use mapkeeper::{Clause, TrackedMaps};
    ///
    /// #[mapkeeper::tracked]
    /// #[derive(Default)]
    /// struct Orders {
    ///     #[map]
    ///     by_id: HashMap<u64, String>,
    ///     #[map(subset_of = by_id, show_keys)]
    ///     urgent: HashMap<u64, u8>,
    /// }
    ///
    /// let mut orders = Orders::default();
    /// orders.by_id.insert(7, "tea".to_owned());
    /// orders.urgent.insert(7, 1);
    /// assert!(orders.check_maps().is_empty());
    ///
    /// orders.by_id.remove(&7); // and forgot the other one
    /// let breaches = orders.check_maps();
    /// assert_eq!((breaches[0].clause, breaches[0].entries), (Clause::SubsetOf, 1));
    /// assert_eq!(breaches[0].sample_keys, ["7"]);
    /// ```
    fn check_maps(&self) -> Vec<Breach> {
        let mut found = Vec::new();
        self.check_maps_into(&mut found);
        found.iter().for_each(Breach::tell);
        found
    }

    /// The same, adding to `found`; neither counted nor told.
    fn check_maps_into(&self, found: &mut Vec<Breach>);

    /// For tests: what was declared about each map holds, as far as [`check_maps`](Self::check_maps) can tell.
    ///
    /// # Panics
    /// In every mode, at the caller's line, if it does not; the message has every breach.
    #[track_caller]
    fn assert_maps(&self) {
        let found = self.check_maps();
        if !found.is_empty() {
            let sentences: Vec<String> = found.iter().map(Breach::to_string).collect();
            panic!("{}", sentences.join("\n"));
        }
    }

    /// Empties every map and gives its table back, nested tracked values included; every entry leaves for
    /// [`Cleared`](crate::RemovalCause::Cleared) and its hook runs. Says what stays alive elsewhere.
    ///
    /// What is shared (`Arc`, `Rc`, `ArcSwap`) is reset as far as locks and cells allow it, field by field; the rest is named in
    /// [`unreached`](Reset::unreached). With the feature `enforce`, entries their guard does not let go stay.
    ///
    /// # Panics
    /// With the first panic of a hook of a map, once that map is empty.
    fn reset_maps(&mut self) -> Reset {
        let mut reset = Reset::default();
        self.reset_maps_into(&mut reset);
        reset
    }

    /// The same, adding to `reset`.
    fn reset_maps_into(&mut self, reset: &mut Reset);

    /// The same through a shared reference, where a lock or cell allows it; `false` if nothing could be done.
    #[doc(hidden)]
    fn reset_maps_shared(&self, reset: &mut Reset) -> bool {
        let _ = reset;
        false
    }
}

/// Checks the maps of a value that is about to go (`#[tracked(check_on_drop)]`): what does not hold is counted and told, and in
/// strict a panic. Not in off, and not during an unwind, which may leave maps half-way.
///
/// Not public API: called by generated code.
#[doc(hidden)]
#[track_caller]
pub fn check_on_drop(maps: &impl TrackedMaps) {
    if !RECORDS || std::thread::panicking() {
        return;
    }
    if MODE == Mode::Strict {
        maps.assert_maps();
    } else {
        maps.check_maps();
    }
}

/// Resets the maps of a value that others see too, as far as locks and cells allow it; what could not be reached is noted.
///
/// Not public API: called by generated code.
#[doc(hidden)]
pub fn reset_shared(maps: &(impl TrackedMaps + ?Sized), reset: &mut Reset) {
    if !maps.reset_maps_shared(reset) {
        reset.could_not_reach(maps);
    }
}

/// What [`TrackedMaps::reset_maps`] did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Reset {
    /// One row per map, in the order of the fields.
    pub maps: Vec<ResetMap>,
    /// Names of the maps that could not be reset: shared without a lock, or behind one that is held.
    pub unreached: Vec<&'static str>,
}

/// What happened to one map.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ResetMap {
    /// The map's name.
    pub site: &'static str,
    /// Entries that left.
    pub entries: usize,
    /// Of those, values that somebody else still owned (`Arc`, `Rc`): they stay alive.
    pub retained: usize,
    /// Entries a guard did not let go.
    pub kept: usize,
    /// Bytes of table given back.
    pub freed_bytes: usize,
}

impl Reset {
    /// Entries that left, over all maps.
    pub fn entries(&self) -> usize {
        self.maps.iter().map(|map| map.entries).sum()
    }

    /// Values that stay alive elsewhere, over all maps.
    pub fn retained(&self) -> usize {
        self.maps.iter().map(|map| map.retained).sum()
    }

    pub(crate) fn note(
        &mut self,
        site: &'static Site,
        entries: usize,
        retained: usize,
        freed_bytes: usize,
        kept: usize,
    ) {
        self.maps.push(ResetMap {
            site: site.name(),
            entries,
            retained,
            kept,
            freed_bytes,
        });
    }

    pub(crate) fn could_not_reach(&mut self, maps: &(impl TrackedMaps + ?Sized)) {
        let known = self.unreached.len();
        let mut add = |site: &'static Site| {
            if !self.unreached[known..].contains(&site.name()) {
                self.unreached.push(site.name());
            }
        };
        maps.visit_maps(&mut |map| add(map.site));
        maps.visit_locks(&mut |lock| {
            if lock.held {
                add(lock.site);
            }
        });
        if self.unreached.len() == known {
            // Not even looking was possible: the type is all that can be said.
            self.unreached.push(std::any::type_name_of_val(maps));
        }
    }
}

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for map in &self.maps {
            write!(f, "{}: {} entries cleared", map.site, map.entries)?;
            if map.retained > 0 {
                write!(f, ", {} of their values stay alive elsewhere", map.retained)?;
            }
            if map.kept > 0 {
                write!(f, ", {} kept by the guard", map.kept)?;
            }
            writeln!(f)?;
        }
        for site in &self.unreached {
            writeln!(
                f,
                "{site}: not reset, it is shared without a lock or its lock is held"
            )?;
        }
        Ok(())
    }
}
