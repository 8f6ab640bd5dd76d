//! Handles whose other side is gone stay in the map.

use std::{
    collections::HashMap as Table,
    sync::{Arc, Weak},
};

use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
    task::{self, JoinHandle},
};

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, Sim, leaky},
};

pub(super) static MODELS: [Model; 2] = [Model::of::<TextureCache>(), Model::of::<Supervisor>()];

/// Textures are shared while a scene shows them. The map keeps them from nothing, and itself for ever.
#[mapkeeper::tracked]
#[derive(Default)]
struct TextureCache {
    #[map]
    loaded: StdMap<String, Weak<[u8; 64]>>,
    shown: Table<u64, Arc<[u8; 64]>>,
}

enum Scene {
    Show,
    Share(u64),
    Hide(u64),
}

const SCENES: Load = Load::per_hour(7_000.0).daily(0.6);
const SCENE_TIME: Life = Life::log_normal(180.0, 1.0);

impl Service for TextureCache {
    type Event = Scene;
    const NAME: &'static str = "weak-textures";
    const ROW: Row = Row::NeverRemoved;
    const TRUTH: Truth = Truth::Leaks(Leak::of("TextureCache.loaded", 1.0));

    fn open(sim: &mut Sim<Scene>) -> Self {
        sim.arrive(&SCENES, Scene::Show);
        Self::default()
    }

    fn handle(&mut self, event: Scene, sim: &mut Sim<Scene>) {
        match event {
            Scene::Show => {
                let id = sim.id();
                let texture = Arc::new([0; 64]);
                let weak = Arc::downgrade(&texture);
                leaky!(self.loaded.insert(name(id), weak));
                sim.lose(1);
                self.shown.insert(id, texture);
                let takes = sim.draw(&SCENE_TIME);
                sim.after(takes / 2, Scene::Share(id));
                sim.after(takes, Scene::Hide(id));
                sim.arrive(&SCENES, Scene::Show);
            }
            Scene::Share(id) => {
                let shared = self.loaded.get(&name(id)).and_then(Weak::upgrade);
                assert!(shared.is_some(), "a texture that is shown is alive");
            }
            Scene::Hide(id) => drop(self.shown.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.loaded.len()
    }
}

fn name(id: u64) -> String {
    format!("textures/{id}.ktx")
}

/// Real tasks on a real runtime. Those that end are reaped when they say so; those that are aborted say nothing.
#[mapkeeper::tracked]
struct Supervisor {
    #[map]
    tasks: StdMap<u64, JoinHandle<()>>,
    stop: Table<u64, oneshot::Sender<()>>,
    runtime: Runtime,
}

enum Work {
    Start,
    Done(u64),
}

const WORK: Load = Load::per_hour(5_000.0).daily(0.5).bursts(200.0, 5.0, 5.0);
const WORK_TIME: Life = Life::log_normal(15.0, 1.3);

impl Service for Supervisor {
    type Event = Work;
    const NAME: &'static str = "tasks-aborted";
    const ROW: Row = Row::Timeout;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Supervisor.tasks", 0.03));

    fn open(sim: &mut Sim<Work>) -> Self {
        sim.arrive(&WORK, Work::Start);
        Self {
            tasks: StdMap::default().into(),
            stop: Table::new(),
            runtime: Builder::new_current_thread().build().expect("a runtime"),
        }
    }

    fn handle(&mut self, event: Work, sim: &mut Sim<Work>) {
        match event {
            Work::Start => {
                let id = sim.id();
                let (stop, stopped) = oneshot::channel::<()>();
                let task = self.runtime.spawn(async { drop(stopped.await) });
                leaky!(self.tasks.insert(id, task));
                self.stop.insert(id, stop);
                let takes = sim.draw(&WORK_TIME);
                sim.after(takes, Work::Done(id));
                sim.arrive(&WORK, Work::Start);
            }
            Work::Done(id) if sim.chance(0.03) => {
                self.tasks[&id].abort();
                self.stop.remove(&id);
                sim.lose(1);
            }
            Work::Done(id) => {
                drop(self.stop.remove(&id));
                self.runtime.block_on(task::yield_now());
                self.tasks.remove(&id);
            }
        }
    }

    fn held(&self) -> usize {
        self.tasks.len()
    }

    fn audit(&self) {
        let finished = self.tasks.values().filter(|task| task.is_finished());
        assert!(finished.count() + 1 >= self.tasks.len(), "a lost task runs");
    }
}
