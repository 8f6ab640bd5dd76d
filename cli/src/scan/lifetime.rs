//! Which types' values live longer than what made them: what is in a static, an `Arc` or a lock, what waits for events in a
//! loop, what is a task or a service, and whatever is part of such a one.
//!
//! A type that borrows is as short-lived as what it borrows from: a visitor, a parser, a context of one call.

mod brief;

use std::collections::{HashMap, HashSet};

pub(crate) use brief::Brief;

use super::{
    places::Places,
    types::{Head, Type},
    words,
    world::{TypeId, World},
};

/// Traits of what goes on for as long as the program, or a connection, does.
const TASKS: [&str; 9] = [
    "Future",
    "Stream",
    "Sink",
    "Service",
    "Actor",
    "NetworkBehaviour",
    "ConnectionHandler",
    "EventHandler",
    "Subscriber",
];

/// Why a type's values are thought to live for long, the best reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    Static,
    Shared,
    /// It waits for events in a loop, or is a future.
    Task,
    /// It has async methods.
    Waits,
}

pub(crate) fn long_lived(
    world: &World<'_>,
    places: &Places,
    brief: &HashSet<TypeId>,
) -> HashMap<TypeId, Reason> {
    let mut found: HashMap<TypeId, Reason> = HashMap::new();
    let mut note = |id: TypeId, why: Reason| {
        let reason = found.entry(id).or_insert(why);
        *reason = why.min(*reason);
    };
    for &(file, fact) in &world.statics {
        own_types(&world.resolve(file, &fact.ty), &mut |id| {
            note(id, Reason::Static)
        });
    }
    let mut traits = HashSet::new();
    for own in &world.types {
        for ty in &own.fields {
            shared_in(ty, &mut |id| note(id, Reason::Shared), &mut traits);
        }
    }
    for &(file, function) in &world.functions {
        let types = function
            .params
            .iter()
            .map(|(_, ty)| ty)
            .chain(&function.returns);
        for ty in types {
            let ty = world.resolve(file, ty);
            shared_in(&ty, &mut |id| note(id, Reason::Shared), &mut traits);
        }
        if function.is_async
            && function.receiver.is_some()
            && let Some(id) = function
                .owner
                .as_ref()
                .and_then(|of| world.resolve(file, of).own())
        {
            note(id, Reason::Waits);
        }
    }
    places
        .shared
        .iter()
        .for_each(|&id| note(id, Reason::Shared));
    places.actors.iter().for_each(|&id| note(id, Reason::Task));
    for (&id, of) in &world.traits {
        if of.iter().any(|of| TASKS.contains(of)) {
            note(id, Reason::Task);
        }
        if of.iter().any(|of| traits.contains(*of)) {
            note(id, Reason::Shared);
        }
    }
    found.retain(|&id, _| may_stay(world, id) && !brief.contains(&id));
    parts(world, &mut found);
    found
}

/// What borrows goes first, and an error is looked at and dropped, in an `Arc` or not.
fn may_stay(world: &World<'_>, id: TypeId) -> bool {
    let fact = world.types[id].fact;
    let is_error = world.traits.get(&id).is_some_and(|of| of.contains("Error"))
        || fact.name.ends_with("Error")
        || fact.name.ends_with("ErrorKind");
    !fact.borrows && !is_error
}

/// What is part of a long-lived value lives as long.
fn parts(world: &World<'_>, found: &mut HashMap<TypeId, Reason>) {
    let mut open: Vec<TypeId> = found.keys().copied().collect();
    while let Some(id) = open.pop() {
        let why = found[&id];
        for ty in &world.types[id].fields {
            own_types(ty, &mut |part| {
                let is_better = found.get(&part).is_none_or(|known| why < *known);
                if is_better && may_stay(world, part) {
                    found.insert(part, why);
                    open.push(part);
                }
            });
        }
    }
}

/// Types that fields have within collections only, or that are part of such a one: each with the fields that have it.
pub(crate) fn entries(
    world: &World<'_>,
    brief: &HashSet<TypeId>,
) -> HashMap<TypeId, Vec<(TypeId, usize)>> {
    let mut fields: HashMap<TypeId, Vec<(TypeId, usize)>> = HashMap::new();
    // Those that have it outside of collections.
    let mut holders: HashMap<TypeId, Vec<TypeId>> = HashMap::new();
    // Those of which one has a handle.
    let mut shared: HashSet<TypeId> = HashSet::new();
    for (holder, own) in world.types.iter().enumerate() {
        for (index, ty) in own.fields.iter().enumerate() {
            let is_handle = ty.wrappers().any(|of| matches!(of, "Arc" | "Rc"));
            held(world, ty, false, &mut |id, is_collected| {
                if id == holder {
                    return;
                }
                fields.entry(id).or_default().push((holder, index));
                if is_handle && !is_collected {
                    shared.insert(id);
                }
                if ty.name() != "&" && !is_collected && !brief.contains(&holder) {
                    holders.entry(id).or_default().push(holder);
                }
            });
        }
    }
    for &(file, fact) in &world.statics {
        own_types(&world.resolve(file, &fact.ty), &mut |id| {
            // As if it held itself: it is no entry.
            holders.entry(id).or_default().push(id);
        });
    }
    let mut found: HashSet<TypeId> = HashSet::new();
    loop {
        let is_entry = |id: &TypeId| {
            let mut by = holders.get(id).into_iter().flatten();
            let by_entries = by.all(|holder| found.contains(holder));
            // What several have a handle of stays until the last of them goes.
            let mut all = fields[id].iter().filter(|_| shared.contains(id));
            by_entries
                && all.all(|(holder, _)| *holder == fields[id][0].0 || found.contains(holder))
        };
        let more = fields.keys().copied();
        let more: Vec<TypeId> = more
            .filter(|id| !found.contains(id) && is_entry(id))
            .collect();
        if more.is_empty() {
            break;
        }
        found.extend(more);
    }
    fields.retain(|id, _| found.contains(id));
    fields
}

fn held(world: &World<'_>, ty: &Type, is_collected: bool, note: &mut dyn FnMut(TypeId, bool)) {
    let collects = match ty.head {
        Head::Own(id) => {
            note(id, is_collected);
            sheds(world, ty)
        }
        Head::Map(_) => true,
        _ => matches!(ty.name(), "Vec" | "VecDeque" | "SmallVec") || sheds(world, ty),
    };
    ty.args
        .iter()
        .for_each(|of| held(world, of, is_collected || collects, note));
}

/// It is a collection that loses what it has by itself.
pub(crate) fn sheds(world: &World<'_>, ty: &Type) -> bool {
    let collects = |of: &Type| words::sheds(of.peeled().name());
    let wraps = |id: TypeId| world.types[id].fields.iter().any(collects);
    collects(ty) || ty.own().is_some_and(wraps)
}

/// It and all that it is made of.
fn within(world: &World<'_>, of: TypeId) -> HashSet<TypeId> {
    let mut found = HashSet::from([of]);
    let mut open = vec![of];
    while let Some(id) = open.pop() {
        for ty in &world.types[id].fields {
            own_types(ty, &mut |part| {
                if found.insert(part) {
                    open.push(part);
                }
            });
        }
    }
    found
}

fn own_types(ty: &Type, note: &mut dyn FnMut(TypeId)) {
    if let Head::Own(id) = ty.head {
        note(id);
    }
    // What goes through a channel is not kept.
    let passes_on = ["Sender", "Receiver", "PhantomData", "JoinHandle"];
    if !passes_on.iter().any(|name| ty.name().ends_with(name)) {
        ty.args.iter().for_each(|of| own_types(of, note));
    }
}

/// Types that fields or statics have within a lock: whatever else they are, such a value changes as the program runs.
pub(crate) fn locked(world: &World<'_>) -> HashSet<TypeId> {
    let mut found = HashSet::new();
    let fields = world.types.iter().flat_map(|own| own.fields.clone());
    let statics = world.statics.iter();
    let statics = statics.map(|(file, fact)| world.resolve(*file, &fact.ty));
    for ty in fields.chain(statics) {
        ty.each(&mut |of| {
            if let Some(id) = of.own().filter(|_| words::is_lock(of.name())) {
                found.insert(id);
            }
        });
    }
    found
}

/// What stands within an `Arc`, an `Rc` or a lock; of traits, their names.
fn shared_in(ty: &Type, note: &mut dyn FnMut(TypeId), traits: &mut HashSet<String>) {
    ty.each(&mut |of| {
        let name = of.name();
        if !(words::is_lock(name) || matches!(name, "Arc" | "Rc")) {
            return;
        }
        let inner = of.peeled();
        match (&inner.head, inner.name()) {
            (Head::Own(id), _) => note(*id),
            (Head::Map(_), _) => inner.args.iter().filter_map(Type::own).for_each(&mut *note),
            (_, "dyn") => traits.extend(inner.args.iter().map(|of| of.name().to_owned())),
            _ => {}
        }
    });
}
