//! `error-path`: a function puts a key in and takes it out again, unless something leaves it in between.

use super::{
    Analyzer, Model,
    incidents::{self, Told},
};
use crate::scan::{
    finding::{Confidence, Finding},
    lifetime::Reason,
    places::Happens,
};

pub(super) const ANALYZER: Analyzer = Analyzer {
    kind: "error-path",
    explanation: EXPLANATION,
    run,
};

const EXPLANATION: &str = "\
error-path: a function puts a key in and takes it out again, unless something leaves it
in between.

A request is put among the pending ones, sent, waited for, and removed. If sending fails
and `?` ends the function, or the caller gives up and drops the future at an `.await`,
nobody removes it any more.

It is reported of a map that lives for long (see only-grows), if one function inserts a
key and removes the same one, as it is written, and between the two there is `?`,
`return Err(…)`, or an `.await` other than that of a lock. It is not, if something in
reach has a `Drop` of its own: that may be what removes the key.

What to do: remove it before the error leaves; or, best, let a guard remove it, whose
`Drop` runs on every way out, also when a future is dropped. If it cannot happen:
    // mapkeeper: allow(error-path) the connection ends with it
";

fn run(model: &Model<'_>) -> Vec<Finding> {
    let is_it = |happens| matches!(happens, Happens::LeftByError | Happens::LeftByWaiting);
    incidents::found(model, ANALYZER.kind, is_it, |incident, subject| {
        let subject = subject?;
        let is_error = incident.happens == Happens::LeftByError;
        let confidence = match subject.why? {
            Reason::Static | Reason::Shared if is_error => Confidence::High,
            _ => Confidence::Medium,
        };
        let why = match is_error {
            true => "if an error leaves the function first",
            false => "if the future is dropped while it waits",
        };
        Some(Told {
            confidence,
            message: format!("a key put into `{}` stays {why}", subject.name),
            is_first: true,
            label: "put in here",
            other: format!("left by {}", incident.then.1),
            help: "remove it on that way out, too; a guard with a `Drop` does so on all of them",
        })
    })
}
