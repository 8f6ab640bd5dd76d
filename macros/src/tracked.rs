//! The way through the stages: read, model, check, and then either expand or fall back.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Error, Item};

use crate::attr::TrackedAttr;
use crate::ctxt::Ctxt;
use crate::model::{Kind, Model};
use crate::{check, expand, fallback};

pub(crate) fn tracked(options: TokenStream, tokens: TokenStream) -> TokenStream {
    let ctxt = Ctxt::new();
    let item: syn::Result<Item> = syn::parse2(tokens.clone());
    let kind = item.as_ref().ok().and_then(Kind::of);
    let attr = read_options(&ctxt, options, kind.is_some_and(Kind::is_map));
    match item {
        Ok(item) => tracked_item(ctxt, attr, item),
        Err(error) => {
            ctxt.push(error);
            with_errors(ctxt, tokens)
        }
    }
}

/// The options; `None` if they could not be read.
fn read_options(ctxt: &Ctxt, options: TokenStream, is_map: bool) -> Option<TrackedAttr> {
    let read = |input: ParseStream<'_>| TrackedAttr::read(ctxt, input, is_map);
    match read.parse2(options) {
        Ok(attr) => Some(attr),
        Err(error) => {
            ctxt.push(error);
            None
        }
    }
}

fn tracked_item(ctxt: Ctxt, attr: Option<TrackedAttr>, item: Item) -> TokenStream {
    let original = item.clone();
    let known = attr.is_some();
    let model = match Model::read(&ctxt, attr.unwrap_or_default(), item) {
        Ok(model) => model,
        Err(item) => {
            let (at, found) = describe(&item);
            check::not_trackable(&ctxt, at, found, matches!(*item, Item::Const(_)));
            return with_errors(ctxt, fallback::cleaned(*item));
        }
    };
    check::check(&ctxt, &model);
    match ctxt.check() {
        Ok(()) => expand::expand(&model),
        Err(errors) => {
            // Without the options nobody knows under which name `mapkeeper` is to be found.
            let item = if known {
                fallback::untracked(&model)
            } else {
                fallback::cleaned(original)
            };
            beside(errors, item)
        }
    }
}

fn with_errors(ctxt: Ctxt, item: TokenStream) -> TokenStream {
    match ctxt.check() {
        Ok(()) => item,
        Err(errors) => beside(errors, item),
    }
}

fn beside(errors: Error, item: TokenStream) -> TokenStream {
    let errors = errors.into_compile_error();
    quote!(#errors #item)
}

/// Where an item that cannot be tracked says so, and what it is.
fn describe(item: &Item) -> (Span, &'static str) {
    match item {
        Item::Union(item) => (item.union_token.span, "a union"),
        Item::Fn(item) => (item.sig.fn_token.span, "a function"),
        Item::Const(item) => (item.const_token.span, "a constant"),
        Item::Trait(item) => (item.trait_token.span, "a trait"),
        Item::Impl(item) => (item.impl_token.span, "an impl"),
        Item::Mod(item) => (item.mod_token.span, "a module"),
        _ => (Span::call_site(), "something else"),
    }
}

#[cfg(test)]
mod tests;
