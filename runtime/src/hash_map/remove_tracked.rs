//! Removals whose values report their own end, and what is known of a life until then.

use std::hash::{BuildHasher, Hash};

use super::{HashMap, Lookup, hash_of, is_like};
use crate::{Keeper, Lifecycle, Removed, Unguarded, Vetoed, log, mode::Caller};

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as [`remove`](Self::remove), but the value comes in a guard whose drop says how long it lived on, whatever
    /// its type.
    ///
    /// # Examples
    /// ```
    /// let mut jobs: mapkeeper::HashMap<u32, Vec<u8>> = [(7, vec![1])].into();
    /// let job = jobs.remove_tracked(&7).unwrap();
    /// jobs.clear(); // the guard borrows nothing
    /// assert_eq!(job.into_inner(), [1]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn remove_tracked<Q>(&mut self, k: &Q) -> Option<Removed<V>>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
        T: Unguarded,
    {
        let removed = self.remove_tracked_at(k, |_, _| Ok(()), Caller::here());
        self.log.recorder.raise::<K, V, T>();
        removed.ok().flatten()
    }

    /// Same as [`try_remove`](Self::try_remove), but the value comes in a guard, as that of
    /// [`remove_tracked`](Self::remove_tracked).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays.
    #[inline]
    #[track_caller]
    pub fn try_remove_tracked<Q>(&mut self, k: &Q) -> Result<Option<Removed<V>>, Vetoed>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        let at = Caller::here();
        let removed =
            self.remove_tracked_at(k, |key, value| log::ask::<K, V, T>(key, value, at), at)?;
        self.log.recorder.raise::<K, V, T>();
        Ok(removed)
    }

    #[inline]
    #[track_caller]
    fn remove_tracked_at<Q>(
        &mut self,
        key: &Q,
        ask: impl FnOnce(&K, &V) -> Result<(), Vetoed>,
        at: Caller,
    ) -> Result<Option<Removed<V>>, Vetoed>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let hash = hash_of(&self.hash_builder, key);
        let Ok(entry) = self.table.find_entry(hash, is_like::<_, _, _, L>(key)) else {
            self.log.recorder.missed::<K, V, T>(hash, at);
            return Ok(None);
        };
        ask(entry.get().key(), entry.get().value())?;
        Ok(Some(self.log.remove_tracked(entry, hash, at)))
    }

    /// The steps of the life of the entry of `k` until now; `None` if it is not there, or unless in strict mode.
    ///
    /// # Examples
    /// ```
    /// let mut jobs: mapkeeper::HashMap<u32, String> = mapkeeper::HashMap::new();
    /// jobs.insert(7, "print".to_owned());
    /// assert_eq!(jobs.lifecycle(&7), None, "this map is not tracked");
    /// ```
    #[must_use]
    pub fn lifecycle<Q>(&self, k: &Q) -> Option<Lifecycle>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        self.log.recorder.lifecycle::<K, V, T>(self.find_like(k)?)
    }
}
