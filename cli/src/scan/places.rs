//! Where maps are, what is done to each, and which places are the same map or hold it for a while.

use std::collections::{HashMap, HashSet};

use super::{
    facts::At,
    world::{FnId, StaticId, TypeId},
};

pub(crate) type PlaceId = usize;

/// Where a map is kept or passes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A type's field, by its index.
    Field(TypeId, usize),
    Static(StaticId),
    /// A function's parameter: it stands for whatever callers pass.
    Param(FnId, usize),
    /// One binding of a function.
    Local(FnId, usize),
}

/// A map of a place: the one that is there, or one among its values, so many levels down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Slot {
    pub(crate) place: PlaceId,
    pub(crate) depth: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Inserts,
    /// A key goes, or all of them, or the map with them.
    Removes,
    /// Its length is compared with something.
    Measured,
    /// A function of elsewhere got it, and may do what it likes.
    HandedOut,
    /// A value is emptied, and its key stays.
    Vacates,
    /// An entry is made where one is only looked at, or something taken out of it.
    MadeForNothing,
    /// Its room is given back.
    Shrinks,
}

/// What happens in an order that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happens {
    /// A key is put in, and an error leaves the function before it is taken out.
    LeftByError,
    /// The same, where the function waits and may be dropped.
    LeftByWaiting,
    /// Keys that were gathered from a map are removed from it, one by one.
    RemovedInLoop,
    /// A guard is held where the function waits.
    HeldWhileWaiting,
    /// The map is used while a guard of it is held.
    UsedWhileHeld,
}

/// It happened to this map: first this, then that.
#[derive(Clone, Debug)]
pub(crate) struct Incident {
    pub(crate) happens: Happens,
    pub(crate) slot: Slot,
    pub(crate) file: usize,
    pub(crate) function: FnId,
    pub(crate) first: (At, String),
    pub(crate) then: (At, String),
}

/// Something that is done to a map.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    pub(crate) slot: Slot,
    pub(crate) what: What,
    /// The method, or what else it is.
    pub(crate) by: String,
    pub(crate) file: usize,
    pub(crate) at: At,
    pub(crate) function: FnId,
    /// The owner is being made in this function, and nobody else has it.
    pub(crate) constructing: bool,
    /// In a loop that waits, or in what runs on its own.
    pub(crate) at_run_time: bool,
}

/// How a map, or what is in it, came into other hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// A handle: both have the map, until one of them takes another.
    Shared,
    /// The map itself, with another one in its place.
    Whole,
    /// Its entries, which it has no more.
    Moved,
    /// Copies of its entries.
    Copied,
}

/// Who has it from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeper {
    /// A field or a static: what it had before is gone.
    Place(PlaceId),
    /// A field, as its owner is made.
    New(PlaceId),
    /// A collection, beside what that has already; or its entries are among those of another map.
    Among(PlaceId),
    /// A loop of a task, as long as that runs.
    Task,
}

/// Something of a map is kept elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) of: Slot,
    pub(crate) taken: Taken,
    /// Within how many wrappers the map is, that handle being the outermost.
    pub(crate) wrappers: usize,
    pub(crate) from: (At, String),
    pub(crate) by: Keeper,
    pub(crate) at: (At, String),
    pub(crate) file: usize,
    pub(crate) function: FnId,
    /// The owner of the map is being made.
    pub(crate) constructing: bool,
}

/// A handle of a map is replaced by that of another one: who has the first one keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Swap {
    pub(crate) slot: Slot,
    /// Within how many wrappers the map is, that handle being the outermost.
    pub(crate) wrappers: usize,
    pub(crate) by: String,
    pub(crate) at: At,
    pub(crate) file: usize,
    pub(crate) function: FnId,
    pub(crate) constructing: bool,
    pub(crate) at_run_time: bool,
}

/// A call of a function of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) caller: FnId,
    pub(crate) callee: FnId,
    pub(crate) constructing: bool,
    pub(crate) at_run_time: bool,
}

/// Before the name of a guess that is a local's: it says something of fields in its own file alone.
pub(crate) const LOCAL: &str = "local ";

/// All of it.
#[derive(Default)]
pub(crate) struct Places {
    ids: HashMap<Place, PlaceId>,
    pub(crate) all: Vec<Place>,
    pub(crate) ops: Vec<Op>,
    pub(crate) calls: Vec<Call>,
    pub(crate) incidents: Vec<Incident>,
    pub(crate) kept: Vec<Kept>,
    pub(crate) swaps: Vec<Swap>,
    /// From a place to a parameter or field that gets its map, so many levels down.
    edges: HashMap<PlaceId, HashSet<(PlaceId, u8)>>,
    back: HashMap<PlaceId, HashSet<PlaceId>>,
    /// What functions return, if it is a map of some place.
    pub(crate) returns: HashMap<FnId, Vec<Slot>>,
    /// `field.method` where nobody knows whose field it is: package, file, field, method.
    pub(crate) guesses: HashSet<(String, usize, String, String)>,
    /// Types that are seen within an `Arc`, a lock or a static, by an expression.
    pub(crate) shared: HashSet<TypeId>,
    /// Types a method of which waits for events in a loop.
    pub(crate) actors: HashSet<TypeId>,
    /// Of these, those that do so themselves.
    pub(crate) waiting: HashSet<TypeId>,
    /// Types of which a function gives a value that it has made, or makes it one of a type that is not known.
    pub(crate) escapes: HashSet<(TypeId, FnId)>,
    /// Functions that wait for events in a loop.
    pub(crate) endless: HashSet<FnId>,
    /// Types with the functions that make a value of them, by its name or by `default`.
    pub(crate) made: HashSet<(TypeId, FnId)>,
    /// Types of which something of elsewhere was given a value to keep.
    pub(crate) given: HashSet<TypeId>,
}

impl Places {
    pub(crate) fn id(&mut self, of: Place) -> PlaceId {
        let next = self.all.len();
        let id = *self.ids.entry(of).or_insert(next);
        if id == next {
            self.all.push(of);
        }
        id
    }

    /// Before functions are followed once more: places and what functions return stay.
    pub(crate) fn forget_what_is_done(&mut self) {
        *self = Self {
            ids: std::mem::take(&mut self.ids),
            all: std::mem::take(&mut self.all),
            returns: std::mem::take(&mut self.returns),
            ..Self::default()
        };
    }

    pub(crate) fn known(&self, of: Place) -> Option<PlaceId> {
        self.ids.get(&of).copied()
    }

    /// The second gets the first one's map.
    pub(crate) fn flows(&mut self, from: Slot, to: PlaceId) {
        if from.place != to {
            self.edges
                .entry(from.place)
                .or_default()
                .insert((to, from.depth));
            self.back.entry(to).or_default().insert(from.place);
        }
    }

    /// All that is done to the map of a place, wherever it is passed; if it is shared, by its other holders too.
    pub(crate) fn ops_of(&self, of: PlaceId, is_shared: bool) -> Vec<&Op> {
        self.ops_within(of, is_shared, 0)
    }

    /// The same, of what is so many levels down in it.
    pub(crate) fn ops_within(&self, of: PlaceId, is_shared: bool, depth: i32) -> Vec<&Op> {
        let mut reached = HashSet::new();
        self.down(of, depth, &mut reached);
        if is_shared {
            for place in self.sources(of) {
                self.down(place, depth, &mut reached);
            }
        }
        let ops = self.ops.iter();
        // An operation is on the map itself if what its place has is that map.
        let ops = ops.filter(|op| reached.contains(&(op.slot.place, i32::from(op.slot.depth))));
        ops.collect()
    }

    /// The fields and statics that a map may come from.
    pub(crate) fn origins(&self, of: PlaceId) -> Vec<PlaceId> {
        let mut seen = HashSet::from([of]);
        let mut open = vec![of];
        let mut found = Vec::new();
        while let Some(next) = open.pop() {
            if let Place::Field(..) | Place::Static(_) = self.all[next] {
                found.push(next);
                continue;
            }
            let before = self.back.get(&next).into_iter().flatten().copied();
            open.extend(before.filter(|&before| seen.insert(before)));
        }
        found.sort_unstable();
        found
    }

    /// It and the places that its map comes from.
    pub(crate) fn sources(&self, of: PlaceId) -> HashSet<PlaceId> {
        let mut found = HashSet::from([of]);
        let mut open = vec![of];
        while let Some(next) = open.pop() {
            for &before in self.back.get(&next).into_iter().flatten() {
                if found.insert(before) {
                    open.push(before);
                }
            }
        }
        found
    }

    /// The field or static that a map comes from, if it is one.
    pub(crate) fn origin(&self, of: PlaceId) -> Option<Place> {
        let mut seen = HashSet::from([of]);
        let mut open = vec![of];
        while let Some(next) = open.pop() {
            if let place @ (Place::Field(..) | Place::Static(_)) = self.all[next] {
                return Some(place);
            }
            for &before in self.back.get(&next).into_iter().flatten() {
                if seen.insert(before) {
                    open.push(before);
                }
            }
        }
        None
    }

    /// The places that a map gets to, each with the depth at which it is there.
    fn down(&self, of: PlaceId, depth: i32, reached: &mut HashSet<(PlaceId, i32)>) {
        let mut open = vec![(of, depth)];
        while let Some((place, depth)) = open.pop() {
            if depth < 0 || !reached.insert((place, depth)) {
                continue;
            }
            // Of what is passed from one level down, that level is the top.
            for &(to, shift) in self.edges.get(&place).into_iter().flatten() {
                open.push((to, depth - i32::from(shift)));
            }
        }
    }

    /// Functions that are only called while what they get is being made: by those that make it, or set it up (`builders`).
    pub(crate) fn only_while_constructing(
        &self,
        builders: &HashSet<FnId>,
        is_called_elsewhere: impl Fn(FnId) -> bool,
    ) -> HashSet<FnId> {
        let constructs = |call: &Call| call.constructing || builders.contains(&call.caller);
        let mut by_callee: HashMap<FnId, Vec<&Call>> = HashMap::new();
        for call in &self.calls {
            by_callee.entry(call.callee).or_default().push(call);
        }
        let callees = by_callee.keys().copied();
        let mut only: HashSet<FnId> = callees.filter(|&id| !is_called_elsewhere(id)).collect();
        loop {
            let before = only.len();
            let still = only.iter().copied().filter(|callee| {
                let mut calls = by_callee[callee].iter();
                calls.all(|call| {
                    !call.at_run_time && (constructs(call) || only.contains(&call.caller))
                })
            });
            only = still.collect();
            if only.len() == before {
                break;
            }
        }
        // Those that call each other in a circle are no constructors by that alone.
        let mut reached: HashSet<FnId> = HashSet::new();
        loop {
            let before = reached.len();
            let calls = self.calls.iter().filter(|call| only.contains(&call.callee));
            let calls = calls.filter(|call| constructs(call) || reached.contains(&call.caller));
            let found: Vec<FnId> = calls.map(|call| call.callee).collect();
            reached.extend(found);
            if reached.len() == before {
                return reached;
            }
        }
    }
}
