//! Types whose names are resolved: what is in which wrapper, whose it is, whether it is a map.

use std::rc::Rc;

use super::{
    words::{self, MapKind},
    world::TypeId,
};

/// A type whose names are resolved, and whose aliases are what they stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) head: Head,
    pub(crate) args: Vec<Type>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// Of this workspace.
    Own(TypeId),
    Other(Rc<str>),
    Map(MapKind),
    /// A type parameter of the type that a field belongs to.
    Param(usize),
}

impl Type {
    pub(crate) fn other(name: &str, args: Vec<Type>) -> Self {
        let head = Head::Other(name.into());
        Self { head, args }
    }

    /// Its name, if it is of elsewhere.
    pub(crate) fn name(&self) -> &str {
        match &self.head {
            Head::Other(name) => name,
            _ => "",
        }
    }

    /// What this is when it is a wrapper around something.
    pub(crate) fn inner(&self) -> Option<&Type> {
        let name = self.name();
        if !words::is_wrapper(name) {
            return None;
        }
        match words::contains_first(name) {
            true => self.args.first(),
            false => self.args.last(),
        }
    }

    /// What is in all wrappers.
    pub(crate) fn peeled(&self) -> &Type {
        let mut of = self;
        while let Some(inner) = of.inner() {
            of = inner;
        }
        of
    }

    pub(crate) fn map_kind(&self) -> Option<MapKind> {
        match self.peeled().head {
            Head::Map(kind) => Some(kind),
            _ => None,
        }
    }

    pub(crate) fn own(&self) -> Option<TypeId> {
        match self.peeled().head {
            Head::Own(id) => Some(id),
            _ => None,
        }
    }

    /// The wrapper's names from outside in.
    pub(crate) fn wrappers(&self) -> impl Iterator<Item = &str> {
        let mut next = Some(self);
        std::iter::from_fn(move || {
            let of = next?;
            let inner = of.inner()?;
            next = Some(inner);
            Some(of.name())
        })
    }

    /// Of a map: what its keys stand for.
    pub(crate) fn value(&self) -> Option<&Type> {
        let map = self.peeled();
        match map.head {
            Head::Map(kind) if kind.has_values() => map.args.get(1),
            Head::Map(_) => map.args.first(),
            _ => None,
        }
    }

    /// With arguments instead of parameters.
    pub(crate) fn with(&self, arguments: &[Type]) -> Type {
        match self.head {
            Head::Param(index) => {
                let unknown = || Type::other("_", Vec::new());
                arguments.get(index).cloned().unwrap_or_else(unknown)
            }
            _ => Type {
                head: self.head.clone(),
                args: self.args.iter().map(|of| of.with(arguments)).collect(),
            },
        }
    }

    /// It and all that it is made of.
    pub(crate) fn each<'t>(&'t self, visit: &mut dyn FnMut(&'t Type)) {
        visit(self);
        self.args.iter().for_each(|of| of.each(visit));
    }
}
