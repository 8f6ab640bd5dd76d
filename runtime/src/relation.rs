//! Two maps of one struct compared, through whatever each of them is wrapped in.
//!
//! Whether their keys can be compared is for the types to say ([`KeysAgree`]); where they cannot, sizes are
//! ([`KeysDiffer`]). A map behind a held lock is not compared; where there is no map (`None`), there are no keys.
//!
//! Not public API: named by generated code.

use std::{
    cell::{OnceCell, RefCell},
    ops::Deref,
    rc::Rc,
    sync::{Arc, LazyLock, Mutex, OnceLock, RwLock},
};

use crate::{Breach, Clause, Site, breach::Culprits, probe::Probe, tracked_maps::open};

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

/// A map, or something around one.
pub trait HoldsMap {
    /// The map.
    type Map: SitedMap;
    /// Shows the map to `look`, or that there is none; does not call it if the map cannot be seen now.
    fn look(&self, look: &mut dyn FnMut(Option<&Self::Map>));
}

macro_rules! passes_through {
    ($($wrapper:ident: $this:ident, $look:ident => $body:expr);+ $(;)?) => {$(
        impl<M: HoldsMap> HoldsMap for $wrapper<M> {
            type Map = M::Map;

            fn look(&self, $look: &mut dyn FnMut(Option<&Self::Map>)) {
                let $this = self;
                $body
            }
        }
    )+};
}

passes_through! {
    Box: this, look => (**this).look(look);
    Arc: this, look => (**this).look(look);
    Rc: this, look => (**this).look(look);
    LazyLock: this, look => this.deref().look(look);
    Option: this, look => look_if(this.as_ref(), look);
    OnceLock: this, look => look_if(this.get(), look);
    OnceCell: this, look => look_if(this.get(), look);
    Mutex: this, look => if let Some(map) = open(this.try_lock()) { map.look(look) };
    RwLock: this, look => if let Some(map) = open(this.try_read()) { map.look(look) };
    RefCell: this, look => if let Ok(map) = this.try_borrow() { map.look(look) };
}

fn look_if<M: HoldsMap>(map: Option<&M>, look: &mut dyn FnMut(Option<&M::Map>)) {
    match map {
        Some(map) => map.look(look),
        None => look(None),
    }
}

/// What `compare` finds of the first map and the other one, if that is there; their sites are in the same order.
fn both<A: HoldsMap, B: HoldsMap>(
    this: &A,
    other: &B,
    found: &mut Vec<Breach>,
    compare: impl Fn(&A::Map, Option<&B::Map>, [&'static Site; 2]) -> Option<Breach>,
) {
    if let (Some(site), Some(other_site)) = (A::Map::site(), B::Map::site()) {
        this.look(&mut |this| {
            if let Some(this) = this {
                other.look(&mut |other| found.extend(compare(this, other, [site, other_site])));
            }
        });
    }
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
        both(this, other, found, |this, other, sites| {
            let mut strays = Culprits::default();
            this.each_key(&mut |key| {
                if !other.is_some_and(|other| other.holds(key)) {
                    strays.add(|| A::Map::show(key));
                }
            });
            (strays.entries > 0).then(|| Breach::of_keys(clause, sites, strays))
        });
    }
}

/// Do the keys of the two maps have one type? No, or nobody knows: a subset is no larger than its whole.
pub trait KeysDiffer<A, B> {
    /// O(1).
    fn compare(&self, clause: Clause, this: &A, other: &B, found: &mut Vec<Breach>);
}

impl<A: HoldsMap, B: HoldsMap> KeysDiffer<A, B> for &Probe<(A, B)> {
    fn compare(&self, clause: Clause, this: &A, other: &B, found: &mut Vec<Breach>) {
        if clause == Clause::SubsetOf {
            both(this, other, found, |this, other, sites| {
                let (len, theirs) = (this.entries(), other.map_or(0, SitedMap::entries));
                (len > theirs).then(|| Breach::of_sizes(sites, [len, theirs]))
            });
        }
    }
}
