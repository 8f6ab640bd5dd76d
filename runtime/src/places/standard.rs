//! The places of std: cells that are not filled yet show no map, and are not filled by looking.

use std::{
    cell::{LazyCell, OnceCell, RefCell},
    rc::Rc,
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError, RwLock, TryLockError},
};

use crate::{
    Breach, HasSites, Keeper, LockState, MapFigures, MapOfMaps, MapType, Reset, Site, TrackedMaps,
    map_type::passes_through,
    relation::{HoldsMap, all, if_free, looks_through},
    tracked_maps::through::{holders, locks},
    vacant::vacant_unless_held,
};

passes_through!(
    Arc, Rc, Box, Option, Mutex, RwLock, RefCell, OnceLock, OnceCell, LazyLock, LazyCell, Vec
);

macro_rules! passes_through_slices {
    ($($owner:ident),+) => {$(
        impl<M: MapType> MapType for $owner<[M]> {
            type Key = M::Key;
            type Value = M::Value;
            type Signature = M::Signature;
            type With<T: Keeper<M::Key, M::Value>> = $owner<[M::With<T>]>;
        }

        impl<M: MapOfMaps> MapOfMaps for $owner<[M]> {
            type WithValue<V> = $owner<[M::WithValue<V>]>;
        }
    )+};
}

passes_through_slices!(Arc, Rc, Box);

impl<M: MapType, const N: usize> MapType for [M; N] {
    type Key = M::Key;
    type Value = M::Value;
    type Signature = M::Signature;
    type With<T: Keeper<M::Key, M::Value>> = [M::With<T>; N];
}

impl<M: MapOfMaps, const N: usize> MapOfMaps for [M; N] {
    type WithValue<V> = [M::WithValue<V>; N];
}

looks_through! {
    [M: HoldsMap + ?Sized] Box<M>: |this, look| (**this).look(look);
    [M: HoldsMap + ?Sized] Arc<M>: |this, look| (**this).look(look);
    [M: HoldsMap + ?Sized] Rc<M>: |this, look| (**this).look(look);
    [M: HoldsMap, F: FnOnce() -> M] LazyLock<M, F>: |this, look| all(LazyLock::get(this), look);
    [M: HoldsMap, F: FnOnce() -> M] LazyCell<M, F>: |this, look| all(LazyCell::get(this), look);
    [M: HoldsMap] Option<M>: |this, look| all(this, look);
    [M: HoldsMap] Vec<M>: |this, look| all(this, look);
    [M: HoldsMap] [M]: |this, look| all(this, look);
    [M: HoldsMap, const N: usize] [M; N]: |this, look| all(this, look);
    [M: HoldsMap] OnceLock<M>: |this, look| all(this.get(), look);
    [M: HoldsMap] OnceCell<M>: |this, look| all(this.get(), look);
    [M: HoldsMap] Mutex<M>: |this, look| if_free(open(this.try_lock()), look);
    [M: HoldsMap] RwLock<M>: |this, look| if_free(open(this.try_read()), look);
    [M: HoldsMap] RefCell<M>: |this, look| if_free(this.try_borrow().ok(), look);
}

impl<M: TrackedMaps + ?Sized> TrackedMaps for Box<M> {
    fn visit_maps(&self, visit: &mut dyn FnMut(&MapFigures)) {
        (**self).visit_maps(visit);
    }

    fn visit_locks(&self, visit: &mut dyn FnMut(&LockState)) {
        (**self).visit_locks(visit);
    }

    fn check_maps_into(&self, found: &mut Vec<Breach>) {
        (**self).check_maps_into(found);
    }

    fn reset_maps_into(&mut self, reset: &mut Reset) {
        (**self).reset_maps_into(reset);
    }

    fn reset_maps_shared(&self, reset: &mut Reset) -> bool {
        (**self).reset_maps_shared(reset)
    }
}

macro_rules! shared_owners {
    ($($owner:ident),+) => {$(
        impl<M: TrackedMaps + ?Sized> TrackedMaps for $owner<M> {
            fn visit_maps(&self, visit: &mut dyn FnMut(&MapFigures)) {
                (**self).visit_maps(visit);
            }

            fn visit_locks(&self, visit: &mut dyn FnMut(&LockState)) {
                (**self).visit_locks(visit);
            }

            fn check_maps_into(&self, found: &mut Vec<Breach>) {
                (**self).check_maps_into(found);
            }

            fn reset_maps_into(&mut self, reset: &mut Reset) {
                if let Some(maps) = $owner::get_mut(self) {
                    maps.reset_maps_into(reset);
                } else if !self.reset_maps_shared(reset) {
                    reset.could_not_reach(&**self);
                }
            }

            fn reset_maps_shared(&self, reset: &mut Reset) -> bool {
                (**self).reset_maps_shared(reset)
            }
        }
    )+};
}

shared_owners!(Arc, Rc);

macro_rules! owners_name_the_same_sites {
    ($($owner:ident),+) => {$(
        impl<M: HasSites + ?Sized> HasSites for $owner<M> {
            fn each_site(look: &mut dyn FnMut(&'static Site)) {
                M::each_site(look);
            }
        }
    )+};
}

owners_name_the_same_sites!(Box, Arc, Rc);

holders! {
    [M: TrackedMaps] Option<M>: |this| this.iter(), this.iter_mut();
    [M: TrackedMaps] Vec<M>: |this| this.iter(), this.iter_mut();
    [M: TrackedMaps] [M]: |this| this.iter(), this.iter_mut();
    [M: TrackedMaps, const N: usize] [M; N]: |this| this.iter(), this.iter_mut();
    [M: TrackedMaps] OnceLock<M>: |this| this.get(), this.get_mut();
    [M: TrackedMaps] OnceCell<M>: |this| this.get(), this.get_mut();
    [M: TrackedMaps, F: FnOnce() -> M] LazyLock<M, F>: |this| LazyLock::get(this), LazyLock::get_mut(this);
    [M: TrackedMaps, F: FnOnce() -> M] LazyCell<M, F>: |this| LazyCell::get(this), LazyCell::get_mut(this);
}

locks! {
    Mutex<M>: |this| open(this.try_lock()), open(this.try_lock()),
        this.get_mut().unwrap_or_else(PoisonError::into_inner), poisoned: this.is_poisoned();
    RwLock<M>: |this| open(this.try_read()), open(this.try_write()),
        this.get_mut().unwrap_or_else(PoisonError::into_inner), poisoned: this.is_poisoned();
    RefCell<M>: |this| this.try_borrow().ok(), this.try_borrow_mut().ok(), this.get_mut(), poisoned: false;
}

vacant_unless_held! {
    Mutex<T>: |this| open(this.try_lock());
    RwLock<T>: |this| open(this.try_read());
    RefCell<T>: |this| this.try_borrow().ok();
}

/// The value, held or poisoned or free.
fn open<G>(lock: Result<G, TryLockError<G>>) -> Option<G> {
    match lock {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
