//! Calls, of functions of the workspace and of elsewhere, and values that are put into fields.

use super::{
    Flow, Value,
    values::{is_handle, own_type},
};
use crate::scan::{
    facts::{At, Expr, Receiver},
    places::{Call, Place, Slot, What},
    types::{Head, Type},
    words,
    world::FnId,
};

/// A method of this name may be any of these many at most, where nobody knows whose it is.
const MOST_CANDIDATES: usize = 8;

/// So deep in a value's fields it is looked for what its copies share.
const COPIED_WITHIN: usize = 3;

impl Flow<'_, '_> {
    /// What the arguments are worth.
    pub(super) fn arguments(&mut self, args: &[Expr]) -> Vec<Value> {
        let values = args.iter().map(|of| {
            let value = self.expr(of);
            // Passed by value: it is taken out of its owner.
            self.consumed(of, &value, "moved", At::default());
            self.moved(of, &value);
            value
        });
        values.collect()
    }

    /// The same; what is spawned runs on its own.
    fn arguments_of(&mut self, args: &[Expr], spawns: bool) -> Vec<Value> {
        let around = self.is_spawned;
        self.is_spawned |= spawns;
        self.at_run_time += usize::from(spawns);
        let values = self.arguments(args);
        self.at_run_time -= usize::from(spawns);
        self.is_spawned = around;
        values
    }

    /// Arguments of which closures get these values: what the last closure is worth.
    pub(super) fn args(&mut self, args: &[Expr], given: &[Value]) -> Option<Value> {
        let mut result = None;
        for of in args {
            match of {
                Expr::Closure(params, body) => result = Some(self.closure(params, body, given)),
                _ => {
                    self.expr(of);
                }
            }
        }
        result
    }

    pub(super) fn call(&mut self, callee: &Expr, args: &[Expr], at: At) -> Value {
        let Expr::Path(path) = callee else {
            self.expr(callee);
            self.arguments(args);
            return Value::default();
        };
        let name = path.last().map_or("", String::as_str);
        let spawns = name.contains("spawn") || name == "thread";
        let values = self.arguments_of(args, spawns);
        let full = self.world.full_path(self.file, path);
        let share = self.shared_by_call(&full, &values, at);
        let mut result = self.called(path, &full, args, &values, at);
        result.share = share.or(result.share);
        result
    }

    fn called(
        &mut self,
        path: &[String],
        full: &[String],
        args: &[Expr],
        values: &[Value],
        at: At,
    ) -> Value {
        let name = path.last().map_or("", String::as_str);
        let of_mem = full.iter().any(|of| of == "mem" || of == "ptr");
        if of_mem && matches!(name, "take" | "replace" | "swap") {
            for value in values {
                self.handle_replaced(value, &format!("mem::{name}"), at);
                self.op(value, What::Removes, &format!("mem::{name}"), at);
                if !value.fresh {
                    self.owner_is_replaced(value, &format!("mem::{name}"), at);
                }
            }
            return Value::of_same_type(values.first());
        }
        if let Some(value) = self.constructor(path, full, name, args, values, at) {
            return value;
        }
        let functions = self.functions(path, args.len());
        if !functions.is_empty() {
            if self.is_spawned {
                let moved = values.iter().zip(args);
                let moved = moved.filter(|(_, arg)| !matches!(arg, Expr::Borrow(..)));
                moved.for_each(|(value, _)| self.escapes(value));
            }
            return self.invoke(&functions, values);
        }
        // What is derived is written nowhere.
        if let ([.., _], "default") = (path, name)
            && let Some(id) = self.world.type_id(self.file, &path[..path.len() - 1])
        {
            return self.own_value(id);
        }
        // `HashMap::remove(&mut map, key)`, `Arc::make_mut(&mut state)`
        if let [first, ..] = values
            && let [.., of, _] = path
            && (first.is_map() || words::is_wrapper(of))
            && (words::effect(name, args.len() - 1).is_some()
                || words::passes(name, args.len() - 1))
            && !matches!(name, "new" | "from" | "clone")
        {
            return self.method_of(first.clone(), args.first(), name, &args[1..], at);
        }
        for (value, arg) in values.iter().zip(args) {
            self.hands_out(value, arg, name, at);
        }
        // `Vec::new()`: of elsewhere, and no map.
        match path {
            [.., of, _]
                if of.starts_with(char::is_uppercase)
                    && matches!(name, "new" | "default" | "with_capacity") =>
            {
                Value::of(Type::other(of, Vec::new()))
            }
            _ => Value::default(),
        }
    }

    /// `Arc::new(…)`, `HashMap::new()`, `Some(…)`, `Newtype(…)`, `Arc::clone(…)`.
    fn constructor(
        &mut self,
        path: &[String],
        full: &[String],
        name: &str,
        args: &[Expr],
        values: &[Value],
        at: At,
    ) -> Option<Value> {
        let of = full.len().checked_sub(2).map_or("", |at| full[at].as_str());
        // `RwLockUpgradableReadGuard::upgrade(guard)` has the same behind it.
        let is_of_guard = of.ends_with("Guard") && !matches!(name, "map" | "try_map" | "unlocked");
        if matches!(of, "Arc" | "Rc") && name == "clone" || is_of_guard {
            return values.first().cloned();
        }
        if words::is_wrapper(of)
            && matches!(
                name,
                "new" | "from" | "pin" | "from_pointee" | "new_cyclic" | "leak"
            )
        {
            let inner = values.first()?.clone();
            if (words::is_lock(of) || matches!(of, "Arc" | "Rc"))
                && let Some(id) = inner.ty.as_ref().and_then(Type::own)
            {
                self.places.shared.insert(id);
            }
            let ty = inner
                .ty
                .clone()
                .unwrap_or_else(|| Type::other("_", Vec::new()));
            // From here on others may have that map.
            let fresh = inner.fresh && !(inner.is_map() && words::is_handle(of));
            let inner = Value { fresh, ..inner };
            return Some(inner.typed(Some(Type::other(of, vec![ty]))));
        }
        if matches!(name, "Some" | "Ok") && path.len() == 1 {
            return values.first().cloned();
        }
        if path.len() > 1 {
            let ty = crate::scan::facts::Ty {
                path: path[..path.len() - 1].to_vec(),
                args: Vec::new(),
            };
            let ty = self.world.resolve(self.file, &ty);
            if matches!(ty.head, Head::Map(_)) && !values.first().is_some_and(Value::is_map) {
                return Some(Value {
                    fresh: true,
                    level: self.at_run_time,
                    ..Value::of(ty)
                });
            }
        }
        let (id, prefix) = self.world.constructed(self.file, path)?;
        if !name.starts_with(char::is_uppercase) {
            return None;
        }
        for (index, (value, arg)) in values.iter().zip(args).enumerate() {
            self.puts(id, &format!("{prefix}{index}"), value, arg, at);
        }
        Some(self.own_value(id))
    }

    /// Which functions of the workspace a path may mean.
    fn functions(&self, path: &[String], arguments: usize) -> Vec<FnId> {
        let Some((name, of)) = path.split_last() else {
            return Vec::new();
        };
        if !of.is_empty()
            && let Some(id) = self.world.type_id(self.file, of)
        {
            return self.world.methods(id, name).to_vec();
        }
        self.world.free_function(self.file, path, arguments)
    }

    pub(super) fn literal(
        &mut self,
        path: &[String],
        fields: &[(String, Expr)],
        base: Option<&Expr>,
        at: At,
    ) -> Value {
        let of = self.world.constructed(self.file, path);
        for (name, expr) in fields {
            let value = self.expr(expr);
            if let Some((id, prefix)) = &of {
                self.puts(*id, &format!("{prefix}{name}"), &value, expr, at);
            }
        }
        if let Some(base) = base {
            self.expr(base);
        }
        of.map_or_else(Value::default, |(id, _)| self.own_value(id))
    }

    /// A value that is made here.
    pub(super) fn own_value(&mut self, id: usize) -> Value {
        self.places.made.insert((id, self.id));
        self.another(id)
    }

    /// A value that nobody else has.
    fn another(&self, id: usize) -> Value {
        Value {
            fresh: true,
            level: self.at_run_time,
            ..Value::of(own_type(id))
        }
    }

    /// A value becomes a field's.
    fn puts(&mut self, id: usize, field: &str, value: &Value, expr: &Expr, at: At) {
        let world = self.world;
        let Some((index, ty)) = world.field_of(id, field) else {
            return;
        };
        if ty.map_kind().is_none() {
            if ty.own().is_none() {
                self.escapes(value);
            }
            return;
        }
        let place = self.places.id(Place::Field(id, index));
        self.kept_by_new(value, place, at);
        let is_shared =
            is_handle(&Value::of(ty.clone())) || ty.map_kind().is_some_and(|kind| kind.is_shared());
        if is_shared {
            for &slot in &value.slots {
                self.places.flows(slot, place);
            }
        } else if matches!(expr, Expr::Field(..)) && value.is_map() {
            // Moved: its owner is taken apart.
            self.op(value, What::Removes, "moved", at);
        }
    }

    /// A method of a type of the workspace.
    pub(super) fn method_of_own(
        &mut self,
        value: Value,
        id: usize,
        name: &str,
        args: &[Expr],
        at: At,
    ) -> Value {
        if name == "clone" && !self.world.shares(&value.ty, COPIED_WITHIN) {
            self.args(args, &[]);
            return self.another(id);
        }
        let functions = self.world.methods(id, name).to_vec();
        if !functions.is_empty() {
            let mut values = vec![value];
            values.extend(self.arguments(args));
            self.keeps(name, &values[1..], args, &functions);
            self.runs(&functions, &values[0]);
            return self.invoke(&functions, &values);
        }
        if matches!(name, "take" | "replace")
            && value.ty.as_ref().is_some_and(|ty| {
                // Who takes a handle leaves the others theirs.
                let mut wrappers = ty.wrappers().peekable();
                wrappers.peek().is_some() && !wrappers.any(|of| matches!(of, "Arc" | "Rc"))
            })
        {
            self.owner_is_replaced(&value, name, at);
        }
        if name == "clone" || words::passes(name, args.len()) {
            let result = self.args(args, std::slice::from_ref(&value));
            return match result {
                Some(result)
                    if matches!(name, "map" | "and_then" | "with") && result.ty.is_some() =>
                {
                    result
                }
                _ => value,
            };
        }
        let ty = value.ty.clone().unwrap_or_else(|| own_type(id));
        match ty.name() {
            "Vec" | "VecDeque" | "[]" | "SmallVec" | "Option" => {
                self.args(args, std::slice::from_ref(&value));
                return match name {
                    "iter" | "iter_mut" | "into_iter" | "drain" => {
                        let inner = ty.inner().cloned().unwrap_or(ty.clone());
                        value.typed(Some(Type::other("Iter", vec![inner])))
                    }
                    _ => value.typed(ty.inner().cloned()),
                };
            }
            _ => {}
        }
        // Through `Deref`, or a trait's method that it inherits.
        if let Some(inner) = self.newtype(&ty, value.fresh)
            && inner.is_map()
            && words::effect(name, args.len()).is_some()
        {
            return self.method_of(inner, None, name, args, at);
        }
        self.method_of_unknown(value, name, args, at)
    }

    /// A method that may be any of this name.
    pub(super) fn method_of_unknown(
        &mut self,
        value: Value,
        name: &str,
        args: &[Expr],
        at: At,
    ) -> Value {
        // What maps have a method of this name for is most often a map's.
        let is_collection = words::puts_in(name) || words::takes_out(name);
        let is_common =
            (is_collection || words::effect(name, args.len()).is_some()) && !value.is_map();
        let candidates = self.world.by_name(name, args.len() + 1);
        let is_plain = value
            .ty
            .as_ref()
            .is_some_and(|ty| words::is_plain(ty.name()));
        let candidates: Vec<FnId> = candidates
            .filter(|_| !is_common && !is_plain)
            .filter(|&id| self.world.functions[id].1.receiver.is_some())
            .filter(|&id| !value.is_map() || self.world.functions[id].1.of_trait.is_some())
            .collect();
        let mut values = vec![value];
        values.extend(self.arguments_of(args, name.contains("spawn")));
        if let [list, put @ ..] = &values[..]
            && words::puts_in(name)
        {
            self.kept_among(list, put, name, at);
        }
        self.keeps(name, &values[1..], args, &candidates);
        if candidates.is_empty() || candidates.len() > MOST_CANDIDATES {
            for (value, arg) in values.iter().skip(1).zip(args) {
                self.hands_out(value, arg, name, at);
            }
            return Value::default();
        }
        self.invoke(&candidates, &values)
    }

    fn invoke(&mut self, functions: &[FnId], values: &[Value]) -> Value {
        let mut result = Value::default();
        let first = values.first();
        let constructing = first.is_some_and(|of| self.is_being_made(of));
        let level = first.map_or(0, |of| of.level);
        // What a loop of events, or a thread of its own, calls again and again lives as long as that.
        if self.at_run_time > level
            && let Some(id) = first.and_then(|of| of.ty.as_ref()).and_then(Type::own)
        {
            self.places.actors.insert(id);
        }
        // What is lent to be filled, by who makes it.
        let mut lent = values.iter().filter(|of| !of.slots.is_empty()).peekable();
        let fills = lent.peek().is_some() && lent.all(|of| self.is_being_made(of));
        let constructing = constructing || fills;
        for &id in functions {
            self.escape_to(id, values);
            for (index, value) in values.iter().enumerate() {
                let to = self.places.id(Place::Param(id, index));
                for &slot in &value.slots {
                    self.places.flows(slot, to);
                }
            }
            self.places.calls.push(Call {
                caller: self.id,
                callee: id,
                constructing,
                at_run_time: self.at_run_time > level || values.is_empty(),
            });
            result = result.or(self.returned_by(id, values));
        }
        result
    }

    fn returned_by(&mut self, id: FnId, values: &[Value]) -> Value {
        let (file, function) = self.world.functions[id];
        let ty = function
            .returns
            .as_ref()
            .map(|of| self.world.resolve(file, of));
        let mut slots = Vec::new();
        for slot in self.places.returns.get(&id).cloned().unwrap_or_default() {
            match self.places.all[slot.place] {
                // What was passed comes back.
                Place::Param(of, index) if of == id => {
                    let passed = values.get(index).into_iter().flat_map(|of| &of.slots);
                    slots.extend(passed.map(|of| Slot {
                        place: of.place,
                        depth: of.depth.saturating_add(slot.depth),
                    }));
                }
                _ => slots.push(slot),
            }
        }
        // An associated function without `self` that returns a value of its own has made it.
        let is_constructor = function.receiver.is_none_or(|of| of == Receiver::Value)
            && ty.as_ref().is_some_and(|ty| {
                ty.own().is_some()
                    && ty
                        .wrappers()
                        .all(|of| !words::is_handle(of) && of != "MutexGuard")
            });
        let still_fresh = function.receiver.is_some() && values.first().is_some_and(|of| of.fresh);
        let is_fresh = match function.receiver {
            None => is_constructor,
            Some(_) => still_fresh,
        };
        Value {
            ty,
            slots,
            fresh: is_fresh,
            level: if is_fresh { self.at_run_time } else { 0 },
            ..Value::default()
        }
    }

    /// A function of elsewhere gets it: it may do what it likes, unless it only reads it.
    fn hands_out(&mut self, value: &Value, arg: &Expr, to: &str, at: At) {
        if !matches!(arg, Expr::Borrow(..)) && !matches!(to, "drop" | "forget") {
            self.escapes(value);
        }
        if value.slots.is_empty()
            || words::is_harmless(to)
            || value.ty.as_ref().is_some_and(|ty| !is_map_like(ty))
        {
            return;
        }
        let is_reading = match arg {
            Expr::Borrow(_, mutable) => {
                !mutable
                    && value
                        .ty
                        .as_ref()
                        .is_none_or(|ty| !ty.wrappers().any(words::is_lock))
            }
            _ => value
                .ty
                .as_ref()
                .is_some_and(|ty| matches!(ty.name(), "Iter" | "()")),
        };
        if !is_reading {
            self.op(value, What::HandedOut, to, at);
        }
    }
}

fn is_map_like(ty: &Type) -> bool {
    ty.map_kind().is_some()
}
