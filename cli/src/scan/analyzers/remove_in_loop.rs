//! `remove-in-loop`: keys are gathered from a map, and removed from it one by one.

use super::{
    Analyzer, Model,
    incidents::{self, Told},
};
use crate::scan::{
    finding::{Confidence, Finding},
    places::Happens,
};

pub(super) const ANALYZER: Analyzer = Analyzer {
    kind: "remove-in-loop",
    explanation: EXPLANATION,
    run,
};

const EXPLANATION: &str = "\
remove-in-loop: keys are gathered from a map, and removed from it one by one.

Each key is cloned, kept in a list and looked up once more; with a lock that is released
in between, an entry that came back meanwhile goes with the old one.

It is reported if a loop does nothing but remove the keys of a list that was gathered
from the same map.

What to do: `retain` keeps what is to stay, `extract_if` also gives what goes; a tracked
map has `remove_many`. If it has to be so:
    // mapkeeper: allow(remove-in-loop) the order matters
";

fn run(model: &Model<'_>) -> Vec<Finding> {
    let is_it = |happens| happens == Happens::RemovedInLoop;
    incidents::found(model, ANALYZER.kind, is_it, |_, subject| {
        Some(Told {
            confidence: Confidence::Medium,
            message: format!(
                "keys of `{}` are gathered, and removed one by one",
                subject?.name
            ),
            is_first: false,
            label: "one by one",
            other: "in this loop over keys of the same map".to_owned(),
            help: "`retain` does it in one pass; `extract_if` also gives what goes",
        })
    })
}
