//! `bypass`: what is in a tracked map is moved, or copied as it is, to a map that is not.

use super::{Analyzer, Model, subject::Subject};
use crate::scan::{
    finding::{Confidence, Finding, Spot},
    places::{Keeper, Kept, Place, PlaceId, Taken},
    types::Type,
};

pub(super) const ANALYZER: Analyzer = Analyzer {
    kind: "bypass",
    explanation: EXPLANATION,
    run,
};

const EXPLANATION: &str = "\
bypass: what is in a tracked map is moved, or copied as it is, to a map that is not.

`.into()`, `HashMap::from(map)`, and `collect` make a plain map of a tracked one: for the
report its entries were taken out, and whatever stays in the plain map is seen by nobody.

It is reported of a map under `#[map]`, of a static or an alias under `#[tracked]`, and of
mapkeeper's own types, if
  - its entries are moved (`into`, `from`, `into_iter`, `drain`, `mem::take`) to a field or
    a static that is a map with the same keys, and is not tracked;
  - they are copied to one with the same keys and values; or
  - a task that is spawned goes on with such a map in the loop in which it waits.
The field is one of the same type, or of one that lives for long (see only-grows): what
is made for an answer, or returned, is not. Nor is an index, which has other keys.

What to do: `#[map]` above that field, too; `mem::take` without a conversion gives a map
that is tracked still. If it is to be so:
    // mapkeeper: allow(bypass) closed orders, written out once a day
";

fn run(model: &Model<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for kept in model
        .places
        .kept
        .iter()
        .filter(|of| of.taken != Taken::Shared)
    {
        for of in model.places.origins(kept.of.place) {
            let subject = Subject::of(model, model.places.all[of]);
            let Some(subject) = subject.filter(|of| of.is_tracked) else {
                continue;
            };
            let Some(finding) = finding(model, kept, &subject) else {
                continue;
            };
            let is_same = |of: &Finding| {
                (&of.file, of.line, of.column) == (&finding.file, finding.line, finding.column)
            };
            if !found.iter().any(is_same) {
                found.push(finding);
            }
        }
    }
    found
}

fn finding(model: &Model<'_>, kept: &Kept, of: &Subject) -> Option<Finding> {
    let (to, confidence) = match kept.by {
        Keeper::Place(place) | Keeper::Among(place) | Keeper::New(place) => {
            let keeper = keeper(model, kept, of, place)?;
            let confidence = match kept.taken {
                Taken::Copied => Confidence::Medium,
                _ => Confidence::High,
            };
            (
                format!("`{}`, which is not tracked", keeper.name),
                confidence,
            )
        }
        Keeper::Task if kept.taken == Taken::Moved => (
            "a task's own map, which is not tracked".to_owned(),
            Confidence::Medium,
        ),
        Keeper::Task => return None,
    };
    let verb = match kept.taken {
        Taken::Copied => "copied",
        _ => "moved",
    };
    let file = model.world.files[kept.file].path.clone();
    let from = (kept.from.0 != kept.at.0).then(|| Spot {
        file: file.clone(),
        line: kept.from.0.line,
        column: kept.from.0.column,
        width: kept.from.1.chars().count(),
        what: format!("taken here, by `{}`", kept.from.1),
    });
    Some(Finding {
        kind: ANALYZER.kind,
        message: format!("entries of `{}` are {verb} to {to}", of.name),
        field: of.name.clone(),
        file,
        line: kept.at.0.line,
        column: kept.at.0.column,
        confidence,
        places: Vec::new(),
        related: from.into_iter().collect(),
        notes: vec![format!(
            "in `{}`",
            model.world.functions[kept.function].1.name
        )],
        help: "`#[map]` above that field tracks it as well".to_owned(),
        label: "kept here",
        width: 1,
        edits: Vec::new(),
    })
}

/// The map that has the entries from now on, if nobody sees them there.
fn keeper(model: &Model<'_>, kept: &Kept, of: &Subject, place: PlaceId) -> Option<Subject> {
    let to = Subject::of(model, model.places.all[place])?;
    let is_near = match (of.place, to.place) {
        (Place::Field(one, _), Place::Field(two, _)) => one == two && of.place != to.place,
        _ => false,
    };
    let lives = is_near || to.why.is_some();
    // What is made together with its owner is made of it: a builder's, a copy's.
    let is_new = matches!(kept.by, Keeper::New(_)) && is_near;
    let same = |at: usize| of.ty.peeled().args.get(at) == to.ty.peeled().args.get(at);
    let same_values = of.ty.value().map(Type::peeled) == to.ty.value().map(Type::peeled);
    let is_same = same(0) && (kept.taken != Taken::Copied || same_values);
    (!to.is_tracked && lives && !is_new && is_same).then_some(to)
}
