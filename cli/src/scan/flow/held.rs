//! Guards of maps that lock their parts: how long each is held, and what happens meanwhile.
//!
//! What is bound is held until its scope ends, or it is dropped or passed on; what is not, until its statement ends.

use std::rc::Rc;

use super::{Flow, Value};
use crate::scan::{
    facts::{At, Expr},
    places::{Happens, Incident, Slot},
    types::Type,
    words::{self, Grip},
};

#[derive(Debug)]
pub(super) struct Guard {
    slot: Slot,
    /// Of a map whose owner was made in this function.
    is_fresh: bool,
    is_exclusive: bool,
    is_iter: bool,
    at: At,
    by: String,
}

#[derive(Default)]
pub(super) struct Held {
    /// Those that have no name.
    temps: Vec<Rc<Guard>>,
    /// What is bound below is of the function around this closure.
    floor: usize,
    told: Vec<(At, Happens)>,
}

impl Held {
    pub(super) fn temps(&self) -> usize {
        self.temps.len()
    }

    /// A statement, or a condition, ends.
    pub(super) fn end(&mut self, temps: usize) {
        self.temps.truncate(temps);
    }

    fn ends(&mut self, guard: &Rc<Guard>) {
        self.temps.retain(|of| !Rc::ptr_eq(of, guard));
    }

    /// What is not told yet.
    fn tell(&mut self, guard: &Guard, happens: Happens) -> bool {
        let is_new = !self.told.contains(&(guard.at, happens));
        if is_new {
            self.told.push((guard.at, happens));
        }
        is_new
    }
}

impl Flow<'_, '_> {
    fn live(&self) -> Vec<Rc<Guard>> {
        let bound = self.scope[self.held.floor.min(self.scope.len())..].iter();
        let bound = bound.filter_map(|(_, value)| value.guard.clone());
        bound.chain(self.held.temps.iter().cloned()).collect()
    }

    fn incident(&mut self, guard: &Guard, happens: Happens, by: &str, at: At) {
        if self.held.tell(guard, happens) {
            self.places.incidents.push(Incident {
                happens,
                slot: guard.slot,
                file: self.file,
                function: self.id,
                first: (guard.at, guard.by.clone()),
                then: (at, by.to_owned()),
            });
        }
    }

    /// The function waits.
    pub(super) fn waits(&mut self, at: At) {
        for guard in self.live() {
            self.incident(&guard, Happens::HeldWhileWaiting, ".await", at);
        }
        self.loops.iter_mut().for_each(|of| of.waits = true);
    }

    /// A method of a map was called, and may have given a guard.
    pub(super) fn locked(
        &mut self,
        map: &Value,
        (name, arguments): (&str, usize),
        at: At,
        result: &mut Value,
    ) {
        // `OnceLock::get`, and the like, of what the map is in.
        let is_wrapper = map.ty.as_ref().is_some_and(|ty| {
            let mut wrappers = ty.wrappers();
            wrappers.any(|of| !matches!(of, "&" | "Arc" | "Rc" | "Box"))
        });
        if is_wrapper || arguments == 0 && matches!(name, "get" | "get_mut") {
            return;
        }
        let is_locked = |ty: &Type| ty.map_kind().is_some_and(words::MapKind::is_locked);
        let Some(is_exclusive) = words::locks(name) else {
            return;
        };
        if !map.ty.as_ref().is_some_and(is_locked) {
            return;
        }
        let slot = map.slots.iter().copied().find(|slot| slot.depth == 0);
        let Some(slot) = slot else {
            return;
        };
        for guard in self.live() {
            let is_same = guard.slot == slot && guard.is_fresh == map.fresh;
            if is_same && (guard.is_exclusive || is_exclusive) {
                self.incident(&guard, Happens::UsedWhileHeld, name, at);
            }
        }
        if words::gives_guard(name) {
            let guard = Rc::new(Guard {
                slot,
                is_fresh: map.fresh,
                is_exclusive,
                is_iter: name.starts_with("iter"),
                at,
                by: name.to_owned(),
            });
            result.guard = Some(guard.clone());
            self.held.temps.push(guard);
        }
    }

    /// A method of a guard was called, or of an `Option` of one.
    pub(super) fn gripped(
        &mut self,
        (guard, is_entry): (&Rc<Guard>, bool),
        on: &Expr,
        name: &str,
        result: &mut Value,
    ) {
        let is_of_entry = matches!(
            name,
            "remove" | "remove_entry" | "insert" | "insert_entry" | "replace_entry" | "into_key"
        );
        let grip = match is_of_entry && !is_entry {
            true => Grip::Borrows,
            false => words::grip(name, guard.is_iter),
        };
        let is_same = |of: &Option<Rc<Guard>>| of.as_ref().is_none_or(|of| Rc::ptr_eq(of, guard));
        if grip != Grip::Borrows && matches!(on, Expr::Path(_)) {
            self.unbind(guard);
        }
        match grip {
            // One of its entries is no iterator any more.
            Grip::Keeps if name == "next" => {
                let entry = Rc::new(Guard {
                    is_iter: false,
                    by: guard.by.clone(),
                    ..**guard
                });
                self.held.ends(guard);
                result.guard = Some(entry.clone());
                self.held.temps.push(entry);
            }
            Grip::Keeps => {
                if is_same(&result.guard) {
                    result.guard = Some(guard.clone());
                }
                self.held.ends(guard);
                self.held.temps.push(guard.clone());
            }
            Grip::Ends => {
                self.held.ends(guard);
                result.guard.take_if(|of| Rc::ptr_eq(of, guard));
            }
            Grip::Borrows => {
                result.guard.take_if(|of| Rc::ptr_eq(of, guard));
            }
        }
    }

    /// It has a name from now on, or is looked into by patterns.
    pub(super) fn bound(&mut self, value: &Value) {
        if let Some(guard) = &value.guard {
            self.held.ends(guard);
        }
    }

    /// It was passed on.
    pub(super) fn moved(&mut self, of: &Expr, value: &Value) {
        if let (Expr::Path(_), Some(guard)) = (of, &value.guard) {
            self.unbind(&guard.clone());
        }
    }

    fn unbind(&mut self, guard: &Rc<Guard>) {
        for (_, value) in &mut self.scope {
            value.guard.take_if(|of| Rc::ptr_eq(of, guard));
        }
    }

    /// Before a closure's body: what is held around it is not held in it, as far as it is known.
    pub(super) fn enter(&mut self) -> (Vec<Rc<Guard>>, usize) {
        let floor = std::mem::replace(&mut self.held.floor, self.scope.len());
        (std::mem::take(&mut self.held.temps), floor)
    }

    pub(super) fn leave(&mut self, (temps, floor): (Vec<Rc<Guard>>, usize)) {
        self.held.temps = temps;
        self.held.floor = floor;
    }
}
