//! Keys that are gathered from a map first, and removed from it one by one then.

use super::{Flow, Value};
use crate::scan::{
    facts::{At, Expr},
    places::{Happens, Incident, Slot},
    words,
};

/// A loop over keys, or values, of these maps.
pub(super) struct Gathered {
    keys_of: Vec<Slot>,
    at: At,
    /// There is nothing in it but the removal.
    is_plain: bool,
    found: Vec<Incident>,
    /// What waits cannot be done by a closure.
    pub(super) waits: bool,
}

impl Flow<'_, '_> {
    pub(super) fn enter_loop(&mut self, over: &Value, body: &Expr, at: At) {
        let keys_of = match over.guard {
            None => over.keys_of.clone(),
            Some(_) => Vec::new(),
        };
        self.loops.push(Gathered {
            keys_of,
            at,
            is_plain: is_removal(body),
            found: Vec::new(),
            waits: false,
        });
    }

    pub(super) fn leave_loop(&mut self) {
        let Some(of) = self.loops.pop() else {
            return;
        };
        if of.is_plain && !of.waits {
            self.places.incidents.extend(of.found);
        }
    }

    pub(super) fn removed_in_loop(&mut self, slot: Slot, by: &str, at: At) {
        let (file, function) = (self.file, self.id);
        let mut loops = self.loops.iter_mut().rev();
        if let Some(of) = loops.find(|of| of.keys_of.contains(&slot)) {
            of.found.push(Incident {
                happens: Happens::RemovedInLoop,
                slot,
                file,
                function,
                first: (of.at, "for".to_owned()),
                then: (at, by.to_owned()),
            });
        }
    }

    /// `dead.push(key.clone())`: the list has keys of that map from now on.
    pub(super) fn gathers(&mut self, on: &Expr, name: &str, args: &[Expr]) {
        if !matches!(name, "push" | "push_back" | "insert" | "extend") {
            return;
        }
        let (Expr::Path(list), [of]) = (on, args) else {
            return;
        };
        let keys_of = match self.root(of) {
            Some(value) if !value.keys_of.is_empty() => value.keys_of.clone(),
            _ => return,
        };
        if let [list] = &list[..]
            && let Some((_, value)) = self.scope.iter_mut().rev().find(|(of, _)| of == list)
            && value.slots.is_empty()
        {
            value.keys_of = keys_of;
        }
    }

    /// The binding that an expression starts with.
    fn root(&self, of: &Expr) -> Option<&Value> {
        match of {
            Expr::Path(path) => {
                let [name] = &path[..] else {
                    return None;
                };
                let mut scope = self.scope.iter().rev();
                scope.find(|(of, _)| of == name).map(|(_, value)| value)
            }
            Expr::Method { on, .. } => self.root(on),
            Expr::Field(of, _) | Expr::Borrow(of, _) | Expr::Deref(of) => self.root(of),
            _ => None,
        }
    }
}

/// What a map is iterated by gives its keys, whatever becomes of them on the way.
pub(super) fn carries(method: &str) -> bool {
    matches!(
        method,
        "iter"
            | "into_iter"
            | "drain"
            | "cloned"
            | "copied"
            | "map"
            | "filter"
            | "filter_map"
            | "collect"
            | "to_vec"
            | "rev"
            | "take"
            | "skip"
            | "clone"
            | "to_owned"
            | "to_string"
            | "into"
            | "key"
            | "value"
            | "take_while"
            | "keys"
            | "into_keys"
    )
}

fn is_removal(body: &Expr) -> bool {
    match body {
        Expr::Block(all, _) => matches!(&all[..], [only] if is_removal(only)),
        Expr::Let {
            pat: crate::scan::facts::Pat::Wild,
            value: Some(of),
            ..
        } => is_removal(of),
        Expr::Method { name, .. } => words::removes_key(name),
        _ => false,
    }
}
