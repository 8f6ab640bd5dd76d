//! An early return stands before the removal. The line that inserts what is lost also inserts what is removed.

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, Sim, leaky},
};

pub(super) static MODELS: [Model; 3] = [
    Model::of::<UploadService>(),
    Model::of::<TenantShards>(),
    Model::of::<Checkout>(),
];

/// An upload beyond the quota returns early. A helper inserts, on behalf of the line that calls it.
#[mapkeeper::tracked]
#[derive(Default)]
struct UploadService {
    #[map]
    parts: StdMap<(u64, u32), Vec<u8>>,
    stored: u64,
}

enum Upload {
    Part,
    Stored((u64, u32)),
}

const UPLOADS: Load = Load::per_hour(40_000.0).daily(0.7);
const UPLOAD_TIME: Life = Life::pareto(0.4, 1.6);

impl UploadService {
    #[track_caller]
    fn begin(&mut self, part: (u64, u32)) {
        self.parts.insert(part, vec![0; 8]);
    }

    /// Whether the part was stored.
    fn store(&mut self, part: (u64, u32), sim: &mut Sim<Upload>) -> bool {
        let over_quota = sim.chance(0.005);
        if over_quota {
            return false;
        }
        self.stored += self
            .parts
            .remove(&part)
            .map_or(0, |bytes| bytes.len() as u64);
        true
    }
}

impl Service for UploadService {
    type Event = Upload;
    const NAME: &'static str = "upload-early-return";
    const ROW: Row = Row::ErrorPath;
    const TRUTH: Truth = Truth::Leaks(Leak::of("UploadService.parts", 0.005));

    fn open(sim: &mut Sim<Upload>) -> Self {
        sim.arrive(&UPLOADS, Upload::Part);
        Self::default()
    }

    fn handle(&mut self, event: Upload, sim: &mut Sim<Upload>) {
        match event {
            Upload::Part => {
                let part = (sim.id(), sim.below(40) as u32);
                leaky!(self.begin(part));
                let takes = sim.draw(&UPLOAD_TIME);
                sim.after(takes, Upload::Stored(part));
                sim.arrive(&UPLOADS, Upload::Part);
            }
            Upload::Stored(part) => {
                if !self.store(part, sim) {
                    sim.lose(1);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.parts.len()
    }
}

/// One map for each of twelve tenants; since a deployment in the seventh hour, one error of a hundred returns too early.
struct TenantShards {
    shards: Vec<TenantShard>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct TenantShard {
    #[map]
    transactions: StdMap<u64, u64>,
}

enum Transaction {
    Begin,
    Commit(usize, u64),
}

const TRANSACTIONS: Load = Load::per_hour(60_000.0).daily(0.4);
const TRANSACTION_TIME: Life = Life::log_normal(3.0, 1.5);

impl Service for TenantShards {
    type Event = Transaction;
    const NAME: &'static str = "tenants-since-deploy";
    const ROW: Row = Row::ErrorPath;
    const TRUTH: Truth = Truth::Leaks(Leak::of("TenantShard.transactions", 0.0075).since_hour(6));

    fn open(sim: &mut Sim<Transaction>) -> Self {
        sim.arrive(&TRANSACTIONS, Transaction::Begin);
        let shards = (0..12).map(|_| TenantShard::default()).collect();
        Self { shards }
    }

    fn handle(&mut self, event: Transaction, sim: &mut Sim<Transaction>) {
        match event {
            Transaction::Begin => {
                let id = sim.id();
                // Tenants are of very different sizes.
                let tenant = sim.below(12).min(sim.below(12)) as usize;
                let shard = &mut self.shards[tenant];
                leaky!(shard.transactions.insert(id, sim.now()));
                let takes = sim.draw(&TRANSACTION_TIME);
                sim.after(takes, Transaction::Commit(tenant, id));
                sim.arrive(&TRANSACTIONS, Transaction::Begin);
            }
            Transaction::Commit(tenant, id) => {
                let new_code = sim.now() >= 6 * HOUR;
                if new_code && sim.chance(0.01) {
                    sim.lose(1);
                } else {
                    self.shards[tenant].transactions.remove(&id);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.shards
            .iter()
            .map(|shard| shard.transactions.len())
            .sum()
    }
}

/// A coupon that is refused returns before both maps are cleaned: the cart stays, and so does who holds it.
#[mapkeeper::tracked]
#[derive(Default)]
struct Checkout {
    #[map]
    carts: StdMap<u64, Vec<u32>>,
    #[map]
    holders: StdMap<u64, u64>,
}

enum Cart {
    New,
    Paid(u64, u64),
}

const CARTS: Load = Load::per_hour(11_000.0).daily(0.7);
const CART_TIME: Life = Life::log_normal(500.0, 1.1);

impl Service for Checkout {
    type Event = Cart;
    const NAME: &'static str = "coupon-refused";
    const ROW: Row = Row::ErrorPath;
    const TRUTH: Truth =
        Truth::Leaks(Leak::of("Checkout.carts", 0.03).and_also(&["Checkout.holders"]));

    fn open(sim: &mut Sim<Cart>) -> Self {
        sim.arrive(&CARTS, Cart::New);
        Self::default()
    }

    fn handle(&mut self, event: Cart, sim: &mut Sim<Cart>) {
        match event {
            Cart::New => {
                let (id, user) = (sim.id(), sim.id());
                leaky!(self.carts.insert(id, vec![1]));
                self.holders.insert(user, id);
                let stays = sim.draw(&CART_TIME);
                sim.after(stays, Cart::Paid(id, user));
                sim.arrive(&CARTS, Cart::New);
            }
            Cart::Paid(id, user) => {
                if sim.chance(0.03) {
                    sim.lose(1);
                    return;
                }
                self.holders.remove(&user);
                self.carts.remove(&id);
            }
        }
    }

    fn held(&self) -> usize {
        self.carts.len()
    }

    fn audit(&self) {
        assert_eq!(self.holders.len(), self.carts.len());
    }
}
