//! What becomes of a value's type and places on its way.

use super::Value;
use crate::scan::{
    facts::Expr,
    places::Slot,
    types::{Head, Type},
    words::{self, MapKind},
};

pub(super) fn is_none(of: &Expr) -> bool {
    matches!(of, Expr::Path(path) if path.last().is_some_and(|name| name == "None"))
}

/// The maps themselves, not what is in them.
pub(super) fn tops(of: &Value) -> Vec<Slot> {
    let tops = of.slots.iter().filter(|slot| slot.depth == 0);
    tops.copied().collect()
}

/// A type that may be any.
pub(super) fn is_open(ty: &Type) -> bool {
    let name = ty.name();
    name == "_"
        || name == "dyn"
        || name == "()"
        || name.len() <= 2 && name.chars().all(|c| c.is_ascii_uppercase())
}

/// What a lock's method, or `unwrap`, leaves of a type.
pub(super) fn opened(ty: &Type, method: &str) -> Type {
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

pub(super) fn deeper(of: &Value) -> Value {
    let slots = of.slots.iter().map(|slot| Slot {
        place: slot.place,
        depth: slot.depth.saturating_add(1),
    });
    Value {
        ty: None,
        slots: slots.collect(),
        guess: None,
        share: None,
        ..of.clone()
    }
}

pub(super) fn element_of(of: &Value) -> Value {
    let ty = of.ty.as_ref().and_then(Type::value).cloned();
    deeper(of).typed(Some(ty.unwrap_or_else(|| Type::other("_", Vec::new()))))
}

pub(super) fn entry_pair(of: &Value) -> Value {
    let Some(ty) = &of.ty else {
        return Value::default();
    };
    let value = element_of(of);
    match ty.map_kind() {
        Some(kind) if kind.is_set() => value,
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

pub(super) fn iter_of(item: Value) -> Value {
    let ty = item
        .ty
        .clone()
        .unwrap_or_else(|| Type::other("_", Vec::new()));
    item.typed(Some(Type::other("Iter", vec![ty])))
}

/// What left the map is in it no more.
pub(super) fn unplaced(of: Value) -> Value {
    Value {
        slots: Vec::new(),
        ..of
    }
}

pub(super) fn own_type(id: usize) -> Type {
    Type {
        head: Head::Own(id),
        args: Vec::new(),
    }
}

impl Value {
    /// Another value of that one's type.
    pub(super) fn of_same_type(of: Option<&Value>) -> Value {
        Value {
            ty: of.and_then(|of| of.ty.clone()),
            ..Value::default()
        }
    }
}
