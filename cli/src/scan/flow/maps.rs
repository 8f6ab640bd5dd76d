//! Methods of maps and of what stands around them; assignments.

use super::{
    Flow, Value,
    loops::carries,
    values::{
        deeper, element_of, entry_pair, is_handle, is_none, is_open, iter_of, opened, tops,
        unplaced,
    },
};
use crate::scan::{
    facts::{At, Expr, Receiver},
    places::What,
    types::{Head, Type},
    words::{self, Effect},
};

impl Flow<'_, '_> {
    pub(super) fn method(&mut self, on: &Expr, name: &str, args: &[Expr], at: At) -> Value {
        let value = self.expr(on);
        let is_entry = value
            .ty
            .as_ref()
            .is_some_and(|ty| ty.name().ends_with("Entry"));
        let (guard, keys_of) = (value.guard.clone(), value.keys_of.clone());
        self.emptied(&value, on, name, at);
        self.swapped(&value, name, args.len(), at);
        let share = self.shared_by(&value, name, args.len(), at);
        let mut result = self.method_of(value, Some(on), name, args, at);
        result.share = share;
        if let Some(guard) = guard {
            self.gripped((&guard, is_entry), on, name, &mut result);
        }
        if result.keys_of.is_empty() && carries(name) {
            result.keys_of = keys_of;
        }
        self.gathers(on, name, args);
        result
    }

    /// What is taken out of a map's value, and its key stays.
    fn emptied(&mut self, value: &Value, on: &Expr, name: &str, at: At) {
        let Some(ty) = &value.ty else {
            return;
        };
        let is_map = value.is_map();
        if is_map && name.starts_with("shrink_to") {
            self.op(value, What::Shrinks, name, at);
        }
        let holds = |name: &str| {
            matches!(
                name,
                "Vec" | "VecDeque" | "BinaryHeap" | "SmallVec" | "ArrayVec" | "LinkedList"
            )
        };
        let is_list = !is_map && holds(ty.name());
        let is_inner = value.slots.iter().any(|slot| slot.depth > 0);
        let takes_out = (is_list || is_map) && words::takes_out(name);
        if takes_out && is_list {
            self.op(value, What::Removes, name, at);
        }
        if is_inner && is_list && words::puts_in(name) {
            self.op(value, What::Inserts, name, at);
        }
        if is_inner && ty.name() == "Option" && name == "take" {
            self.op(value, What::Vacates, name, at);
        }
        let is_made = matches!(on, Expr::Method { name, .. }
            if matches!(&**name, "or_default" | "or_insert_with" | "or_insert"));
        let looks = matches!(
            name,
            "contains" | "contains_key" | "len" | "is_empty" | "iter"
        );
        if is_inner && is_made && (takes_out || looks && (is_list || is_map)) {
            self.op(value, What::MadeForNothing, name, at);
        }
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
            let map = value.clone();
            let mut result = self.map_method(value, on, name, args, at);
            self.locked(&map, (name, args.len()), at, &mut result);
            return result;
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
            return self.passed_on(given, name, args);
        }
        self.method_of_unknown(value, name, args, at)
    }

    /// What a method hands on that may show the value to closures: what they make of it, where that is what it gives.
    fn passed_on(&mut self, given: Value, name: &str, args: &[Expr]) -> Value {
        let result = self.args(args, std::slice::from_ref(&given));
        // It is made once, and stays.
        if let ("get_or_init" | "get_or_try_init", Some(result)) = (name, &result)
            && let Some(id) = result.ty.as_ref().and_then(Type::own)
        {
            self.places.given.insert(id);
        }
        match result {
            Some(result)
                if matches!(
                    name,
                    "map" | "and_then" | "with" | "with_borrow" | "with_borrow_mut"
                ) =>
            {
                result
            }
            _ => given,
        }
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
            return self.passed_on(given, name, args);
        }
        let pair = entry_pair(&value);
        let element = element_of(&value);
        let Some(effect) = words::effect(name, args.len()) else {
            return self.method_of_unknown(value, name, args, at);
        };
        let closure_gets = match effect {
            Effect::Inserts | Effect::Entry => Value::default(),
            _ if ty.map_kind().is_some_and(|of| !of.has_values()) => element.clone(),
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
                self.kept_among(&value, &other, name, at);
                self.put_in(&value, args, name, at);
                if args.get(1).is_some_and(is_none) {
                    self.op(&element, What::Vacates, name, at);
                }
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
                self.taken_out(&value, args, name, at);
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
                let keys_of = tops(&value);
                match name {
                    "iter" | "iter_mut" | "par_iter" | "par_iter_mut" | "range" | "range_mut" => {
                        iter_of(Value { keys_of, ..pair })
                    }
                    _ => pair,
                }
            }
            Effect::IteratesValues => iter_of(Value {
                keys_of: tops(&value),
                ..element
            }),
            Effect::IteratesKeys => {
                let key = ty.peeled().args.first().cloned();
                iter_of(Value {
                    ty: key,
                    keys_of: tops(&value),
                    ..Value::default()
                })
            }
            Effect::Copies => Value::of(ty.peeled().clone()),
            Effect::Counts => {
                self.args(args, given);
                Value {
                    counts: tops(&value),
                    ..Value::default()
                }
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
            _ => Value {
                keys_of: tops(&value),
                ..Value::of(ty.clone())
            },
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
            _ if ty.map_kind().is_some() => {
                let mut pair = entry_pair(of);
                if pair.keys_of.is_empty() {
                    pair.keys_of = tops(of);
                }
                pair
            }
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
            self.renewed(&old);
            let old = Value { guard: None, ..old };
            self.scope[at].1 = new.or(old);
            return;
        }
        // `*guard = …` replaces what the lock has, a handle if it is one.
        let old = match to {
            Expr::Deref(of) => self.expr(of),
            _ => self.expr(to),
        };
        // Whoever gets a handle of another's map is set up, or renewed: that is no new map.
        if !new.is_shared() {
            self.handle_replaced(&old, "assigned", at);
        }
        let old = match to {
            Expr::Deref(_) => self.dereferenced(old),
            _ => old,
        };
        self.kept_at(&new, &old, at);
        if is_none(value) && old.slots.iter().any(|slot| slot.depth > 0) {
            self.op(&old, What::Vacates, "= None", at);
        }
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
}
