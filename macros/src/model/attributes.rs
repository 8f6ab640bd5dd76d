//! Attributes of the item and its fields: which are ours, and which hold for generated code as well.

use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Meta, Path, Token, parse_quote};

use crate::attr::MapAttr;
use crate::ctxt::Ctxt;

/// Takes all `#[map]`s off a field and reads the first.
pub(super) fn take_map(ctxt: &Ctxt, field: &mut Field) -> Option<MapAttr> {
    let maps: Vec<Attribute> = field
        .attrs
        .extract_if(.., |attr| attr.path().is_ident("map"))
        .collect();
    for hidden in field.attrs.iter().filter(|attr| hides_map(attr)) {
        ctxt.error_spanned_by(
            hidden,
            "`#[map]` cannot stand in `cfg_attr`, which is resolved too late: write the field twice, under `#[cfg(…)] #[map]` and under `#[cfg(not(…))]`",
        );
    }
    field.attrs.retain(|attr| !hides_map(attr));
    let (first, more) = maps.split_first()?;
    for twice in more {
        ctxt.error_spanned_by(
            twice,
            "`#[map]` is already on this field: put all keys into one `#[map(…)]`",
        );
    }
    Some(MapAttr::read(ctxt, first))
}

/// `#[cfg_attr(…, map)]`.
pub(super) fn hides_map(attr: &Attribute) -> bool {
    conditional(&attr.meta)
        .is_some_and(|metas| metas.iter().skip(1).any(|meta| meta.path().is_ident("map")))
}

/// The attributes that hold for generated code as well: `cfg` and `allow`, and `cfg_attr` reduced to those in it.
pub(super) fn carried(attrs: &[Attribute]) -> Vec<Attribute> {
    let carry = |attr: &Attribute| {
        let meta = carried_meta(&attr.meta)?;
        Some(Attribute {
            meta,
            ..attr.clone()
        })
    };
    let deprecated = attrs.iter().any(|attr| attr.path().is_ident("deprecated"));
    // Generated code uses what it belongs to.
    let allow = deprecated.then(|| parse_quote!(#[allow(deprecated)]));
    attrs.iter().filter_map(carry).chain(allow).collect()
}

fn carried_meta(meta: &Meta) -> Option<Meta> {
    if meta.path().is_ident("cfg") || meta.path().is_ident("allow") {
        return Some(meta.clone());
    }
    let metas = conditional(meta)?;
    let mut metas = metas.iter();
    let condition = metas.next()?;
    let kept: Vec<Meta> = metas.filter_map(carried_meta).collect();
    if kept.is_empty() {
        return None;
    }
    let Meta::List(list) = meta else { return None };
    Some(Meta::List(syn::MetaList {
        tokens: quote!(#condition, #(#kept),*),
        ..list.clone()
    }))
}

/// What stands in a `cfg_attr`: the condition, then the attributes.
fn conditional(meta: &Meta) -> Option<Punctuated<Meta, Token![,]>> {
    let list = meta.require_list().ok()?;
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    list.parse_args_with(Punctuated::parse_terminated).ok()
}

/// Whether an attribute is `#[tracked]`, under whichever path it was imported.
pub(crate) fn is_tracked(path: &Path) -> bool {
    path.segments
        .last()
        .is_some_and(|segment| segment.ident == "tracked" && path.segments.len() <= 2)
}
