//! `swap-without-drop`: a map is replaced by a new one, and somebody keeps the old one.

use std::collections::BTreeMap;

use super::{Analyzer, Model, subject::Subject};
use crate::scan::{
    facts::At,
    finding::{Confidence, Finding, Spot},
    lifetime::Reason,
    places::{Keeper, Kept, Op, Place, PlaceId, Swap, Taken, What},
    types::{Head, Type},
    world::{FnId, TypeId},
};

pub(super) const ANALYZER: Analyzer = Analyzer {
    kind: "swap-without-drop",
    explanation: EXPLANATION,
    run,
};

const EXPLANATION: &str = "\
swap-without-drop: a map is replaced by a new one, and somebody keeps the old one.

A table of routes is built anew and stored in an `ArcSwap`, or in a lock as an `Arc`. Who
took a handle before the swap has the old table: it is as large as ever, nobody updates
it, and with each swap there may be one more.

It is reported of a map that is swapped while the program runs, by `store`, `swap`,
`mem::replace` or an assignment of its handle, if the old map, or a handle of it, is
  - put into a list or a map that lives for long, and from which nothing is ever taken;
  - put into a field of another value that lives for long (see only-grows), as that is
    made, and that field never gets another one; or
  - taken by a task that is spawned, before the loop in which it waits; unless the task
    is one of many, as for connections.

So are copies of a whole map (`clone` without an `Arc`) that a list gets as the map is
replaced. One old map in a field that gets the next one at the next swap is told with a
low confidence: there may be two maps, and no more.

What to do: keep what is swapped around (`Arc<ArcSwap<…>>`), not what is in it now, and
load it where it is used; or take old maps out where they are of no use any more. If they
are meant to stay:
    // mapkeeper: allow(swap-without-drop) the last ten, for the audit
";

/// A file, a place in it, and what stands there.
type Where<'m> = (usize, At, &'m str);

/// Where an old map is kept, and where the new one comes, if that is elsewhere.
type Places<'m> = Vec<(&'m Kept, Option<Where<'m>>)>;

fn run(model: &Model<'_>) -> Vec<Finding> {
    // One for each map and keeper, wherever that gets it.
    let mut found: BTreeMap<(PlaceId, PlaceId), Places<'_>> = BTreeMap::new();
    for kept in &model.places.kept {
        let keeper = match kept.by {
            Keeper::Among(place) | Keeper::New(place) | Keeper::Place(place) => place,
            Keeper::Task => kept.of.place,
        };
        for of in model.places.origins(kept.of.place) {
            let Some(replaced) = replaced(model, of, kept) else {
                continue;
            };
            if kept.by == Keeper::Task || stays(model, of, keeper, kept) {
                let all = found.entry((of, keeper)).or_default();
                all.push((kept, replaced));
            }
        }
    }
    let told = found.into_iter();
    told.filter_map(|((of, keeper), all)| finding(model, of, keeper, &all))
        .collect()
}

/// Where that map is replaced, unless it was by the same that gave it; none if it never is.
fn replaced<'m>(model: &'m Model<'_>, of: PlaceId, kept: &Kept) -> Option<Option<Where<'m>>> {
    let is_built = kept.constructing || model.constructors.contains(&kept.function);
    // Of what is poured into another map, that has the entries, not the map.
    if matches!(&*kept.at.1, "extend" | "append") {
        return None;
    }
    let in_turn =
        |function: FnId| !matches!(kept.by, Keeper::Place(_)) || function == kept.function;
    match (kept.taken, kept.by) {
        (Taken::Whole, Keeper::Among(_) | Keeper::Place(_)) if !is_built => Some(None),
        (Taken::Shared, _) => {
            let mut swaps = swaps_of(model, of, kept.wrappers);
            let swap = swaps.find(|swap| in_turn(swap.function))?;
            Some(Some((swap.file, swap.at, &swap.by)))
        }
        // Copies of the whole, as it is replaced.
        (Taken::Copied, Keeper::Among(_)) if !is_built && kept.from.1 == "clone" => {
            let subject = Subject::of(model, model.places.all[of])?;
            let mut ops = subject.ops(model, 0).into_iter();
            let op = ops.find(|op| {
                let is_whole = op.by == "assigned" || op.by.starts_with("mem::");
                op.what == What::Removes && is_whole && op.function == kept.function
            })?;
            Some(Some((op.file, op.at, &op.by)))
        }
        _ => None,
    }
}

/// Where the handle that was shared is replaced, once others may have it; not one around it.
fn swaps_of<'m>(
    model: &'m Model<'_>,
    of: PlaceId,
    wrappers: usize,
) -> impl Iterator<Item = &'m Swap> {
    let swaps = model.places.swaps.iter();
    swaps.filter(move |swap| {
        let constructs =
            swap.constructing || !swap.at_run_time && model.constructors.contains(&swap.function);
        !constructs
            && swap.wrappers == wrappers
            && model.places.origins(swap.slot.place).contains(&of)
    })
}

/// The keeper lives for long, and lets nothing go.
fn stays(model: &Model<'_>, of: PlaceId, keeper: PlaceId, kept: &Kept) -> bool {
    let place = model.places.all[keeper];
    let Some(subject) = Subject::of(model, place) else {
        return false;
    };
    // What is replaced lives for longer than what it is replaced by, and so does what stands beside it.
    let is_own = match (model.places.all[of], place) {
        (Place::Field(owner, _), Place::Field(holder, _)) => owner == holder,
        _ => false,
    };
    if subject.why.is_none() && !is_own && !is_long_entry(model, place) {
        return false;
    }
    let lets_go = |what: What| matches!(what, What::Removes | What::HandedOut | What::Measured);
    let ops = subject.ops(model, 0);
    if of == keeper || subject.is_guessed_removed(model) {
        return false;
    }
    match (kept.by, place) {
        (Keeper::Among(_), _) => !ops.iter().any(|op| lets_go(op.what)),
        (Keeper::New(_), Place::Field(holder, _)) => {
            // What is an entry comes and goes, and its owner's own parts are made anew with it.
            // By its own name: other holders of the map replace theirs.
            let is_renewed = model
                .places
                .ops
                .iter()
                .any(|op| op.slot.place == keeper && lets_go(op.what) && !model.constructs(op));
            !is_own && !is_renewed && !leaves(model, holder)
        }
        // Nothing but the next one is ever put there.
        (Keeper::Place(_), _) => {
            let is_kept = |op: &Op| {
                let mut all = model.places.kept.iter();
                all.any(|of| of.by == kept.by && of.file == op.file && of.at.0 == op.at)
            };
            ops.iter()
                .all(|op| !lets_go(op.what) || op.by == "assigned" && is_kept(op))
        }
        _ => false,
    }
}

fn finding(
    model: &Model<'_>,
    of: PlaceId,
    keeper: PlaceId,
    all: &[(&Kept, Option<Where<'_>>)],
) -> Option<Finding> {
    let subject = Subject::of(model, model.places.all[of])?;
    let (first, replaced) = all.first()?;
    let keeper = Subject::of(model, model.places.all[keeper]);
    let file = |file: usize| model.world.files[file].path.clone();
    let spot = |of: usize, at: At, by: &str, what: &str| Spot {
        file: file(of),
        line: at.line,
        column: at.column,
        width: by.chars().count(),
        what: what.to_owned(),
    };
    let mut related = Vec::new();
    if let &Some((file, at, by)) = replaced {
        related.push(spot(file, at, by, "replaced here"));
    }
    if first.from.0 != first.at.0 {
        related.push(spot(first.file, first.from.0, &first.from.1, "taken here"));
    }
    for (other, _) in &all[1..] {
        let at = spot(other.file, other.at.0, &other.at.1, "kept here, too");
        let is_same = |of: &Spot| (&of.file, of.line, of.column) == (&at.file, at.line, at.column);
        let is_first = other.file == first.file && other.at.0 == first.at.0;
        if !is_first && !related.iter().any(is_same) {
            related.push(at);
        }
    }
    // Whatever is in an `Arc` and part of nothing else may be made for one request; and one old map may be meant.
    let confidence = match &keeper {
        _ if matches!(first.by, Keeper::Place(_)) => Confidence::Low,
        Some(Subject {
            place: Place::Field(holder, _),
            ..
        }) if matches!(first.by, Keeper::New(_)) && !outlives(model, *holder) => Confidence::Low,
        _ => Confidence::Medium,
    };
    let who = match (first.by, keeper) {
        (Keeper::Among(_), Some(keeper)) => format!("`{}` keeps the old ones", keeper.name),
        (Keeper::Place(_), Some(keeper)) => format!("`{}` keeps the one before", keeper.name),
        (Keeper::New(_), Some(keeper)) => format!("`{}` keeps the one it got first", keeper.name),
        _ => "a task keeps the one it started with".to_owned(),
    };
    Some(Finding {
        kind: ANALYZER.kind,
        message: format!("`{}` is replaced by new maps, and {who}", subject.name),
        field: subject.name,
        file: file(first.file),
        line: first.at.0.line,
        column: first.at.0.column,
        confidence,
        places: Vec::new(),
        related,
        notes: vec![format!(
            "in `{}`",
            model.world.functions[first.function].1.name
        )],
        help: "keep what is swapped around, not what is in it now; or let old maps go".to_owned(),
        label: "the old map is kept here",
        width: first.at.1.chars().count(),
        edits: Vec::new(),
    })
}

/// It is a part of entries of a map that lives for long.
fn is_long_entry(model: &Model<'_>, place: Place) -> bool {
    let Place::Field(of, _) = place else {
        return false;
    };
    let mut fields = model.entries.get(&of).into_iter().flatten();
    fields.any(|&(holder, index)| {
        let map = Subject::of(model, Place::Field(holder, index));
        map.is_some_and(|map| map.why.is_some())
    })
}

/// Its values are entries of collections that lose some, or may do so.
fn leaves(model: &Model<'_>, of: TypeId) -> bool {
    let fields = model.entries.get(&of).into_iter().flatten();
    let is_unknown = |&(holder, index): &(TypeId, usize)| {
        model.world.types[holder].fields[index].map_kind().is_none()
    };
    fields.clone().any(is_unknown) || model.comes_and_goes(of)
}

/// Its values are in statics, wait for events, or are part of what lives for long.
fn outlives(model: &Model<'_>, of: TypeId) -> bool {
    let is_part = model.world.types.iter().enumerate().any(|(holder, own)| {
        let mut holds = false;
        let mut look = |ty: &Type| holds |= ty.head == Head::Own(of);
        own.fields.iter().for_each(|ty| ty.each(&mut look));
        holds && holder != of && model.long_lived.contains_key(&holder)
    });
    let is_static = model.long_lived.get(&of) == Some(&Reason::Static);
    is_part || is_static || model.entries.contains_key(&of) || model.places.actors.contains(&of)
}
