//! What is emitted beside the errors: the item as the rest of the program expects it, so that one mistake gives one
//! message and not a hundred about a struct that is missing.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Fields, Item, Type};

use crate::expand;
use crate::model::{Model, is_tracked, types_mut};

/// The item with plain, untracked maps, and a `TrackedMaps` that finds none.
pub(crate) fn untracked(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let mut item = model.item.clone();
    for (ty, field) in types_mut(&mut item).into_iter().zip(&model.fields) {
        if field.map.is_some() {
            let tracked = expand::tracked_type(model, field, &field.ty, &quote!(#krate::Untracked));
            *ty = Type::Verbatim(tracked);
        }
    }
    let item = cleaned(item);
    let tracked_maps = (!model.kind.is_map()).then(|| expand::no_maps(model));
    quote!(#item #tracked_maps)
}

/// An item without our attributes.
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
        Item::Type(item) => clean(&mut item.attrs, None),
        Item::Static(item) => clean(&mut item.attrs, None),
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
