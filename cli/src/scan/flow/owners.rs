//! What goes with its owner, and owners that leave who made them.

use super::{Flow, Value};
use crate::scan::{
    facts::{At, Expr, Receiver},
    places::What,
    types::Type,
    words,
    world::FnId,
};

/// So deep in a value its maps go with it.
const GONE_WITHIN: usize = 3;

impl Flow<'_, '_> {
    /// It leaves the function that made it.
    pub(super) fn escapes(&mut self, of: &Value) {
        if of.fresh
            && let Some(id) = of.ty.as_ref().and_then(Type::own)
        {
            self.places.escapes.insert((id, self.id));
        }
    }

    /// Values that are passed to a method that keeps what it gets, of whatever type that is.
    pub(super) fn keeps(
        &mut self,
        name: &str,
        values: &[Value],
        args: &[Expr],
        functions: &[FnId],
    ) {
        if !words::keeps(name) {
            return;
        }
        for (index, (value, arg)) in values.iter().zip(args).enumerate() {
            let is_open = |id: &FnId| {
                let (file, function) = self.world.functions[*id];
                let param = function.params.get(index + 1);
                param.is_some_and(|(_, ty)| self.world.resolve(file, ty).own().is_none())
            };
            if let Some(id) = value.ty.as_ref().and_then(Type::own)
                && !matches!(arg, Expr::Borrow(..))
                && (functions.is_empty() || functions.iter().any(is_open))
            {
                self.places.given.insert(id);
            }
        }
    }

    /// What is used up by a task of its own lasts as long as that.
    pub(super) fn runs(&mut self, functions: &[FnId], on: &Value) {
        let mut functions = functions.iter();
        let takes = |id: &FnId| self.world.functions[*id].1.receiver == Some(Receiver::Value);
        if self.is_spawned && functions.any(takes) {
            self.escapes(on);
        }
    }

    /// What a function gets as an `Arc` or a box of some trait, it may keep.
    pub(super) fn escape_to(&mut self, function: FnId, values: &[Value]) {
        let (file, function) = self.world.functions[function];
        for ((_, ty), value) in function.params.iter().zip(values) {
            let ty = self.world.resolve(file, ty);
            let is_handed = ty.wrappers().any(|of| matches!(of, "Arc" | "Rc" | "Box"));
            if is_handed && ty.own().is_none() {
                self.escapes(value);
            }
        }
    }

    /// With it all maps of its fields go.
    pub(super) fn owner_is_replaced(&mut self, of: &Value, by: &str, at: At) {
        let Some(id) = of.ty.as_ref().and_then(Type::own) else {
            return;
        };
        self.fields_go((id, of.fresh), by, at, GONE_WITHIN);
    }

    /// The maps of its fields, and of those fields that it has for itself. Of what it has a handle of, others may have one.
    fn fields_go(&mut self, (id, fresh): (usize, bool), by: &str, at: At, within: usize) {
        let world = self.world;
        for (index, ty) in world.types[id].fields.iter().enumerate() {
            if ty.wrappers().any(words::is_handle) {
                continue;
            }
            if ty.map_kind().is_some() {
                let field = self.field_value(id, index, ty.clone(), fresh);
                self.op(&field, What::Removes, by, at);
            } else if let Some(part) = ty.own()
                && within > 0
                && part != id
            {
                self.fields_go((part, fresh), words::WITH_OWNER, at, within - 1);
            }
        }
    }
}
