//! Types, paths and patterns as facts.

use proc_macro2::Span;
use syn::{GenericArgument, GenericParam, Generics, PathArguments, Type, TypeParamBound};

use crate::scan::facts::{At, Pat, Ty};

pub(crate) fn at(span: Span) -> At {
    let start = span.start();
    At {
        line: start.line as u32,
        column: start.column as u32 + 1,
    }
}

pub(crate) fn names(path: &syn::Path) -> Vec<String> {
    path.segments
        .iter()
        .map(|segment| name(&segment.ident))
        .collect()
}

/// An identifier, raw or not.
pub(crate) fn name(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

pub(super) fn generics(of: &Generics) -> (Vec<String>, bool) {
    let mut types = Vec::new();
    let mut borrows = false;
    for param in &of.params {
        match param {
            GenericParam::Type(of) => types.push(name(&of.ident)),
            GenericParam::Lifetime(_) => borrows = true,
            _ => {}
        }
    }
    (types, borrows)
}

/// `Self` becomes what it stands for.
pub(crate) fn ty(of: &Type, this: Option<&Ty>) -> Ty {
    match of {
        Type::Path(path) => path_ty(&path.path, this),
        Type::Reference(of) => Ty::new("&", vec![ty(&of.elem, this)]),
        Type::Ptr(of) => Ty::new("&", vec![ty(&of.elem, this)]),
        Type::Paren(of) => ty(&of.elem, this),
        Type::Group(of) => ty(&of.elem, this),
        Type::Tuple(of) => Ty::new("()", of.elems.iter().map(|of| ty(of, this)).collect()),
        Type::Array(of) => Ty::new("[]", vec![ty(&of.elem, this)]),
        Type::Slice(of) => Ty::new("[]", vec![ty(&of.elem, this)]),
        Type::TraitObject(of) => bounds(of.bounds.iter(), this),
        Type::ImplTrait(of) => bounds(of.bounds.iter(), this),
        Type::FnPtr(_) => Ty::new("fn", Vec::new()),
        _ => Ty::new("_", Vec::new()),
    }
}

fn bounds<'a>(of: impl Iterator<Item = &'a TypeParamBound>, this: Option<&Ty>) -> Ty {
    let mut traits = of.filter_map(|bound| match bound {
        TypeParamBound::Trait(of) => Some(path_ty(&of.path, this)),
        _ => None,
    });
    Ty::new("dyn", traits.next().into_iter().collect())
}

pub(super) fn path_ty(path: &syn::Path, this: Option<&Ty>) -> Ty {
    let path_names = names(path);
    if let ([only], Some(this)) = (&path_names[..], this)
        && only == "Self"
    {
        return this.clone();
    }
    let mut args = Vec::new();
    if let Some(last) = path.segments.last()
        && let PathArguments::AngleBracketed(of) = &last.arguments
    {
        for arg in &of.args {
            match arg {
                GenericArgument::Type(of) => args.push(ty(of, this)),
                GenericArgument::AssocType(of) => args.push(ty(&of.ty, this)),
                _ => {}
            }
        }
    }
    Ty {
        path: path_names,
        args,
    }
}

pub(super) fn pat(of: &syn::Pat, this: Option<&Ty>) -> Pat {
    use syn::Pat as P;
    match of {
        P::Ident(of) => match &of.subpat {
            Some((_, sub)) => Pat::Both(name(&of.ident), Box::new(pat(sub, this))),
            None => Pat::Name(name(&of.ident)),
        },
        P::Tuple(of) => Pat::Tuple(of.elems.iter().map(|of| pat(of, this)).collect()),
        P::TupleStruct(of) => Pat::TupleStruct(
            path_names(&of.path, this),
            of.elems.iter().map(|of| pat(of, this)).collect(),
        ),
        P::Struct(of) => {
            let fields = of.fields.iter();
            let fields = fields.map(|field| (member(&field.member), pat(&field.pat, this)));
            Pat::Struct(path_names(&of.path, this), fields.collect())
        }
        P::Or(of) => Pat::Or(of.cases.iter().map(|of| pat(of, this)).collect()),
        P::Paren(of) => pat(&of.pat, this),
        P::Guard(of) => pat(&of.pat, this),
        P::Reference(of) => pat(&of.pat, this),
        P::Type(of) => Pat::Typed(Box::new(pat(&of.pat, this)), ty(&of.ty, this)),
        _ => Pat::Wild,
    }
}

/// A path whose `Self` is written out.
pub(crate) fn path_names(path: &syn::Path, this: Option<&Ty>) -> Vec<String> {
    let mut all = names(path);
    if let (Some(first), Some(this)) = (all.first(), this)
        && first == "Self"
    {
        all.splice(0..1, this.path.iter().cloned());
    }
    all
}

pub(crate) fn member(of: &syn::Member) -> String {
    match of {
        syn::Member::Named(of) => name(of),
        syn::Member::Unnamed(of) => of.index.to_string(),
    }
}
