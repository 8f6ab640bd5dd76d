use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse_quote;

use super::attributes::{carried, hides_map};
use super::{marker, without_self};

fn text(tokens: TokenStream) -> String {
    tokens.to_string().replace(char::is_whitespace, "")
}

#[test]
fn no_two_fields_share_a_marker() {
    let names = [
        ("Foo", "bar_baz"),
        ("Foo_bar", "baz"),
        ("Foo", "_bar"),
        ("Foo_", "bar"),
        ("Foo_", "_bar"),
        ("Foo__bar", "x"),
        ("Foo", "bar__x"),
        ("Foo_1bar", "x"),
        ("FooBar", "baz"),
        ("Foo", "0"),
    ];
    let mut markers: Vec<String> = names
        .iter()
        .map(|(owner, field)| {
            let span = proc_macro2::Span::call_site();
            marker(&[&format_ident!("{owner}")], field, span).to_string()
        })
        .collect();
    markers.sort();
    markers.dedup();
    assert_eq!(markers.len(), names.len(), "{markers:?}");
}

#[test]
fn self_is_spelt_out_everywhere() {
    let this = quote!(Node<'a, K>);
    let spelt = |tokens| text(without_self(tokens, &this));
    assert_eq!(
        spelt(quote!(HashMap<u64, Box<Self>>)),
        text(quote!(HashMap<u64, Box<Node<'a, K>>>))
    );
    assert_eq!(
        spelt(quote!(Self::removed)),
        text(quote!(<Node<'a, K>>::removed))
    );
    assert_eq!(
        spelt(quote!([u8; { Self::N }])),
        text(quote!([u8; { <Node<'a, K>>::N }]))
    );
    assert_eq!(
        spelt(quote!(<Self as Family>::Member)),
        text(quote!(<Node<'a, K> as Family>::Member))
    );
    assert_eq!(spelt(quote!(Selfish)), "Selfish");
}

#[test]
fn only_what_holds_for_generated_code_is_carried_on() {
    let attrs = [
        parse_quote!(#[cfg(unix)]),
        parse_quote!(#[doc = "text"]),
        parse_quote!(#[allow(dead_code)]),
        parse_quote!(#[deprecated = "text"]),
        parse_quote!(#[cfg_attr(unix, serde(skip), cfg(test), cfg_attr(test, cfg(unix), inline))]),
        parse_quote!(#[cfg_attr(unix, serde(skip))]),
    ];
    let kept: Vec<String> = carried(&attrs)
        .iter()
        .map(|attr| text(quote!(#attr)))
        .collect();
    assert_eq!(
        kept,
        [
            text(quote!(#[cfg(unix)])),
            text(quote!(#[allow(dead_code)])),
            text(quote!(#[cfg_attr(unix, cfg(test), cfg_attr(test, cfg(unix)))])),
            text(quote!(#[allow(deprecated)])),
        ]
    );
}

#[test]
fn a_map_in_a_cfg_attr_is_seen() {
    assert!(hides_map(
        &parse_quote!(#[cfg_attr(unix, map(max_len = 1))])
    ));
    assert!(hides_map(
        &parse_quote!(#[cfg_attr(unix, doc = "text", map)])
    ));
    assert!(!hides_map(&parse_quote!(#[cfg_attr(map, doc = "text")])));
}
