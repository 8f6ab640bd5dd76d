//! `TrackedMaps` for the struct: its maps, and those of tracked structs that it holds.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Member;

use crate::attr::Keyed;
use crate::model::{FieldModel, Model, member_name};
use crate::spans;

pub(super) fn expand(model: &Model) -> TokenStream {
    let visits = model.fields.iter().map(|field| visit(model, field));
    let checks = model.fields.iter().map(|field| check(model, field));
    let resets = model.fields.iter().map(|field| reset(model, field));
    implementation(
        model,
        &quote!(#(#visits)*),
        &quote!(#(#checks)*),
        &quote!(#(#resets)*),
    )
}

/// The impl with given bodies; they see `self`, one of `visit`, `found` and `reset`, and `__probe` and `__pair`.
pub(crate) fn implementation(
    model: &Model,
    visits: &TokenStream,
    checks: &TokenStream,
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

            fn __pair<A, B>(_: &A, _: &B) -> #krate::__private::Probe<(A, B)> {
                #krate::__private::Probe::<(A, B)>::NEW
            }

            #[automatically_derived]
            impl #params #krate::TrackedMaps for #this #bounds {
                fn visit_maps(&self, visit: &mut dyn ::core::ops::FnMut(&#krate::MapFigures)) {
                    #visits
                }

                fn check_maps_into(&self, found: &mut ::std::vec::Vec<#krate::Breach>) {
                    #checks
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

fn check(model: &Model, field: &FieldModel) -> TokenStream {
    let (krate, member) = (&model.krate, &field.member);
    let Some(map) = &field.map else {
        let call = quote!({
            use #krate::__private::probe::*;
            (&__probe(&self.#member)).check_maps(&self.#member, found);
        });
        return statement(field, call);
    };
    let own = quote!(#krate::TrackedMaps::check_maps_into(&self.#member, found););
    let subset_of = compare(model, field, "SubsetOf", map.attr.subset_of.as_ref());
    let follows = compare(model, field, "Follows", map.attr.follows.as_ref());
    let mut checks = statement(field, own);
    checks.extend([subset_of, follows]);
    checks
}

/// Compares a map with the one it names; with each of them, where several fields of that name exclude each other.
fn compare(
    model: &Model,
    field: &FieldModel,
    clause: &str,
    other: Option<&Keyed<Member>>,
) -> TokenStream {
    let Some(other) = other else {
        return TokenStream::new();
    };
    let (krate, member) = (&model.krate, &field.member);
    let clause = format_ident!("{clause}");
    let name = member_name(&other.value);
    let others = model.maps().filter(|(other, _)| other.name() == name);
    let statements = others.map(|(other, _)| {
        let (theirs, carried) = (&other.member, &other.carried);
        // If the other field is no map, its own type is where to say so.
        let borrow = spans::relocate(
            quote!(let __other = &self.#theirs;),
            spans::ends(&other.ty).0,
        );
        let compare = spans::relocate(
            quote! {
                use #krate::__private::probe::*;
                (&__pair(&self.#member, __other))
                    .compare(#krate::Clause::#clause, &self.#member, __other, found);
            },
            spans::ends(&field.ty).0,
        );
        let own = &field.carried;
        quote!(#(#own)* #(#carried)* { #borrow #compare })
    });
    quote!(#(#statements)*)
}

/// A statement about a field, under the field's conditions and shown at its type; `Types` in `keeper` says why there.
fn statement(field: &FieldModel, call: TokenStream) -> TokenStream {
    let carried = &field.carried;
    let call = spans::relocate(call, spans::ends(&field.ty).0);
    quote!(#(#carried)* #call)
}
