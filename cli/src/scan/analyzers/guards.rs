//! `guard-across-await` and `guard-then-mutate`: a part of a map is locked for longer than it should be.

use super::{
    Analyzer, Model,
    incidents::{self, Told},
    subject::Subject,
};
use crate::scan::{
    finding::{Confidence, Finding},
    places::Happens,
};

pub(super) const ACROSS_AWAIT: Analyzer = Analyzer {
    kind: "guard-across-await",
    explanation: EXPLAINS_AWAIT,
    run: across_await,
};

pub(super) const THEN_MUTATE: Analyzer = Analyzer {
    kind: "guard-then-mutate",
    explanation: EXPLAINS_MUTATE,
    run: then_mutate,
};

const EXPLAINS_AWAIT: &str = "\
guard-across-await: a guard of a map is held while the function waits.

What `get`, `get_mut`, `entry` and `iter` of a `DashMap` give keeps a part of the map
locked. Another task that wants that part blocks its thread, and where that thread is the
one that would go on with the first task, both wait for ever.

It is reported if such a guard is bound, iterated by a loop, matched on, or part of the
same statement, and an `.await` comes before its end.

What to do: clone what is needed out of the map, and let the guard end first: by a block
around it, `drop(guard)`, or `get(…).map(|of| of.clone())`. If it cannot matter:
    // mapkeeper: allow(guard-across-await) one task alone has this map
";

const EXPLAINS_MUTATE: &str = "\
guard-then-mutate: a map is used while a guard of it is held by the same function.

What `get`, `get_mut`, `entry` and `iter` of a `DashMap` give keeps a part of the map
locked. A method of the same map that needs that part waits for ever: by chance, if the
keys differ, and always, if they are the same.

It is reported if `insert`, `remove`, `get_mut`, `entry`, `retain` and the like are called
while any guard is held, or any method while one is that may write.

What to do: end the guard first, by a block around it or `drop(guard)`; or do it all with
one `entry`. If it cannot matter:
    // mapkeeper: allow(guard-then-mutate) two maps of the same field
";

fn across_await(model: &Model<'_>) -> Vec<Finding> {
    let is_it = |happens| happens == Happens::HeldWhileWaiting;
    incidents::found(model, ACROSS_AWAIT.kind, is_it, |incident, subject| {
        let name = name(subject)?;
        Some(Told {
            confidence: Confidence::High,
            message: format!("a guard of `{name}` is held across an `.await`"),
            is_first: true,
            label: "locked here",
            other: format!("held here, from `{}` on", incident.first.1),
            help: "clone what is needed, and let the guard end first",
        })
    })
}

fn then_mutate(model: &Model<'_>) -> Vec<Finding> {
    let is_it = |happens| happens == Happens::UsedWhileHeld;
    incidents::found(model, THEN_MUTATE.kind, is_it, |incident, subject| {
        let name = name(subject)?;
        Some(Told {
            confidence: Confidence::High,
            message: format!(
                "`{name}` is used by `{}` while a guard of it is held: that may wait for ever",
                incident.then.1
            ),
            is_first: false,
            label: "waits for the guard",
            other: format!("locked here, by `{}`", incident.first.1),
            help: "end the guard first, or do it all with one `entry`",
        })
    })
}

/// Of several maps each has its own locks.
fn name(subject: Option<&Subject>) -> Option<&str> {
    let subject = subject?;
    let mut wrappers = subject.ty.wrappers();
    let are_many = wrappers.any(|of| matches!(of, "Vec" | "[]" | "VecDeque" | "SmallVec"));
    (!are_many).then_some(&*subject.name)
}
