//! What all analyzers share that tell of an order in which something happens to a map.

use super::{Model, subject::Subject};
use crate::scan::{
    facts::At,
    finding::{Confidence, Finding, Spot},
    places::{Happens, Incident},
};

/// How it is told.
pub(super) struct Told {
    pub(super) confidence: Confidence,
    pub(super) message: String,
    /// Its place is where it begins, not what comes then.
    pub(super) is_first: bool,
    pub(super) label: &'static str,
    pub(super) other: String,
    pub(super) help: &'static str,
}

pub(super) fn found(
    model: &Model<'_>,
    kind: &'static str,
    is_it: impl Fn(Happens) -> bool,
    tell: impl Fn(&Incident, Option<&Subject>) -> Option<Told>,
) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for incident in model.places.incidents.iter().filter(|of| is_it(of.happens)) {
        let place = model.places.origin(incident.slot.place);
        let subject = place.and_then(|place| Subject::of(model, place));
        let (Some(told), Some(subject)) = (tell(incident, subject.as_ref()), &subject) else {
            continue;
        };
        let file = &model.world.files[incident.file].path;
        let (at, other) = match told.is_first {
            true => (&incident.first, &incident.then),
            false => (&incident.then, &incident.first),
        };
        let finding = Finding {
            kind,
            field: subject.name.clone(),
            file: file.clone(),
            line: at.0.line,
            column: at.0.column,
            confidence: told.confidence,
            message: told.message,
            places: Vec::new(),
            related: vec![spot_at(file, other.0, 1, told.other)],
            notes: vec![format!(
                "in `{}`",
                model.world.functions[incident.function].1.name
            )],
            help: told.help.to_owned(),
            label: told.label,
            width: at.1.chars().count(),
            edits: Vec::new(),
        };
        let is_same = |of: &Finding| {
            (&of.file, of.line, of.column) == (&finding.file, finding.line, finding.column)
        };
        if !found.iter().any(is_same) {
            found.push(finding);
        }
    }
    found
}

fn spot_at(file: &str, at: At, width: usize, what: String) -> Spot {
    Spot {
        file: file.to_owned(),
        line: at.line,
        column: at.column,
        width,
        what,
    }
}
