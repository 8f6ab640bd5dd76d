//! What a guard ([`Removed`](crate::Removed)) knows of the entry it stands for, and says when it goes.

use std::{any::Any, sync::Arc, time::Duration};

use super::{
    super::{Caller, detail},
    Admission, Exit, Recorder, Watchlist,
    after_removal::{exit, not_watched},
};
use crate::{Keeper, Lifecycle, RemovalCause, Site, Step, clock::now_ms, hash_map::Slot};

impl Recorder {
    /// The record of an entry that leaves by `remove_tracked`; its value is watched whoever owns it, sampled or not.
    pub(crate) fn track<K, V, T: Keeper<K, V>>(
        &mut self,
        slot: &Slot<impl Sized, V>,
        at: Caller,
    ) -> RemovalRecord {
        let Some(site) = T::site().filter(|_| T::TRACKED) else {
            return RemovalRecord(None);
        };
        let list = &site.record.state().after_removal;
        let exit = exit(RemovalCause::Removed, 1, at);
        let life = self.lifecycle::<K, V, T>(slot).map(|mut life| {
            life.removed = Some((
                Step {
                    time: Some(Duration::from_millis(exit.ms)),
                    line: exit.at,
                },
                exit.cause,
            ));
            life
        });
        let watch = match T::watcher() {
            Some(watcher) => {
                let admission = list.admit(exit, true, || watcher(slot.value()));
                if admission == Admission::NoRoom
                    && let Some(instance) = &self.instance
                {
                    not_watched(instance, exit.weight);
                }
                Watch::Value(admission)
            }
            None => Watch::Guard,
        };
        let is_guard = matches!(watch, Watch::Guard);
        let record = Arc::new(Tracked {
            site,
            exit,
            life,
            watch,
        });
        if is_guard {
            let alive: Arc<dyn Any + Send + Sync> = Arc::clone(&record) as _;
            list.admit_guard(exit, Arc::downgrade(&alive));
        }
        RemovalRecord(Some(record))
    }

    /// The steps of the entry's life until now, if every entry's are known.
    pub(crate) fn lifecycle<K, V, T: Keeper<K, V>>(
        &self,
        slot: &Slot<impl Sized, V>,
    ) -> Option<Lifecycle> {
        let instance = self.instance.as_ref().filter(|_| T::TRACKED)?;
        detail::lifecycle(instance, slot.stamp)
    }
}

/// What a [`Removed`](crate::Removed) carries. Its drop is the value's end: it comes after the value's own.
pub(crate) struct RemovalRecord(Option<Arc<Tracked>>);

struct Tracked {
    site: &'static Site,
    exit: Exit,
    life: Option<Lifecycle>,
    watch: Watch,
}

/// Who says when the value is dead.
enum Watch {
    /// The record.
    Guard,
    /// A weak handle.
    Value(Admission),
}

impl Tracked {
    fn list(&self) -> &'static Watchlist {
        &self.site.record.state().after_removal
    }

    #[cold]
    fn tell(&self, end: &str, dropped: Option<Step>) {
        if !tracing::enabled!(target: "mapkeeper::lifecycle", tracing::Level::DEBUG) {
            return;
        }
        let Some(life) = &self.life else { return };
        let life = Lifecycle {
            dropped,
            ..life.clone()
        };
        tracing::debug!(
            target: "mapkeeper::lifecycle",
            site = self.site.name(),
            end,
            after_ms = now_ms().saturating_sub(self.exit.ms),
            "{life}"
        );
    }
}

impl RemovalRecord {
    pub(crate) fn lifecycle(&self) -> Option<&Lifecycle> {
        self.0.as_ref()?.life.as_ref()
    }

    /// The value goes to somebody else.
    pub(crate) fn handed_over(mut self) {
        if let Some(record) = self.0.take() {
            if matches!(record.watch, Watch::Guard) {
                record.list().handed_over();
            }
            record.tell("handed over", None);
        }
    }
}

impl Drop for RemovalRecord {
    fn drop(&mut self) {
        let Some(record) = self.0.take() else { return };
        let now = now_ms();
        match record.watch {
            Watch::Guard => record.list().finalised(&record.exit, now),
            Watch::Value(Admission::Watched(id)) => record.list().settle(id, now),
            Watch::Value(_) => {}
        }
        record.tell(
            "dropped",
            Some(Step {
                time: Some(Duration::from_millis(now)),
                line: None,
            }),
        );
    }
}
