//! `clear-keeps-capacity`: a map is emptied by `clear` alone, and keeps room for the most it ever had.

use super::{Analyzer, Model, spot, subject::Subject};
use crate::scan::{
    facts::Receiver,
    finding::{Confidence, Finding},
    lifetime::Reason,
    places::{Op, What},
    words::MapKind,
};

pub(super) const ANALYZER: Analyzer = Analyzer {
    kind: "clear-keeps-capacity",
    explanation: EXPLANATION,
    run,
};

const EXPLANATION: &str = "\
clear-keeps-capacity: a map is emptied by `clear` alone, and keeps room for the most it
ever had.

`clear` and `drain` leave a hash table as large as it is. After a burst of a million
keys it takes the memory of a million keys, for as long as its owner lives.

It is reported of a hash map or set that lives for long in a static, a lock or an `Arc`
(see only-grows), to which keys of any number come while the program runs, if `clear` or
`drain` is all that ever empties it, and nothing gives room back. Not if it is emptied as
its owner ends, by who fills it again at once, or by a `clear…` that nobody calls here.

The confidence is low, and the finding only shown with `--confidence low`, unless it is
a static: a map that is emptied has as many keys in each round more often than a burst.

What to do: `shrink_to(…)` behind the `clear`, or `mem::take` instead of it. Where it is
filled to the same size again and again, keeping its room is right; then say so:
    // mapkeeper: allow(clear-keeps-capacity) as many keys in each round
";

fn run(model: &Model<'_>) -> Vec<Finding> {
    let subjects = Subject::all(model).into_iter();
    subjects.filter_map(|of| finding(model, of)).collect()
}

fn finding(model: &Model<'_>, of: Subject) -> Option<Finding> {
    let is_table = matches!(
        of.ty.map_kind(),
        Some(MapKind::Map | MapKind::Set | MapKind::LockedMap | MapKind::LockedSet)
    );
    let is_long = matches!(of.why, Some(Reason::Static | Reason::Shared));
    if !is_table || !is_long || of.has_few_keys(model) || of.is_meant_to_grow() {
        return None;
    }
    let ops = of.ops(model, 0);
    if ops
        .iter()
        .any(|op| op.what == What::Removes && is_last_or_scratch(model, op, &ops))
    {
        return None;
    }
    let mut removals = ops.iter().copied().filter(|op| op.what == What::Removes);
    let first = removals.next()?;
    let clears = |by: &str| matches!(by, "clear" | "drain");
    if !clears(&first.by) || !removals.all(|op| clears(&op.by)) {
        return None;
    }
    let shrinks = |what: What| matches!(what, What::Shrinks | What::HandedOut);
    if ops.iter().any(|op| shrinks(op.what))
        || model.insertions(&ops).is_empty()
        || model.constructs(first)
        || of.is_guessed_removed(model)
    {
        return None;
    }
    Some(Finding {
        kind: ANALYZER.kind,
        message: format!("`{}` is emptied, and keeps the room it has", of.name),
        file: model.world.files[of.file].path.clone(),
        line: of.at.line,
        column: of.at.column,
        // As many keys in each round are more common than a burst.
        confidence: match of.why {
            Some(Reason::Static) => Confidence::Medium,
            _ => Confidence::Low,
        },
        places: Vec::new(),
        related: vec![spot(
            model,
            first,
            "emptied here, and as large as before".to_owned(),
        )],
        notes: Vec::new(),
        help: "give room back behind it with `shrink_to`, or take the map with `mem::take`"
            .to_owned(),
        label: "this map",
        width: of.width,
        edits: Vec::new(),
        field: of.name,
    })
}

/// The end of its owner; or it is filled by the same function again, or emptied by nobody in these sources.
fn is_last_or_scratch(model: &Model<'_>, op: &Op, ops: &[&Op]) -> bool {
    let function = model.world.functions[op.function].1;
    let is_end =
        function.receiver == Some(Receiver::Value) || function.of_trait.as_deref() == Some("Drop");
    let fills = |other: &&Op| {
        let calls = model.places.calls.iter();
        other.what == What::Inserts
            && (other.function == op.function
                || calls
                    .filter(|call| call.caller == op.function)
                    .any(|call| call.callee == other.function))
    };
    let mut calls = model.places.calls.iter();
    let is_for_users = function.is_pub
        && function.name.starts_with("clear")
        && !calls.any(|call| call.callee == op.function);
    is_end || is_for_users || ops.iter().any(fills)
}
