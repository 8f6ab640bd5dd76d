//! Keys that a function puts in and takes out again: what leaves it in between?
//!
//! Of branches each starts with what was put in before; what is put in by a condition may not have been, and says
//! nothing in its branches.

use super::{Flow, Value};
use crate::scan::{
    facts::{At, Expr},
    places::{Happens, Incident, Slot},
    types::Type,
    words,
};

/// A key that was put in, and not taken out so far.
#[derive(Clone, PartialEq)]
struct Pending {
    slot: Slot,
    /// As it is written, and the binding that it begins with.
    key: (String, usize),
    at: At,
    by: String,
    branch: usize,
}

/// Left while it was pending.
#[derive(Clone, PartialEq)]
struct Left {
    pending: Pending,
    happens: Happens,
    at: At,
    by: &'static str,
}

#[derive(Clone, Default)]
pub(super) struct Exits {
    pending: Vec<Pending>,
    left: Vec<Left>,
    branch: usize,
}

/// Keys of a condition.
pub(super) struct Tested(Vec<Pending>);

impl Exits {
    pub(super) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// What came since there were so many is left out for a while.
    pub(super) fn suspend(&mut self, since: usize) -> Tested {
        Tested(self.pending.split_off(since.min(self.pending.len())))
    }

    pub(super) fn resume(&mut self, tested: Tested) {
        self.pending.extend(tested.0);
    }

    /// As one of several branches starts.
    pub(super) fn forked(&self) -> Self {
        let mut of = self.clone();
        of.branch += 1;
        of
    }

    /// One more branch that it may have been.
    pub(super) fn join(&mut self, other: Self) {
        for of in other.pending {
            if !self.pending.contains(&of) {
                self.pending.push(of);
            }
        }
        for of in other.left {
            if !self.left.contains(&of) {
                self.left.push(of);
            }
        }
    }

    pub(super) fn after_branches(&mut self, start: &Self) {
        self.branch = start.branch;
    }

    /// The function ends here.
    pub(super) fn end(&mut self) {
        self.pending.clear();
    }

    /// It may be left here with what came before there were so many.
    pub(super) fn leave(&mut self, before: usize, happens: Happens, by: &'static str, at: At) {
        for pending in self.pending.iter().take(before) {
            let left = Left {
                pending: pending.clone(),
                happens,
                at,
                by,
            };
            if !self.left.contains(&left) {
                self.left.push(left);
            }
        }
    }
}

impl Flow<'_, '_> {
    pub(super) fn put_in(&mut self, map: &Value, args: &[Expr], by: &str, at: At) {
        let Some(key) = self.key(args) else {
            return;
        };
        if self.is_being_made(map) {
            return;
        }
        for &slot in map.slots.iter().filter(|slot| slot.depth == 0) {
            let pending = Pending {
                slot,
                key: key.clone(),
                at,
                by: by.to_owned(),
                branch: self.exits.branch,
            };
            self.exits.pending.push(pending);
        }
    }

    /// The first argument: the same words mean another key where they begin with another binding of that name.
    fn key(&self, args: &[Expr]) -> Option<(String, usize)> {
        let key = written(args.first()?)?;
        let name = key.split(['.', ':']).next()?;
        let mut scope = self.scope.iter().rev();
        let bound = scope.find(|(of, _)| of == name);
        let binding = bound.map_or(0, |(_, value)| value.binding);
        Some((key, binding))
    }

    pub(super) fn taken_out(&mut self, map: &Value, args: &[Expr], by: &str, at: At) {
        let key = self.key(args);
        for &slot in map.slots.iter().filter(|slot| slot.depth == 0) {
            if words::removes_key(by) {
                self.removed_in_loop(slot, by, at);
                if let Some(key) = &key {
                    self.taken_out_late(slot, key, by, at);
                }
            }
            let is_it = |of: &Pending| of.slot == slot;
            self.exits.pending.retain(|of| !is_it(of));
            self.exits.left.retain(|of| !is_it(&of.pending));
        }
    }

    /// Errors are told before what merely waits, and once for each insertion.
    fn taken_out_late(&mut self, slot: Slot, key: &(String, usize), by: &str, at: At) {
        let branch = self.exits.branch;
        let left = self.exits.left.iter().filter(|left| {
            // What is taken out in a branch only is somebody else's in the others.
            let is_always = branch <= left.pending.branch;
            left.pending.slot == slot
                && left.pending.key == *key
                && (is_always || left.happens == Happens::LeftByError)
        });
        let first = left.min_by_key(|left| (left.happens != Happens::LeftByError, left.at));
        let Some(left) = first.cloned() else {
            return;
        };
        if self.is_guarded() {
            return;
        }
        self.places.incidents.push(Incident {
            happens: left.happens,
            slot,
            file: self.file,
            function: self.id,
            first: (left.pending.at, left.pending.by),
            then: (
                left.at,
                format!("{} before `{by}` in line {}", left.by, at.line),
            ),
        });
    }

    /// Something in reach cleans up when it is dropped.
    fn is_guarded(&self) -> bool {
        self.scope.iter().any(|(name, value)| {
            let own = value.ty.as_ref().and_then(Type::own);
            let drops = own
                .and_then(|id| self.world.traits.get(&id))
                .is_some_and(|of| of.contains("Drop"));
            name != "self" && (drops || name.contains("guard"))
        })
    }
}

/// A key as it is written, without what makes another one of it.
fn written(of: &Expr) -> Option<String> {
    match of {
        Expr::Path(path) => Some(path.join("::")),
        Expr::Field(of, name) => Some(format!("{}.{name}", written(of)?)),
        Expr::Borrow(of, _) | Expr::Deref(of) => written(of),
        Expr::Method { on, name, args, .. }
            if args.is_empty()
                && matches!(
                    &**name,
                    "clone" | "to_owned" | "to_string" | "into" | "as_str" | "as_ref" | "to_vec"
                ) =>
        {
            written(on)
        }
        _ => None,
    }
}
