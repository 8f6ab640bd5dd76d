//! The places of `tokio::sync`.

use tokio::sync::{Mutex, OnceCell, RwLock};

use crate::{
    TrackedMaps,
    map_type::passes_through,
    relation::{HoldsMap, all, if_free, looks_through},
    tracked_maps::through::{holders, locks},
    vacant::vacant_unless_held,
};

passes_through!(Mutex, RwLock, OnceCell);

looks_through! {
    [M: HoldsMap] Mutex<M>: |this, look| if_free(this.try_lock().ok(), look);
    [M: HoldsMap] RwLock<M>: |this, look| if_free(this.try_read().ok(), look);
    [M: HoldsMap] OnceCell<M>: |this, look| all(this.get(), look);
}

locks! {
    Mutex<M>: |this| this.try_lock().ok(), this.try_lock().ok(), this.get_mut(), poisoned: false;
    RwLock<M>: |this| this.try_read().ok(), this.try_write().ok(), this.get_mut(), poisoned: false;
}

holders! {
    [M: TrackedMaps] OnceCell<M>: |this| this.get(), this.get_mut();
}

vacant_unless_held! {
    Mutex<T>: |this| this.try_lock().ok();
    RwLock<T>: |this| this.try_read().ok();
}
