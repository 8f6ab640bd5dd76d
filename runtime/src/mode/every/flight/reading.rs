//! How the flight recorder is read, while maps go on.

use super::{
    Flight, Scene, Tick, UNKNOWN_KEY,
    returns::{GoneReturns, Returned},
    ring::Ring,
    rings::rings,
    threads,
};
use crate::{FlightRecord, History, MapFlight, Return};

/// Every map whose operations are kept, and how many maps and operations are no longer.
pub(crate) fn read_all() -> (Vec<MapFlight>, u64, u64) {
    let (mut kept, maps_dropped, operations_dropped) = {
        let rings = rings();
        (
            rings.all().to_vec(),
            rings.maps_dropped,
            rings.operations_dropped,
        )
    };
    kept.sort_by_key(|kept| kept.map);
    let maps = kept
        .iter()
        .map(|kept| {
            let (dropped, operations) = read(&kept.ring, |_| true);
            MapFlight {
                site: kept.site.name().to_owned(),
                map: kept.map,
                gone: kept.is_gone,
                dropped,
                operations,
            }
        })
        .collect();
    (maps, maps_dropped, operations_dropped)
}

/// The operations kept in a ring, of the keys that `of` picks and of many at once, and how many were before.
fn read(ring: &Ring, of: impl Fn(u64) -> bool) -> (u64, Vec<FlightRecord>) {
    let (dropped, kept) = ring.read_from(0);
    let records = kept
        .into_iter()
        .filter(|(what, scene)| !scene.did().is_of_one_key() || of(*what))
        .map(|(what, scene)| record(ring, what, scene))
        .collect();
    (dropped, records)
}

fn record(ring: &Ring, what: u64, scene: Scene) -> FlightRecord {
    let operation = scene.did();
    let (key_hash, entries) = if operation.is_of_one_key() {
        (Some(what).filter(|hash| *hash != UNKNOWN_KEY), 1)
    } else {
        (None, what)
    };
    FlightRecord {
        operation,
        at_ms: scene.tick().as_ms(),
        thread: scene.thread(),
        thread_name: threads::name(scene.thread()),
        call_site: scene.line().map(ToString::to_string),
        key_hash,
        key: key_hash.and_then(|hash| ring.text(hash)),
        entries,
    }
}

impl Flight {
    /// What is known of the key with this hash; its site's name is told.
    pub(in super::super) fn history(&self, site: &'static str, hash: Option<u64>) -> History {
        if self.place.is_none() {
            return History::unknown();
        }
        let hash = hash.filter(|hash| *hash != UNKNOWN_KEY);
        let (dropped, operations) = read(&self.ring, |what| Some(what) == hash);
        History {
            site: Some(site),
            key: hash.and_then(|hash| self.ring.text(hash)),
            key_hash: hash,
            at_ms: Tick::now().as_ms(),
            dropped,
            operations,
        }
    }

    /// Keys that came back, each pair of lines with the line that brought them back; `came_back` as in
    /// [`look`](Self::look).
    pub(in super::super) fn returns(&self, came_back: impl FnMut(Scene)) -> Vec<(String, Return)> {
        self.look_now(came_back, |pairs| {
            pairs.iter().copied().map(Returned::row).collect()
        })
    }

    /// The map goes: its site keeps what came back.
    pub(in super::super) fn hand_over(&self, site: &GoneReturns, came_back: impl FnMut(Scene)) {
        self.look_now(came_back, |pairs| site.add(pairs));
    }

    fn look_now<R: Default>(
        &self,
        came_back: impl FnMut(Scene),
        then: impl FnOnce(&[Returned]) -> R,
    ) -> R {
        if self.place.is_none() {
            return R::default();
        }
        let mut returns = self.ring.returns();
        returns.look(&self.ring, came_back);
        then(returns.pairs())
    }
}
