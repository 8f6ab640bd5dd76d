//! The marker of a map: a type of its own that carries the map's `Keeper`, generic like the item.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{GenericParam, Generics};

use crate::model::{FieldModel, MapField, Model};
use crate::spans;

pub(super) fn expand(model: &Model, field: &FieldModel, map: &MapField) -> TokenStream {
    let (krate, item_attrs, field_attrs) = (&model.krate, &model.carried, &field.carried);
    let MapField {
        marker, vis, attr, ..
    } = map;
    let generics = &model.generics;
    let phantom = phantom(generics);
    // A stateful hook's type may need the item's bounds; nothing else does.
    let (params, bounds, state) = match &attr.hooks {
        Some(hooks) => {
            let (params, _, bounds) = generics.split_for_impl();
            let ty = super::keeper::hooks_type(model, hooks);
            // In parentheses it can only be a type, so that a function named here is reported once.
            let lazy =
                quote_spanned!(spans::at(spans::ends(&ty).0)=> #krate::__private::Lazy<(#ty)>);
            (quote!(#params), Some(bounds), Some(lazy))
        }
        None => (bare(generics), None, None),
    };
    quote! {
        #[doc(hidden)]
        #[doc = "Not public API."]
        #(#item_attrs)*
        #(#field_attrs)*
        #vis struct #marker #params (#phantom, #state) #bounds;
    }
}

/// The parameters without bounds and defaults. `?Sized`, because the item may allow it and the marker holds none.
fn bare(generics: &Generics) -> TokenStream {
    let params = generics.params.iter().map(|param| match param {
        GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            quote!(#lifetime)
        }
        GenericParam::Type(param) => {
            let ident = &param.ident;
            quote!(#ident: ?::core::marker::Sized)
        }
        GenericParam::Const(param) => {
            let (ident, ty) = (&param.ident, &param.ty);
            quote!(const #ident: #ty)
        }
    });
    quote!(<#(#params),*>)
}

/// Names every parameter without owning any: the marker stays `Send`, `Sync` and free of drop glue.
fn phantom(generics: &Generics) -> TokenStream {
    let params = generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            Some(quote!(&#lifetime ()))
        }
        GenericParam::Type(param) => {
            let ident = &param.ident;
            Some(quote!(::core::marker::PhantomData<#ident>))
        }
        _ => None,
    });
    quote!(::core::marker::PhantomData<fn() -> (#(#params,)*)>)
}
