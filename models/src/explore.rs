//! How many orders of a model's steps are tried, and which.
//!
//! All seeds are fixed. `MAPKEEPER_MODELS_TIMES=100` tries so many times as many orders; `MAPKEEPER_SCHEDULE=…` tries the one
//! that a failure printed, and no other.

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
};

use shuttle::{
    Config, FailurePersistence, Runner,
    scheduler::{
        DfsScheduler, PctScheduler, RandomScheduler, ReplayScheduler, Scheduler,
        UncontrolledNondeterminismCheckScheduler as Repeated,
    },
};

use crate::{MODE, Mode};

/// Orders of each kind, where a model is too large for all of them.
const ORDERS: usize = 200;
/// Switches from one thread to another that a bug needs, for schedules that look for those (Burckhardt and others, A
/// Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, ASPLOS 2010).
const DEPTHS: [usize; 2] = [2, 3];
const SEED: u64 = 0x6d61_706b_6565_7065;

fn config() -> Config {
    let mut config = Config::new();
    // A site's state is made on the stack.
    config.stack_size = 1 << 20;
    // Orderings are loom's business.
    config.silence_warnings = true;
    config
}

fn run(scheduler: impl Scheduler + 'static, config: Config, model: fn()) -> usize {
    Runner::new(scheduler, config).run(model)
}

/// What one asks for who looks into a failure.
fn asked(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn replayed(model: fn()) -> bool {
    let Some(schedule) = asked("MAPKEEPER_SCHEDULE") else {
        return false;
    };
    run(
        ReplayScheduler::new_from_encoded(&schedule),
        config(),
        model,
    );
    true
}

/// In all orders. For models of two threads and a dozen steps.
///
/// Strict notes at steps of its own who holds which shard: there, some models have too many orders, of which as many are tried
/// as [`holds`] does.
///
/// # Panics
/// If it does not hold in one of them, or there are too many in another mode.
pub(super) fn holds_in_all_orders(model: fn()) {
    const STRICT: bool = matches!(MODE, Mode::Strict);
    const MOST: usize = if STRICT { 10_000 } else { 100_000 };
    if replayed(model) {
        return;
    }
    let orders = run(DfsScheduler::new(Some(MOST), false), config(), model);
    assert!(orders > 1, "nothing happens at the same time");
    match orders {
        MOST if STRICT => holds(model),
        MOST => panic!("there are more than {MOST} orders"),
        _ => eprintln!("all {orders} orders"),
    }
}

/// In many orders: random ones, and such as find what needs few switches at the wrong moments. The first of them are tried
/// twice each, for a schedule is of use only if it repeats the same steps.
///
/// # Panics
/// If it does not hold in one of them.
pub(super) fn holds(model: fn()) {
    const TWICE: usize = 5;
    if replayed(model) {
        return;
    }
    let first = RandomScheduler::new_from_seed(SEED, TWICE);
    run(Repeated::new(first), config(), model);
    let times = asked("MAPKEEPER_MODELS_TIMES").map_or(1, |times| times.parse().unwrap());
    let orders = ORDERS * times;
    run(
        RandomScheduler::new_from_seed(SEED, orders),
        config(),
        model,
    );
    for depth in DEPTHS {
        let scheduler = PctScheduler::new_from_seed(SEED, depth, orders / DEPTHS.len());
        run(scheduler, config(), model);
    }
}

/// Not in all of them: a mutant is found, and what it fails with contains `symptom`.
///
/// # Panics
/// If it holds in all orders that are tried.
pub(super) fn is_found_out(symptom: &str, mutant: fn()) {
    if replayed(mutant) {
        return;
    }
    let mut quiet = config();
    quiet.failure_persistence = FailurePersistence::None;
    let found = catch_unwind(AssertUnwindSafe(|| {
        let random = RandomScheduler::new_from_seed(SEED, ORDERS);
        run(random, quiet.clone(), mutant);
        for depth in DEPTHS {
            let scheduler = PctScheduler::new_from_seed(SEED, depth, ORDERS);
            run(scheduler, quiet.clone(), mutant);
        }
    }));
    let Err(panic) = found else {
        panic!("the mutant passes: the model sees too little");
    };
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or(panic.downcast_ref::<&str>().copied())
        .unwrap_or_default();
    assert!(said.contains(symptom), "it failed otherwise: {said}");
}
