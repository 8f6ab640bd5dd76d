//! What mirrors a state elsewhere: a controller's pods, watched files, the progress of downloads.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 6] = [
    Model::of::<Informer<true>>(),
    Model::of::<Informer<false>>(),
    Model::of::<FileWatches<true>>(),
    Model::of::<FileWatches<false>>(),
    Model::of::<Downloads<true>>(),
    Model::of::<Downloads<false>>(),
];

/// The pods of a cluster, by its events. Now and then the connection breaks for two minutes; then they are listed anew,
/// and what is in the list is put in.
#[mapkeeper::tracked]
#[derive(Default)]
struct Informer<const BUGGY: bool> {
    #[map]
    pods: StdMap<u64, u64>,
    broken: bool,
    added_unseen: BTreeSet<u64>,
    gone_unseen: Vec<u64>,
}

enum Cluster {
    Starts,
    Ends(u64),
    Breaks,
    Relists,
}

const PODS: Load = Load::per_hour(1_500.0).daily(0.6).bursts(120.0, 5.0, 4.0);
const POD_LIFE: Life = Life::log_normal(1_200.0, 1.3);

impl<const BUGGY: bool> Informer<BUGGY> {
    fn apply(&mut self, pod: u64, now: u64) {
        leaky!(self.pods.insert(pod, now));
    }
}

impl<const BUGGY: bool> Service for Informer<BUGGY> {
    type Event = Cluster;
    const NAME: &'static str = if BUGGY {
        "informer-relist-adds"
    } else {
        "informer-relist-replaces"
    };
    const ROW: Row = if BUGGY {
        Row::Disconnect
    } else {
        Row::Healthy("mirror")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Informer.pods", 0.04))
    } else {
        Truth::Healthy { at_most: 6_000 }
    };

    fn open(sim: &mut Sim<Cluster>) -> Self {
        sim.arrive(&PODS, Cluster::Starts);
        let first = sim.below(60 * MINUTE);
        sim.round(first, Cluster::Breaks);
        Self::default()
    }

    fn handle(&mut self, event: Cluster, sim: &mut Sim<Cluster>) {
        match event {
            Cluster::Starts => {
                let (pod, lives) = (sim.id(), sim.draw(&POD_LIFE));
                if self.broken {
                    self.added_unseen.insert(pod);
                } else {
                    self.apply(pod, sim.now());
                }
                sim.after(lives, Cluster::Ends(pod));
                sim.arrive(&PODS, Cluster::Starts);
            }
            Cluster::Ends(pod) if !self.broken => drop(self.pods.remove(&pod)),
            Cluster::Ends(pod) => {
                if !self.added_unseen.remove(&pod) {
                    sim.lose(usize::from(BUGGY));
                    self.gone_unseen.push(pod);
                }
            }
            Cluster::Breaks => {
                self.broken = true;
                sim.round(2 * MINUTE, Cluster::Relists);
            }
            Cluster::Relists => {
                self.broken = false;
                for pod in std::mem::take(&mut self.added_unseen) {
                    self.apply(pod, sim.now());
                }
                for pod in self.gone_unseen.drain(..) {
                    if !BUGGY {
                        self.pods.remove(&pod);
                    }
                }
                let next = 20 * MINUTE + sim.below(60 * MINUTE);
                sim.round(next, Cluster::Breaks);
            }
        }
    }

    fn held(&self) -> usize {
        self.pods.len()
    }
}

/// What editors watch. Folders come with a slash at the end and go without.
#[mapkeeper::tracked]
#[derive(Default)]
struct FileWatches<const BUGGY: bool> {
    #[map]
    by_path: StdMap<String, u64>,
}

enum Editor {
    Opens,
    Closes(String),
}

const FILES: Load = Load::per_hour(4_500.0).daily(0.8);
const OPENED: Life = Life::log_normal(360.0, 1.5);

impl<const BUGGY: bool> Service for FileWatches<BUGGY> {
    type Event = Editor;
    const NAME: &'static str = if BUGGY {
        "folder-with-a-slash"
    } else {
        "folder-normalised"
    };
    const ROW: Row = if BUGGY {
        Row::WrongMoment
    } else {
        Row::Healthy("sessions")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("FileWatches.by_path", 0.08))
    } else {
        Truth::Healthy { at_most: 10_000 }
    };

    fn open(sim: &mut Sim<Editor>) -> Self {
        sim.arrive(&FILES, Editor::Opens);
        Self::default()
    }

    fn handle(&mut self, event: Editor, sim: &mut Sim<Editor>) {
        match event {
            Editor::Opens => {
                let slash = if sim.chance(0.08) { "/" } else { "" };
                let path = format!("project/{}{slash}", sim.id());
                let trimmed = path.trim_end_matches('/').to_owned();
                let key = if BUGGY { path } else { trimmed.clone() };
                sim.lose(usize::from(BUGGY && key != trimmed));
                leaky!(self.by_path.insert(key, sim.now()));
                let stays = sim.draw(&OPENED);
                sim.after(stays, Editor::Closes(trimmed));
                sim.arrive(&FILES, Editor::Opens);
            }
            Editor::Closes(path) => drop(self.by_path.remove(&path)),
        }
    }

    fn held(&self) -> usize {
        self.by_path.len()
    }
}

/// How far each download is. One that is cancelled is taken out; a part of it that is still on its way comes later, and
/// is put in.
#[mapkeeper::tracked]
#[derive(Default)]
struct Downloads<const BUGGY: bool> {
    #[map]
    progress: FxHashMap<u64, u64>,
}

enum Download {
    Begins,
    Part(u64, u64),
    Ends(u64),
}

const DOWNLOADS: Load = Load::per_hour(3_500.0).daily(0.7);
const DOWNLOAD_TIME: Life = Life::log_normal(25.0, 1.2);

impl<const BUGGY: bool> Service for Downloads<BUGGY> {
    type Event = Download;
    const NAME: &'static str = if BUGGY {
        "part-after-cancel"
    } else {
        "part-if-not-cancelled"
    };
    const ROW: Row = if BUGGY {
        Row::WrongMoment
    } else {
        Row::Healthy("requests")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Downloads.progress", 0.024))
    } else {
        Truth::Healthy { at_most: 2_000 }
    };

    fn open(sim: &mut Sim<Download>) -> Self {
        sim.arrive(&DOWNLOADS, Download::Begins);
        Self::default()
    }

    fn handle(&mut self, event: Download, sim: &mut Sim<Download>) {
        match event {
            Download::Begins => {
                let (id, takes) = (sim.id(), sim.draw(&DOWNLOAD_TIME).max(1_000));
                self.progress.insert(id, 0);
                let ends = if sim.chance(0.04) {
                    sim.below(takes)
                } else {
                    takes
                };
                let parts = 1 + sim.below(12);
                for part in 1..=parts {
                    let at = part * takes / (parts + 1);
                    if at < ends {
                        sim.after(at, Download::Part(id, part));
                    }
                }
                sim.after(ends, Download::Ends(id));
                if ends < takes && sim.chance(0.6) {
                    let late = ends + 20 + sim.below(80);
                    sim.after(late, Download::Part(id, parts));
                    sim.lose(usize::from(BUGGY));
                }
                sim.arrive(&DOWNLOADS, Download::Begins);
            }
            Download::Part(id, part) if BUGGY => {
                leaky!(self.progress.insert(id, part));
            }
            Download::Part(id, part) => {
                if let Some(progress) = self.progress.get_mut(&id) {
                    *progress = part;
                }
            }
            Download::Ends(id) => drop(self.progress.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.progress.len()
    }
}
