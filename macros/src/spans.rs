//! Where generated tokens claim to stand, and by whose rules their names resolve.
//!
//! Generated tokens resolve like all that `quote!` makes (so they find each other, and no lint of the user looks at them)
//! and are located at the user's token that they were made for (so an error in them is shown there).

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// A span for generated tokens that are shown at `location`.
pub(crate) fn at(location: Span) -> Span {
    Span::call_site().located_at(location)
}

/// The spans of the first and the last token. Both are needed, because spans cannot be joined on a stable compiler.
pub(crate) fn ends(tokens: impl ToTokens) -> (Span, Span) {
    let mut tokens = tokens.into_token_stream().into_iter();
    let Some(first) = tokens.next() else {
        return (Span::call_site(), Span::call_site());
    };
    let last = tokens.last();
    let last = last.as_ref().unwrap_or(&first);
    (first.span(), last.span())
}

/// Shows all of `tokens` at `place`.
pub(crate) fn relocate(tokens: TokenStream, place: Span) -> TokenStream {
    let moved = |tree| match tree {
        TokenTree::Group(group) => {
            let mut moved = Group::new(group.delimiter(), relocate(group.stream(), place));
            moved.set_span(group.span().located_at(place));
            TokenTree::Group(moved)
        }
        mut tree => {
            tree.set_span(tree.span().located_at(place));
            tree
        }
    };
    tokens.into_iter().map(moved).collect()
}
