//! `residue`: what a key stands for is emptied, and the key stays.

use super::{Analyzer, Model, only_grows, spot, subject::Subject};
use crate::scan::{
    finding::{Confidence, Finding},
    places::{Op, What},
};

pub(super) const ANALYZER: Analyzer = Analyzer {
    kind: "residue",
    explanation: EXPLANATION,
    run,
};

const EXPLANATION: &str = "\
residue: what a key stands for is emptied, and the key stays.

A topic whose last subscriber left, a user without sessions, a slot that is `None`
again: the value takes no room, but its key does, for as long as the map lives.

It is reported of a map that lives for long (see only-grows), if
  - something is taken out of its values (an inner map, set or list), or `None` is put
    in their place, and no key is ever removed from the map itself; or
  - `entry(…).or_default()` makes an entry only to look at it, or to take something
    out of it: each key that is asked for stays.

What to do: remove the key when its value is empty, at the same place; look with `get`
and `get_mut`, which make nothing. If keys are few, say so above the field:
    // mapkeeper: allow(residue) one entry for each country
";

fn run(model: &Model<'_>) -> Vec<Finding> {
    let subjects = Subject::all(model).into_iter();
    subjects.filter_map(|of| finding(model, of)).collect()
}

fn finding(model: &Model<'_>, of: Subject) -> Option<Finding> {
    of.why?;
    let inner = of.ops(model, 1).into_iter();
    let inner: Vec<&Op> = inner.filter(|op| !model.constructs(op)).collect();
    let made = inner
        .iter()
        .copied()
        .find(|op| op.what == What::MadeForNothing);
    // What is filled again at the same place is a queue, or replaced.
    let outer = of.ops(model, 0);
    let refills = |op: &Op| {
        let fills = |of: &&&Op| of.what == What::Inserts && of.function == op.function;
        let puts_back = |of: &&Op| of.by == "insert" && of.at > op.at;
        inner.iter().any(|of| fills(&of)) || outer.iter().filter(fills).any(puts_back)
    };
    let mut emptying = inner.iter().copied();
    let emptied = emptying.find(|op| empties(op) && !refills(op));
    let (op, confidence, message, label) = match (emptied, only_grows::judge(model, &of), made) {
        (Some(op), Some(judged), _) => (
            op,
            judged.confidence,
            format!("`{}` keeps keys whose values are emptied", of.name),
            "emptied here, and its key stays",
        ),
        (_, _, Some(op)) if !of.has_few_keys(model) && !is_swept(model, &of) => (
            op,
            Confidence::Medium,
            format!("`{}` gets an entry where one is only looked for", of.name),
            "an entry is made here for nothing",
        ),
        _ => return None,
    };
    Some(Finding {
        kind: ANALYZER.kind,
        message,
        file: model.world.files[of.file].path.clone(),
        line: of.at.line,
        column: of.at.column,
        confidence,
        places: Vec::new(),
        related: vec![spot(model, op, label.to_owned())],
        notes: Vec::new(),
        help: "remove the key when its value is empty, at the same place".to_owned(),
        label: "this map",
        width: of.width,
        edits: of.edits,
        field: of.name,
    })
}

fn empties(op: &Op) -> bool {
    let is_whole = matches!(&*op.by, "assigned" | "moved" | "for" | "insert");
    op.what == What::Vacates || op.what == What::Removes && !is_whole
}

/// Whatever is in it goes from time to time.
fn is_swept(model: &Model<'_>, of: &Subject) -> bool {
    let ops = of.ops(model, 0).into_iter();
    ops.filter(|op| op.what == What::Removes)
        .any(|op| !op.by.contains("remove"))
        || of.is_guessed_removed(model)
}
