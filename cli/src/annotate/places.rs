//! Where types are written in which maps are passed on: a tracked map that gets there needs a type with a name, there too.

use crate::scan::{
    facts::{At, FileFacts, Ty},
    types::{Head, Type},
    world::World,
};

/// A type that is written: in which file, of what there, and if of a function of what of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Field(usize, usize, usize),
    Static(usize, usize),
    Param(usize, usize, usize),
    Returned(usize, usize),
}

/// Instead of a parameter's number: what a function returns.
pub(super) const RETURNED: usize = usize::MAX;

/// All that have a map in them.
pub(super) fn all(world: &World<'_>) -> Vec<Place> {
    let mut all = Vec::new();
    let is_map =
        |file: usize, ty: &Ty| matches!(world.resolve(file, ty).peeled().head, Head::Map(_));
    for (file, facts) in world.files.iter().enumerate() {
        for (at, of) in facts.types.iter().enumerate() {
            for (index, field) in of.fields.iter().enumerate() {
                if is_map(file, &field.ty) {
                    all.push(Place::Field(file, at, index));
                }
            }
        }
        for (at, of) in facts.statics.iter().enumerate() {
            if is_map(file, &of.ty) {
                all.push(Place::Static(file, at));
            }
        }
        for (at, of) in facts.functions.iter().enumerate() {
            for (index, (_, ty)) in of.params.iter().enumerate() {
                if is_map(file, ty) {
                    all.push(Place::Param(file, at, index));
                }
            }
            if of.returns.as_ref().is_some_and(|ty| is_map(file, ty)) {
                all.push(Place::Returned(file, at));
            }
        }
    }
    all
}

impl Place {
    pub(super) fn file(self) -> usize {
        match self {
            Self::Field(file, ..)
            | Self::Static(file, _)
            | Self::Param(file, ..)
            | Self::Returned(file, _) => file,
        }
    }

    pub(super) fn ty(self, files: &[FileFacts]) -> Option<&Ty> {
        match self {
            Self::Field(file, at, index) => Some(&files[file].types[at].fields[index].ty),
            Self::Static(file, at) => Some(&files[file].statics[at].ty),
            Self::Param(file, at, index) => Some(&files[file].functions[at].params[index].1),
            Self::Returned(file, at) => files[file].functions[at].returns.as_ref(),
        }
    }

    pub(super) fn ty_mut(self, files: &mut [FileFacts]) -> Option<&mut Ty> {
        match self {
            Self::Field(file, at, index) => Some(&mut files[file].types[at].fields[index].ty),
            Self::Static(file, at) => Some(&mut files[file].statics[at].ty),
            Self::Param(file, at, index) => Some(&mut files[file].functions[at].params[index].1),
            Self::Returned(file, at) => files[file].functions[at].returns.as_mut(),
        }
    }

    /// How code finds it again: the name's position, and what of a function it is.
    pub(super) fn key(self, files: &[FileFacts]) -> (At, usize) {
        match self {
            Self::Field(file, at, index) => (files[file].types[at].fields[index].at, 0),
            Self::Static(file, at) => (files[file].statics[at].at, 0),
            Self::Param(file, at, index) => (files[file].functions[at].at, index),
            Self::Returned(file, at) => (files[file].functions[at].at, RETURNED),
        }
    }

    /// Whether a name for the map's type may be written there: not what a trait says, or type parameters.
    pub(super) fn may_be_named(self, world: &World<'_>) -> bool {
        let files = world.files;
        let is_of_trait = match self {
            Self::Param(file, at, _) | Self::Returned(file, at) => {
                files[file].functions[at].of_trait.is_some()
            }
            Self::Field(file, at, _) => {
                let of = &files[file].types[at];
                of.is_tracked && of.fields.iter().any(|field| field.declared.is_some())
            }
            Self::Static(..) => false,
        };
        let is_concrete = self
            .ty(files)
            .is_some_and(|ty| is_concrete(&world.resolve(self.file(), ty)));
        !is_of_trait && is_concrete
    }
}

/// No type parameter is in it, as far as names tell.
pub(super) fn is_concrete(ty: &Type) -> bool {
    let mut is_concrete = true;
    ty.each(&mut |of| {
        let is_letter = of.name().len() == 1 && of.name().starts_with(char::is_uppercase);
        is_concrete &= !is_letter && !matches!(of.head, Head::Param(_));
    });
    is_concrete
}
