//! Generates code from a checked model. Generators never fail: whatever could be wrong was found before.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Item, Type};

use crate::model::{FieldModel, Model, types_mut};
use crate::spans;

mod keeper;
mod marker;
mod tracked_maps;

/// Everything that `#[tracked]` puts in place of the item.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let item = item(model);
    let maps = model.maps().map(|(field, map)| {
        let (field_attrs, item_attrs) = (&field.carried, &model.carried);
        let marker = marker::expand(model, field, map);
        let keeper = keeper::expand(model, field, map);
        quote! {
            #marker
            #(#item_attrs)*
            #(#field_attrs)*
            const _: () = { #keeper };
        }
    });
    // An alias is its map, and so is a static: their types know how to be visited.
    let tracked_maps = (!model.kind.is_map()).then(|| tracked_maps::expand(model));
    quote! {
        #item
        #(#maps)*
        #tracked_maps
    }
}

/// A `TrackedMaps` that finds nothing, for an item whose maps could not be tracked.
pub(crate) fn no_maps(model: &Model) -> TokenStream {
    let none = TokenStream::new();
    tracked_maps::implementation(model, &none, &none, &none)
}

/// The item with each map replaced by the tracked map of the same kind.
fn item(model: &Model) -> Item {
    let mut item = model.item.clone();
    let (_, generics, _) = model.generics.split_for_impl();
    for (ty, field) in types_mut(&mut item).into_iter().zip(&model.fields) {
        if let Some(map) = &field.map {
            let marker = &map.marker;
            *ty = tracked_type(model, field, &quote!(#marker #generics));
        }
    }
    item
}

/// `Tracked<F, Marker>`, shown at the first token of the field's own type, so that "this is no map" points there.
pub(crate) fn tracked_type(model: &Model, field: &FieldModel, keeper: &TokenStream) -> Type {
    let (krate, ty) = (&model.krate, &field.ty);
    let (first, last) = spans::ends(ty);
    let close = quote_spanned!(last=> >);
    let head = spans::relocate(quote!(#krate::__private::Tracked), first);
    let keeper = spans::relocate(keeper.clone(), first);
    Type::Verbatim(quote_spanned!(spans::at(first)=> #head<#ty, #keeper #close))
}
