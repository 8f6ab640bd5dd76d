//! `twin`: two maps are filled by the same function, and only one of them is cleaned.

use super::{Analyzer, Model, only_grows, spot, subject::Subject};
use crate::scan::{
    finding::{Confidence, Finding},
    places::{Op, Place, What},
    words,
};

pub(super) const ANALYZER: Analyzer = Analyzer {
    kind: "twin",
    explanation: EXPLANATION,
    run,
};

const EXPLANATION: &str = "\
twin: two maps are filled together, and only one of them is cleaned.

A map and its index, or a session and its timers: one function puts a key into both.
Where the key is removed from the one, the other was forgotten, and keeps what it has
for as long as its owner lives.

It is reported if
  - both are fields of the same type, or statics, and a function puts keys into both
    while the program runs;
  - single keys are removed from the one, and nothing at all is removed from the other:
    that one is also reported as only-grows, and is no finding where that would be none;
  - what removes the key does not take something out of the other's values, or put a key
    into it, as who stops a clock and adds up the times does.

The confidence is low, and the finding only shown with `--confidence low`, if their keys
are of different types.

What to do: remove from both in the same function; or make one map of the two, or one
type that keeps them together. If the other is meant to stay, say so above the field:
    // mapkeeper: allow(twin) names are kept for the log
";

fn run(model: &Model<'_>) -> Vec<Finding> {
    let subjects = Subject::all(model);
    let mut found = Vec::new();
    for of in &subjects {
        let Some(judged) = only_grows::judge(model, of) else {
            continue;
        };
        if judged.confidence == Confidence::Low {
            continue;
        }
        let twins = subjects.iter().filter(|other| are_kept_together(of, other));
        let twin = twins.into_iter().find_map(|other| {
            let ops = other.ops(model, 0);
            let fills_both = |op: &&Op| judged.insertions.iter().any(|of| are_near(of, op));
            let together = model.insertions(&ops).into_iter().find(fills_both);
            let removal = ops.iter().copied().find(|op| removes_one(model, op));
            if removal.is_some_and(|op| cleans(model, of, op)) {
                return None;
            }
            Some((other, together?, removal?))
        });
        let Some((other, together, removal)) = twin else {
            continue;
        };
        let (confidence, notes) = match have_same_keys(of, other) {
            true => (judged.confidence, Vec::new()),
            false => (
                Confidence::Low,
                vec![
                    "their keys are of different types: one may be no index of the other"
                        .to_owned(),
                ],
            ),
        };
        let function = &model.world.functions[together.function].1.name;
        let beside = judged
            .insertions
            .iter()
            .find(|op| op.function == together.function);
        let mut related = vec![spot(
            model,
            removal,
            format!("removed from `{}` only", other.name),
        )];
        related.extend(beside.map(|op| spot(model, op, format!("put in here, by `{function}`"))));
        related.push(spot(model, together, "put in there, too".to_owned()));
        found.push(Finding {
            kind: ANALYZER.kind,
            message: format!(
                "`{}` keeps what `{}` loses: `{function}` fills both, and only that one is cleaned",
                of.name, other.name
            ),
            field: of.name.clone(),
            file: model.world.files[of.file].path.clone(),
            line: of.at.line,
            column: of.at.column,
            confidence,
            places: Vec::new(),
            related,
            notes,
            help: "remove the key from both at the same place".to_owned(),
            label: "nothing is removed from this map",
            width: of.width,
            edits: Vec::new(),
        });
    }
    found
}

/// What is far apart in a long function, as in the arms of an event loop, has little to do with each other.
const NEAR: u32 = 25;

fn are_near(one: &Op, other: &Op) -> bool {
    one.function == other.function && one.at.line.abs_diff(other.at.line) <= NEAR
}

/// What removes from the one takes something out of the other's values, or adds to them what the removed one says.
fn cleans(model: &Model<'_>, of: &Subject, removal: &Op) -> bool {
    let is_there = |op: &&Op| op.function == removal.function;
    let values = of.ops(model, 1);
    let mut emptied = values.iter().filter(|op| op.what == What::Removes);
    let keys = of.ops(model, 0);
    // Beside it: far from it, as in another arm of a loop of events, it has little to do with it.
    let mut filled = keys
        .iter()
        .filter(|op| op.what == What::Inserts && are_near(op, removal));
    emptied.any(is_there) || filled.any(is_there)
}

/// Both have keys of the same type, as far as it is known.
fn have_same_keys(of: &Subject, other: &Subject) -> bool {
    let [one, two] = [of, other].map(|of| of.ty.peeled().args.first());
    one == two
}

fn are_kept_together(of: &Subject, other: &Subject) -> bool {
    match (of.place, other.place) {
        (Place::Field(one, at), Place::Field(two, index)) => one == two && at != index,
        (Place::Static(one), Place::Static(two)) => one != two && of.file == other.file,
        _ => false,
    }
}

fn removes_one(model: &Model<'_>, op: &Op) -> bool {
    op.what == What::Removes && words::removes_key(&op.by) && !model.constructs(op)
}
