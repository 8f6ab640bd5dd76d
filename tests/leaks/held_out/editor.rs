//! A language server: the names it has read, the texts as they are typed, requests that are cancelled by the next letter.

use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::{
    service::{Leak, Loses, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, MINUTE, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 4] = [
    Model::of::<Interner<true>>(),
    Model::of::<Interner<false>>(),
    Model::of::<Documents<true>>(),
    Model::of::<Documents<false>>(),
];

/// Each name that was ever read, once. While one is typed, each of its beginnings is a name too; `collect` throws out
/// what is in no file any more, and is not called from anywhere. Where it is, the names of the files stay: they grow with
/// the project, for the whole day, and are meant to, which is said.
#[mapkeeper::tracked]
#[derive(Default)]
struct Interner<const BUGGY: bool> {
    #[map]
    names: IndexSet<String, FxBuildHasher>,
    #[map(growth = allow)]
    collected: IndexSet<String, FxBuildHasher>,
    in_files: FxHashSet<String>,
}

impl<const BUGGY: bool> Interner<BUGGY> {
    fn collect(&mut self) {
        let in_files = &self.in_files;
        self.collected.retain(|name| in_files.contains(name));
    }
}

enum Name {
    Read,
    HalfAnHour,
}

const NAMES: Load = Load::per_hour(13_000.0).daily(0.9);
/// The names of the project, some in every line and most in one.
const OF_THE_PROJECT: Life = Life::pareto(0.001, 0.45);

impl<const BUGGY: bool> Service for Interner<BUGGY> {
    type Event = Name;
    const NAME: &'static str = if BUGGY {
        "names-half-typed"
    } else {
        "names-collected"
    };
    const ROW: Row = if BUGGY {
        Row::NeverRemoved
    } else {
        Row::Healthy("batches")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Interner.names", 0.93))
    } else {
        Truth::Healthy { at_most: 40_000 }
    };

    fn open(sim: &mut Sim<Name>) -> Self {
        sim.arrive(&NAMES, Name::Read);
        sim.round(30 * MINUTE, Name::HalfAnHour);
        Self::default()
    }

    fn handle(&mut self, event: Name, sim: &mut Sim<Name>) {
        match event {
            Name::Read => {
                let half_typed = sim.chance(0.3);
                let name = if half_typed {
                    format!("half_{:x}", sim.id())
                } else {
                    let name = format!("name_{}", sim.draw(&OF_THE_PROJECT) % 20_000);
                    self.in_files.insert(name.clone());
                    name
                };
                if BUGGY {
                    leaky!(self.names.insert(name));
                } else {
                    self.collected.insert(name);
                }
                sim.lose(usize::from(BUGGY && half_typed));
                sim.arrive(&NAMES, Name::Read);
            }
            Name::HalfAnHour => {
                if !BUGGY {
                    self.collect();
                }
                sim.round(30 * MINUTE, Name::HalfAnHour);
            }
        }
    }

    fn held(&self) -> usize {
        self.names.len() + self.collected.len()
    }

    fn stays(&self) -> u64 {
        self.in_files.len() as u64
    }
}

/// The text of each open document, a new one with every edit. What is computed from a text has it for as long as that
/// takes; what the next edit cancels is put aside with it, to be counted some time.
#[mapkeeper::tracked]
#[derive(Default)]
struct Documents<const BUGGY: bool> {
    #[map]
    open: StdMap<u64, Arc<Text>>,
    computing: StdMap<u64, Arc<Text>>,
    cancelled: Vec<Arc<Text>>,
    counted: usize,
}

#[derive(Default)]
struct Text {
    _lines: [u64; 12],
}

enum Document {
    Opens,
    Edit(u64),
    Computed(u64),
    Closes(u64),
    Second,
}

const DOCUMENTS: Load = Load::per_hour(1_800.0).daily(0.8);
const EDITS: u64 = 12;
const PAUSE: Life = Life::log_normal(6.0, 1.2);
const COMPUTING: Life = Life::log_normal(0.4, 0.8);

impl<const BUGGY: bool> Documents<BUGGY> {
    /// Whoever had the old text of the document is cancelled, or has all it needs of it.
    fn let_go(&mut self, old: Arc<Text>, sim: &mut Sim<Document>) {
        if sim.chance(0.05) {
            self.cancelled.push(old);
            sim.lose(usize::from(BUGGY));
        } else if sim.chance(0.4) {
            let task = sim.id();
            self.computing.insert(task, old);
            let takes = sim.draw(&COMPUTING);
            sim.after(takes, Document::Computed(task));
        }
    }
}

impl<const BUGGY: bool> Service for Documents<BUGGY> {
    type Event = Document;
    const NAME: &'static str = if BUGGY {
        "texts-of-the-cancelled"
    } else {
        "texts-let-go"
    };
    const ROW: Row = if BUGGY {
        Row::Retained
    } else {
        Row::Healthy("shared values")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Documents.open", 0.32).losing(Loses::Values))
    } else {
        Truth::Healthy { at_most: 2_000 }
    };

    fn open(sim: &mut Sim<Document>) -> Self {
        sim.arrive(&DOCUMENTS, Document::Opens);
        sim.round(SECOND, Document::Second);
        Self::default()
    }

    fn handle(&mut self, event: Document, sim: &mut Sim<Document>) {
        match event {
            Document::Opens => {
                let id = sim.id();
                self.open.insert(id, Arc::default());
                let mut at = 0;
                for _ in 0..sim.below(EDITS) {
                    at += sim.draw(&PAUSE);
                    sim.after(at, Document::Edit(id));
                }
                at += sim.draw(&PAUSE);
                sim.after(at, Document::Closes(id));
                sim.arrive(&DOCUMENTS, Document::Opens);
            }
            Document::Edit(id) => {
                if let Some(old) = self.open.insert(id, Arc::default()) {
                    self.let_go(old, sim);
                }
            }
            Document::Closes(id) => {
                if let Some(old) = self.open.remove(&id) {
                    self.let_go(old, sim);
                }
            }
            Document::Computed(task) => drop(self.computing.remove(&task)),
            Document::Second => {
                if !BUGGY {
                    self.counted += self.cancelled.drain(..).count();
                }
                sim.round(SECOND, Document::Second);
            }
        }
    }

    fn held(&self) -> usize {
        self.open.len()
    }

    fn audit(&self) {
        assert!(self.computing.is_empty(), "something is still computed");
        assert_eq!(self.counted > 0, !BUGGY);
    }
}
