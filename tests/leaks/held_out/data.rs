//! Around a database: who waits for whose lock, statistics of statements, prepared statements, rows that were read.

use dashmap::DashMap;
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<LockWaits>(),
    Model::of::<Statistics>(),
    Model::of::<Prepared>(),
    Model::of::<RowCache<true>>(),
    Model::of::<RowCache<false>>(),
];

/// Which transaction waits for which, to find circles. Who gets the lock is taken out; who has waited for two seconds gets
/// an error, and that is all.
#[mapkeeper::tracked]
#[derive(Default)]
struct LockWaits {
    #[map]
    waits_for: FxHashMap<u64, u64>,
}

enum Lock {
    Asked,
    Granted(u64),
    TimedOut,
}

const LOCKS: Load = Load::per_hour(17_000.0).daily(0.6).bursts(20.0, 1.0, 3.0);
const LOCKED: Life = Life::log_normal(0.05, 1.4);
const LOCK_TIMEOUT: u64 = 2 * SECOND;

impl Service for LockWaits {
    type Event = Lock;
    const NAME: &'static str = "lock-wait-timed-out";
    const ROW: Row = Row::Timeout;
    const TRUTH: Truth = Truth::Leaks(Leak::of("LockWaits.waits_for", 0.0042));

    fn open(sim: &mut Sim<Lock>) -> Self {
        sim.arrive(&LOCKS, Lock::Asked);
        Self::default()
    }

    fn handle(&mut self, event: Lock, sim: &mut Sim<Lock>) {
        match event {
            Lock::Asked => {
                let transaction = sim.id();
                leaky!(self.waits_for.insert(transaction, transaction - 1));
                let takes = sim.draw(&LOCKED);
                if takes > LOCK_TIMEOUT {
                    sim.after(LOCK_TIMEOUT, Lock::TimedOut);
                } else {
                    sim.after(takes, Lock::Granted(transaction));
                }
                sim.arrive(&LOCKS, Lock::Asked);
            }
            Lock::Granted(transaction) => drop(self.waits_for.remove(&transaction)),
            Lock::TimedOut => sim.lose(1),
        }
    }

    fn held(&self) -> usize {
        self.waits_for.len()
    }
}

/// Calls and times of each statement, by its text. Lists in it are of any length, and some tables are named for the
/// session that made them.
#[mapkeeper::tracked]
#[derive(Default)]
struct Statistics {
    #[map]
    by_statement: StdMap<String, Times>,
}

#[derive(Default)]
struct Times {
    calls: u64,
    total: u64,
}

const STATEMENTS: Load = Load::per_hour(9_000.0).daily(0.7);
const LIST: Life = Life::pareto(0.004, 0.7);
const STATEMENT_TIME: Life = Life::log_normal(0.004, 1.5);

impl Service for Statistics {
    type Event = ();
    const NAME: &'static str = "statistics-by-text";
    const ROW: Row = Row::NeverRemoved;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Statistics.by_statement", 1.0));

    fn open(sim: &mut Sim<()>) -> Self {
        sim.arrive(&STATEMENTS, ());
        Self::default()
    }

    fn handle(&mut self, (): (), sim: &mut Sim<()>) {
        let table = sim.below(300);
        let statement = if sim.chance(0.15) {
            format!("select * from tmp_{}", sim.id())
        } else {
            let length = sim.draw(&LIST);
            format!("select * from t{table} where id in (<{length}>)")
        };
        let known = self.by_statement.len();
        let times = leaky!(self.by_statement.entry(statement).or_default());
        times.calls += 1;
        times.total += sim.draw(&STATEMENT_TIME);
        sim.lose(self.by_statement.len() - known);
        sim.arrive(&STATEMENTS, ());
    }

    fn held(&self) -> usize {
        self.by_statement.len()
    }

    fn audit(&self) {
        let times = self.by_statement.values();
        assert!(
            times
                .map(|times| times.calls.min(times.total))
                .all(|least| least > 0)
        );
    }
}

/// Statements that are prepared, two thousand at most, which is declared; the one that was not used for longest makes
/// room before the next comes in.
#[mapkeeper::tracked]
#[derive(Default)]
struct Prepared {
    #[map(max_len = 2_000)]
    by_text: IndexMap<String, u64, FxBuildHasher>,
}

const LENGTHS: Life = Life::pareto(0.002, 1.0);

impl Service for Prepared {
    type Event = ();
    const NAME: &'static str = "prepared-statements";
    const ROW: Row = Row::Healthy("cache");
    const TRUTH: Truth = Truth::Healthy { at_most: 2_000 };

    fn open(sim: &mut Sim<()>) -> Self {
        sim.arrive(&STATEMENTS, ());
        Self::default()
    }

    fn handle(&mut self, (): (), sim: &mut Sim<()>) {
        let (table, length) = (sim.below(300), sim.draw(&LENGTHS));
        let text = format!("select * from t{table} where id in (<{length}>)");
        if let Some(at) = self.by_text.get_index_of(&text) {
            let last = self.by_text.len() - 1;
            self.by_text.move_index(at, last);
        } else {
            if self.by_text.len() == 2_000 {
                self.by_text.shift_remove_index(0);
            }
            self.by_text.insert(text, sim.id());
        }
        sim.arrive(&STATEMENTS, ());
    }

    fn held(&self) -> usize {
        self.by_text.len()
    }

    fn stays(&self) -> u64 {
        self.by_text.len() as u64
    }
}

/// Rows as they were read last, for all threads. A write takes the row out and the next reader puts it in as it reads it;
/// when a row is deleted in that very moment, the reader is the later one.
#[mapkeeper::tracked]
#[derive(Default)]
struct RowCache<const BUGGY: bool> {
    #[map]
    rows: DashMap<u64, [u64; 2], FxBuildHasher>,
    /// Those that somebody reads and nobody wrote to since.
    reads: FxHashSet<u64>,
}

enum Record {
    Added,
    Asked(u64),
    Read(u64),
    Written(u64),
    Deleted(u64),
}

const ROWS: Load = Load::per_hour(4_500.0).daily(0.7);
const ROW_LIFE: Life = Life::log_normal(1_500.0, 1.2);
const READING: Life = Life::log_normal(0.012, 0.5);

impl<const BUGGY: bool> RowCache<BUGGY> {
    fn forget(&mut self, row: u64) {
        self.rows.remove(&row);
        self.reads.remove(&row);
    }
}

impl<const BUGGY: bool> Service for RowCache<BUGGY> {
    type Event = Record;
    const NAME: &'static str = if BUGGY {
        "row-read-while-deleted"
    } else {
        "row-read-in-time"
    };
    const ROW: Row = if BUGGY {
        Row::WrongMoment
    } else {
        Row::Healthy("cache")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("RowCache.rows", 0.006))
    } else {
        Truth::Healthy { at_most: 12_000 }
    };

    fn open(sim: &mut Sim<Record>) -> Self {
        sim.arrive(&ROWS, Record::Added);
        Self::default()
    }

    fn handle(&mut self, event: Record, sim: &mut Sim<Record>) {
        match event {
            Record::Added => {
                let (row, lives) = (sim.id(), sim.draw(&ROW_LIFE).max(SECOND));
                sim.after(5, Record::Asked(row));
                for _ in 0..sim.below(3) {
                    let at = 200 + sim.below(lives - 400);
                    sim.after(at, Record::Written(row));
                    sim.after(at + 1, Record::Asked(row));
                }
                if sim.chance(0.015) {
                    // The last change and the deletion are of one transaction, and somebody asks in between.
                    sim.after(lives - 9, Record::Written(row));
                    sim.after(lives - 8, Record::Asked(row));
                }
                sim.after(lives, Record::Deleted(row));
                sim.arrive(&ROWS, Record::Added);
            }
            Record::Asked(row) => {
                if !self.rows.contains_key(&row) && self.reads.insert(row) {
                    let takes = sim.draw(&READING).min(80);
                    sim.after(takes, Record::Read(row));
                }
            }
            Record::Read(row) => {
                let in_time = self.reads.remove(&row);
                if in_time || BUGGY {
                    leaky!(self.rows.insert(row, [row; 2]));
                    sim.lose(usize::from(!in_time));
                }
            }
            Record::Written(row) => drop(self.rows.remove(&row)),
            Record::Deleted(row) => self.forget(row),
        }
    }

    fn held(&self) -> usize {
        self.rows.len()
    }
}
