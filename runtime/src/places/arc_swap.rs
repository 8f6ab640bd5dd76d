//! The places of `arc_swap`: what is looked at is the map that is current now.
//!
//! A map that was replaced and that somebody still holds is a live instance of its site, with an age of its own.

use arc_swap::{ArcSwap, ArcSwapOption};

use crate::{
    Breach, HasSites, LockState, MapFigures, Reset, Site, TrackedMaps,
    map_type::passes_through,
    relation::{HoldsMap, all, looks_through},
};

passes_through!(ArcSwap, ArcSwapOption);

macro_rules! swaps {
    ($($swap:ident),+) => {$(
        impl<M: TrackedMaps> TrackedMaps for $swap<M> {
            fn visit_maps(&self, visit: &mut dyn FnMut(&MapFigures)) {
                self.load().visit_maps(visit);
            }

            fn visit_locks(&self, visit: &mut dyn FnMut(&LockState)) {
                self.load().visit_locks(visit);
            }

            fn check_maps_into(&self, found: &mut Vec<Breach>) {
                self.load().check_maps_into(found);
            }

            fn reset_maps_into(&mut self, reset: &mut Reset) {
                if !self.reset_maps_shared(reset) {
                    reset.could_not_reach(&*self.load());
                }
            }

            fn reset_maps_shared(&self, reset: &mut Reset) -> bool {
                self.load().reset_maps_shared(reset)
            }
        }

        impl<M: HasSites> HasSites for $swap<M> {
            fn each_site(look: &mut dyn FnMut(&'static Site)) {
                M::each_site(look);
            }
        }
    )+};
}

swaps!(ArcSwap, ArcSwapOption);

looks_through! {
    [M: HoldsMap] ArcSwap<M>: |this, look| this.load().look(look);
    [M: HoldsMap] ArcSwapOption<M>: |this, look| all(&*this.load(), look);
}
