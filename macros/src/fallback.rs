//! What is emitted beside the errors: the item as the rest of the program expects it, so that one mistake gives one
//! message and not a hundred about a struct that is missing.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Fields, Item};

use crate::expand;
use crate::model::{Model, is_tracked};

/// The struct with plain, untracked maps, and a `TrackedMaps` that finds none.
pub(crate) fn untracked(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let mut item = model.item.clone();
    item.attrs.retain(|attr| !is_ours(attr));
    for (field, known) in item.fields.iter_mut().zip(&model.fields) {
        if known.map.is_some() {
            field.ty = expand::tracked_type(model, known, &quote!(#krate::Untracked));
        }
    }
    let tracked_maps = expand::no_maps(model);
    quote!(#item #tracked_maps)
}

/// Any other item, without our attributes.
pub(crate) fn cleaned(mut item: Item) -> TokenStream {
    match &mut item {
        Item::Struct(item) => clean(&mut item.attrs, Some(&mut item.fields)),
        Item::Enum(item) => {
            clean(&mut item.attrs, None);
            for variant in &mut item.variants {
                clean(&mut variant.attrs, Some(&mut variant.fields));
            }
        }
        Item::Union(item) => {
            clean(&mut item.attrs, None);
            for field in &mut item.fields.named {
                clean(&mut field.attrs, None);
            }
        }
        _ => {}
    }
    item.into_token_stream()
}

fn clean(attrs: &mut Vec<Attribute>, fields: Option<&mut Fields>) {
    attrs.retain(|attr| !is_ours(attr));
    for field in fields.into_iter().flatten() {
        clean(&mut field.attrs, None);
    }
}

fn is_ours(attr: &Attribute) -> bool {
    attr.path().is_ident("map") || is_tracked(attr.path())
}
