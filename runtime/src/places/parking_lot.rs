//! The places of `parking_lot`.

use parking_lot::{Mutex, RwLock};

use crate::{
    map_type::passes_through,
    relation::{HoldsMap, if_free, looks_through},
    tracked_maps::through::locks,
    vacant::vacant_unless_held,
};

passes_through!(Mutex, RwLock);

looks_through! {
    [M: HoldsMap] Mutex<M>: |this, look| if_free(this.try_lock(), look);
    [M: HoldsMap] RwLock<M>: |this, look| if_free(this.try_read(), look);
}

locks! {
    Mutex<M>: |this| this.try_lock(), this.try_lock(), this.get_mut(), poisoned: false;
    RwLock<M>: |this| this.try_read(), this.try_write(), this.get_mut(), poisoned: false;
}

vacant_unless_held! {
    Mutex<T>: |this| this.try_lock();
    RwLock<T>: |this| this.try_read();
}
