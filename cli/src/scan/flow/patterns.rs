//! What patterns bind, and closures' parameters.

use super::{Flow, Value};
use crate::scan::places::LOCAL;
use crate::scan::{
    facts::{Expr, Pat},
    places::{Place, Slot},
    types::{Head, Type},
};

impl Flow<'_, '_> {
    /// A binding of its own: a map that nobody has yet, has a place from now on.
    pub(super) fn bind_new(&mut self, pat: &Pat, mut value: Value) {
        let ty = match pat {
            Pat::Typed(_, ty) => {
                let ty = self.world.resolve(self.file, ty);
                (ty.name() != "_").then_some(ty)
            }
            _ => None,
        };
        if ty.is_some() {
            if ty.as_ref().and_then(Type::own).is_none() {
                self.escapes(&value);
            }
            value.ty = ty;
            value.fresh |=
                value.ty.as_ref().and_then(Type::own).is_some() && value.slots.is_empty();
        }
        if value.is_map() && value.slots.is_empty() {
            self.locals += 1;
            let place = self.places.id(Place::Local(self.id, self.locals));
            value.slots.push(Slot { place, depth: 0 });
        }
        self.bind(pat, value);
    }

    /// No other binding is this one, whatever its name.
    fn name(&mut self, name: &str, value: Value) {
        self.bindings += 1;
        let binding = self.bindings;
        self.scope
            .push((name.to_owned(), Value { binding, ..value }));
    }

    pub(super) fn bind(&mut self, pat: &Pat, value: Value) {
        match pat {
            Pat::Wild => {}
            // `None` and constants bind nothing.
            Pat::Name(name) if name.starts_with(char::is_uppercase) => {}
            Pat::Name(name) => {
                let mut value = value;
                if value.ty.is_none() && value.slots.is_empty() && value.guess.is_none() {
                    value.guess = Some(format!("{LOCAL}{name}").into());
                }
                self.name(name, value);
            }
            Pat::Both(name, sub) => {
                self.name(name, value.clone());
                self.bind(sub, value);
            }
            Pat::Typed(sub, ty) => {
                let ty = self.world.resolve(self.file, ty);
                let value = match ty.name() {
                    "_" => value,
                    _ => value.typed(Some(ty)),
                };
                self.bind(sub, value);
            }
            Pat::Or(all) => all.iter().for_each(|of| self.bind(of, value.clone())),
            Pat::Tuple(all) => {
                for (index, of) in all.iter().enumerate() {
                    let part = self.part(&value, index);
                    self.bind(of, part);
                }
            }
            Pat::TupleStruct(path, all) => self.bind_tuple_struct(path, all, value),
            Pat::Struct(path, fields) => {
                let of = self.world.constructed(self.file, path);
                for (name, pat) in fields {
                    let field = match &of {
                        Some((id, prefix)) => {
                            self.own_field(*id, &format!("{prefix}{name}"), &value)
                        }
                        None => self.field(value.clone(), name),
                    };
                    self.bind(pat, field);
                }
            }
        }
    }

    fn bind_tuple_struct(&mut self, path: &[String], all: &[Pat], value: Value) {
        let name = path.last().map_or("", String::as_str);
        let only = match all {
            [only] => Some(only),
            _ => None,
        };
        let wraps = matches!(name, "Some" | "Ok" | "Ready" | "Continue" | "Break");
        if let (Some(only), true) = (only, wraps) {
            // The value of what it wraps: the wrapper is seen through.
            return self.bind(only, value);
        }
        if name == "Err" {
            return all.iter().for_each(|of| self.bind(of, Value::default()));
        }
        if let (Some(only), "Occupied" | "Vacant") = (only, name) {
            return self.bind(only, value);
        }
        if let Some((id, prefix)) = self.world.constructed(self.file, path) {
            for (index, of) in all.iter().enumerate() {
                let field = self.own_field(id, &format!("{prefix}{index}"), &value);
                self.bind(of, field);
            }
            return;
        }
        match only {
            // `State(state)`, `Extension(state)`.
            Some(only) => self.bind(only, value),
            None => all.iter().for_each(|of| self.bind(of, Value::default())),
        }
    }

    fn own_field(&mut self, id: usize, name: &str, of: &Value) -> Value {
        let ty = match &of.ty {
            Some(ty) if ty.own() == Some(id) => ty.clone(),
            _ => Type {
                head: Head::Own(id),
                args: Vec::new(),
            },
        };
        match self.world.field(&ty, name) {
            Some((id, index, field)) => self.field_value(id, index, field, of.fresh),
            None => Value::default(),
        }
    }

    /// One of a tuple's values.
    fn part(&self, of: &Value, index: usize) -> Value {
        let Some(ty) = &of.ty else {
            return Value {
                slots: of.slots.clone(),
                fresh: of.fresh,
                keys_of: of.keys_of.clone(),
                ..Value::default()
            };
        };
        let peeled = ty.peeled();
        match peeled.name() {
            "()" => of.clone().typed(peeled.args.get(index).cloned()),
            _ => Value::default(),
        }
    }

    pub(super) fn tuple(&mut self, all: &[Expr]) -> Value {
        let mut types = Vec::new();
        let mut slots = Vec::new();
        let mut fresh = false;
        for of in all {
            let value = self.expr(of);
            types.push(value.ty.unwrap_or_else(|| Type::other("_", Vec::new())));
            slots.extend(value.slots);
            fresh |= value.fresh;
        }
        Value {
            ty: Some(Type::other("()", types)),
            slots,
            fresh,
            ..Value::default()
        }
    }

    /// What its body is worth, its parameters being these, as far as they are known.
    pub(super) fn closure(&mut self, params: &[Pat], body: &Expr, given: &[Value]) -> Value {
        let depth = self.scope.len();
        let around = (self.enter(), std::mem::take(&mut self.exits));
        let loops = std::mem::take(&mut self.loops);
        match (params, given) {
            // Key and value of an entry: one pair, or two parameters.
            ([_, _, ..], [pair]) => {
                for (index, pat) in params.iter().enumerate() {
                    let part = self.part(pair, index);
                    self.bind(pat, part);
                }
            }
            _ => {
                for (index, pat) in params.iter().enumerate() {
                    self.bind(pat, given.get(index).cloned().unwrap_or_default());
                }
            }
        }
        // What it returns is nobody's but its own.
        let returned = self.returned.len();
        let value = self.expr(body);
        self.returned.truncate(returned);
        self.scope.truncate(depth);
        self.leave(around.0);
        self.exits = around.1;
        self.loops = loops;
        value
    }
}
