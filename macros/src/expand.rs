//! Generates code from a checked model. Generators never fail: whatever could be wrong was found before.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Item, StaticMutability, Type};

use crate::model::{FieldModel, MapField, Model, types_mut};
use crate::spans;

mod deep;
mod keeper;
mod marker;
mod tracked_maps;

/// Everything that `#[tracked]` puts in place of the item.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let item = item(model);
    let levels = model.maps().flat_map(|(field, map)| {
        deep::levels(model, field, map).map(move |(map, ty)| (field, map, ty))
    });
    let maps = levels.map(|(field, map, ty)| {
        let (field_attrs, item_attrs) = (&field.carried, &model.carried);
        let marker = marker::expand(model, field, map);
        let with_values = deep::alias(model, field, map, &ty);
        let keeper = keeper::expand(model, field, map, &deep::inside(model, field, map, &ty));
        quote! {
            #marker
            #with_values
            #(#item_attrs)*
            #(#field_attrs)*
            const _: () = { #keeper };
        }
    });
    // An alias is its map, and so is a static: their types know how to be visited.
    let tracked_maps = (!model.kind.is_map()).then(|| tracked_maps::expand(model));
    let locks = locks_of_static(model);
    let drop = model.check_on_drop.then(|| check_on_drop(model));
    quote! {
        #item
        #(#maps)*
        #tracked_maps
        #locks
        #drop
    }
}

/// What the item does when it goes, while its maps are still there.
fn check_on_drop(model: &Model) -> TokenStream {
    let (krate, carried, this) = (&model.krate, &model.carried, &model.this);
    let (params, _, bounds) = model.generics.split_for_impl();
    quote! {
        #(#carried)*
        #[automatically_derived]
        impl #params ::core::ops::Drop for #this #bounds {
            fn drop(&mut self) {
                #krate::__private::check_on_drop(self);
            }
        }
    }
}

/// Reports find the locks around the map of a static by themselves. One that is `mut` nobody may look at unasked.
fn locks_of_static(model: &Model) -> Option<TokenStream> {
    let Item::Static(item) = &model.item else {
        return None;
    };
    let StaticMutability::None = item.mutability else {
        return None;
    };
    let (krate, carried, name) = (&model.krate, &model.carried, &item.ident);
    let visit = quote!(|__visit| #krate::TrackedMaps::visit_locks(&#name, __visit));
    // Shown at the map's type, like all that a type which is no map makes wrong.
    let visit = spans::relocate(visit, spans::ends(&item.ty).0);
    Some(quote! {
        #(#carried)*
        const _: () = {
            #krate::__private::inventory::submit! {
                #krate::__private::LocksOfStatic(#visit)
            }
        };
    })
}

/// A `TrackedMaps` that finds nothing, for an item whose maps could not be tracked.
pub(crate) fn no_maps(model: &Model) -> TokenStream {
    tracked_maps::implementation(model, &tracked_maps::Bodies::default())
}

/// The item with each map replaced by the tracked map of the same kind.
fn item(model: &Model) -> Item {
    let mut item = model.item.clone();
    for (ty, field) in types_mut(&mut item).into_iter().zip(&model.fields) {
        if let Some(map) = &field.map {
            let inside = deep::inside(model, field, map, &field.ty);
            *ty = Type::Verbatim(kept_by(model, field, map, &inside));
        }
    }
    item
}

/// A type kept by a map's own keeper.
fn kept_by(model: &Model, field: &FieldModel, map: &MapField, ty: &TokenStream) -> TokenStream {
    let marker = &map.marker;
    let (_, generics, _) = model.generics.split_for_impl();
    tracked_type(model, field, ty, &quote!(#marker #generics))
}

/// `Tracked<F, Marker>`.
pub(crate) fn tracked_type(
    model: &Model,
    field: &FieldModel,
    ty: &TokenStream,
    keeper: &TokenStream,
) -> TokenStream {
    let (first, _) = spans::ends(&field.ty);
    let keeper = spans::relocate(keeper.clone(), first);
    private(
        model,
        field,
        "Tracked",
        &quote_spanned!(spans::at(first)=> #ty, #keeper),
    )
}

/// A type of the runtime's, shown at the first token of the field's own type, so that "this is no map" points there.
fn private(model: &Model, field: &FieldModel, name: &str, args: &TokenStream) -> TokenStream {
    let (krate, name) = (&model.krate, format_ident!("{name}"));
    let (first, last) = spans::ends(&field.ty);
    let close = quote_spanned!(last=> >);
    let head = spans::relocate(quote!(#krate::__private::#name), first);
    quote_spanned!(spans::at(first)=> #head<#args #close)
}
