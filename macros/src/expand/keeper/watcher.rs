//! How values that leave a map are watched, by the probe of their type.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{
    Generics, PredicateType, Token, Type, TypeParam, TypeParamBound, WherePredicate,
    punctuated::Punctuated,
};

use super::Types;
use crate::{model::MapField, spans};

/// Nothing, where the probe must not be put.
pub(super) fn expand(generics: &Generics, map: &MapField, types: &Types) -> Option<TokenStream> {
    let Types { krate, value, .. } = types;
    let at = spans::at(types.span);
    let (watched, answer) = if let Some(watch) = &map.attr.watch {
        // No probe: that values can be watched is asked for, at the word.
        let probe = quote_spanned!(at=> #krate::__private::Probe<#value>);
        let shared = quote_spanned!(at=> #krate::__private::probe::Outlives<#value>);
        let all = quote_spanned!(at=> const WATCHES_ALL: ::core::primitive::bool = true;);
        let asked = quote_spanned! {spans::at(watch.key)=>
            <#probe as #shared>::watcher(&<#probe>::NEW)
        };
        (Some(all), asked)
    } else if outlives(generics) {
        let probed = quote_spanned! {at=>
            let __probe = #krate::__private::Probe::<#value>::NEW;
            {
                use #krate::__private::probe::*;
                (&__probe).watcher()
            }
        };
        (None, probed)
    } else {
        return None;
    };
    Some(quote_spanned! {at=>
        #watched

        #[inline]
        fn watcher() -> ::core::option::Option<
            fn(&#value) -> ::core::option::Option<#krate::WeakValue>,
        > {
            #answer
        }
    })
}

/// Whether all that a struct's fields can hold is `'static`. A weak handle asks for that, and the probe must not be put to a
/// type of which it is not known: the compiler picks an answer without regard to lifetimes, and rejects it afterwards.
fn outlives(generics: &Generics) -> bool {
    let is_static = |bounds: &Punctuated<TypeParamBound, Token![+]>| {
        bounds.iter().any(
            |bound| matches!(bound, TypeParamBound::Lifetime(lifetime) if lifetime.ident == "static"),
        )
    };
    let in_where = |param: &TypeParam| {
        let predicates = generics.where_clause.iter().flat_map(|all| &all.predicates);
        predicates.into_iter().any(|predicate| match predicate {
            WherePredicate::Type(PredicateType {
                bounded_ty: Type::Path(ty),
                bounds,
                ..
            }) => ty.path.is_ident(&param.ident) && is_static(bounds),
            _ => false,
        })
    };
    generics.lifetimes().next().is_none()
        && generics
            .type_params()
            .all(|param| is_static(&param.bounds) || in_where(param))
}
