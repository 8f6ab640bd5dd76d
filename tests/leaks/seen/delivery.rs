//! What gets messages to where they belong: a broker, server-sent events, receipts of phones, hooks of customers.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 8] = [
    Model::of::<Broker<true>>(),
    Model::of::<Broker<false>>(),
    Model::of::<Tabs<true>>(),
    Model::of::<Tabs<false>>(),
    Model::of::<Receipts<true>>(),
    Model::of::<Receipts<false>>(),
    Model::of::<Webhooks<true>>(),
    Model::of::<Webhooks<false>>(),
];

/// Clients and what they subscribed to. Some ask for their subscriptions to be kept for two hours after they left; those
/// whose network fails are noticed by their silence, and their subscriptions forgotten.
#[mapkeeper::tracked]
#[derive(Default)]
struct Broker<const BUGGY: bool> {
    #[map]
    clients: StdMap<u64, u64>,
    #[map]
    subscriptions: StdMap<u64, Vec<u32>>,
}

enum Mqtt {
    Connects,
    Leaves(u64, u64),
    FallsSilent(u64, u64),
    Expires(u64),
}

const CLIENTS: Load = Load::per_hour(3_000.0).daily(0.5).bursts(200.0, 4.0, 5.0);
const CONNECTED: Life = Life::log_normal(2_400.0, 1.2);
const KEEP_ALIVE: u64 = 90 * SECOND;

impl<const BUGGY: bool> Service for Broker<BUGGY> {
    type Event = Mqtt;
    const NAME: &'static str = if BUGGY {
        "broker-silent-clients"
    } else {
        "broker-kept-sessions"
    };
    const ROW: Row = if BUGGY {
        Row::Disconnect
    } else {
        Row::Healthy("sessions")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Broker.subscriptions", 0.12))
    } else {
        Truth::Healthy { at_most: 40_000 }
    };

    fn open(sim: &mut Sim<Mqtt>) -> Self {
        sim.arrive(&CLIENTS, Mqtt::Connects);
        Self::default()
    }

    fn handle(&mut self, event: Mqtt, sim: &mut Sim<Mqtt>) {
        match event {
            Mqtt::Connects => {
                let (client, stays) = (sim.id(), sim.draw(&CONNECTED));
                let keep = if sim.chance(0.2) { 2 * HOUR } else { 0 };
                self.clients.insert(client, sim.now());
                leaky!(self.subscriptions.insert(client, vec![1, 2, 3]));
                if sim.chance(0.15) {
                    sim.after(stays + KEEP_ALIVE, Mqtt::FallsSilent(client, keep));
                } else {
                    sim.after(stays, Mqtt::Leaves(client, keep));
                }
                sim.arrive(&CLIENTS, Mqtt::Connects);
            }
            Mqtt::FallsSilent(client, 0) if BUGGY => {
                self.clients.remove(&client);
                sim.lose(1);
            }
            Mqtt::Leaves(client, keep) | Mqtt::FallsSilent(client, keep) => {
                self.clients.remove(&client);
                sim.after(keep, Mqtt::Expires(client));
            }
            Mqtt::Expires(client) => drop(self.subscriptions.remove(&client)),
        }
    }

    fn held(&self) -> usize {
        self.clients.len() + self.subscriptions.len()
    }
}

/// A sender to each open tab. Tabs that are closed say so if they can; for those that cannot, a heartbeat fails, and
/// `let _ =` says that nobody minds.
#[mapkeeper::tracked]
#[derive(Default)]
struct Tabs<const BUGGY: bool> {
    #[map]
    senders: StdMap<u64, UnboundedSender<u64>>,
    receivers: StdMap<u64, UnboundedReceiver<u64>>,
}

enum Tab {
    Opens,
    Closes(u64),
    Dies(u64),
    Heartbeat,
}

const TABS: Load = Load::per_hour(2_500.0).daily(0.8);
const READING: Life = Life::log_normal(480.0, 1.6);

impl<const BUGGY: bool> Service for Tabs<BUGGY> {
    type Event = Tab;
    const NAME: &'static str = if BUGGY { "tabs-died" } else { "tabs-heartbeat" };
    const ROW: Row = if BUGGY {
        Row::Disconnect
    } else {
        Row::Healthy("sessions")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Tabs.senders", 0.55))
    } else {
        Truth::Healthy { at_most: 10_000 }
    };

    fn open(sim: &mut Sim<Tab>) -> Self {
        sim.arrive(&TABS, Tab::Opens);
        sim.round(15 * SECOND, Tab::Heartbeat);
        Self::default()
    }

    fn handle(&mut self, event: Tab, sim: &mut Sim<Tab>) {
        match event {
            Tab::Opens => {
                let (tab, stays) = (sim.id(), sim.draw(&READING));
                let (sender, receiver) = unbounded_channel();
                leaky!(self.senders.insert(tab, sender));
                self.receivers.insert(tab, receiver);
                let dies = sim.chance(0.55);
                sim.after(
                    stays,
                    if dies {
                        Tab::Dies(tab)
                    } else {
                        Tab::Closes(tab)
                    },
                );
                sim.arrive(&TABS, Tab::Opens);
            }
            Tab::Closes(tab) => {
                self.senders.remove(&tab);
                self.receivers.remove(&tab);
            }
            Tab::Dies(tab) => {
                self.receivers.remove(&tab);
                sim.lose(usize::from(BUGGY));
            }
            Tab::Heartbeat => {
                let now = sim.now();
                if BUGGY {
                    for sender in self.senders.values() {
                        let _ = sender.send(now);
                    }
                } else {
                    self.senders.retain(|_, sender| sender.send(now).is_ok());
                }
                for receiver in self.receivers.values_mut() {
                    while receiver.try_recv().is_ok() {}
                }
                sim.round(15 * SECOND, Tab::Heartbeat);
            }
        }
    }

    fn held(&self) -> usize {
        self.senders.len()
    }
}

/// Notifications whose receipt has not come. Phones that are off send it when they are on again; after twelve hours it
/// is not waited for. Where the app was uninstalled, an error comes at once, and its handler only counts it.
#[mapkeeper::tracked]
#[derive(Default)]
struct Receipts<const BUGGY: bool> {
    #[map]
    awaited: StdMap<u64, u64>,
}

enum Push {
    Sent,
    Received(u64),
    Unregistered(u64),
}

const NOTIFICATIONS: Load = Load::per_hour(14_000.0).daily(0.7).bursts(360.0, 6.0, 5.0);
const ROUND_TRIP: Life = Life::log_normal(1.2, 0.9);
const SWITCHED_OFF: Life = Life::log_normal(7_200.0, 1.2);

impl<const BUGGY: bool> Service for Receipts<BUGGY> {
    type Event = Push;
    const NAME: &'static str = if BUGGY {
        "receipt-of-uninstalled"
    } else {
        "receipt-of-phones-off"
    };
    const ROW: Row = if BUGGY {
        Row::Timeout
    } else {
        Row::Healthy("awaits")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Receipts.awaited", 0.01))
    } else {
        Truth::Healthy { at_most: 12_000 }
    };

    fn open(sim: &mut Sim<Push>) -> Self {
        sim.arrive(&NOTIFICATIONS, Push::Sent);
        Self::default()
    }

    fn handle(&mut self, event: Push, sim: &mut Sim<Push>) {
        match event {
            Push::Sent => {
                let id = sim.id();
                leaky!(self.awaited.insert(id, sim.now()));
                let takes = sim.draw(&ROUND_TRIP);
                if sim.chance(0.01) {
                    sim.after(takes, Push::Unregistered(id));
                } else if sim.chance(0.05) {
                    let off = sim.draw(&SWITCHED_OFF).min(12 * HOUR);
                    sim.after(off, Push::Received(id));
                } else {
                    sim.after(takes, Push::Received(id));
                }
                sim.arrive(&NOTIFICATIONS, Push::Sent);
            }
            Push::Unregistered(_) if BUGGY => sim.lose(1),
            Push::Unregistered(id) | Push::Received(id) => drop(self.awaited.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.awaited.len()
    }
}

/// Calls to the hooks of customers, tried again ever later. A hook that is gone for good is not tried again, and the
/// call stays.
#[mapkeeper::tracked]
#[derive(Default)]
struct Webhooks<const BUGGY: bool> {
    #[map]
    pending: StdMap<u64, u32>,
}

enum Hook {
    Due,
    Tried(u64, usize),
}

const HOOKS: Load = Load::per_hour(12_000.0).daily(0.5);
const CALL_TIME: Life = Life::log_normal(0.3, 0.9);
const TRY_AGAIN: [u64; 7] = [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    10 * HOUR,
];

impl<const BUGGY: bool> Service for Webhooks<BUGGY> {
    type Event = Hook;
    const NAME: &'static str = if BUGGY {
        "webhook-gone"
    } else {
        "webhook-tried-again"
    };
    const ROW: Row = if BUGGY {
        Row::ErrorPath
    } else {
        Row::Healthy("retries")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Webhooks.pending", 0.004))
    } else {
        Truth::Healthy { at_most: 5_000 }
    };

    fn open(sim: &mut Sim<Hook>) -> Self {
        sim.arrive(&HOOKS, Hook::Due);
        Self::default()
    }

    fn handle(&mut self, event: Hook, sim: &mut Sim<Hook>) {
        match event {
            Hook::Due => {
                let id = sim.id();
                leaky!(self.pending.insert(id, 0));
                let takes = sim.draw(&CALL_TIME);
                sim.after(takes, Hook::Tried(id, 0));
                sim.arrive(&HOOKS, Hook::Due);
            }
            Hook::Tried(id, tries) => {
                let gone = tries == 0 && sim.chance(0.004);
                let fails = sim.chance(if tries == 0 { 0.025 } else { 0.5 });
                if gone && BUGGY {
                    sim.lose(1);
                } else if let Some(wait) = TRY_AGAIN.get(tries).filter(|_| fails && !gone) {
                    if let Some(tried) = self.pending.get_mut(&id) {
                        *tried += 1;
                    }
                    sim.after(*wait, Hook::Tried(id, tries + 1));
                } else {
                    self.pending.remove(&id);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.pending.len()
    }
}
