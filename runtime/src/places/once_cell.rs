//! The places of `once_cell`: cells that are not filled yet show no map, and are not filled by looking.

use once_cell::{sync, unsync};

use crate::{
    TrackedMaps, Vacant,
    map_type::passes_through,
    relation::{HoldsMap, all, looks_through},
    tracked_maps::through::holders,
};

passes_through!(sync::OnceCell, sync::Lazy, unsync::OnceCell, unsync::Lazy);

looks_through! {
    [M: HoldsMap] sync::OnceCell<M>: |this, look| all(this.get(), look);
    [M: HoldsMap] unsync::OnceCell<M>: |this, look| all(this.get(), look);
    [M: HoldsMap, F: FnOnce() -> M] sync::Lazy<M, F>: |this, look| all(sync::Lazy::get(this), look);
    [M: HoldsMap, F: FnOnce() -> M] unsync::Lazy<M, F>: |this, look| all(unsync::Lazy::get(this), look);
}

holders! {
    [M: TrackedMaps] sync::OnceCell<M>: |this| this.get(), this.get_mut();
    [M: TrackedMaps] unsync::OnceCell<M>: |this| this.get(), this.get_mut();
    [M: TrackedMaps, F: FnOnce() -> M] sync::Lazy<M, F>: |this| sync::Lazy::get(this), sync::Lazy::get_mut(this);
    [M: TrackedMaps, F: FnOnce() -> M] unsync::Lazy<M, F>: |this| unsync::Lazy::get(this), unsync::Lazy::get_mut(this);
}

macro_rules! vacant_if_filled {
    ($($cell:ident),+) => {$(
        impl<T: Vacant> Vacant for $cell::OnceCell<T> {
            fn is_vacant(&self) -> bool {
                self.get().is_some_and(Vacant::is_vacant)
            }
        }
    )+};
}

vacant_if_filled!(sync, unsync);
