//! Which types' values last no longer than a call or what a call gives: who makes them, and who keeps them.
//!
//! A value that a method makes and drops, or hands to its caller, as a transaction, a query, a visitor or a report is, is
//! brief, in an `Arc` or not, unless something keeps it that is not brief itself. What is made by a constructor that nobody
//! calls is made by those who use the crate, and may be kept for ever.

use std::collections::{HashMap, HashSet};

use super::{own_types, within};
use crate::scan::{
    facts::{Function, Receiver, Ty},
    places::Places,
    types::Type,
    world::{FnId, TypeId, World},
};

/// Where values of a type come from.
#[derive(Default)]
struct Origin {
    /// A program's start, or what keeps it for long.
    is_outside: bool,
    /// So many constructors that nobody calls in these sources: those who use the crate may.
    open: usize,
    /// So many functions make it while they are called.
    called: usize,
    /// By `Default` or the like, as anybody may.
    is_default: bool,
    /// Values of these are turned into it: builders.
    from: HashSet<TypeId>,
}

struct Makers<'m, 'w> {
    world: &'m World<'w>,
    /// The types in what a function returns, with all that these are made of.
    returns: Vec<HashSet<TypeId>>,
    /// Those in what it returns may have anything within: what is behind a trait.
    hides: Vec<bool>,
    owners: Vec<Option<TypeId>>,
    callers: HashMap<FnId, HashSet<FnId>>,
    /// Functions that make what is kept for long, with all that is part of it.
    keeps: HashMap<FnId, HashSet<TypeId>>,
    /// What functions made and gave out of hand, with all that is part of it.
    escapes: HashMap<FnId, HashSet<TypeId>>,
    /// Functions that wait for events in a loop.
    endless: &'m HashSet<FnId>,
    /// Types whose values are used up by what they are for.
    finished: HashSet<TypeId>,
}

/// Types by how their values come and go.
#[derive(Default)]
pub(crate) struct Brief {
    /// Made by calls alone, and kept by nothing but what is so itself: gone when a call, or what it gave, is.
    pub(crate) gone: HashSet<TypeId>,
    /// Made by calls alone, and kept by what is so itself: for long, or until the next call.
    pub(crate) by_calls: HashSet<TypeId>,
}

impl Brief {
    pub(crate) fn new(world: &World<'_>, places: &Places) -> Self {
        let mut holders: HashMap<TypeId, HashSet<TypeId>> = HashMap::new();
        for (holder, own) in world.types.iter().enumerate() {
            for ty in own.fields.iter().filter(|ty| ty.name() != "&") {
                own_types(ty, &mut |id| {
                    if id != holder {
                        holders.entry(id).or_default().insert(holder);
                    }
                });
            }
        }
        let mut is_static: HashSet<TypeId> = HashSet::new();
        for &(file, fact) in &world.statics {
            own_types(&world.resolve(file, &fact.ty), &mut |id| {
                is_static.insert(id);
            });
        }
        let mut made: HashMap<TypeId, HashSet<FnId>> = HashMap::new();
        for &(id, function) in &places.made {
            made.entry(id).or_default().insert(function);
        }
        let kept: HashSet<TypeId> = places.given.union(&places.waiting).copied().collect();
        let makers = Makers::new(world, places, &made, &kept);
        let origins = made.iter().map(|(&id, by)| (id, makers.origin(id, by)));
        // What is nowhere made is by what is derived, as part of what holds it.
        let origins: HashMap<TypeId, Origin> = origins.filter(|(_, of)| of.is_known()).collect();
        let held = |id: &TypeId| holders.get(id).into_iter().flatten();
        let all = 0..world.types.len();
        let by_calls = all.filter(|id| !is_static.contains(id));
        let by_calls = by_calls.filter(|id| match origins.get(id) {
            _ if makers.finished.contains(id) => true,
            _ if kept.contains(id) => false,
            Some(of) => !of.is_outside,
            None => holders.contains_key(id),
        });
        let by_calls = largest(by_calls.collect(), |id, all| match origins.get(id) {
            _ if makers.finished.contains(id) => true,
            Some(of) => of.called > 0 || of.from.iter().all(|of| all.contains(of)),
            None => held(id).all(|of| all.contains(of)),
        });
        let gone = largest(by_calls.clone(), |id, all| {
            if makers.finished.contains(id) {
                return true;
            }
            let mut from = origins.get(id).into_iter().flat_map(|of| &of.from);
            held(id).all(|of| all.contains(of)) && from.all(|of| all.contains(of))
        });
        let by_calls = largest(by_calls, |id, all| held(id).all(|of| all.contains(of)));
        Self { gone, by_calls }
    }
}

/// What is left when no more has to go.
fn largest(
    mut all: HashSet<TypeId>,
    may_stay: impl Fn(&TypeId, &HashSet<TypeId>) -> bool,
) -> HashSet<TypeId> {
    loop {
        let stay = all.iter().copied().filter(|id| may_stay(id, &all));
        let stay: HashSet<TypeId> = stay.collect();
        if stay.len() == all.len() {
            return all;
        }
        all = stay;
    }
}

/// Traits of what is read to its end.
const READ: [&str; 4] = ["Stream", "Future", "Iterator", "RecordBatchStream"];

/// So many calls there are for each constructor that nobody calls, of what is made by calls.
const FAR_MORE: usize = 4;

impl Origin {
    fn is_known(&self) -> bool {
        self.is_outside || self.called > 0 || !self.from.is_empty()
    }

    /// Who else would make it? Where these sources make it by calls in far more places, it is meant for that.
    fn settled(mut self) -> Self {
        self.is_outside |= self.open > 0 && self.called < FAR_MORE * self.open;
        self.is_outside |= self.is_default && !self.is_known();
        self
    }
}

impl<'m, 'w> Makers<'m, 'w> {
    fn new(
        world: &'m World<'w>,
        places: &'m Places,
        made: &HashMap<TypeId, HashSet<FnId>>,
        kept: &HashSet<TypeId>,
    ) -> Self {
        let mut parts: HashMap<TypeId, HashSet<TypeId>> = HashMap::new();
        let functions = world.functions.iter();
        let returns = functions.clone().map(|&(file, function)| {
            let mut all = HashSet::new();
            if let Some(ty) = &function.returns {
                own_types(&world.resolve(file, ty), &mut |id| {
                    all.extend(parts.entry(id).or_insert_with(|| within(world, id)).iter());
                });
            }
            all
        });
        let returns: Vec<HashSet<TypeId>> = returns.collect();
        let hiding: HashSet<TypeId> = (0..world.types.len())
            .filter(|&id| world.types[id].fields.iter().any(is_open))
            .collect();
        let hides = functions
            .clone()
            .zip(&returns)
            .map(|(&(file, function), all)| {
                let mut returns = function.returns.iter();
                returns.any(|ty| is_open(&world.resolve(file, ty)) || is_associated(ty))
                    || !all.is_disjoint(&hiding)
            });
        let hides = hides.collect();
        let owners = functions.map(|&(file, function)| {
            let owner = function.owner.as_ref()?;
            world.resolve(file, owner).own()
        });
        let mut callers: HashMap<FnId, HashSet<FnId>> = HashMap::new();
        for call in &places.calls {
            callers.entry(call.callee).or_default().insert(call.caller);
        }
        let mut makers = Self {
            world,
            returns,
            hides,
            owners: owners.collect(),
            callers,
            keeps: HashMap::new(),
            escapes: HashMap::new(),
            endless: &places.endless,
            finished: finished(world),
        };
        // What is read to its end is gone then, whoever reads it.
        let is_read = |id: &TypeId| {
            let of = world.traits.get(id);
            of.is_some_and(|of| READ.iter().any(|name| of.contains(name)))
        };
        for &(id, function) in places.escapes.iter().filter(|(id, _)| !is_read(id)) {
            let parts = parts.entry(id).or_insert_with(|| within(world, id));
            makers
                .escapes
                .entry(function)
                .or_default()
                .extend(parts.iter());
        }
        for id in kept {
            let by = made.get(id).cloned().unwrap_or_default();
            let parts = within(world, *id);
            let (_, ways) = makers.origin_and_way(*id, &by);
            for function in ways {
                makers.keeps.entry(function).or_default().extend(&parts);
            }
        }
        makers
    }

    /// A transaction or the like is begun, whatever begins it.
    fn gives_finished(&self, at: FnId) -> bool {
        let (file, function) = self.world.functions[at];
        let returns = function.returns.as_ref();
        let given = returns.and_then(|ty| self.world.resolve(file, ty).own());
        given.is_some_and(|id| self.finished.contains(&id))
    }

    fn origin(&self, id: TypeId, by: &HashSet<FnId>) -> Origin {
        self.origin_and_way(id, by).0.settled()
    }

    /// Of what these functions make: those that hand it on are called by others. And all of them.
    fn origin_and_way(&self, id: TypeId, by: &HashSet<FnId>) -> (Origin, HashSet<FnId>) {
        let mut found = Origin::default();
        let mut seen: HashSet<FnId> = by.clone();
        let mut open: Vec<FnId> = by.iter().copied().collect();
        while let Some(at) = open.pop() {
            let function = self.world.functions[at].1;
            let is_kept = self.keeps.get(&at).is_some_and(|all| all.contains(&id));
            let hands_on =
                self.returns[at].contains(&id) || self.hides[at] && function.receiver.is_none();
            match (hands_on, function.receiver) {
                // Another one of the same.
                (true, Some(_)) if self.owners[at] == Some(id) => {}
                (true, Some(receiver))
                    if let Some(owner) = self.owners[at]
                        && (receiver == Receiver::Value || opens(function))
                        && !self.gives_finished(at) =>
                {
                    found.from.insert(owner);
                }
                _ if is_kept => found.is_outside = true,
                // Whoever gets it, behind a trait or by another name, may keep it.
                (false, _) if self.escapes.get(&at).is_some_and(|all| all.contains(&id)) => {
                    let is_another = self.owners[at] == Some(id);
                    found.is_outside |= !is_another;
                }
                (false, _) if self.endless.contains(&at) => found.is_outside = true,
                (_, Some(_)) => found.called += 1,
                (true, None) => {
                    let callers = self.callers.get(&at).into_iter().flatten();
                    let callers: Vec<FnId> = callers.copied().filter(|by| *by != at).collect();
                    match &function.of_trait {
                        _ if !callers.is_empty() => {}
                        None if function.is_pub => found.open += 1,
                        _ => found.is_default = true,
                    }
                    open.extend(callers.into_iter().filter(|by| seen.insert(*by)));
                }
                (false, None) if starts(function) => found.is_outside = true,
                (false, None) => found.called += 1,
            }
        }
        (found, seen)
    }
}

/// Whether it has something behind a trait.
fn is_open(ty: &Type) -> bool {
    let mut found = false;
    ty.each(&mut |of| found |= of.name() == "dyn");
    found
}

/// Whether it has a trait's associated type, which may be any.
fn is_associated(ty: &Ty) -> bool {
    let is_it = matches!(&ty.path[..], [first, _, ..] if first == "Self");
    is_it || ty.args.iter().any(is_associated)
}

/// What is made of a configuration, which may be kept.
fn opens(function: &Function) -> bool {
    let names = [
        "build", "open", "connect", "bind", "create", "start", "spawn", "launch", "init",
    ];
    names.iter().any(|name| function.name.starts_with(name))
}

/// What goes on for as long as the program, perhaps.
fn starts(function: &Function) -> bool {
    let names = [
        "main", "run", "serve", "start", "spawn", "launch", "listen", "init", "static ",
    ];
    names.iter().any(|name| function.name.starts_with(name))
}

/// Types with a method that uses the value up, as `Transaction::commit(self)` does.
fn finished(world: &World<'_>) -> HashSet<TypeId> {
    let names = [
        "commit", "rollback", "finish", "finalize", "complete", "execute", "abort",
    ];
    let functions = world.functions.iter();
    let finishing = functions.filter(|(_, function)| {
        function.receiver == Some(Receiver::Value)
            && names.iter().any(|name| function.name.starts_with(name))
    });
    let owners = finishing.filter_map(|(file, function)| {
        let owner = function.owner.as_ref()?;
        world.resolve(*file, owner).own()
    });
    owners.collect()
}
