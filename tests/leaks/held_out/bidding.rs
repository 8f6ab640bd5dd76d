//! Advertisements by auction, and how they are paid for: who saw what how often, bids of partners, what each line has
//! spent, confirmations of cards.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 4] = [
    Model::of::<FrequencyCaps>(),
    Model::of::<Auctions>(),
    Model::of::<Spending>(),
    Model::of::<Confirmations>(),
];

/// How often who saw which campaign. When a campaign is over, what was counted for it goes; a third of them are never
/// over.
#[mapkeeper::tracked]
#[derive(Default)]
struct FrequencyCaps {
    #[map]
    seen: StdMap<(u64, u32), u32>,
    campaigns: Vec<u32>,
    next_campaign: u32,
}

enum Campaign {
    Shown,
    IsOver,
}

const SHOWN: Load = Load::per_hour(16_000.0).daily(0.7).bursts(180.0, 12.0, 2.5);
const EVERGREEN: u32 = 12;
const LIMITED: u32 = 24;

impl Service for FrequencyCaps {
    type Event = Campaign;
    const NAME: &'static str = "caps-without-an-end";
    const ROW: Row = Row::NeverRemoved;
    const TRUTH: Truth = Truth::Leaks(Leak::of("FrequencyCaps.seen", 0.33));

    fn open(sim: &mut Sim<Campaign>) -> Self {
        sim.arrive(&SHOWN, Campaign::Shown);
        sim.round(10 * MINUTE, Campaign::IsOver);
        Self {
            seen: StdMap::default().into(),
            campaigns: (0..EVERGREEN + LIMITED).collect(),
            next_campaign: EVERGREEN + LIMITED,
        }
    }

    fn handle(&mut self, event: Campaign, sim: &mut Sim<Campaign>) {
        match event {
            Campaign::Shown => {
                let user = if sim.chance(0.4) {
                    sim.below(30_000)
                } else {
                    sim.id()
                };
                let key = (user, sim.pick(&self.campaigns));
                let known = self.seen.len();
                *leaky!(self.seen.entry(key).or_default()) += 1;
                let new = self.seen.len() - known;
                sim.lose(if key.1 < EVERGREEN { new } else { 0 });
                sim.arrive(&SHOWN, Campaign::Shown);
            }
            Campaign::IsOver => {
                let over = self.campaigns.remove(EVERGREEN as usize);
                self.seen.retain(|(_, campaign), _| *campaign != over);
                self.campaigns.push(self.next_campaign);
                self.next_campaign += 1;
                sim.round(10 * MINUTE, Campaign::IsOver);
            }
        }
    }

    fn held(&self) -> usize {
        self.seen.len()
    }

    fn stays(&self) -> u64 {
        let of_the_limited = self
            .seen
            .keys()
            .filter(|(_, campaign)| *campaign >= EVERGREEN);
        of_the_limited.count() as u64
    }
}

/// Bids that are waited for, three or four to an auction. After 120 ms the auction is held with those that are there; a
/// bid that comes later finds no auction, and nobody asks for what was waited for.
#[mapkeeper::tracked]
#[derive(Default)]
struct Auctions {
    #[map]
    awaited: FxHashMap<(u64, u8), u64>,
    auctions_held: u64,
}

enum Auction {
    Begins,
    Bid(u64, u8),
    Held,
}

const AUCTIONS: Load = Load::per_hour(4_500.0).daily(0.7);
const BID_TIME: Life = Life::log_normal(0.042, 0.65);
const PATIENCE: u64 = 120;
const PARTNERS: u8 = 4;

impl Service for Auctions {
    type Event = Auction;
    const NAME: &'static str = "bids-too-late";
    const ROW: Row = Row::Timeout;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Auctions.awaited", 0.053));

    fn open(sim: &mut Sim<Auction>) -> Self {
        sim.arrive(&AUCTIONS, Auction::Begins);
        Self::default()
    }

    fn handle(&mut self, event: Auction, sim: &mut Sim<Auction>) {
        match event {
            Auction::Begins => {
                let auction = sim.id();
                for partner in 0..PARTNERS - u8::from(sim.chance(0.5)) {
                    leaky!(self.awaited.insert((auction, partner), sim.now()));
                    let takes = sim.draw(&BID_TIME);
                    if takes < PATIENCE {
                        sim.after(takes, Auction::Bid(auction, partner));
                    } else {
                        sim.lose(1);
                    }
                }
                sim.after(PATIENCE, Auction::Held);
                sim.arrive(&AUCTIONS, Auction::Begins);
            }
            Auction::Bid(auction, partner) => drop(self.awaited.remove(&(auction, partner))),
            Auction::Held => self.auctions_held += 1,
        }
    }

    fn held(&self) -> usize {
        self.awaited.len()
    }

    fn audit(&self) {
        assert!(self.auctions_held > 0, "no auction was held");
    }
}

/// What each line of an order spent in each minute; minutes that are a quarter of an hour old are booked and forgotten.
#[mapkeeper::tracked]
#[derive(Default)]
struct Spending {
    #[map]
    by_minute: BTreeMap<(u64, u32), u64>,
    booked: u64,
}

enum Spent {
    Won,
    Minute,
}

impl Service for Spending {
    type Event = Spent;
    const NAME: &'static str = "spent-by-the-minute";
    const ROW: Row = Row::Healthy("window");
    const TRUTH: Truth = Truth::Healthy { at_most: 20_000 };

    fn open(sim: &mut Sim<Spent>) -> Self {
        sim.arrive(&SHOWN, Spent::Won);
        sim.round(MINUTE, Spent::Minute);
        Self::default()
    }

    fn handle(&mut self, event: Spent, sim: &mut Sim<Spent>) {
        match event {
            Spent::Won => {
                let line = sim.below(900) as u32;
                let spent = self
                    .by_minute
                    .entry((sim.now() / MINUTE, line))
                    .or_default();
                *spent += 20 + sim.below(400);
                sim.arrive(&SHOWN, Spent::Won);
            }
            Spent::Minute => {
                let oldest = (sim.now() / MINUTE).saturating_sub(15);
                while let Some(first) = self.by_minute.first_entry() {
                    if first.key().0 >= oldest {
                        break;
                    }
                    self.booked += first.remove();
                }
                sim.round(MINUTE, Spent::Minute);
            }
        }
    }

    fn held(&self) -> usize {
        self.by_minute.len()
    }

    fn audit(&self) {
        assert!(self.booked > 0, "nothing was booked");
    }
}

/// Payments that the bank may want confirmed: taken out when the customer did so or when his ten minutes are over. Where
/// the bank wants nothing, the payment is done at once, and the answer goes out right there.
#[mapkeeper::tracked]
#[derive(Default)]
struct Confirmations {
    #[map]
    open: BTreeMap<u64, [u32; 3]>,
}

enum Payment {
    Begins,
    Done(u64),
    Ends(u64),
}

const PAYMENTS: Load = Load::per_hour(5_500.0).daily(0.8);
const BANK_TIME: Life = Life::log_normal(0.5, 0.6);
const CUSTOMER: Life = Life::log_normal(24.0, 0.9);

impl Service for Confirmations {
    type Event = Payment;
    const NAME: &'static str = "payment-unconfirmed-done";
    const ROW: Row = Row::ErrorPath;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Confirmations.open", 0.22));

    fn open(sim: &mut Sim<Payment>) -> Self {
        sim.arrive(&PAYMENTS, Payment::Begins);
        Self::default()
    }

    fn handle(&mut self, event: Payment, sim: &mut Sim<Payment>) {
        match event {
            Payment::Begins => {
                let id = sim.id();
                leaky!(self.open.insert(id, [978, 2, 0]));
                let asked = sim.draw(&BANK_TIME);
                if sim.chance(0.22) {
                    sim.after(asked, Payment::Done(id));
                } else {
                    let confirmed = sim.draw(&CUSTOMER).min(10 * MINUTE);
                    sim.after(asked + confirmed, Payment::Ends(id));
                }
                sim.arrive(&PAYMENTS, Payment::Begins);
            }
            Payment::Done(id) => {
                if let Some(payment) = self.open.get_mut(&id) {
                    payment[2] = 1;
                    sim.lose(1);
                }
            }
            Payment::Ends(id) => drop(self.open.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.open.len()
    }
}
