//! `TrackedMaps` for the struct or enum: its maps, and those of tracked values that it holds.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Member;

use super::{deep, kept_by};
use crate::attr::Keyed;
use crate::model::{FieldModel, Model, member_name};
use crate::spans;

pub(super) fn expand(model: &Model) -> TokenStream {
    let bodies = Bodies {
        visits: each_field(model, visit),
        locks: each_field(model, locks),
        checks: each_field(model, check),
        resets: each_field(model, reset),
        shared_resets: each_field(model, reset_shared),
        sites: sites(model),
    };
    implementation(model, &bodies)
}

/// What the methods do; they see `self` (not that of the sites), one of `visit`, `found`, `reset` and `look`, and `__probe`
/// and `__pair`.
#[derive(Default)]
pub(crate) struct Bodies {
    visits: TokenStream,
    locks: TokenStream,
    checks: TokenStream,
    resets: TokenStream,
    shared_resets: TokenStream,
    sites: TokenStream,
}

/// The impls with given bodies.
pub(crate) fn implementation(model: &Model, bodies: &Bodies) -> TokenStream {
    let Bodies {
        visits,
        locks,
        checks,
        resets,
        shared_resets,
        sites,
    } = bodies;
    let (krate, carried, this) = (&model.krate, &model.carried, &model.this);
    let (params, _, bounds) = model.generics.split_for_impl();
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

                fn visit_locks(&self, visit: &mut dyn ::core::ops::FnMut(&#krate::LockState)) {
                    #locks
                }

                fn check_maps_into(&self, found: &mut #krate::__private::Vec<#krate::Breach>) {
                    #checks
                }

                fn reset_maps_into(&mut self, reset: &mut #krate::Reset) {
                    #resets
                }

                fn reset_maps_shared(&self, reset: &mut #krate::Reset) -> ::core::primitive::bool {
                    #shared_resets
                    true
                }
            }

            #[automatically_derived]
            impl #params #krate::HasSites for #this #bounds {
                fn each_site(look: &mut dyn ::core::ops::FnMut(&'static #krate::Site)) {
                    #sites
                }
            }
        };
    }
}

/// The statements of all fields; those of an enum under the patterns of their variants.
fn each_field(model: &Model, statements: fn(&Model, &FieldModel) -> TokenStream) -> TokenStream {
    let arms = model.variants.iter().enumerate().map(|(index, variant)| {
        let fields = || {
            model
                .fields
                .iter()
                .filter(move |field| field.variant == index)
        };
        let statements = fields().map(|field| statements(model, field));
        let Some(ident) = &variant.ident else {
            return quote!(#(#statements)*);
        };
        let patterns = fields().map(|field| {
            let (carried, member, binding) = (&field.carried, &field.member, binding(field));
            quote!(#(#carried)* #member: #binding)
        });
        let carried = &variant.carried;
        quote!(#(#carried)* Self::#ident { #(#patterns),* } => { #(#statements)* })
    });
    let arms = quote!(#(#arms)*);
    if model.variants.iter().any(|variant| variant.ident.is_some()) {
        quote!(match self { #arms })
    } else {
        arms
    }
}

/// What a pattern binds a field of a variant to.
fn binding(field: &FieldModel) -> TokenStream {
    let name = format_ident!("__field_{}", member_name(&field.member));
    quote!(#name)
}

/// A shared borrow of a field.
fn shared(model: &Model, field: &FieldModel) -> TokenStream {
    if model.variants[field.variant].ident.is_some() {
        let binding = binding(field);
        return quote!(&*#binding);
    }
    let member = &field.member;
    quote!(&self.#member)
}

fn visit(model: &Model, field: &FieldModel) -> TokenStream {
    let (krate, place) = (&model.krate, shared(model, field));
    let call = if field.map.is_some() {
        quote!(#krate::TrackedMaps::visit_maps(#place, visit);)
    } else {
        quote!({
            use #krate::__private::probe::*;
            (&__probe(#place)).visit_maps(#place, visit);
        })
    };
    statement(field, call)
}

fn locks(model: &Model, field: &FieldModel) -> TokenStream {
    let (krate, place) = (&model.krate, shared(model, field));
    let call = if field.map.is_some() {
        quote!(#krate::TrackedMaps::visit_locks(#place, visit);)
    } else {
        quote!({
            use #krate::__private::probe::*;
            (&__probe(#place)).visit_locks(#place, visit);
        })
    };
    statement(field, call)
}

/// The sites of the item's own maps, whichever variant has them.
fn sites(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let each = model.maps().map(|(field, map)| {
        let ty = kept_by(
            model,
            field,
            map,
            &deep::inside(model, field, map, &field.ty),
        );
        let first = spans::ends(&field.ty).0;
        let sites = spans::relocate(quote!(#krate::HasSites), first);
        let carried = &field.carried;
        // What the user wrote stays where it stands, so that a mistake in it is not reported once more.
        quote_spanned!(spans::at(first)=> #(#carried)* <#ty as #sites>::each_site(look);)
    });
    quote!(#(#each)*)
}

fn reset(model: &Model, field: &FieldModel) -> TokenStream {
    let (krate, place) = (&model.krate, shared(model, field));
    let exclusive = if model.variants[field.variant].ident.is_some() {
        binding(field)
    } else {
        let member = &field.member;
        quote!(&mut self.#member)
    };
    let call = if field.map.is_some() {
        quote!(#krate::TrackedMaps::reset_maps_into(#exclusive, reset);)
    } else {
        quote!({
            use #krate::__private::probe::*;
            (&__probe(#place)).reset_maps(#exclusive, reset);
        })
    };
    statement(field, call)
}

/// The same through a shared reference, as far as locks and cells allow it.
fn reset_shared(model: &Model, field: &FieldModel) -> TokenStream {
    let (krate, place) = (&model.krate, shared(model, field));
    let call = if field.map.is_some() {
        quote!(#krate::__private::reset_shared(#place, reset);)
    } else {
        quote!({
            use #krate::__private::probe::*;
            (&__probe(#place)).reset_maps_shared(#place, reset);
        })
    };
    statement(field, call)
}

fn check(model: &Model, field: &FieldModel) -> TokenStream {
    let (krate, place) = (&model.krate, shared(model, field));
    let Some(map) = &field.map else {
        let call = quote!({
            use #krate::__private::probe::*;
            (&__probe(#place)).check_maps(#place, found);
        });
        return statement(field, call);
    };
    let own = quote!(#krate::TrackedMaps::check_maps_into(#place, found););
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
    let (krate, this) = (&model.krate, shared(model, field));
    let clause = format_ident!("{clause}");
    let name = member_name(&other.value);
    let others = model
        .maps_beside(field)
        .filter(|(other, _)| other.name() == name);
    let statements = others.map(|(other, _)| {
        let (theirs, carried) = (shared(model, other), &other.carried);
        // If the other field is no map, its own type is where to say so.
        let borrow = spans::relocate(quote!(let __other = #theirs;), spans::ends(&other.ty).0);
        let compare = spans::relocate(
            quote! {
                use #krate::__private::probe::*;
                (&__pair(#this, __other)).compare(#krate::Clause::#clause, #this, __other, found);
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
