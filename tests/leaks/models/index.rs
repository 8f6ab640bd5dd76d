//! A second map, an index or a count of references, is not cleaned when the first one is.

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, Sim, leaky},
};

pub(super) static MODELS: [Model; 4] = [
    Model::of::<SessionStore>(),
    Model::of::<Warehouse>(),
    Model::of::<Library>(),
    Model::of::<BlobStore>(),
];

enum Item {
    New,
    Changes(u64, u32),
    Ends(u64, u64),
}

/// A logout cleans both maps, an expiry only the first. The second is declared to follow it.
#[mapkeeper::tracked]
#[derive(Default)]
struct SessionStore {
    #[map]
    sessions: StdMap<u64, u64>,
    #[map(follows = sessions)]
    by_token: FxHashMap<u64, u64>,
}

const LOGINS: Load = Load::per_hour(9_000.0).daily(0.7);
const LOGIN_TIME: Life = Life::log_normal(400.0, 1.3);

impl Service for SessionStore {
    type Event = Item;
    const NAME: &'static str = "tokens-of-the-expired";
    const ROW: Row = Row::Index;
    const TRUTH: Truth = Truth::Leaks(Leak::of("SessionStore.by_token", 0.08));

    fn open(sim: &mut Sim<Item>) -> Self {
        sim.arrive(&LOGINS, Item::New);
        Self::default()
    }

    fn handle(&mut self, event: Item, sim: &mut Sim<Item>) {
        match event {
            Item::New => {
                let (id, token) = (sim.id(), sim.below(u64::MAX));
                self.sessions.insert(id, token);
                leaky!(self.by_token.insert(token, id));
                let stays = sim.draw(&LOGIN_TIME);
                sim.after(stays, Item::Ends(id, token));
                sim.arrive(&LOGINS, Item::New);
            }
            Item::Ends(id, _) if sim.chance(0.08) => {
                self.sessions.remove(&id);
                sim.lose(1);
            }
            Item::Ends(id, token) => {
                self.sessions.remove(&id);
                self.by_token.remove(&token);
            }
            Item::Changes(..) => {}
        }
    }

    fn held(&self) -> usize {
        self.sessions.len() + self.by_token.len()
    }
}

/// Urgent orders are in a second map, declared a subset. A cancelled order leaves only the first.
#[mapkeeper::tracked]
#[derive(Default)]
struct Warehouse {
    #[map]
    picking: StdMap<u64, u32>,
    #[map(subset_of = picking)]
    urgent: StdMap<u64, u64>,
}

const PICKS: Load = Load::per_hour(20_000.0).daily(0.5).bursts(240.0, 15.0, 2.5);
const PICK_TIME: Life = Life::log_normal(200.0, 0.9);

impl Service for Warehouse {
    type Event = Item;
    const NAME: &'static str = "urgent-and-cancelled";
    const ROW: Row = Row::Index;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Warehouse.urgent", 0.15));

    fn open(sim: &mut Sim<Item>) -> Self {
        sim.arrive(&PICKS, Item::New);
        Self::default()
    }

    fn handle(&mut self, event: Item, sim: &mut Sim<Item>) {
        match event {
            Item::New => {
                let (id, urgent) = (sim.id(), u64::from(sim.chance(0.3)));
                self.picking.insert(id, 1);
                if urgent == 1 {
                    leaky!(self.urgent.insert(id, sim.now()));
                }
                let takes = sim.draw(&PICK_TIME);
                sim.after(takes, Item::Ends(id, urgent));
                sim.arrive(&PICKS, Item::New);
            }
            Item::Ends(id, urgent) => {
                self.picking.remove(&id);
                let cancelled = sim.chance(0.15);
                if urgent == 1 && cancelled {
                    sim.lose(1);
                } else {
                    self.urgent.remove(&id);
                }
            }
            Item::Changes(..) => {}
        }
    }

    fn held(&self) -> usize {
        self.picking.len() + self.urgent.len()
    }
}

/// Documents by id and by title. Who renames one files it under the new title and forgets the old one.
#[mapkeeper::tracked]
#[derive(Default)]
struct Library {
    #[map]
    titles: StdMap<u64, String>,
    #[map]
    by_title: StdMap<String, u64>,
}

const DOCUMENTS: Load = Load::per_hour(7_000.0).daily(0.8);
const DOCUMENT_TIME: Life = Life::pareto(60.0, 1.4);

impl Library {
    fn file(&mut self, id: u64, title: String) -> Option<String> {
        leaky!(self.by_title.insert(title.clone(), id));
        self.titles.insert(id, title)
    }
}

impl Service for Library {
    type Event = Item;
    const NAME: &'static str = "old-titles";
    const ROW: Row = Row::Index;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Library.by_title", 0.20));

    fn open(sim: &mut Sim<Item>) -> Self {
        sim.arrive(&DOCUMENTS, Item::New);
        Self::default()
    }

    fn handle(&mut self, event: Item, sim: &mut Sim<Item>) {
        match event {
            Item::New => {
                let id = sim.id();
                self.file(id, format!("draft {id}"));
                let stays = sim.draw(&DOCUMENT_TIME);
                if sim.chance(0.25) {
                    sim.after(stays / 2, Item::Changes(id, 2));
                }
                sim.after(stays, Item::Ends(id, 0));
                sim.arrive(&DOCUMENTS, Item::New);
            }
            Item::Changes(id, version) => {
                let old = self.file(id, format!("version {version} of {id}"));
                sim.lose(usize::from(old.is_some()));
            }
            Item::Ends(id, _) => {
                if let Some(title) = self.titles.remove(&id) {
                    self.by_title.remove(&title);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.titles.len() + self.by_title.len()
    }
}

/// Counts references to blobs. A blob that nobody refers to is deleted, its count stays at nought.
#[mapkeeper::tracked]
#[derive(Default)]
struct BlobStore {
    #[map]
    blobs: StdMap<u64, [u8; 16]>,
    #[map]
    references: StdMap<u64, u32>,
}

const BLOBS: Load = Load::per_hour(6_500.0).daily(0.5);
const BLOB_TIME: Life = Life::log_normal(900.0, 1.2);

impl Service for BlobStore {
    type Event = Item;
    const NAME: &'static str = "references-at-nought";
    const ROW: Row = Row::Index;
    const TRUTH: Truth = Truth::Leaks(Leak::of("BlobStore.references", 0.98));

    fn open(sim: &mut Sim<Item>) -> Self {
        sim.arrive(&BLOBS, Item::New);
        Self::default()
    }

    fn handle(&mut self, event: Item, sim: &mut Sim<Item>) {
        match event {
            Item::New => {
                let blob = sim.id();
                self.blobs.insert(blob, [7; 16]);
                for _ in 0..1 + sim.below(3) {
                    *leaky!(self.references.entry(blob).or_insert(0)) += 1;
                    let stays = sim.draw(&BLOB_TIME);
                    sim.after(stays, Item::Ends(blob, 0));
                }
                sim.arrive(&BLOBS, Item::New);
            }
            Item::Ends(blob, _) => {
                let Some(count) = self.references.get_mut(&blob) else {
                    return;
                };
                *count -= 1;
                if *count == 0 {
                    self.blobs.remove(&blob);
                    sim.lose(1);
                }
            }
            Item::Changes(..) => {}
        }
    }

    fn held(&self) -> usize {
        self.blobs.len() + self.references.len()
    }
}
