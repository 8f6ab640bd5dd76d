use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::tracked;

fn mentions(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(group.stream(), word),
        _ => false,
    })
}

fn service() -> TokenStream {
    quote! {
        struct Service<K> {
            #[map(on_remove = removed, guard = may_remove, residue = deny, max_len = 3, max_age = "1m", show_keys)]
            first: HashMap<K, Option<u64>>,
            #[map(hooks = Count, residue = vacant, follows = first, subset_of = first, empty_on_drop)]
            second: HashMap<K, u64>,
            plain: String,
        }
    }
}

#[test]
fn a_renamed_crate_is_looked_for_under_its_new_name_alone() {
    let expanded = tracked(quote!(crate = keeper), service());
    assert!(mentions(expanded.clone(), "keeper"));
    assert!(!mentions(expanded, "mapkeeper"));
    assert!(mentions(
        tracked(TokenStream::new(), service()),
        "mapkeeper"
    ));
}

#[test]
fn modes_are_left_to_the_runtime() {
    let expanded = tracked(TokenStream::new(), service());
    assert!(!mentions(expanded.clone(), "cfg"));
    assert!(!mentions(expanded, "cfg_attr"));
}

#[test]
fn a_good_struct_gives_no_error() {
    let expanded = tracked(TokenStream::new(), service());
    assert!(!mentions(expanded, "compile_error"));
}

#[test]
fn a_struct_with_a_mistake_is_still_there_without_our_attributes() {
    let expanded = tracked(
        TokenStream::new(),
        quote! {
            struct Service {
                #[map(max_len = 0)]
                first: HashMap<u64, u64>,
            }
        },
    );
    let file: syn::File = syn::parse2(expanded).expect("an error, a struct and an impl");
    let item = file.items.iter().find_map(|item| match item {
        syn::Item::Struct(item) => Some(item),
        _ => None,
    });
    let fields = &item.expect("the struct").fields;
    assert!(fields.iter().all(|field| field.attrs.is_empty()));
}

#[test]
fn what_syn_cannot_read_is_handed_back() {
    let strange = quote!(struct Service { first HashMap });
    let expanded = tracked(TokenStream::new(), strange.clone()).to_string();
    assert!(expanded.contains("compile_error"));
    assert!(expanded.ends_with(&strange.to_string()));
}
