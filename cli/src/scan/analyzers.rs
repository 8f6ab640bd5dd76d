//! The analyzers: each a small unit over the same model. A new one is a module with an [`Analyzer`] in [`ALL`].

mod only_grows;

use std::collections::{HashMap, HashSet};

use super::{
    facts::FileFacts,
    finding::Finding,
    flow,
    lifetime::{self, Reason},
    places::Places,
    world::{FnId, TypeId, World},
};

pub(crate) struct Analyzer {
    pub(crate) kind: &'static str,
    /// For `--explain`.
    pub(crate) explanation: &'static str,
    run: fn(&Model<'_>) -> Vec<Finding>,
}

pub(crate) const ALL: [Analyzer; 1] = [only_grows::ANALYZER];

/// What all analyzers look at.
struct Model<'f> {
    world: World<'f>,
    places: Places,
    /// Functions that are called only while what they fill is being made.
    constructors: HashSet<FnId>,
    long_lived: HashMap<TypeId, Reason>,
}

/// All findings, by file and line.
pub(crate) fn run(files: &[FileFacts]) -> Vec<Finding> {
    let world = World::new(files);
    let places = flow::follow(&world);
    let model = Model {
        constructors: places.only_while_constructing(),
        long_lived: lifetime::long_lived(&world, &places),
        world,
        places,
    };
    let mut found: Vec<Finding> = ALL
        .iter()
        .flat_map(|analyzer| (analyzer.run)(&model))
        .collect();
    found.sort_by(|a, b| {
        (&a.file, a.line, a.column, a.kind).cmp(&(&b.file, b.line, b.column, b.kind))
    });
    found
}
