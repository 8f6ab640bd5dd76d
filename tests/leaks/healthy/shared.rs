//! Values that are shared, and given up soon after the map has let go of them, or the other way round.

use std::sync::{Arc, Weak};

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, MINUTE, Sim},
};

pub(super) static MODELS: [Model; 2] = [Model::of::<Snapshots>(), Model::of::<SharedFonts>()];

const SHARED: Row = Row::Healthy("shared values");

/// Readers get the snapshot itself; when it is removed they still have it, for as long as an answer takes to write.
#[mapkeeper::tracked]
#[derive(Default)]
struct Snapshots {
    #[map]
    current: StdMap<u64, Arc<[u8; 32]>>,
    reading: StdMap<u64, Arc<[u8; 32]>>,
}

enum Snapshot {
    Taken,
    Replaced(u64),
    Written(u64),
}

const SNAPSHOTS: Load = Load::per_hour(10_000.0).daily(0.6);
const SNAPSHOT_TIME: Life = Life::log_normal(60.0, 1.0);
const WRITING_TIME: Life = Life::log_normal(0.2, 0.8);

impl Service for Snapshots {
    type Event = Snapshot;
    const NAME: &'static str = "arcs-handed-out";
    const ROW: Row = SHARED;
    const TRUTH: Truth = Truth::Healthy { at_most: 3_000 };

    fn open(sim: &mut Sim<Snapshot>) -> Self {
        sim.arrive(&SNAPSHOTS, Snapshot::Taken);
        Self::default()
    }

    fn handle(&mut self, event: Snapshot, sim: &mut Sim<Snapshot>) {
        match event {
            Snapshot::Taken => {
                let id = sim.id();
                self.current.insert(id, Arc::new([0; 32]));
                let stays = sim.draw(&SNAPSHOT_TIME);
                sim.after(stays, Snapshot::Replaced(id));
                sim.arrive(&SNAPSHOTS, Snapshot::Taken);
            }
            Snapshot::Replaced(id) => {
                // The last reader came just before.
                if let Some(snapshot) = self.current.get(&id).filter(|_| sim.chance(0.6)) {
                    self.reading.insert(id, snapshot.clone());
                    let takes = sim.draw(&WRITING_TIME);
                    sim.after(takes, Snapshot::Written(id));
                }
                self.current.remove(&id);
            }
            Snapshot::Written(id) => drop(self.reading.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.current.len()
    }

    fn audit(&self) {
        assert!(self.reading.is_empty(), "somebody still reads");
    }
}

/// Fonts are shared by weak references; once a minute the map lets go of those that nobody shows any more.
#[mapkeeper::tracked]
#[derive(Default)]
struct SharedFonts {
    #[map]
    loaded: StdMap<u64, Weak<[u8; 48]>>,
    shown: StdMap<u64, Arc<[u8; 48]>>,
}

enum Font {
    Shown,
    Hidden(u64),
    Purge,
}

const FONTS: Load = Load::per_hour(6_000.0).daily(0.5);
const FONT_TIME: Life = Life::log_normal(900.0, 0.9);

impl Service for SharedFonts {
    type Event = Font;
    const NAME: &'static str = "weak-purged";
    const ROW: Row = SHARED;
    const TRUTH: Truth = Truth::Healthy { at_most: 8_000 };

    fn open(sim: &mut Sim<Font>) -> Self {
        sim.arrive(&FONTS, Font::Shown);
        sim.round(MINUTE, Font::Purge);
        Self::default()
    }

    fn handle(&mut self, event: Font, sim: &mut Sim<Font>) {
        match event {
            Font::Shown => {
                let (id, font) = (sim.id(), Arc::new([0; 48]));
                self.loaded.insert(id, Arc::downgrade(&font));
                self.shown.insert(id, font);
                let stays = sim.draw(&FONT_TIME);
                sim.after(stays, Font::Hidden(id));
                sim.arrive(&FONTS, Font::Shown);
            }
            Font::Hidden(id) => drop(self.shown.remove(&id)),
            Font::Purge => {
                self.loaded.retain(|_, font| font.strong_count() > 0);
                sim.round(MINUTE, Font::Purge);
            }
        }
    }

    fn held(&self) -> usize {
        self.loaded.len()
    }
}
