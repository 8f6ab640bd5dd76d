//! How `TrackedMaps` goes through what stands around maps: nothing here waits, and what cannot be seen now is left out.

/// Types with any number of values in them; `get` and `get_mut` return an iterator or an `Option`.
macro_rules! holders {
    ($([$($generics:tt)*] $ty:ty: |$this:ident| $get:expr, $get_mut:expr);+ $(;)?) => {$(
        impl<$($generics)*> $crate::TrackedMaps for $ty {
            fn visit_maps(&self, visit: &mut dyn FnMut(&$crate::MapFigures)) {
                let $this = self;
                $get.into_iter().for_each(|maps| $crate::TrackedMaps::visit_maps(maps, visit));
            }

            fn visit_locks(&self, visit: &mut dyn FnMut(&$crate::LockState)) {
                let $this = self;
                $get.into_iter().for_each(|maps| $crate::TrackedMaps::visit_locks(maps, visit));
            }

            fn check_maps_into(&self, found: &mut Vec<$crate::Breach>) {
                let $this = self;
                $get.into_iter().for_each(|maps| $crate::TrackedMaps::check_maps_into(maps, found));
            }

            fn reset_maps_into(&mut self, reset: &mut $crate::Reset) {
                let $this = self;
                $get_mut.into_iter().for_each(|maps| $crate::TrackedMaps::reset_maps_into(maps, reset));
            }

            fn reset_maps_shared(&self, reset: &mut $crate::Reset) -> bool {
                let $this = self;
                $get.into_iter().for_each(|maps| $crate::tracked_maps::reset_shared(maps, reset));
                true
            }
        }

        impl<$($generics)*> $crate::HasSites for $ty
        where
            M: $crate::HasSites,
        {
            fn each_site(look: &mut dyn FnMut(&'static $crate::Site)) {
                M::each_site(look);
            }
        }
    )+};
}
pub(crate) use holders;

/// Locks and cells; `read` and `write` return the value behind a guard if they can have it without waiting.
macro_rules! locks {
    ($($lock:ty: |$this:ident| $read:expr, $write:expr, $get_mut:expr, poisoned: $poisoned:expr);+ $(;)?) => {$(
        /// A lock that is held is not waited for; a poisoned one is read all the same.
        impl<M: $crate::TrackedMaps + $crate::HasSites + ?Sized> $crate::TrackedMaps for $lock {
            fn visit_maps(&self, visit: &mut dyn FnMut(&$crate::MapFigures)) {
                let $this = self;
                let Some(maps) = $read else { return };
                let poisoned = $poisoned;
                maps.visit_maps(&mut |map| {
                    let mut map = *map;
                    map.poisoned |= poisoned;
                    visit(&map);
                });
            }

            fn visit_locks(&self, visit: &mut dyn FnMut(&$crate::LockState)) {
                let $this = self;
                let (held, poisoned) = ($read.is_none(), $poisoned);
                // Free again: whoever is told may want it.
                M::each_site(&mut |site| visit(&$crate::LockState { site, held, poisoned }));
                if let Some(maps) = $read {
                    maps.visit_locks(visit);
                }
            }

            fn check_maps_into(&self, found: &mut Vec<$crate::Breach>) {
                let $this = self;
                if let Some(maps) = $read {
                    maps.check_maps_into(found);
                }
            }

            fn reset_maps_into(&mut self, reset: &mut $crate::Reset) {
                let $this = self;
                $get_mut.reset_maps_into(reset);
            }

            fn reset_maps_shared(&self, reset: &mut $crate::Reset) -> bool {
                let $this = self;
                let locked = $write;
                locked.is_some_and(|mut maps| {
                    maps.reset_maps_into(reset);
                    true
                })
            }
        }

        impl<M: $crate::HasSites + ?Sized> $crate::HasSites for $lock {
            fn each_site(look: &mut dyn FnMut(&'static $crate::Site)) {
                M::each_site(look);
            }
        }
    )+};
}
pub(crate) use locks;
