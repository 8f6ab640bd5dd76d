//! What patterns bind, and patterns of entries, whose type is another one of a tracked map.

use syn::Pat;

use super::{Local, Walk, methods};
use crate::{
    annotate::marks,
    scan::{lower::types as lowered, types::Type, world::TypeId},
};

impl Walk<'_> {
    pub(super) fn pattern(&mut self, of: &Pat, ty: Option<Type>) {
        match of {
            Pat::Ident(of) => {
                let ty = match of.by_ref {
                    Some(_) => ty.map(methods::reference),
                    None => ty,
                };
                if let Some((_, sub)) = &of.subpat {
                    self.pattern(sub, ty.clone());
                }
                let local = Local {
                    ty,
                    ..Local::default()
                };
                self.bind(lowered::name(&of.ident), local);
            }
            Pat::Type(of) => {
                let ty = self.type_of(&of.ty).or(ty);
                self.pattern(&of.pat, ty);
            }
            Pat::Paren(of) => self.pattern(&of.pat, ty),
            Pat::Guard(of) => self.pattern(&of.pat, ty),
            Pat::Reference(of) => {
                let ty = ty.map(|ty| match ty.name() {
                    "&" => ty
                        .args
                        .into_iter()
                        .next()
                        .unwrap_or_else(|| Type::other("_", Vec::new())),
                    _ => ty,
                });
                self.pattern(&of.pat, ty);
            }
            Pat::Or(of) => of
                .cases
                .iter()
                .for_each(|case| self.pattern(case, ty.clone())),
            Pat::Tuple(of) => {
                let parts = ty
                    .as_ref()
                    .map(methods::owned)
                    .filter(|ty| ty.name() == "()");
                let parts = parts.map(|ty| ty.args.clone()).unwrap_or_default();
                let known = parts.len() == of.elems.len();
                for (index, elem) in of.elems.iter().enumerate() {
                    self.pattern(elem, parts.get(index).filter(|_| known).cloned());
                }
            }
            Pat::TupleStruct(of) => {
                let path = lowered::path_names(&of.path, self.this.as_ref());
                let wrapped = matches!(path.last().map(String::as_str), Some("Some" | "Ok"));
                for (index, elem) in of.elems.iter().enumerate() {
                    let part = match wrapped {
                        true => ty.as_ref().map(inside),
                        // What is in an entry is of that map, too.
                        false if ty.as_ref().is_some_and(|ty| ty.name() == "#entry") => ty.clone(),
                        false => self.member_of(&path, &index.to_string()),
                    };
                    self.pattern(elem, part);
                }
            }
            Pat::Struct(of) => {
                let path = lowered::path_names(&of.path, self.this.as_ref());
                for field in &of.fields {
                    let part = self.member_of(&path, &lowered::member(&field.member));
                    self.pattern(&field.pat, part);
                }
            }
            _ => {}
        }
    }

    /// The field of what a path constructs.
    pub(super) fn member_of(&self, path: &[String], member: &str) -> Option<Type> {
        let (id, prefix) = self.constructed(path)?;
        let (_, ty) = self.world.field_of(id, &format!("{prefix}{member}"))?;
        Some(marks::settled(ty.clone()))
    }

    /// What a path constructs; a variant may be there by `use Enum::*`.
    pub(super) fn constructed(&self, path: &[String]) -> Option<(TypeId, String)> {
        let is_type = |name: &String| name.starts_with(char::is_uppercase);
        let found = self.world.constructed(self.file, path);
        // `Enum::function` is no variant.
        if let Some(found) = found.filter(|_| path.last().is_some_and(is_type)) {
            return Some(found);
        }
        let [variant] = path else {
            return None;
        };
        if !is_type(variant) {
            return None;
        }
        let prefix = format!("{variant}.");
        let mut all = self.world.types.iter().enumerate().filter(|(_, own)| {
            let mut fields = own.fact.fields.iter();
            own.fact.is_enum && fields.any(|field| field.name.starts_with(&prefix))
        });
        let (id, _) = all.next()?;
        all.next().is_none().then_some((id, prefix))
    }

    /// `Entry::Occupied(…)` of a tracked map's entry is of mapkeeper's `Entry`.
    pub(super) fn entries(&mut self, of: &Pat, scrutinee: Option<&Type>) {
        let Some(entry) = scrutinee.filter(|ty| ty.name() == "#entry") else {
            return;
        };
        let Some(site) = entry.args.first().and_then(marks::keeper) else {
            return;
        };
        let Some(module) = self.sites.get(site).map(|site| site.kind.module) else {
            return;
        };
        match of {
            Pat::TupleStruct(of) => {
                let Some(variant) = of.path.segments.last() else {
                    return;
                };
                let range = self.range(&of.path);
                let before = range.start..self.range(variant).start;
                let now = format!("{module}::Entry::");
                if self.edited.text[before.clone()] != now {
                    self.edited.replace(before, now);
                }
            }
            Pat::Or(of) => of
                .cases
                .iter()
                .for_each(|case| self.entries(case, scrutinee)),
            Pat::Paren(of) => self.entries(&of.pat, scrutinee),
            Pat::Guard(of) => self.entries(&of.pat, scrutinee),
            Pat::Ident(of) => {
                if let Some((_, sub)) = &of.subpat {
                    self.entries(sub, scrutinee);
                }
            }
            _ => {}
        }
    }
}

/// What is in an `Option` or a `Result`; what a lock gives is that already.
fn inside(ty: &Type) -> Type {
    let owned = methods::owned(ty);
    match owned.name() {
        "Option" | "Result" => match (ty.name(), owned.inner()) {
            ("&", Some(inner)) => methods::reference(inner.clone()),
            (_, Some(inner)) => inner.clone(),
            (_, None) => ty.clone(),
        },
        _ => ty.clone(),
    }
}
