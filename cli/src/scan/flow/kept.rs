//! What is shared with a map's owner, or taken out of the map, and who keeps it then.

use std::{cell::Cell, rc::Rc};

use super::{Flow, Value, loops::carries, values::tops};
use crate::scan::{
    facts::At,
    places::{Keeper, Kept, PlaceId, Slot, Swap, Taken},
    types::Type,
    words,
};

/// What a value is of a map that somebody else has, or had.
#[derive(Debug)]
pub(super) struct Share {
    of: Vec<Slot>,
    taken: Taken,
    wrappers: usize,
    at: At,
    by: String,
    /// The owner of the map is being made.
    constructing: bool,
    /// Within how many loops of tasks it was taken.
    awake: usize,
    /// In a loop that waits, as for connections: each time anew.
    is_again: bool,
    /// Its name gets another one from time to time.
    is_renewed: Cell<bool>,
}

impl Value {
    /// It is a handle of a map that somebody else has.
    pub(super) fn is_shared(&self) -> bool {
        let share = self.share.as_ref();
        share.is_some_and(|share| share.taken == Taken::Shared)
    }
}

impl Flow<'_, '_> {
    /// What a method gives, of the map that it is called on.
    pub(super) fn shared_by(
        &self,
        value: &Value,
        name: &str,
        arguments: usize,
        at: At,
    ) -> Option<Rc<Share>> {
        if value.share.is_some() {
            return self.goes_on(value, name, arguments);
        }
        let ty = value.ty.as_ref().filter(|_| value.is_map())?;
        let mut outer = ty.wrappers().filter(|of| !is_seen_through(of));
        let (first, is_swapped) = (outer.next(), ty.wrappers().any(is_swap));
        let is_plain = first.is_none();
        let taken = match name {
            "clone" if first.is_some_and(words::is_handle) => Taken::Shared,
            "load_full" | "load" if is_swapped => Taken::Shared,
            "swap" if is_swapped => Taken::Whole,
            "take" | "replace" if matches!(ty.name(), "Option" | "RefCell" | "Cell") => {
                Taken::Whole
            }
            "into_iter" | "drain" | "into" if is_plain => Taken::Moved,
            "iter" | "clone" if is_plain => Taken::Copied,
            _ => return None,
        };
        let mut share = self.share(value, taken, name, at)?;
        if is_swapped && name != "clone" {
            share.wrappers = swapped_in(ty);
        }
        Some(Rc::new(share))
    }

    /// What has a share already keeps it, if it is the same map still, or its entries.
    fn goes_on(&self, value: &Value, name: &str, arguments: usize) -> Option<Rc<Share>> {
        let share = value.share.as_ref()?;
        match (share.taken, name) {
            // Another map is made of it.
            (Taken::Whole, "into" | "into_iter" | "drain") => Some(Rc::new(Share {
                taken: Taken::Moved,
                by: share.by.clone(),
                of: share.of.clone(),
                is_renewed: Cell::new(false),
                ..**share
            })),
            _ if words::passes(name, arguments) || carries(name) => value.share.clone(),
            _ => None,
        }
    }

    fn share(&self, value: &Value, taken: Taken, by: &str, at: At) -> Option<Share> {
        let of = tops(value);
        (!of.is_empty()).then(|| Share {
            of,
            taken,
            wrappers: value.ty.as_ref().map_or(0, wrappers),
            at,
            by: by.to_owned(),
            constructing: self.is_being_made(value),
            awake: self.awake,
            is_again: self.at_run_time > 0,
            is_renewed: Cell::new(false),
        })
    }

    /// The same of a function of elsewhere.
    pub(super) fn shared_by_call(
        &self,
        path: &[String],
        values: &[Value],
        at: At,
    ) -> Option<Rc<Share>> {
        let (name, first) = (path.last()?, values.first()?);
        let of = path.len().checked_sub(2).map_or("", |at| &*path[at]);
        match (of, &**name) {
            ("mem", "take" | "replace") if first.is_map() => {
                let by = format!("mem::{name}");
                self.share(first, Taken::Whole, &by, at).map(Rc::new)
            }
            ("Arc" | "Rc", "clone") => self.shared_by(first, name, 0, at),
            (of, "from" | "from_iter") if words::map_kind(of, path).is_some() => {
                self.shared_by(first, "into", 0, at)
            }
            ("", "Some" | "Ok") => first.share.clone(),
            (of, "new" | "from") if words::is_wrapper(of) => first.share.clone(),
            _ => None,
        }
    }

    /// A value becomes that of a field, or of a static.
    pub(super) fn kept_at(&mut self, value: &Value, to: &Value, at: At) {
        for slot in tops(to) {
            self.kept(value, Keeper::Place(slot.place), "kept here", at);
        }
    }

    /// It is a field's, of a value that is made here.
    pub(super) fn kept_by_new(&mut self, value: &Value, to: PlaceId, at: At) {
        let value = self.as_share(value, at);
        self.kept(&value, Keeper::New(to), "kept here", at);
    }

    /// A handle that was passed to this function, or returned by another, is shared as well.
    fn as_share(&self, value: &Value, at: At) -> Value {
        if value.share.is_some() {
            return value.clone();
        }
        let ty = value.ty.as_ref().filter(|_| value.is_map());
        let mut outer = ty.into_iter().flat_map(Type::wrappers);
        let outer = outer.find(|of| !is_seen_through(of));
        let is_handle = outer.is_some_and(words::is_handle);
        let share = is_handle.then(|| self.share(value, Taken::Shared, "passed", at));
        Value {
            share: share.flatten().map(Rc::new),
            ..Value::default()
        }
    }

    /// Values are put into a collection.
    pub(super) fn kept_among(&mut self, list: &Value, put: &[Value], by: &str, at: At) {
        for value in put {
            let value = self.as_share(value, at);
            for slot in tops(list) {
                self.kept(&value, Keeper::Among(slot.place), by, at);
            }
        }
    }

    /// A task goes on with what it got before its loop.
    pub(super) fn used_by_task(&mut self, value: &Value, name: &str) {
        if let Some(share) = &value.share
            && value.is_map()
            && self.awake > share.awake
            && !share.is_again
            && !share.is_renewed.get()
        {
            self.kept(value, Keeper::Task, name, share.at);
        }
    }

    /// A name has another value from now on.
    pub(super) fn renewed(&mut self, old: &Value) {
        if let Some(share) = &old.share {
            share.is_renewed.set(true);
            let (file, from) = (self.file, share.at);
            self.places
                .kept
                .retain(|of| of.by != Keeper::Task || of.file != file || of.from.0 != from);
        }
    }

    fn kept(&mut self, value: &Value, by: Keeper, how: &str, at: At) {
        let Some(share) = &value.share else {
            return;
        };
        for &of in &share.of {
            self.places.kept.push(Kept {
                of,
                taken: share.taken,
                wrappers: share.wrappers,
                from: (share.at, share.by.clone()),
                by,
                at: (at, how.to_owned()),
                file: self.file,
                function: self.id,
                constructing: share.constructing,
            });
        }
    }

    /// A method that puts another map in a handle's place.
    pub(super) fn swapped(&mut self, value: &Value, name: &str, arguments: usize, at: At) {
        let Some(ty) = value.ty.as_ref().filter(|_| value.is_map()) else {
            return;
        };
        let is_it = match name {
            "store" | "swap" | "rcu" => arguments == 1 && ty.wrappers().any(is_swap),
            "replace" | "set" => matches!(ty.name(), "Option" | "RefCell" | "Cell"),
            _ => false,
        };
        if is_it {
            let wrappers = match ty.wrappers().any(is_swap) {
                true => swapped_in(ty),
                // What is in a cell is replaced, not the cell.
                false => wrappers(ty) - usize::from(matches!(ty.name(), "RefCell" | "Cell")),
            };
            self.swap(value, wrappers, name, at);
        }
    }

    /// A place gets another value, by assignment or the like.
    pub(super) fn handle_replaced(&mut self, of: &Value, by: &str, at: At) {
        if let Some(ty) = of.ty.as_ref().filter(|_| of.is_map())
            && let Some(outer) = ty.wrappers().find(|of| !is_seen_through(of))
            && words::is_handle(outer)
        {
            self.swap(of, wrappers(ty), by, at);
        }
    }

    fn swap(&mut self, of: &Value, wrappers: usize, by: &str, at: At) {
        for slot in tops(of) {
            self.places.swaps.push(Swap {
                slot,
                wrappers,
                by: by.to_owned(),
                at,
                file: self.file,
                function: self.id,
                constructing: self.is_being_made(of),
                at_run_time: self.at_run_time > of.level,
            });
        }
    }
}

fn is_swap(name: &str) -> bool {
    name.starts_with("ArcSwap")
}

/// It says nothing of who else has the map.
fn is_seen_through(name: &str) -> bool {
    matches!(
        name,
        "&" | "Option" | "Result" | "Box" | "Ref" | "RefMut" | "Guard"
    ) || name.ends_with("Guard")
}

/// Within how many wrappers a map is that others may have.
fn wrappers(ty: &Type) -> usize {
    ty.wrappers().filter(|of| !is_seen_through(of)).count()
}

/// The same, of what is in an `ArcSwap`.
fn swapped_in(ty: &Type) -> usize {
    let mut all = ty.wrappers().filter(|of| !is_seen_through(of));
    let _ = all.find(|of| is_swap(of));
    1 + all.count()
}
