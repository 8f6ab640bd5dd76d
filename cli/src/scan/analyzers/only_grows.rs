//! `only-grows`: keys are put in after construction, and nothing ever takes one out.

use std::collections::HashSet;

use super::{Analyzer, Model, subject::Subject};
use crate::scan::{
    finding::{Confidence, Finding, Spot},
    lifetime::Reason,
    places::{Op, Place, What},
    words,
};

pub(super) const ANALYZER: Analyzer = Analyzer {
    kind: "only-grows",
    explanation: EXPLANATION,
    run,
};

const EXPLANATION: &str = "\
only-grows: keys are put into this map while the program runs, and nothing takes one out.

A map that lives as long as a service, and to which every request, connection or
user adds a key, is memory that the borrow checker cannot free: the map owns it.

It is reported if
  - the map is a static, or a field of a type whose values live for long: it is in a
    lock, a shared map, an `Arc` or a static, or part of such a value, or its type
    waits for events in a loop, has async methods or is a future;
  - its owner is more than a call's: a type is left out if its values are made by methods
    of others, or by functions that do not hand them on, in far more places than there
    are constructors that nobody calls here, and nothing keeps them that is not so itself
    (a transaction, a query, a visitor, a report); or if a method like `commit(self)` uses
    them up. What is given behind a trait, handed to another crate, or taken by a task, is
    kept by whoever has it then;
  - keys come in after construction: not only in functions that make the value, or
    that are called only by those;
  - no key is removed, wherever the map is passed: no `remove`, `retain`, `drain`,
    `clear`, `pop_first`, `split_off`, `mem::take`, no entry's removal, no assignment
    of the whole field or of what it is a part of, no removal by another holder of the
    same `Arc`.

It is not reported if its keys are few by their type (an enum's variants, `bool`, `u16`,
`TypeId`, `&'static str`), or if somebody takes something out of a field of this name
and it cannot be told of which type.

The confidence is low, and the finding only shown with `--confidence low`, if the map
is handed to a function of another crate, if its length is compared where keys are put
in, if all of those functions only set something up (`register`, `with_…`, or `add_…`
that none of these sources calls), if its owner is an entry of a map that loses entries,
of a cache or of a set of tasks, and goes with it, if it is made by calls alone and kept
by something, if it is compared as a whole (`PartialEq`) and in no lock, or if nothing
but an async method says that it stays.

What to do: remove the key where its owner ends; or bound the map (an LRU, a time to
live); or, if it is meant to grow, say so above the field:
    // mapkeeper: allow(only-grows) one entry for each country
";

const HELP: &str =
    "remove the key where its owner ends; to see what stays, and from which line, track it";

/// Of the insertions so many are told.
const TOLD: usize = 3;

fn run(model: &Model<'_>) -> Vec<Finding> {
    let subjects = Subject::all(model).into_iter();
    let found = subjects.filter_map(|of| judge(model, &of).map(|judged| judged.finding(model, of)));
    found.collect()
}

/// A map that only grows, as far as it can be told.
pub(super) struct Judged<'m> {
    pub(super) insertions: Vec<&'m Op>,
    pub(super) confidence: Confidence,
    notes: Vec<String>,
}

pub(super) fn judge<'m>(model: &'m Model<'_>, of: &Subject) -> Option<Judged<'m>> {
    let why = of.why?;
    if of.is_meant_to_grow() || of.has_few_keys(model) {
        return None;
    }
    let ops = of.ops(model, 0);
    // What its owner is a part of may be assigned as often as that is set up.
    let is_removal = |op: &&Op| {
        let is_late = op.by != words::WITH_OWNER || model.at_run_time.contains(&op.function);
        op.what == What::Removes && is_late
    };
    if ops.iter().any(is_removal) {
        return None;
    }
    let insertions = model.insertions(&ops);
    if insertions.is_empty() || of.is_guessed_removed(model) || of.is_removed_by_namesake(model) {
        return None;
    }
    let mut notes = Vec::new();
    let mut confidence = match why {
        Reason::Static | Reason::Shared => Confidence::High,
        Reason::Task | Reason::Waits => Confidence::Medium,
    };
    if let Place::Field(owner, _) = of.place
        && model.comes_and_goes(owner)
    {
        confidence = Confidence::Low;
        notes.push(
            "its owners are entries of a map that loses entries, and it goes with each".to_owned(),
        );
    }
    if let Some(op) = ops.iter().find(|op| op.what == What::HandedOut) {
        confidence = Confidence::Low;
        notes.push(format!(
            "`{}` of another crate gets the map, and might remove keys",
            op.by
        ));
    }
    let inserting: HashSet<_> = insertions.iter().map(|op| op.function).collect();
    if ops
        .iter()
        .any(|op| op.what == What::Measured && inserting.contains(&op.function))
    {
        confidence = Confidence::Low;
        notes.push("its length is compared where keys are put in: that may bound it".to_owned());
    }
    let sets_up = |op: &&Op| {
        let function = model.world.functions[op.function].1;
        let is_called_later = model.places.calls.iter().any(|call| {
            let caller = &model.world.functions[call.caller].1.name;
            call.callee == op.function
                && !call.constructing
                && !model.constructors.contains(&call.caller)
                && !words::sets_up(caller)
        });
        words::sets_up(&function.name) && !is_called_later
    };
    if insertions.iter().all(sets_up) {
        confidence = Confidence::Low;
        notes.push("the functions that put keys in seem to set something up".to_owned());
    }
    let is_late = |op: &&Op| op.at_run_time || model.at_run_time.contains(&op.function);
    if matches!(of.place, Place::Field(..)) && !insertions.iter().any(is_late) {
        confidence = Confidence::Low;
        notes.push("nothing in these sources puts keys in once it is set up".to_owned());
    }
    if let Place::Field(owner, _) = of.place
        && why != Reason::Static
        && model.is_data(owner)
    {
        confidence = Confidence::Low;
        notes.push("its owner is compared as a whole, as messages and reports are".to_owned());
    }
    if let Place::Field(owner, _) = of.place
        && model.brief.by_calls.contains(&owner)
    {
        confidence = Confidence::Low;
        notes.push("its owner is made anew by calls, and may be gone before the next".to_owned());
    }
    if why == Reason::Waits {
        confidence = Confidence::Low;
        notes.push("its owner has async methods, and may be gone soon for all that".to_owned());
    }
    Some(Judged {
        insertions,
        confidence,
        notes,
    })
}

impl Judged<'_> {
    fn finding(self, model: &Model<'_>, of: Subject) -> Finding {
        let files = model.world.files;
        let count = self.insertions.len();
        let spots = self.insertions.iter().take(TOLD).map(|op| Spot {
            file: files[op.file].path.clone(),
            line: op.at.line,
            column: op.at.column,
            width: op.by.chars().count(),
            what: format!(
                "put in here, by `{}`",
                model.world.functions[op.function].1.name
            ),
        });
        let mut notes = vec![
            "nothing in these sources removes a key from it, clears it or replaces it".to_owned(),
        ];
        if count > TOLD {
            notes.push(format!("keys are put in at {} more places", count - TOLD));
        }
        notes.extend(self.notes);
        Finding {
            kind: ANALYZER.kind,
            message: format!(
                "`{}` only grows: keys are put in, and none is ever removed",
                of.name
            ),
            field: of.name,
            file: files[of.file].path.clone(),
            line: of.at.line,
            column: of.at.column,
            confidence: self.confidence,
            places: Vec::new(),
            related: spots.collect(),
            notes,
            help: HELP.to_owned(),
            label: "this map",
            width: of.width,
            edits: of.edits,
        }
    }
}
