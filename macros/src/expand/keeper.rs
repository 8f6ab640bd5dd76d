//! The site of a map and the `Keeper` of its marker.

mod watcher;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{ExprPath, Member, Type};

use crate::attr::{Keyed, Residue};
use crate::model::{FieldModel, MapField, Model, member_name, without_self};
use crate::spans;

/// For a map of type `ty`, which is the field's own or made of it.
pub(super) fn expand(
    model: &Model,
    field: &FieldModel,
    map: &MapField,
    ty: &TokenStream,
) -> TokenStream {
    let (params, args, bounds) = model.generics.split_for_impl();
    let marker = &map.marker;
    let this = quote!(#marker #args);
    let types = Types::of(model, field, ty);
    let Types {
        krate, key, value, ..
    } = &types;
    let span = spans::at(types.span);

    let site = site(model, field, map, &types);
    let state = map
        .attr
        .hooks
        .as_ref()
        .map(|_| quote!(, #krate::__private::Lazy::NEW));
    let hook = hook(model, map, &types);
    let guard = guard(model, map, &types);
    let vacancy = vacancy(model, map, &types);
    let watcher = watcher::expand(&model.generics, map, &types);
    let show_key = show_key(map, &types);
    let maps_in = maps_in(map, &types);
    let hooks = map
        .attr
        .hooks
        .as_ref()
        .map(|hooks| stateful(model, hooks, &types, &this));
    let unguarded = map.attr.guard.is_none().then(|| {
        quote_spanned! {span=>
            #[automatically_derived]
            impl #params #krate::Unguarded for #this #bounds {}
        }
    });
    quote_spanned! {span=>
        #site

        #[automatically_derived]
        impl #params #krate::Keeper<#key, #value> for #this #bounds {
            const NEW: Self = #marker(::core::marker::PhantomData #state);
            const TRACKED: ::core::primitive::bool = true;
            const CONTRACT: #krate::Contract = __MAPKEEPER_CONTRACT;

            #[inline]
            fn site() -> ::core::option::Option<&'static #krate::Site> {
                ::core::option::Option::Some(&__MAPKEEPER_SITE)
            }

            #hook
            #guard
            #vacancy

            #[inline]
            fn strong_count(__value: &#value) -> ::core::option::Option<::core::primitive::usize> {
                let __probe = #krate::__private::Probe::<#value>::NEW;
                {
                    use #krate::__private::probe::*;
                    (&__probe).strong_count(__value)
                }
            }

            #[inline]
            fn key_hash(__key: &#key) -> ::core::option::Option<::core::primitive::u64> {
                let __probe = #krate::__private::Probe::<#key>::NEW;
                {
                    use #krate::__private::probe::*;
                    (&__probe).key_hash(__key)
                }
            }

            #watcher
            #show_key
            #maps_in
        }

        #hooks
        #unguarded
    }
}

/// The key and the value type of a map, as the runtime finds them in the field's type.
///
/// Whatever is generated for a map is shown at the one token with which the field's type begins: the compiler drops equal
/// messages, so that a field that is no map is reported there, and once.
struct Types {
    key: TokenStream,
    value: TokenStream,
    /// What the user's functions are called with.
    signature: TokenStream,
    /// The field's type.
    field: TokenStream,
    /// The path of `mapkeeper`.
    krate: TokenStream,
    span: Span,
}

impl Types {
    fn of(model: &Model, field: &FieldModel, ty: &TokenStream) -> Self {
        let (span, _) = spans::ends(&field.ty);
        let krate = spans::relocate(model.krate.clone(), span);
        let at = spans::at(span);
        Types {
            key: quote_spanned!(at=> #krate::__private::Key<#ty>),
            value: quote_spanned!(at=> #krate::__private::Value<#ty>),
            signature: quote_spanned!(at=> #krate::__private::SignatureOf<#ty>),
            field: quote_spanned!(at=> #ty),
            krate,
            span,
        }
    }
}

/// The static that describes the map, known at link time.
fn site(model: &Model, field: &FieldModel, map: &MapField, types: &Types) -> TokenStream {
    let krate = &types.krate;
    let name = &map.name;
    let contract = contract(model, field, map, types);
    // The field's own span: these macros report the place of the outermost call, which would else be `#[tracked]`.
    let place = quote_spanned!(field.span=> ::core::file!(), ::core::line!(), ::core::column!());
    quote_spanned! {spans::at(types.span)=>
        const __MAPKEEPER_CONTRACT: #krate::Contract = #contract;
        static __MAPKEEPER_SITE: #krate::Site = #krate::Site::new(
            #name,
            ::core::module_path!(),
            #place,
            __MAPKEEPER_CONTRACT,
        );
        #krate::__private::inventory::submit! {
            #krate::__private::Registered(&__MAPKEEPER_SITE)
        }
    }
}

fn contract(model: &Model, field: &FieldModel, map: &MapField, types: &Types) -> TokenStream {
    let krate = &types.krate;
    let attr = &map.attr;
    let mut contract = quote!(#krate::Contract::NONE);
    match attr.residue.as_ref().map(|residue| &residue.value) {
        Some(Residue::Allow) => contract.extend(quote!(.residue(#krate::Residue::Allow))),
        Some(Residue::Deny) => contract.extend(quote!(.residue(#krate::Residue::Deny))),
        Some(Residue::Test(_)) | None => {}
    }
    if let Some(Keyed { value, .. }) = attr.max_len {
        // Unsuffixed, so that a number too large for the target's `usize` is an error there.
        let value = proc_macro2::Literal::usize_unsuffixed(value);
        contract.extend(quote!(.max_len(#value)));
    }
    if let Some(Keyed { value, .. }) = attr.max_age {
        let millis = u64::try_from(value.as_millis()).unwrap_or(u64::MAX);
        contract.extend(quote!(.max_age(::core::time::Duration::from_millis(#millis))));
    }
    if attr.empty_on_drop.is_some() {
        contract.extend(quote!(.empty_on_drop()));
    }
    if attr.growth.is_some() {
        contract.extend(quote!(.growth_allowed()));
    }
    // Reports know maps by the names of their sites.
    let site_of = |other: &Member| {
        let field = model
            .maps_beside(field)
            .find(|(field, _)| field.name() == member_name(other));
        field.map_or_else(|| member_name(other), |(_, map)| map.name.clone())
    };
    if let Some(other) = &attr.follows {
        let name = site_of(&other.value);
        contract.extend(quote!(.follows(#name)));
    }
    if let Some(other) = &attr.subset_of {
        let name = site_of(&other.value);
        contract.extend(quote!(.subset_of(#name)));
    }
    if attr.show_keys.is_some() {
        contract.extend(quote!(.show_keys()));
    }
    contract
}

/// A function of the user, bound to the type it must have (`signature`, whose generic arguments are `args`); `then` calls it.
/// The type is shown at the path, so that a function of another signature is reported there.
fn bound(
    model: &Model,
    path: &ExprPath,
    (signature, args): (TokenStream, TokenStream),
    then: &TokenStream,
) -> TokenStream {
    let (first, last) = spans::ends(path);
    let signature = spans::relocate(signature, first);
    let close = quote_spanned!(spans::at(last)=> >);
    let path = without_self(path.to_token_stream(), &model.this);
    quote_spanned! {spans::at(first)=>
        let __function: #signature<#args #close = #path;
        #then
    }
}

fn hook(model: &Model, map: &MapField, types: &Types) -> Option<TokenStream> {
    let Types {
        krate,
        key,
        value,
        signature,
        field,
        ..
    } = types;
    let at = spans::at(types.span);
    let body = match (&map.attr.on_remove, &map.attr.hooks) {
        (Some(path), _) => {
            let call = quote_spanned! {at=>
                <#signature as #krate::signature::Signature<#key, #value>>::on_remove(
                    __function, __key, __value, __cause,
                )
            };
            bound(
                model,
                &path.value,
                (quote!(#krate::__private::OnRemove), field.clone()),
                &call,
            )
        }
        (None, Some(hooks)) => {
            let span = spans::at(spans::ends(&hooks.value).0);
            let ty = hooks_type(model, hooks);
            quote_spanned! {span=>
                <#ty as #krate::signature::StatefulHook<#signature, #key, #value>>::call(
                    self.1.get(), __key, __value, __cause,
                )
            }
        }
        (None, None) => return None,
    };
    Some(quote_spanned! {at=>
        const HOOKED: ::core::primitive::bool = true;

        #[inline]
        fn on_remove(&mut self, __key: &#key, __value: &#value, __cause: #krate::RemovalCause) {
            #body
        }
    })
}

fn guard(model: &Model, map: &MapField, types: &Types) -> Option<TokenStream> {
    let Keyed { value: path, .. } = map.attr.guard.as_ref()?;
    let Types {
        krate,
        key,
        value,
        signature,
        field,
        ..
    } = types;
    let at = spans::at(types.span);
    let asked = quote_spanned! {at=>
        <#signature as #krate::signature::Signature<#key, #value>>::guard(
            __function, __key, __value,
        )
    };
    // Shown at the path: it is the reason's type that may lack `Display`.
    let reason = spans::relocate(
        quote!(#krate::__private::format!("{}", __reason)),
        spans::ends(path).0,
    );
    let then = quote_spanned! {at=>
        match #asked {
            ::core::result::Result::Ok(()) => ::core::result::Result::Ok(()),
            ::core::result::Result::Err(__reason) => ::core::result::Result::Err(#reason),
        }
    };
    let body = bound(
        model,
        path,
        (
            quote!(#krate::__private::Guard),
            quote!('__key, '__value, #field, _),
        ),
        &then,
    );
    // The reason may borrow from the entry (an `impl Display` of edition 2024 always does), hence the named lifetimes.
    Some(quote_spanned! {at=>
        const GUARDED: ::core::primitive::bool = true;

        #[inline]
        fn guard<'__key, '__value>(
            __key: &'__key #key,
            __value: &'__value #value,
        ) -> ::core::result::Result<(), #krate::__private::String> {
            #body
        }
    })
}

/// Whether values can be vacant and which are: the user's function decides, else the probe.
fn vacancy(
    model: &Model,
    map: &MapField,
    Types {
        krate, value, span, ..
    }: &Types,
) -> TokenStream {
    if let Some(Keyed {
        value: Residue::Test(path),
        ..
    }) = &map.attr.residue
    {
        let call = spans::relocate(quote!(__function(__value)), spans::ends(path).0);
        let test = quote!(#krate::__private::IsVacant);
        let body = bound(model, path, (test, value.clone()), &call);
        return quote_spanned! {spans::at(*span)=>
            #[inline]
            fn knows_vacancy() -> ::core::primitive::bool {
                true
            }

            #[inline]
            fn is_vacant(__value: &#value) -> ::core::primitive::bool {
                #body
            }
        };
    }
    // The probe is made outside the block: inside, the imported names could hide the user's.
    quote_spanned! {spans::at(*span)=>
        #[inline]
        fn knows_vacancy() -> ::core::primitive::bool {
            let __probe = #krate::__private::Probe::<#value>::NEW;
            {
                use #krate::__private::probe::*;
                (&__probe).knows_vacancy()
            }
        }

        #[inline]
        fn holds_handles() -> ::core::primitive::bool {
            let __probe = #krate::__private::Probe::<#value>::NEW;
            {
                use #krate::__private::probe::*;
                (&__probe).is_handle()
            }
        }

        #[inline]
        fn is_vacant(__value: &#value) -> ::core::primitive::bool {
            let __probe = #krate::__private::Probe::<#value>::NEW;
            {
                use #krate::__private::probe::*;
                (&__probe).is_vacant(__value)
            }
        }
    }
}

fn show_key(
    map: &MapField,
    Types {
        krate, key, span, ..
    }: &Types,
) -> Option<TokenStream> {
    let at = map.attr.show_keys.as_ref()?.key;
    let shown = quote_spanned!(spans::at(at)=> #krate::__private::format!("{:?}", __key));
    Some(quote_spanned! {spans::at(*span)=>
        #[inline]
        fn show_key(__key: &#key) -> ::core::option::Option<#krate::__private::String> {
            ::core::option::Option::Some(#shown)
        }
    })
}

fn maps_in(map: &MapField, types: &Types) -> Option<TokenStream> {
    map.deep.as_ref()?;
    let Types {
        krate, value, span, ..
    } = types;
    // The lifetime has a name, because the value's type may have some of its own.
    Some(quote_spanned! {spans::at(*span)=>
        const DEEP: ::core::primitive::bool = true;

        #[inline]
        fn maps_in<'__value>(
            __value: &'__value #value,
        ) -> ::core::option::Option<&'__value dyn #krate::TrackedMaps> {
            ::core::option::Option::Some(__value)
        }
    })
}

/// The type that a map's `hooks` names, with `Self` spelt out.
pub(super) fn hooks_type(model: &Model, hooks: &Keyed<Type>) -> TokenStream {
    without_self(hooks.value.to_token_stream(), &model.this)
}

/// Access to the hook's state, for the user's tests and reports.
fn stateful(model: &Model, hooks: &Keyed<Type>, types: &Types, this: &TokenStream) -> TokenStream {
    let krate = &types.krate;
    let (params, _, bounds) = model.generics.split_for_impl();
    let ty = hooks_type(model, hooks);
    let span: Span = spans::at(spans::ends(&ty).0);
    quote_spanned! {span=>
        #[automatically_derived]
        impl #params #krate::StatefulKeeper for #this #bounds {
            type Hooks = #ty;

            #[inline]
            fn hooks_mut(&mut self) -> &mut Self::Hooks {
                self.1.get()
            }
        }
    }
}
