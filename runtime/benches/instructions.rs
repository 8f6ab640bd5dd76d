//! Instructions per operation, counted by callgrind: the same number in every run.
//!
//! `cargo bench -p mapkeeper --features hashbrown,indexmap,slab --bench instructions` runs this program under valgrind, which
//! dumps its counts each time [`measured`] returns; one process measures all rows of a kind, so a map of a million entries is filled
//! once, not once per number. Rows are those of the mode it was compiled in; `--bench ratios` does all modes.
//!
//! `-- --small` leaves the maps of a million entries out; `-- --only 'HashMap|u64/u64|Fx'` measures the rows whose name
//! contains that.

#[path = "common/callgrind.rs"]
mod callgrind;
#[path = "common/kinds.rs"]
mod kinds;
#[path = "common/maps.rs"]
mod maps;
#[path = "common/ops.rs"]
mod ops;

use std::{env, process::ExitCode, time::Duration};

use mapkeeper::testing::Clock;

use callgrind::measured;
use maps::{ByHand, Fx, Map, Shape, Sip, Std};
use ops::{OPS, Work, all_ops, fill, tiny};

const SIZES: [u64; 2] = [1_000, 1_000_000];

/// Times that are told apart.
const TICK: Duration = Duration::from_millis(10);

struct Plan {
    /// Under valgrind, operations are fifty times slower: what is done a hundred times a second would weigh fifty times as
    /// much. So the clock stands still while anything is measured.
    clock: Clock,
    names: Vec<String>,
    per: Vec<u64>,
    only: Option<String>,
    sizes: Vec<u64>,
}

impl Plan {
    fn rows<M: Map>(&mut self, hasher: &str) {
        let row = format!(
            "{}|{}|{}|{hasher}",
            M::row(),
            M::KIND,
            <M::Shape as Shape>::NAME
        );
        if self.only.as_ref().is_some_and(|only| !row.contains(only)) {
            return;
        }
        tiny::<M>();
        self.names.push(format!("{row}|1|tiny map"));
        self.per.push(OPS);
        measured(|| (0..OPS).for_each(|_| tiny::<M>()));
        for size in self.sizes.clone() {
            let note = |plan: &mut Self, op: &str, per: u64| {
                plan.names.push(format!("{row}|{size}|{op}"));
                plan.per.push(per);
            };
            let entries = ops::to_fill::<M>(size);
            note(self, "fill", entries.len() as u64);
            let maps: Vec<M> = measured(|| fill(entries));
            drop(maps);
            // One map for all operations: to fill a million entries under valgrind takes a while.
            let mut work = Work::<M>::new(size);
            for op in all_ops::<M>() {
                work.restore(|| {
                    if op.aged {
                        self.clock.advance(TICK);
                    }
                });
                note(self, op.name, (op.per)(size));
                measured(|| (op.run)(&mut work));
            }
        }
    }
}

/// What is counted in a program of its own each: what a kind leaves behind in the allocator moves the next one's counts by a
/// hundredth.
const KINDS: [&str; 14] = [
    "|HashMap|u64/u64|Sip",
    "|HashMap|u64/u64|Fx",
    "|HashMap|String/Vec<u8>|Sip",
    "|HashMap|String/Vec<u8>|Fx",
    "|HashMap|u64/Arc|Sip",
    "|HashMap|u64/Arc|Fx",
    "|HashSet|u64|Sip",
    "|HashSet|u64|Fx",
    "|hashbrown|u64/u64|Fx",
    "|BTreeMap|u64/u64|-",
    "|BTreeSet|u64|-",
    "|IndexMap|u64/u64|Fx",
    "|IndexSet|u64|Fx",
    "|Slab|u64|-",
];

fn run_all(only: Option<String>, sizes: Vec<u64>) {
    let mut plan = Plan {
        clock: Clock::drive(),
        names: Vec::new(),
        per: Vec::new(),
        only,
        sizes,
    };
    plan.rows::<Std<maps::U64U64, Sip>>("Sip");
    plan.rows::<ByHand<maps::U64U64, Sip>>("Sip");
    plan.rows::<maps::KeptU64Sip>("Sip");
    plan.rows::<Std<maps::U64U64, Fx>>("Fx");
    plan.rows::<ByHand<maps::U64U64, Fx>>("Fx");
    plan.rows::<maps::KeptU64Fx>("Fx");
    plan.rows::<Std<maps::StringBytes, Sip>>("Sip");
    plan.rows::<ByHand<maps::StringBytes, Sip>>("Sip");
    plan.rows::<maps::KeptStringSip>("Sip");
    plan.rows::<Std<maps::StringBytes, Fx>>("Fx");
    plan.rows::<ByHand<maps::StringBytes, Fx>>("Fx");
    plan.rows::<maps::KeptStringFx>("Fx");
    plan.rows::<Std<maps::U64Arc, Sip>>("Sip");
    plan.rows::<ByHand<maps::U64Arc, Sip>>("Sip");
    plan.rows::<maps::KeptArcSip>("Sip");
    plan.rows::<Std<maps::U64Arc, Fx>>("Fx");
    plan.rows::<ByHand<maps::U64Arc, Fx>>("Fx");
    plan.rows::<maps::KeptArcFx>("Fx");
    plan.rows::<kinds::StdSetSip>("Sip");
    plan.rows::<kinds::KeptSetSip>("Sip");
    plan.rows::<kinds::StdSetFx>("Fx");
    plan.rows::<kinds::KeptSetFx>("Fx");
    plan.rows::<kinds::BaseHashbrown>("Fx");
    plan.rows::<kinds::KeptHashbrown>("Fx");
    plan.rows::<kinds::StdOrdered>("-");
    plan.rows::<kinds::KeptOrdered>("-");
    plan.rows::<kinds::StdOrderedSet>("-");
    plan.rows::<kinds::KeptOrderedSet>("-");
    plan.rows::<kinds::BaseIndexed>("Fx");
    plan.rows::<kinds::KeptIndexed>("Fx");
    plan.rows::<kinds::BaseIndexedSet>("Fx");
    plan.rows::<kinds::KeptIndexedSet>("Fx");
    plan.rows::<kinds::BaseSlab>("-");
    plan.rows::<kinds::KeptSlab>("-");
    for (name, per) in plan.names.iter().zip(&plan.per) {
        println!("{per}\t{name}");
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    let sizes = if has("--small") {
        vec![SIZES[0]]
    } else {
        SIZES.to_vec()
    };
    if has("--measure") {
        let only = args
            .iter()
            .position(|arg| arg == "--only")
            .and_then(|at| args.get(at + 1));
        run_all(only.cloned(), sizes);
        return ExitCode::SUCCESS;
    }
    let (mut only, mut others) = (None, Vec::new());
    let mut given = args.iter().map(String::as_str);
    while let Some(arg) = given.next() {
        match arg {
            "--only" => only = given.next(),
            "--bench" => {}
            other => others.push(other),
        }
    }
    let kinds = KINDS
        .iter()
        .filter(|kind| only.is_none_or(|only| kind.contains(only)));
    let mut parts: Vec<&str> = kinds.copied().collect();
    if parts.is_empty() {
        // Something narrower than a kind.
        parts.extend(only);
    }
    for part in parts {
        match callgrind::rows(&[], &[&others[..], &["--only", part]].concat()) {
            Ok(rows) => {
                for row in rows {
                    println!("{:.3}\t{}", row.each("Ir"), row.name);
                }
            }
            Err(why) => {
                eprintln!("instructions: {why}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
