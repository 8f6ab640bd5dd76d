//! Follows maps through every function's body: whose they are, what is done to them, where they go.
//!
//! A value has a type, as far as that is known, and the places whose map it is. What no type is known of is a guess, by
//! the name of the field.

mod branches;
mod calls;
mod exits;
mod held;
mod kept;
mod loops;
mod maps;
mod owners;
mod patterns;
mod values;

use std::rc::Rc;

use self::{
    branches::is_error,
    exits::Exits,
    held::{Guard, Held},
    kept::Share,
    loops::Gathered,
};
use super::{
    facts::{At, Expr, Function, Pat, Receiver, Waiting},
    places::{Happens, Op, Place, Places, Slot, What},
    types::Type,
    world::{FnId, World},
};

/// What an expression is worth.
#[derive(Clone, Debug, Default)]
struct Value {
    ty: Option<Type>,
    slots: Vec<Slot>,
    /// It was made in this function.
    fresh: bool,
    /// Within how many loops that wait.
    level: usize,
    /// Nobody knows what it is, but it has this name.
    guess: Option<Rc<str>>,
    /// It keeps a part of its map locked.
    guard: Option<Rc<Guard>>,
    /// It is made of keys, or entries, of these maps.
    keys_of: Vec<Slot>,
    /// It is how many entries these maps have.
    counts: Vec<Slot>,
    /// Which binding of the function has it, if one does.
    binding: usize,
    /// What it is of a map that somebody else has, or had.
    share: Option<Rc<Share>>,
}

impl Value {
    fn of(ty: Type) -> Self {
        Self {
            ty: Some(ty),
            ..Self::default()
        }
    }

    fn is_map(&self) -> bool {
        self.ty.as_ref().is_some_and(|ty| ty.map_kind().is_some())
    }

    /// The same map, of another type.
    fn typed(self, ty: Option<Type>) -> Self {
        Self { ty, ..self }
    }

    fn or(mut self, other: Value) -> Self {
        if self.ty.is_none() {
            self.ty = other.ty;
        }
        for slot in other.slots {
            if !self.slots.contains(&slot) {
                self.slots.push(slot);
            }
        }
        self.level = self.level.max(other.level);
        self.fresh |= other.fresh;
        self.guess = self.guess.or(other.guess);
        self.guard = self.guard.or(other.guard);
        self.share = self.share.or(other.share);
        if self.keys_of.is_empty() {
            self.keys_of = other.keys_of;
        }
        self
    }
}

struct Flow<'w, 'f> {
    world: &'w World<'f>,
    places: &'w mut Places,
    id: FnId,
    file: usize,
    scope: Vec<(String, Value)>,
    /// So many bindings there were.
    bindings: usize,
    returned: Vec<Slot>,
    locals: usize,
    /// Within how many loops that wait, or closures that run on their own.
    at_run_time: usize,
    exits: Exits,
    held: Held,
    loops: Vec<Gathered>,
    /// Within how many loops that wait, of tasks that are spawned here.
    awake: usize,
    /// It is run by a task that is spawned here.
    is_spawned: bool,
}

/// Through how many newtypes a field is looked for.
const NEWTYPES: usize = 4;

/// How often functions are followed at most, for what they return of what others return.
const ROUNDS: usize = 4;

/// Follows all functions until it is known what they return.
pub(crate) fn follow(world: &World<'_>) -> Places {
    let mut places = Places::default();
    for _ in 0..ROUNDS {
        places.forget_what_is_done();
        let mut is_settled = true;
        for (id, &(file, function)) in world.functions.iter().enumerate() {
            let returned = Flow::new(world, &mut places, id, file).function(function);
            is_settled &= places.returns.get(&id).is_none_or(Vec::is_empty) == returned.is_empty();
            places.returns.insert(id, returned);
        }
        if is_settled {
            break;
        }
    }
    places
}

impl<'w, 'f> Flow<'w, 'f> {
    fn new(world: &'w World<'f>, places: &'w mut Places, id: FnId, file: usize) -> Self {
        Self {
            world,
            places,
            id,
            file,
            scope: Vec::new(),
            bindings: 0,
            returned: Vec::new(),
            locals: 0,
            at_run_time: 0,
            exits: Exits::default(),
            held: Held::default(),
            loops: Vec::new(),
            awake: 0,
            is_spawned: false,
        }
    }

    /// The slots that it returns.
    fn function(mut self, function: &Function) -> Vec<Slot> {
        for (index, (pat, ty)) in function.params.iter().enumerate() {
            let ty = self.world.resolve(self.file, ty);
            let mut value = Value::of(ty);
            // A type of the workspace has its own fields' places.
            if value.ty.as_ref().and_then(Type::own).is_none() {
                let place = self.places.id(Place::Param(self.id, index));
                value.slots.push(Slot { place, depth: 0 });
            }
            self.bind(pat, value);
        }
        let value = self.expr(&function.body);
        self.escapes(&value);
        self.returned.extend(value.slots);
        self.returned.sort_by_key(|slot| (slot.place, slot.depth));
        self.returned.dedup();
        // A local of its own is nothing to its callers, unless it is shared.
        self.returned
    }

    fn expr(&mut self, of: &Expr) -> Value {
        match of {
            Expr::Path(path) => self.path(path),
            Expr::Field(base, name) => {
                let base = self.expr(base);
                self.field(base, name)
            }
            Expr::Call { callee, args, at } => self.call(callee, args, *at),
            Expr::Method { on, name, args, at } => {
                let pending = self.exits.pending();
                let value = self.method(on, name, args, *at);
                if name == "?" {
                    self.exits.leave(pending, Happens::LeftByError, "`?`", *at);
                }
                value
            }
            Expr::Struct {
                path,
                fields,
                base,
                at,
            } => self.literal(path, fields, base.as_deref(), *at),
            Expr::Borrow(of, _) => self.expr(of),
            Expr::Deref(of) => {
                let value = self.expr(of);
                Value {
                    guard: None,
                    share: None,
                    ..self.dereferenced(value)
                }
            }
            Expr::Await(of, at) => self.awaited(of, *at),
            Expr::Index(of, index) => {
                self.expr(index);
                let value = self.expr(of);
                self.indexed(value)
            }
            Expr::Closure(params, body) => self.closure(params, body, &[]),
            Expr::Assign { to, value, at } => {
                self.assign(to, value, *at);
                Value::default()
            }
            Expr::Let {
                pat,
                value,
                otherwise,
            } => {
                let init = value.as_deref();
                let value = init.map(|of| self.expr(of)).unwrap_or_default();
                if let Some(init @ Expr::Field(..)) = init
                    && matches!(pat, Pat::Name(_) | Pat::Typed(..))
                {
                    self.consumed(init, &value, "moved", At::default());
                }
                if let Some(otherwise) = otherwise {
                    self.expr(otherwise);
                }
                self.bound(&value);
                self.bind_new(pat, value);
                Value::default()
            }
            Expr::Block(all, has_value) => {
                let depth = self.scope.len();
                let mut last = Value::default();
                for of in all {
                    let temps = self.held.temps();
                    last = self.expr(of);
                    self.held.end(temps);
                }
                self.scope.truncate(depth);
                if *has_value { last } else { Value::default() }
            }
            Expr::If(condition, then, otherwise) => {
                self.either(condition, then, otherwise.as_deref())
            }
            Expr::Match(on, arms) => self.matched(on, arms),
            Expr::For {
                pat,
                over,
                body,
                at,
            } => {
                let items = self.expr(over);
                self.consumed(over, &items, "for", *at);
                let item = Value {
                    share: None,
                    ..self.item(&items)
                };
                let depth = self.scope.len();
                self.enter_loop(&items, body, *at);
                self.bind(pat, item);
                self.expr(body);
                self.leave_loop();
                self.scope.truncate(depth);
                Value::default()
            }
            Expr::Loop(body, waiting) => {
                let waits = *waiting > Waiting::Nothing;
                self.at_run_time += usize::from(waits);
                if *waiting == Waiting::Events {
                    self.is_actor();
                    if self.is_spawned || self.gives_nothing() {
                        self.places.endless.insert(self.id);
                    }
                }
                let is_awake = waits && self.is_spawned;
                self.awake += usize::from(is_awake);
                self.expr(body);
                self.awake -= usize::from(is_awake);
                self.at_run_time -= usize::from(waits);
                Value::default()
            }
            Expr::Compare(left, right) => self.compares([left, right]),
            Expr::Tuple(all) => self.tuple(all),
            Expr::Return(of, at) => {
                let pending = self.exits.pending();
                if let Some(of) = of {
                    let value = self.expr(of);
                    self.escapes(&value);
                    self.returned.extend(value.slots);
                    if is_error(of) {
                        let by = "`return Err(…)`";
                        self.exits.leave(pending, Happens::LeftByError, by, *at);
                    }
                }
                self.exits.end();
                Value::default()
            }
            Expr::Cast(of, ty) => {
                let value = self.expr(of);
                // A map that is known gives what is in it, whatever type its key is looked up by.
                if value.is_map() || value.slots.iter().any(|slot| slot.depth > 0) {
                    return value;
                }
                let ty = self.world.resolve(self.file, ty);
                value.typed(Some(ty))
            }
            Expr::Parts(all) => {
                for of in all {
                    self.expr(of);
                }
                Value::default()
            }
        }
    }

    fn path(&mut self, path: &[String]) -> Value {
        if let [name] = path
            && let Some((_, value)) = self.scope.iter().rev().find(|(of, _)| of == name)
        {
            let value = value.clone();
            self.used_by_task(&value, name);
            return value;
        }
        if let Some(id) = self.world.static_named(self.file, path) {
            let (file, fact) = self.world.statics[id];
            let place = self.places.id(Place::Static(id));
            return Value {
                ty: Some(self.world.resolve(file, &fact.ty)),
                slots: vec![Slot { place, depth: 0 }],
                ..Value::default()
            };
        }
        // A value of a type that has no fields.
        let is_type = path
            .last()
            .is_some_and(|name| name.starts_with(char::is_uppercase));
        match is_type
            .then(|| self.world.type_id(self.file, path))
            .flatten()
        {
            Some(id) => {
                let fact = self.world.types[id].fact;
                match fact.fields.is_empty() && !fact.is_enum {
                    true => self.own_value(id),
                    false => Value::default(),
                }
            }
            None => Value::default(),
        }
    }

    fn field(&mut self, base: Value, name: &str) -> Value {
        self.field_through(base, name, NEWTYPES)
    }

    /// A field of a value, or of what so many newtypes around each other hold: a list's node may hold another node.
    fn field_through(&mut self, base: Value, name: &str, newtypes: usize) -> Value {
        if let Some(ty) = &base.ty {
            if let Some((id, index, of)) = self.world.field(ty, name) {
                let value = self.field_value(id, index, of, base.fresh);
                return Value {
                    level: base.level,
                    ..value
                };
            }
            // `.0` of a tuple.
            let peeled = ty.peeled();
            if peeled.name() == "()"
                && let Ok(index) = name.parse::<usize>()
            {
                let of = peeled.args.get(index).cloned();
                return base.typed(of);
            }
            // Through `Deref` to what its only field holds.
            if newtypes > 0
                && let Some(inner) = self.newtype(ty, base.fresh)
                && inner.ty.as_ref().and_then(Type::own).is_some()
            {
                return self.field_through(inner, name, newtypes - 1);
            }
        }
        Value {
            guess: Some(name.into()),
            fresh: base.fresh,
            ..Value::default()
        }
    }

    fn field_value(&mut self, id: usize, index: usize, ty: Type, fresh: bool) -> Value {
        let mut slots = Vec::new();
        if ty.map_kind().is_some() {
            let place = self.places.id(Place::Field(id, index));
            slots.push(Slot { place, depth: 0 });
        }
        Value {
            ty: Some(ty),
            slots,
            fresh,
            ..Value::default()
        }
    }

    /// What the only field of a type holds.
    fn newtype(&mut self, ty: &Type, fresh: bool) -> Option<Value> {
        let id = ty.own()?;
        let own = &self.world.types[id];
        let derefs = self
            .world
            .traits
            .get(&id)
            .is_some_and(|of| of.contains("Deref"));
        let at = match &own.fact.fields[..] {
            [_] => 0,
            fields if derefs => fields
                .iter()
                .position(|field| field.name == "0" || field.name == "inner")?,
            _ => return None,
        };
        let name = own.fact.fields[at].name.clone();
        let (id, index, of) = self.world.field(ty, &name)?;
        Some(self.field_value(id, index, of, fresh))
    }

    fn op(&mut self, on: &Value, what: What, by: &str, at: At) {
        for &slot in &on.slots {
            self.places.ops.push(Op {
                slot,
                what,
                by: by.to_owned(),
                file: self.file,
                at,
                function: self.id,
                constructing: self.is_being_made(on),
                at_run_time: self.at_run_time > on.level,
            });
        }
        if on.slots.is_empty()
            && on.ty.is_none()
            && let Some(field) = &on.guess
        {
            self.guess(field, by);
        }
    }

    /// Nobody else has it, and it is not one that a loop of events uses again and again.
    fn is_being_made(&self, of: &Value) -> bool {
        of.fresh && self.at_run_time <= of.level
    }

    fn guess(&mut self, field: &str, method: &str) {
        let package = self.world.files[self.file].package.clone();
        let guess = (package, self.file, field.to_owned(), method.to_owned());
        self.places.guesses.insert(guess);
    }

    /// The function is run for what it does: what gives something is done once it has that.
    fn gives_nothing(&self) -> bool {
        let (file, function) = self.world.functions[self.id];
        function.returns.as_ref().is_none_or(|returns| {
            let returns = self.world.resolve(file, returns);
            let given = returns.peeled();
            matches!(given.name(), "()" | "!") && given.args.is_empty()
        })
    }

    /// The type whose method this is waits for events.
    fn is_actor(&mut self) {
        let (file, function) = self.world.functions[self.id];
        if function.receiver.is_some()
            && let Some(owner) = &function.owner
            && let Some(id) = self.world.resolve(file, owner).own()
        {
            // What only looks waits for an answer more often than for events.
            if function.receiver != Some(Receiver::Ref) {
                self.places.waiting.insert(id);
            }
            self.places.actors.insert(id);
        }
    }
}
