//! The analyzers: each a small unit over the same model. A new one is a module with an [`Analyzer`] in [`ALL`].

mod bypass;
mod clear_keeps_capacity;
mod error_path;
mod guards;
mod incidents;
mod only_grows;
mod remove_in_loop;
mod residue;
mod subject;
mod swap_without_drop;
mod twin;

use std::collections::{HashMap, HashSet};

use super::{
    facts::{FileFacts, Receiver},
    finding::{Finding, Spot},
    flow,
    lifetime::{self, Brief, Reason},
    places::{Op, Place, Places, What},
    run_time,
    world::{FnId, TypeId, World},
};

pub(crate) struct Analyzer {
    pub(crate) kind: &'static str,
    /// For `--explain`.
    pub(crate) explanation: &'static str,
    run: fn(&Model<'_>) -> Vec<Finding>,
}

pub(crate) const ALL: [Analyzer; 10] = [
    only_grows::ANALYZER,
    residue::ANALYZER,
    twin::ANALYZER,
    error_path::ANALYZER,
    clear_keeps_capacity::ANALYZER,
    remove_in_loop::ANALYZER,
    guards::ACROSS_AWAIT,
    guards::THEN_MUTATE,
    swap_without_drop::ANALYZER,
    bypass::ANALYZER,
];

/// Which kinds there are, in words.
pub(crate) fn kinds() -> String {
    let all: Vec<&str> = ALL.iter().map(|of| of.kind).collect();
    format!("there are {}", all.join(", "))
}

/// What all analyzers look at.
struct Model<'f> {
    world: World<'f>,
    places: Places,
    /// Functions that are called only while what they fill is being made.
    constructors: HashSet<FnId>,
    /// Functions that are called while the program does its work.
    at_run_time: HashSet<FnId>,
    long_lived: HashMap<TypeId, Reason>,
    brief: Brief,
    locked: HashSet<TypeId>,
    /// Types whose values live in collections only, with the fields that have them.
    entries: HashMap<TypeId, Vec<(TypeId, usize)>>,
}

/// All findings, by file and line.
pub(crate) fn run(files: &[FileFacts]) -> Vec<Finding> {
    let world = World::new(files);
    let places = flow::follow(&world);
    let brief = Brief::new(&world, &places);
    let constructors = constructors(&world, &places);
    let model = Model {
        at_run_time: run_time::functions(&world, &places, &constructors),
        constructors,
        long_lived: lifetime::long_lived(&world, &places, &brief.gone),
        entries: lifetime::entries(&world, &brief.gone),
        locked: lifetime::locked(&world),
        brief,
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

/// Where something is done.
fn spot(model: &Model<'_>, op: &Op, what: String) -> Spot {
    Spot {
        file: model.world.files[op.file].path.clone(),
        line: op.at.line,
        column: op.at.column,
        width: op.by.chars().count(),
        what,
    }
}

impl Model<'_> {
    /// Whether values of a type are compared or written down as a whole: messages, settings, reports.
    fn is_data(&self, of: TypeId) -> bool {
        let data = ["PartialEq", "Eq", "Hash"];
        let traits = self.world.traits.get(&of);
        let is_compared = traits.is_some_and(|of| data.iter().any(|data| of.contains(data)));
        is_compared && !self.locked.contains(&of)
    }

    /// Whether values of a type are entries of maps that do lose entries: each goes with its own.
    fn comes_and_goes(&self, of: TypeId) -> bool {
        let mut seen = HashSet::from([of]);
        let mut open = vec![of];
        while let Some(next) = open.pop() {
            for &(holder, index) in self.entries.get(&next).into_iter().flatten() {
                if lifetime::sheds(&self.world, &self.world.types[holder].fields[index]) {
                    return true;
                }
                let place = self.places.known(Place::Field(holder, index));
                let ops = place.map(|id| self.places.ops_of(id, false));
                if ops.into_iter().flatten().any(|op| op.what == What::Removes) {
                    return true;
                }
                if seen.insert(holder) {
                    open.push(holder);
                }
            }
        }
        false
    }
}

/// What fills a value before anybody else has it: also the setters of a builder, which give it back.
fn constructors(world: &World<'_>, places: &Places) -> HashSet<FnId> {
    // A trait of elsewhere is called from there, and so is what is public and needs no exclusive access.
    let is_called_elsewhere = |id: FnId| {
        let function = world.functions[id].1;
        let of_trait = function.of_trait.as_deref();
        of_trait.is_some_and(|of| !world.has_trait(of))
            || function.is_pub && function.receiver == Some(Receiver::Ref)
    };
    let mut builders = HashSet::new();
    for (id, (file, function)) in world.functions.iter().enumerate() {
        let (Some(owner), Some(returns)) = (&function.owner, &function.returns) else {
            continue;
        };
        let own = world.resolve(*file, owner).own();
        let is_taken = matches!(function.receiver, Some(Receiver::Value | Receiver::RefMut));
        if is_taken && own.is_some() && world.resolve(*file, returns).own() == own {
            builders.insert(id);
        }
    }
    let mut all = places.only_while_constructing(&builders, is_called_elsewhere);
    all.extend(builders);
    all
}
