//! What mapkeeper's own traits say of a whole map, the same for every kind.

/// `TrackedMaps` and the traits of [`relation`](crate::relation) for a kind that has std's methods, and of its own:
/// `footprint()` (capacity and bytes), `settle_quietly()`, `note_all_left(cause, at)` (records and hooks; the entries stay),
/// `give_back()` (drops them and says how many bytes that was) and `reset_guarded(site, reset, at)`.
macro_rules! whole_map {
    ([$($generics:tt)*] $map:ty, $key:ty => $value:ty, [$($keyed:tt)*]) => {
        /// A map is its own only map, but for those that `deep` tracks in its values.
        impl<$($generics)*> $crate::TrackedMaps for $map {
            fn visit_maps(&self, visit: &mut dyn FnMut(&$crate::MapFigures)) {
                if let Some(site) = T::site() {
                    let residue = if T::knows_vacancy() {
                        self.iter().filter(|(_, value)| T::is_vacant(value)).count()
                    } else {
                        0
                    };
                    let (capacity, table_bytes) = self.footprint();
                    visit(&$crate::MapFigures {
                        site,
                        len: self.len(),
                        capacity,
                        table_bytes,
                        residue,
                        poisoned: false,
                    });
                }
                if T::DEEP {
                    let inner = self.iter().filter_map(|(_, value)| T::maps_in(value));
                    inner.for_each(|maps| maps.visit_maps(visit));
                }
            }

            fn check_maps_into(&self, found: &mut Vec<$crate::Breach>) {
                let Some(site) = T::site() else { return };
                if let Some(max) = T::CONTRACT.max_len
                    && self.len() > max
                {
                    found.push($crate::Breach::of_max_len(site, max, self.len()));
                }
                if matches!(T::CONTRACT.residue, $crate::Residue::Deny) && T::knows_vacancy() {
                    let mut vacant = $crate::breach::Culprits::default();
                    for (key, _) in self.iter().filter(|(_, value)| T::is_vacant(value)) {
                        vacant.add(|| T::show_key(std::borrow::Borrow::borrow(&key)));
                    }
                    if vacant.entries > 0 {
                        found.push($crate::Breach::of_residue(site, vacant));
                    }
                }
                if T::DEEP {
                    let inner = self.iter().filter_map(|(_, value)| T::maps_in(value));
                    inner.for_each(|maps| maps.check_maps_into(found));
                }
            }

            #[track_caller]
            fn reset_maps_into(&mut self, reset: &mut $crate::Reset) {
                let Some(site) = T::site() else { return };
                let at = $crate::mode::Caller::here();
                self.settle_quietly();
                if $crate::mode::ENFORCE && T::GUARDED {
                    return self.reset_guarded(site, reset, at);
                }
                let len = self.len();
                let retained = self.iter().filter(|(_, value)| $crate::whole_map::is_retained::<$key, $value, T>(value));
                let retained = retained.count();
                let panics = self.note_all_left($crate::RemovalCause::Cleared, at);
                reset.note(site, len, retained, self.footprint().1, 0);
                self.give_back();
                panics.resume(T::site());
                self.log.recorder.raise::<$key, $value, T>();
            }
        }

        impl<$($generics)*> $crate::HasSites for $map {
            fn each_site(look: &mut dyn FnMut(&'static $crate::Site)) {
                T::site().into_iter().for_each(look);
            }
        }

        impl<$($generics)*> $crate::relation::HoldsMap for $map {
            type Map = Self;

            fn look(&self, look: &mut dyn FnMut(&Self)) -> bool {
                look(self);
                true
            }
        }

        impl<$($generics)*> $crate::relation::SitedMap for $map {
            fn site() -> Option<&'static $crate::Site> {
                T::site()
            }

            fn entries(&self) -> usize {
                self.len()
            }
        }

        impl<$($generics)*> $crate::relation::KeyedMap for $map
        where
            $($keyed)*
        {
            type Key = $key;

            fn holds(&self, key: &$key) -> bool {
                self.contains_key(key)
            }

            fn each_key(&self, look: &mut dyn FnMut(&$key)) {
                self.iter().for_each(|(key, _)| look(std::borrow::Borrow::borrow(&key)));
            }

            fn show(key: &$key) -> Option<String> {
                T::show_key(key)
            }
        }
    };
}

pub(crate) use whole_map;

/// Whether somebody else owns the value too.
pub(crate) fn is_retained<K, V, T: crate::Keeper<K, V>>(value: &V) -> bool {
    T::strong_count(value).is_some_and(|owners| owners > 1)
}
