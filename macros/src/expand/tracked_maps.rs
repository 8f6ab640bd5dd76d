//! `TrackedMaps` for the struct: its maps, and those of tracked structs that it holds.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{FieldModel, Model};
use crate::spans;

pub(super) fn expand(model: &Model) -> TokenStream {
    let visits = model.fields.iter().map(|field| visit(model, field));
    let resets = model.fields.iter().map(|field| reset(model, field));
    implementation(model, &quote!(#(#visits)*), &quote!(#(#resets)*))
}

/// The impl with given bodies; they see `self` and `visit`, or `self` and `reset`, and `__probe`.
pub(crate) fn implementation(
    model: &Model,
    visits: &TokenStream,
    resets: &TokenStream,
) -> TokenStream {
    let (krate, carried, this) = (&model.krate, &model.carried, &model.this);
    let (params, _, bounds) = model.item.generics.split_for_impl();
    quote! {
        #(#carried)*
        const _: () = {
            // Infers the type of a field; written out, a mistake in it would be reported once more.
            fn __probe<T: ?::core::marker::Sized>(_: &T) -> #krate::__private::Probe<T> {
                #krate::__private::Probe::<T>::NEW
            }

            #[automatically_derived]
            impl #params #krate::TrackedMaps for #this #bounds {
                fn visit_maps(&self, visit: &mut dyn ::core::ops::FnMut(&#krate::MapFigures)) {
                    #visits
                }

                fn reset_maps_into(&mut self, reset: &mut #krate::Reset) {
                    #resets
                }
            }
        };
    }
}

fn visit(model: &Model, field: &FieldModel) -> TokenStream {
    let (krate, member) = (&model.krate, &field.member);
    let call = if field.map.is_some() {
        quote!(#krate::TrackedMaps::visit_maps(&self.#member, visit);)
    } else {
        quote!({
            use #krate::__private::probe::*;
            (&__probe(&self.#member)).visit_maps(&self.#member, visit);
        })
    };
    statement(field, call)
}

fn reset(model: &Model, field: &FieldModel) -> TokenStream {
    let (krate, member) = (&model.krate, &field.member);
    let call = if field.map.is_some() {
        quote!(#krate::TrackedMaps::reset_maps_into(&mut self.#member, reset);)
    } else {
        quote!({
            use #krate::__private::probe::*;
            (&__probe(&self.#member)).reset_maps(&mut self.#member, reset);
        })
    };
    statement(field, call)
}

/// A statement about a field, under the field's conditions and shown at its type; `Types` in `keeper` says why there.
fn statement(field: &FieldModel, call: TokenStream) -> TokenStream {
    let carried = &field.carried;
    let call = spans::relocate(call, spans::ends(&field.ty).0);
    quote!(#(#carried)* #call)
}
