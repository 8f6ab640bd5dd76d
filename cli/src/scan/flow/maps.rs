//! Methods of maps and of what stands around them; assignments.

use super::{Flow, Value};
use crate::scan::{
    facts::{At, Expr, Receiver},
    places::{Slot, What},
    types::{Head, Type},
    words::{self, Effect, MapKind},
};

impl Flow<'_, '_> {
    pub(super) fn method(&mut self, on: &Expr, name: &str, args: &[Expr], at: At) -> Value {
        let value = self.expr(on);
        self.method_of(value, Some(on), name, args, at)
    }

    /// A method of a value; what expression that is, if it is one.
    pub(super) fn method_of(
        &mut self,
        value: Value,
        on: Option<&Expr>,
        name: &str,
        args: &[Expr],
        at: At,
    ) -> Value {
        if let Some(ty) = &value.ty {
            if let Some(id) = ty.own() {
                return self.method_of_own(value, id, name, args, at);
            }
            match ty.name() {
                "Entry" | "OccupiedEntry" | "VacantEntry" | "VacantKey" => {
                    return self.entry_method(value, name, args, at);
                }
                "Iter" => return self.iter_method(value, name, args),
                _ => {}
            }
        }
        if value.is_map() {
            return self.map_method(value, on, name, args, at);
        }
        let is_unknown = value.ty.as_ref().is_none_or(|ty| is_open(ty.peeled()));
        if is_unknown && let Some(effect) = words::effect(name, args.len()) {
            // Perhaps it is a map: a generic parameter, or a type that could not be told.
            match effect {
                Effect::Removes | Effect::Consumes => self.op(&value, What::Removes, name, at),
                Effect::Inserts if args.len() >= 2 => self.op(&value, What::Inserts, name, at),
                _ => {}
            }
            if let Some(guess) = &value.guess {
                let guess = guess.clone();
                self.guess(&guess, name);
            }
        }
        if words::passes(name, args.len()) || name == "clone" || name == "entry" {
            let given = value
                .clone()
                .typed(value.ty.as_ref().map(|ty| opened(ty, name)));
            let result = self.args(args, std::slice::from_ref(&given));
            return match result {
                Some(result)
                    if matches!(
                        name,
                        "map" | "and_then" | "with" | "with_borrow" | "with_borrow_mut"
                    ) =>
                {
                    result
                }
                _ => given,
            };
        }
        self.method_of_unknown(value, name, args, at)
    }

    fn map_method(
        &mut self,
        value: Value,
        on: Option<&Expr>,
        name: &str,
        args: &[Expr],
        at: At,
    ) -> Value {
        let ty = value
            .ty
            .clone()
            .unwrap_or_else(|| Type::other("_", Vec::new()));
        let outer = ty.name().to_owned();
        let is_option = matches!(&*outer, "Option" | "OnceCell" | "OnceLock");
        // The wrapper's own: `Option::insert`, `Cell::take`, `RefCell::replace`.
        if !outer.is_empty() && outer != "&" {
            match name {
                "insert" if is_option && args.len() == 1 => {
                    self.args(args, &[]);
                    self.op(&value, What::Removes, "insert", at);
                    return value;
                }
                "get_or_insert_with" | "get_or_insert" if is_option => {
                    self.args(args, &[]);
                    return value;
                }
                "set" if is_option => {
                    self.args(args, &[]);
                    return Value::default();
                }
                "replace" | "take" | "set" | "push" | "resize_with" | "resize"
                    if name != "push" =>
                {
                    self.args(args, &[]);
                    if !name.starts_with("resize") {
                        self.op(&value, What::Removes, name, at);
                    }
                    return value;
                }
                "iter" | "iter_mut" | "into_iter" | "first" | "last" | "first_mut" | "last_mut"
                | "get" | "get_mut" | "swap_remove"
                    if matches!(&*outer, "[]" | "Vec" | "VecDeque" | "SmallVec" | "ArrayVec") =>
                {
                    self.args(args, &[]);
                    let inner = ty.inner().cloned();
                    let value = value.typed(inner);
                    return match name {
                        "iter" | "iter_mut" | "into_iter" => iter_of(value),
                        _ => value,
                    };
                }
                _ => {}
            }
        }
        if name == "clone" {
            return self.cloned(value, &ty);
        }
        if words::passes(name, args.len()) {
            let given = value.typed(Some(opened(&ty, name)));
            let result = self.args(args, std::slice::from_ref(&given));
            return match result {
                Some(result)
                    if matches!(
                        name,
                        "map" | "and_then" | "with" | "with_borrow" | "with_borrow_mut"
                    ) =>
                {
                    result
                }
                _ => given,
            };
        }
        let pair = entry_pair(&value);
        let element = element_of(&value);
        let Some(effect) = words::effect(name, args.len()) else {
            return self.method_of_unknown(value, name, args, at);
        };
        let closure_gets = match effect {
            Effect::Inserts | Effect::Entry => Value::default(),
            _ if ty.map_kind().is_some_and(|of| {
                matches!(of, MapKind::Set | MapKind::SharedSet | MapKind::Slab)
            }) =>
            {
                element.clone()
            }
            _ => pair.clone(),
        };
        let given: &[Value] = &[closure_gets];
        match effect {
            Effect::Inserts => {
                let other = self.arguments(args);
                // `append` empties what it takes from.
                if name == "append" {
                    for other in &other {
                        self.op(other, What::Removes, name, at);
                    }
                }
                self.op(&value, What::Inserts, name, at);
                match name {
                    "vacant_entry" => value.typed(Some(Type::other(
                        "VacantEntry",
                        element.ty.into_iter().collect(),
                    ))),
                    _ => element,
                }
            }
            Effect::Removes => {
                self.args(args, given);
                self.op(&value, What::Removes, name, at);
                match name {
                    "drain" | "extract_if" => iter_of(unplaced(pair)),
                    _ => unplaced(element),
                }
            }
            Effect::Consumes => {
                self.args(args, given);
                if let Some(on) = on {
                    self.consumed(on, &value, name, at);
                }
                iter_of(unplaced(pair))
            }
            Effect::Entry => {
                self.args(args, given);
                value.typed(Some(Type::other("Entry", element.ty.into_iter().collect())))
            }
            Effect::Occupied => {
                self.args(args, given);
                value.typed(Some(Type::other(
                    "OccupiedEntry",
                    element.ty.into_iter().collect(),
                )))
            }
            Effect::Value => {
                self.args(args, given);
                element
            }
            Effect::Iterates => {
                self.args(args, given);
                match name {
                    "iter" | "iter_mut" | "par_iter" | "par_iter_mut" | "range" | "range_mut" => {
                        iter_of(pair)
                    }
                    _ => pair,
                }
            }
            Effect::IteratesValues => iter_of(element),
            Effect::Copies => Value::of(ty.peeled().clone()),
            Effect::Counts => {
                self.args(args, given);
                Value::default()
            }
        }
    }

    /// Another handle of the same map, or another map.
    fn cloned(&mut self, value: Value, ty: &Type) -> Value {
        let outer = ty
            .wrappers()
            .find(|of| !matches!(*of, "&" | "Option" | "Ref" | "RefMut" | "Guard"));
        match outer {
            Some(outer) if words::is_handle(outer) => value,
            // `State<Arc<…>>`
            Some("State" | "Extension" | "Data") => value,
            _ => Value::of(ty.clone()),
        }
    }

    fn entry_method(&mut self, value: Value, name: &str, args: &[Expr], at: At) -> Value {
        let element = Value {
            ty: value.ty.as_ref().and_then(|ty| ty.args.first().cloned()),
            ..deeper(&value)
        };
        // `first_entry().map(|entry| …)` gives the entry, `and_modify(|value| …)` its value.
        let is_passed = matches!(name, "map" | "and_then" | "is_some_and" | "inspect");
        let given = if is_passed { &value } else { &element };
        self.args(args, std::slice::from_ref(given));
        match words::entry_effect(name) {
            Some(Effect::Inserts) => {
                self.op(&value, What::Inserts, name, at);
                match name {
                    "insert_entry" | "or_insert_entry" => value,
                    _ => element,
                }
            }
            Some(Effect::Removes) => {
                self.op(&value, What::Removes, name, at);
                unplaced(element)
            }
            Some(_) => element,
            None => value,
        }
    }

    fn iter_method(&mut self, value: Value, name: &str, args: &[Expr]) -> Value {
        let item = self.item(&value);
        let result = self.args(args, std::slice::from_ref(&item));
        match name {
            "next" | "find" | "last" | "nth" | "max_by" | "min_by" | "max_by_key"
            | "min_by_key" | "next_back" | "peek" => item,
            "map" | "filter_map" | "flat_map" => iter_of(result.unwrap_or_default()),
            "find_map" | "fold" | "for_each" | "any" | "all" | "count" | "sum" | "collect"
            | "position" => Value::default(),
            _ => value,
        }
    }

    /// What iterating it gives.
    pub(super) fn item(&self, of: &Value) -> Value {
        let Some(ty) = &of.ty else {
            return Value::default();
        };
        if ty.name() == "Iter" {
            return of.clone().typed(ty.args.first().cloned());
        }
        match ty
            .wrappers()
            .find(|of| *of != "&" && *of != "Arc" && *of != "Option")
        {
            Some("[]" | "Vec" | "VecDeque" | "SmallVec" | "ArrayVec") => {
                let mut inner = ty;
                while !matches!(
                    inner.name(),
                    "[]" | "Vec" | "VecDeque" | "SmallVec" | "ArrayVec"
                ) {
                    inner = inner.inner().unwrap_or(inner);
                }
                of.clone().typed(inner.inner().cloned())
            }
            _ if ty.map_kind().is_some() => entry_pair(of),
            _ => Value::default(),
        }
    }

    pub(super) fn indexed(&self, of: Value) -> Value {
        match &of.ty {
            Some(ty) if matches!(ty.name(), "[]" | "Vec" | "VecDeque" | "SmallVec") => {
                let inner = ty.inner().cloned();
                of.typed(inner)
            }
            Some(ty) if ty.map_kind().is_some() => element_of(&of),
            _ => Value::default(),
        }
    }

    pub(super) fn dereferenced(&self, of: Value) -> Value {
        let inner = match &of.ty {
            Some(ty) if words::is_handle(ty.name()) || ty.name() == "Box" => ty.inner().cloned(),
            _ => return of,
        };
        of.typed(inner)
    }

    /// A field that is iterated by value is gone.
    pub(super) fn consumed(&mut self, on: &Expr, value: &Value, by: &str, at: At) {
        let by_value = value
            .ty
            .as_ref()
            .is_some_and(|ty| matches!(ty.head, Head::Map(_)) || ty.name() == "Option");
        if by_value && matches!(on, Expr::Field(..)) {
            self.op(value, What::Removes, by, at);
        }
    }

    pub(super) fn assign(&mut self, to: &Expr, value: &Expr, at: At) {
        let new = self.expr(value);
        if let Expr::Path(path) = to
            && let [name] = &path[..]
            && let Some(at) = self.scope.iter().rposition(|(of, _)| of == name)
        {
            // It is another value's name from now on, or still the first one's.
            let old = std::mem::take(&mut self.scope[at].1);
            self.scope[at].1 = new.or(old);
            return;
        }
        let old = self.expr(to);
        let takes_itself = self.world.functions[self.id].1.receiver == Some(Receiver::Value);
        if !old.fresh && !takes_itself {
            if old.is_map() || old.ty.is_none() {
                self.op(&old, What::Removes, "assigned", at);
            }
            self.owner_is_replaced(&old, "assigned", at);
        }
        for &slot in &old.slots {
            if is_handle(&old) {
                for &from in &new.slots {
                    self.places.flows(from, slot.place);
                }
            }
        }
    }

    /// With it all maps of its fields go.
    pub(super) fn owner_is_replaced(&mut self, of: &Value, by: &str, at: At) {
        let Some(id) = of.ty.as_ref().and_then(Type::own) else {
            return;
        };
        let world = self.world;
        for (index, ty) in world.types[id].fields.iter().enumerate() {
            if ty.map_kind().is_some() {
                let field = self.field_value(id, index, ty.clone(), of.fresh);
                self.op(&field, What::Removes, by, at);
            }
        }
    }
}

/// A type that may be any.
fn is_open(ty: &Type) -> bool {
    let name = ty.name();
    name == "_"
        || name == "dyn"
        || name == "()"
        || name.len() <= 2 && name.chars().all(|c| c.is_ascii_uppercase())
}

/// What a lock's method, or `unwrap`, leaves of a type.
fn opened(ty: &Type, method: &str) -> Type {
    if words::opens(method) {
        let mut of = ty;
        while let Some(inner) = of.inner() {
            let is_cell = words::is_lock(of.name()) || matches!(of.name(), "RefCell" | "Cell");
            of = inner;
            if is_cell {
                return of.clone();
            }
        }
        return ty.clone();
    }
    match (method, ty.name(), ty.inner()) {
        (
            "unwrap" | "expect" | "?" | "unwrap_or_else" | "get" | "map" | "and_then",
            "Option" | "Result" | "OnceLock" | "OnceCell",
            Some(inner),
        ) => inner.clone(),
        ("upgrade", "Weak", Some(inner)) => Type::other("Arc", vec![inner.clone()]),
        ("with", "LocalKey", Some(inner)) => inner.clone(),
        _ => ty.clone(),
    }
}

/// Whether its type is one that is shared by cloning it.
pub(super) fn is_handle(of: &Value) -> bool {
    let Some(ty) = &of.ty else {
        return false;
    };
    ty.wrappers()
        .find(|of| *of != "Option")
        .is_some_and(words::is_handle)
}

fn deeper(of: &Value) -> Value {
    let slots = of.slots.iter().map(|slot| Slot {
        place: slot.place,
        depth: slot.depth.saturating_add(1),
    });
    Value {
        ty: None,
        slots: slots.collect(),
        guess: None,
        ..of.clone()
    }
}

fn element_of(of: &Value) -> Value {
    let ty = of.ty.as_ref().and_then(Type::value).cloned();
    deeper(of).typed(Some(ty.unwrap_or_else(|| Type::other("_", Vec::new()))))
}

fn entry_pair(of: &Value) -> Value {
    let Some(ty) = &of.ty else {
        return Value::default();
    };
    let value = element_of(of);
    match ty.map_kind() {
        Some(MapKind::Set | MapKind::SharedSet) => value,
        _ => {
            let unknown = || Type::other("_", Vec::new());
            let key = match ty.map_kind() {
                Some(MapKind::Slab) => unknown(),
                _ => ty.peeled().args.first().cloned().unwrap_or_else(unknown),
            };
            let of = value.ty.clone().unwrap_or_else(unknown);
            value.typed(Some(Type::other("()", vec![key, of])))
        }
    }
}

fn iter_of(item: Value) -> Value {
    let ty = item
        .ty
        .clone()
        .unwrap_or_else(|| Type::other("_", Vec::new()));
    item.typed(Some(Type::other("Iter", vec![ty])))
}

/// What left the map is in it no more.
fn unplaced(of: Value) -> Value {
    Value {
        slots: Vec::new(),
        ..of
    }
}
