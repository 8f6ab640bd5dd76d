//! An event bus: every dashboard that is open has a channel, and each event goes into all of them.

use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::{
    hunt::{Case, InUse, hunt},
    simulated::Hours,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SubscriberId(u64);

#[derive(Clone, Copy, Debug, Default)]
struct Event {
    machine: u32,
    degrees: u32,
}

#[mapkeeper::tracked]
#[derive(Debug, Default)]
struct EventBus {
    #[map]
    subscribers: FxHashMap<SubscriberId, mpsc::Sender<Event>>,
    last_id: u64,
    /// Events that a slow dashboard did not get.
    skipped: u64,
    /// Version 0.9 takes a closed channel for what it is. Before, it counted as a slow dashboard.
    drops_closed: bool,
}

impl EventBus {
    fn subscribe(&mut self) -> (SubscriberId, mpsc::Receiver<Event>) {
        self.last_id += 1;
        let id = SubscriberId(self.last_id);
        let (sender, events) = mpsc::channel(16);
        self.subscribers.insert(id, sender);
        (id, events)
    }

    fn unsubscribe(&mut self, id: SubscriberId) {
        self.subscribers.remove(&id);
    }

    fn publish(&mut self, event: Event) {
        let mut closed = Vec::new();
        for (id, sender) in &self.subscribers {
            match sender.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Closed(_)) if self.drops_closed => closed.push(*id),
                Err(_) => self.skipped += 1,
            }
        }
        self.subscribers.remove_many(&closed);
    }
}

pub(crate) const CASE: Case = Case {
    name: "event-bus",
    leak: "senders whose receivers were dropped",
    service: "An event bus: every open dashboard has a channel, and each event goes into all of them.",
    fix: "version 0.9 drops channels that are closed",
    map: "EventBus.subscribers",
    file: "event_bus.rs",
    source: include_str!("event_bus.rs"),
    insertion: "self.subscribers.insert(id",
    hunt: hunt::<Plant>,
};

/// A plant whose machines report every minute. Dashboards stay open for some minutes; most of them
/// unsubscribe when they are closed, but a task that panics or is aborted only drops its receiver.
struct Plant {
    bus: EventBus,
    dashboards: FxHashMap<SubscriberId, Dashboard>,
}

/// It shows one machine: the warmest it has been.
struct Dashboard {
    events: mpsc::Receiver<Event>,
    machine: u32,
    warmest: u32,
}

impl Dashboard {
    fn refresh(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            if event.machine == self.machine {
                self.warmest = self.warmest.max(event.degrees);
            }
        }
    }
}

const DASHBOARDS_PER_HOUR: f64 = 8_000.0;
const MACHINES: u32 = 200;
const ABORTED: f64 = 0.05;
const MINUTE: Duration = Duration::from_mins(1);

pub(crate) enum Shift {
    Reading,
    Opened,
    Closed(SubscriberId),
    Aborted(SubscriberId),
}

impl InUse for Plant {
    type Event = Shift;

    fn opens(hours: &mut Hours<Shift>) -> Self {
        hours.after(MINUTE, Shift::Reading);
        hours.arrives(DASHBOARDS_PER_HOUR, Shift::Opened);
        Self {
            bus: EventBus::default(),
            dashboards: FxHashMap::default(),
        }
    }

    fn happens(&mut self, event: Shift, hours: &mut Hours<Shift>) {
        match event {
            Shift::Reading => {
                self.bus.publish(Event {
                    machine: hours.below(MACHINES),
                    degrees: 60 + hours.below(30),
                });
                self.dashboards.values_mut().for_each(Dashboard::refresh);
                hours.after(MINUTE, Shift::Reading);
            }
            Shift::Opened => {
                let (id, events) = self.bus.subscribe();
                let dashboard = Dashboard {
                    events,
                    machine: hours.below(MACHINES),
                    warmest: 0,
                };
                self.dashboards.insert(id, dashboard);
                let stays = hours.takes(360.0, 0.9);
                let aborted = hours.chance(ABORTED);
                let end = if aborted {
                    Shift::Aborted
                } else {
                    Shift::Closed
                };
                hours.after(stays, end(id));
                hours.arrives(DASHBOARDS_PER_HOUR, Shift::Opened);
            }
            Shift::Closed(id) => {
                self.bus.unsubscribe(id);
                self.dashboards.remove(&id);
            }
            Shift::Aborted(id) => drop(self.dashboards.remove(&id)),
        }
    }

    fn fix(&mut self) -> usize {
        let before = self.bus.subscribers.len();
        self.bus.drops_closed = true;
        // Any event finds them all: this one is the operator's.
        self.bus.publish(Event::default());
        before - self.bus.subscribers.len()
    }
}
