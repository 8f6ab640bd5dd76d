//! Video as it happens: who watches what, relays of calls, the last minutes of each channel.

use std::collections::{BTreeMap, HashMap as Table};

use dashmap::DashMap;
use rustc_hash::FxBuildHasher;
use slab::Slab;

use crate::{
    service::{Leak, Model, Row, Service, Truth},
    sim::{DAY, HOUR, Life, Load, MINUTE, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<Audience<true>>(),
    Model::of::<Audience<false>>(),
    Model::of::<Relays<true>>(),
    Model::of::<Relays<false>>(),
    Model::of::<Segments>(),
];

/// Who watches which stream, for the figure beneath it. A player that is closed says so; one whose app is killed stops
/// asking for segments, after a minute its token is taken back, and with that it is meant to be out of here, too.
#[mapkeeper::tracked]
#[derive(Default)]
struct Audience<const BUGGY: bool> {
    #[map]
    watching: DashMap<(u32, u64), u64, FxBuildHasher>,
    tokens: Table<u64, u128>,
}

enum Player {
    Starts,
    Closed(u32, u64),
    Killed(u32, u64),
}

const PLAYERS: Load = Load::per_hour(7_500.0).daily(0.8).bursts(300.0, 10.0, 4.0);
const WATCHED: Life = Life::log_normal(700.0, 1.5);

impl<const BUGGY: bool> Service for Audience<BUGGY> {
    type Event = Player;
    const NAME: &'static str = if BUGGY {
        "players-killed"
    } else {
        "players-taken-back"
    };
    const ROW: Row = if BUGGY {
        Row::Disconnect
    } else {
        Row::Healthy("sessions")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Audience.watching", 0.3))
    } else {
        Truth::Healthy { at_most: 25_000 }
    };

    fn open(sim: &mut Sim<Player>) -> Self {
        sim.arrive(&PLAYERS, Player::Starts);
        Self::default()
    }

    fn handle(&mut self, event: Player, sim: &mut Sim<Player>) {
        match event {
            Player::Starts => {
                let (stream, player) = (sim.below(400) as u32, sim.id());
                leaky!(self.watching.insert((stream, player), sim.now()));
                self.tokens.insert(player, u128::from(player) << 32);
                let stays = sim.draw(&WATCHED).min(20 * HOUR);
                if sim.chance(0.3) {
                    sim.after(stays + MINUTE, Player::Killed(stream, player));
                } else {
                    sim.after(stays, Player::Closed(stream, player));
                }
                sim.arrive(&PLAYERS, Player::Starts);
            }
            Player::Killed(_, player) if BUGGY => {
                self.tokens.remove(&player);
                sim.lose(1);
            }
            Player::Closed(stream, player) | Player::Killed(stream, player) => {
                self.tokens.remove(&player);
                self.watching.remove(&(stream, player));
            }
        }
    }

    fn held(&self) -> usize {
        self.watching.len()
    }

    fn audit(&self) {
        assert!(self.tokens.is_empty(), "somebody still has a token");
    }
}

/// Relays between those who cannot reach each other. Who hangs up gives his back, and over UDP one runs out if it is not
/// renewed for ten minutes. Over TCP the end of the connection is the end of it, if it was an orderly one.
#[mapkeeper::tracked]
#[derive(Default)]
struct Relays<const BUGGY: bool> {
    #[map]
    relays: Slab<Relay>,
}

struct Relay {
    tcp: bool,
    _addresses: [u64; 4],
}

enum Call {
    Begins,
    HangsUp(usize),
    BreaksOff(usize),
    RunsOut(usize),
}

const CALLS: Load = Load::per_hour(6_000.0).daily(0.7);
const CALL_TIME: Life = Life::log_normal(240.0, 1.4);
const RENEWAL: u64 = 10 * MINUTE;

impl<const BUGGY: bool> Service for Relays<BUGGY> {
    type Event = Call;
    const NAME: &'static str = if BUGGY {
        "relays-of-resets"
    } else {
        "relays-run-out"
    };
    const ROW: Row = if BUGGY {
        Row::Disconnect
    } else {
        Row::Healthy("leases")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Relays.relays", 0.016))
    } else {
        Truth::Healthy { at_most: 6_000 }
    };

    fn open(sim: &mut Sim<Call>) -> Self {
        sim.arrive(&CALLS, Call::Begins);
        Self::default()
    }

    fn handle(&mut self, event: Call, sim: &mut Sim<Call>) {
        match event {
            Call::Begins => {
                let relay = Relay {
                    tcp: sim.chance(0.08),
                    _addresses: [7; 4],
                };
                let at = leaky!(self.relays.insert(relay));
                let takes = sim.draw(&CALL_TIME);
                if sim.chance(0.2) {
                    sim.after(takes, Call::BreaksOff(at));
                } else {
                    sim.after(takes, Call::HangsUp(at));
                }
                sim.arrive(&CALLS, Call::Begins);
            }
            Call::BreaksOff(at) if !self.relays[at].tcp => {
                let left = 1 + sim.below(RENEWAL);
                sim.after(left, Call::RunsOut(at));
            }
            Call::BreaksOff(_) if BUGGY => sim.lose(1),
            Call::HangsUp(at) | Call::BreaksOff(at) | Call::RunsOut(at) => {
                self.relays.remove(at);
            }
        }
    }

    fn held(&self) -> usize {
        self.relays.len()
    }
}

/// Where the segments of each channel are. A channel goes back one minute, but two that can be seen again for three
/// hours; that is declared.
#[mapkeeper::tracked]
#[derive(Default)]
struct Segments {
    #[map(max_age = "3h1m")]
    by_channel: BTreeMap<(u32, u64), u64>,
}

const CHANNELS: u32 = 24;
const AGAIN: u32 = 2;
const SEGMENT: u64 = 6 * SECOND;

impl Segments {
    fn add(&mut self, channel: u32, number: u64, place: u64) {
        self.by_channel.insert((channel, number), place);
        let kept = if channel < AGAIN { 3 * HOUR } else { MINUTE } / SEGMENT;
        if let Some(oldest) = number.checked_sub(kept) {
            self.by_channel.remove(&(channel, oldest));
        }
    }
}

impl Service for Segments {
    type Event = u64;
    const NAME: &'static str = "segments-of-channels";
    const ROW: Row = Row::Healthy("window");
    const TRUTH: Truth = Truth::Healthy { at_most: 5_000 };

    fn open(sim: &mut Sim<u64>) -> Self {
        sim.round(SEGMENT, 0);
        Self::default()
    }

    fn handle(&mut self, number: u64, sim: &mut Sim<u64>) {
        for channel in 0..CHANNELS {
            let place = sim.id();
            self.add(channel, number, place);
        }
        if sim.now() < DAY {
            sim.round(SEGMENT, number + 1);
        }
    }

    fn held(&self) -> usize {
        self.by_channel.len()
    }

    fn stays(&self) -> u64 {
        let kept = u64::from(AGAIN) * 3 * HOUR + u64::from(CHANNELS - AGAIN) * MINUTE;
        kept / SEGMENT
    }
}
