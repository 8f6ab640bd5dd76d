//! What an analyzer found.

use serde::Serialize;

use super::facts::At;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Confidence {
    Low,
    Medium,
    High,
}

impl Confidence {
    pub(crate) const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A place in a file with what is there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Spot {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// How many characters it takes.
    #[serde(skip)]
    pub(crate) width: usize,
    pub(crate) what: String,
}

/// Text to be put in.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) at: At,
    pub(crate) text: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    pub(crate) kind: &'static str,
    /// `Struct.field`, `Enum::Variant.field`, or a static's name.
    pub(crate) field: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) confidence: Confidence,
    pub(crate) message: String,
    /// Where else the same is wrong with the same map.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) places: Vec<Spot>,
    /// Where entries come in, or whatever else belongs to it.
    pub(crate) related: Vec<Spot>,
    pub(crate) notes: Vec<String>,
    /// What to do about it.
    pub(crate) help: String,
    /// What is at its place, in a few words.
    #[serde(skip)]
    pub(crate) label: &'static str,
    #[serde(skip)]
    pub(crate) width: usize,
    /// What to add, where the field is.
    #[serde(skip)]
    pub(crate) edits: Vec<Edit>,
}

impl Finding {
    /// One for all places of a file at which the same is wrong with the same map.
    pub(crate) fn merged(all: Vec<Self>) -> Vec<Self> {
        let mut merged: Vec<Self> = Vec::new();
        for of in all {
            let mut others = merged.iter_mut();
            match others.find(|first| first.is_same(&of)) {
                Some(first) => first.merge(of),
                None => merged.push(of),
            }
        }
        merged
    }

    fn is_same(&self, of: &Self) -> bool {
        let names = |of: &Self| (of.kind, of.field.clone(), of.file.clone());
        // What is edited is another map of this name.
        self.edits.is_empty() && of.edits.is_empty() && names(self) == names(of)
    }

    fn merge(&mut self, of: Self) {
        let what = std::iter::once(of.label.to_owned()).chain(of.notes);
        self.places.push(Spot {
            file: of.file,
            line: of.line,
            column: of.column,
            width: of.width,
            what: what.collect::<Vec<_>>().join(", "),
        });
        self.related.extend(of.related);
        self.confidence = self.confidence.max(of.confidence);
    }
}
