//! Two maps of one struct compared, through whatever each of them is wrapped in.
//!
//! Whether their keys can be compared is for the types to say ([`KeysAgree`]); where they cannot, sizes are
//! ([`KeysDiffer`]). A map behind a held lock is not compared, nor is any with it; where there is no map (`None`), there
//! are no keys. Several maps of one site (shards) are as good as one that has the entries of all.
//!
//! Not public API: named by generated code.

use std::ops::Deref;

use crate::{Breach, Clause, Site, breach::Culprits, probe::Probe};

/// A map that stands at a site.
pub trait SitedMap {
    /// Its site.
    fn site() -> Option<&'static Site>;
    /// Its entries.
    fn entries(&self) -> usize;
}

/// One whose keys can be looked up.
pub trait KeyedMap: SitedMap {
    /// The type of its keys.
    type Key;
    /// Whether the key is there.
    fn holds(&self, key: &Self::Key) -> bool;
    /// Every key.
    fn each_key(&self, look: &mut dyn FnMut(&Self::Key));
    /// The key as text, if it may be shown.
    fn show(key: &Self::Key) -> Option<String>;
}

/// A map, several of one site, or something around them.
pub trait HoldsMap {
    /// The map.
    type Map: SitedMap;
    /// Shows each map to `look`; `false` if one of them cannot be seen now.
    fn look(&self, look: &mut dyn FnMut(&Self::Map)) -> bool;
}

macro_rules! looks_through {
    ($([$($generics:tt)*] $ty:ty: |$this:ident, $look:ident| $body:expr);+ $(;)?) => {$(
        impl<$($generics)*> $crate::relation::HoldsMap for $ty {
            type Map = M::Map;

            fn look(&self, $look: &mut dyn FnMut(&Self::Map)) -> bool {
                let $this = self;
                $body
            }
        }
    )+};
}
pub(crate) use looks_through;

/// Shows all maps of all that there are.
pub(crate) fn all<'a, M: HoldsMap + 'a>(
    several: impl IntoIterator<Item = &'a M>,
    look: &mut dyn FnMut(&M::Map),
) -> bool {
    let mut seen = true;
    for maps in several {
        seen &= maps.look(look);
    }
    seen
}

/// Shows the maps behind a lock, if it could be had.
pub(crate) fn if_free<M: HoldsMap>(
    guard: Option<impl Deref<Target = M>>,
    look: &mut dyn FnMut(&M::Map),
) -> bool {
    guard.is_some_and(|maps| maps.look(look))
}

fn sites<A: HoldsMap, B: HoldsMap>() -> Option<[&'static Site; 2]> {
    Some([A::Map::site()?, B::Map::site()?])
}

/// Do the keys of the two maps have one type? Then they are compared.
pub trait KeysAgree<A, B> {
    /// O(entries of the first).
    fn compare(&self, clause: Clause, this: &A, other: &B, found: &mut Vec<Breach>);
}

impl<A: HoldsMap, B: HoldsMap> KeysAgree<A, B> for Probe<(A, B)>
where
    A::Map: KeyedMap,
    B::Map: KeyedMap<Key = <A::Map as KeyedMap>::Key>,
{
    fn compare(&self, clause: Clause, this: &A, other: &B, found: &mut Vec<Breach>) {
        let Some(sites) = sites::<A, B>() else { return };
        let mut strays = Culprits::default();
        let mut known = true;
        this.look(&mut |this| {
            // Keys in the order of the map, which nobody can change while it is looked at.
            let mut strays_here = vec![true; this.entries()];
            known &= other.look(&mut |other| {
                let mut strays_here = strays_here.iter_mut();
                this.each_key(&mut |key| {
                    if let Some(stray) = strays_here.next() {
                        *stray = *stray && !other.holds(key);
                    }
                });
            });
            let mut strays_here = strays_here.into_iter();
            this.each_key(&mut |key| {
                if strays_here.next() == Some(true) {
                    strays.add(|| A::Map::show(key));
                }
            });
        });
        if known && strays.entries > 0 {
            found.push(Breach::of_keys(clause, sites, strays));
        }
    }
}

/// Do the keys of the two maps have one type? No, or nobody knows: a subset is no larger than its whole.
pub trait KeysDiffer<A, B> {
    /// O(1).
    fn compare(&self, clause: Clause, this: &A, other: &B, found: &mut Vec<Breach>);
}

impl<A: HoldsMap, B: HoldsMap> KeysDiffer<A, B> for &Probe<(A, B)> {
    fn compare(&self, clause: Clause, this: &A, other: &B, found: &mut Vec<Breach>) {
        let Some(sites) = sites::<A, B>().filter(|_| clause == Clause::SubsetOf) else {
            return;
        };
        let (mut len, mut theirs) = (0, 0);
        let _ = this.look(&mut |map| len += map.entries());
        if other.look(&mut |map| theirs += map.entries()) && len > theirs {
            found.push(Breach::of_sizes(sites, [len, theirs]));
        }
    }
}
