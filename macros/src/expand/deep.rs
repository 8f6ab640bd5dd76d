//! Maps in the values of maps, which `deep` tracks: their types, from the outside in.

use std::iter;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{kept_by, private};
use crate::model::{FieldModel, MapField, Model};
use crate::spans;

/// A map and, where `deep` says so, those in its values, each with its type as it was written.
pub(super) fn levels<'a>(
    model: &'a Model,
    field: &'a FieldModel,
    map: &'a MapField,
) -> impl Iterator<Item = (&'a MapField, TokenStream)> {
    let outermost = (map, field.ty.clone());
    iter::successors(Some(outermost), move |(map, ty)| {
        Some((map.deep.as_deref()?, value_of(model, field, ty)))
    })
}

/// What a map's own keeper goes around: the type as it was written, or with tracked maps in its values.
pub(super) fn inside(
    model: &Model,
    field: &FieldModel,
    map: &MapField,
    ty: &TokenStream,
) -> TokenStream {
    if map.deep.is_none() {
        return ty.clone();
    }
    let name = alias_name(map);
    let (_, args, _) = model.generics.split_for_impl();
    spans::relocate(quote!(#name #args), spans::ends(&field.ty).0)
}

/// The type with tracked maps in its values, under a name: written out it is "very complex" to clippy, where the user's
/// own type was not.
pub(super) fn alias(
    model: &Model,
    field: &FieldModel,
    map: &MapField,
    ty: &TokenStream,
) -> Option<TokenStream> {
    let inner = map.deep.as_ref()?;
    let value = inside(model, field, inner, &value_of(model, field, ty));
    let value = kept_by(model, field, inner, &value);
    let with_values = private(model, field, "WithValue", &quote!(#ty, #value));
    let (item_attrs, field_attrs) = (&model.carried, &field.carried);
    let (name, vis) = (alias_name(map), &map.vis);
    let (params, _, bounds) = model.generics.split_for_impl();
    // The bounds are not enforced, but `K::Item` needs them to be found.
    Some(quote! {
        #[doc(hidden)]
        #[doc = "Not public API."]
        #[allow(type_alias_bounds)]
        #(#item_attrs)*
        #(#field_attrs)*
        #vis type #name #params #bounds = #with_values;
    })
}

// No owner of a marker starts with a digit.
fn alias_name(map: &MapField) -> Ident {
    format_ident!("__0values{}", map.marker, span = map.marker.span())
}

fn value_of(model: &Model, field: &FieldModel, ty: &TokenStream) -> TokenStream {
    private(model, field, "Value", ty)
}
