//! The struct as the generators see it: cleaned of our attributes, each field with all that is known about it.
//!
//! Reading adds what it finds wrong to the [`Ctxt`]; relations between fields are judged in `check`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, ItemStruct, Member, Meta, Path, Token, Visibility, parse_quote};

use crate::attr::{MapAttr, TrackedAttr};
use crate::ctxt::Ctxt;
use crate::spans;

/// A struct under `#[tracked]`.
pub(crate) struct Model {
    /// The struct without `#[map]`, its field types as they were written.
    pub(crate) item: ItemStruct,
    /// The path of the crate `mapkeeper`.
    pub(crate) krate: TokenStream,
    /// The struct's own type, usable outside of it: `OrderService<'a, K, N>`.
    pub(crate) this: TokenStream,
    /// What of the struct's attributes holds for all that is generated.
    pub(crate) carried: Vec<Attribute>,
    /// All fields, in the order of the struct.
    pub(crate) fields: Vec<FieldModel>,
}

/// One field.
pub(crate) struct FieldModel {
    pub(crate) member: Member,
    pub(crate) span: Span,
    /// The type with `Self` spelt out.
    pub(crate) ty: TokenStream,
    /// What of the field's attributes holds for all that is generated for it.
    pub(crate) carried: Vec<Attribute>,
    /// What `#[map]` says; `None` for a field without it.
    pub(crate) map: Option<MapField>,
}

/// A field under `#[map]`.
pub(crate) struct MapField {
    pub(crate) attr: MapAttr,
    /// The name of the site, `OrderService.orders`.
    pub(crate) name: String,
    /// The type that carries the field's `Keeper`.
    pub(crate) marker: Ident,
    /// As visible as the field, at most as the struct: the marker occurs in the field's type.
    pub(crate) vis: Visibility,
}

impl Model {
    pub(crate) fn read(ctxt: &Ctxt, attr: &TrackedAttr, mut item: ItemStruct) -> Self {
        let carried = carried(&item.attrs);
        let this = {
            let (_, generics, _) = item.generics.split_for_impl();
            let ident = &item.ident;
            quote!(#ident #generics)
        };
        let (ident, vis) = (item.ident.clone(), item.vis.clone());
        let fields = item
            .fields
            .iter_mut()
            .zip(0..)
            .map(|(field, index)| FieldModel::read(ctxt, field, index, (&ident, &vis), &this))
            .collect();
        Model {
            krate: krate(attr),
            this,
            carried,
            fields,
            item,
        }
    }

    /// The fields under `#[map]`.
    pub(crate) fn maps(&self) -> impl Iterator<Item = (&FieldModel, &MapField)> {
        self.fields
            .iter()
            .filter_map(|field| Some((field, field.map.as_ref()?)))
    }
}

impl FieldModel {
    fn read(
        ctxt: &Ctxt,
        field: &mut Field,
        index: u32,
        (owner, owner_vis): (&Ident, &Visibility),
        this: &TokenStream,
    ) -> Self {
        let (span, member) = match &field.ident {
            Some(ident) => (ident.span(), Member::Named(ident.clone())),
            None => {
                let span = spans::ends(&field.ty).0;
                (span, Member::Unnamed(syn::Index { index, span }))
            }
        };
        let name = member_name(&member);
        let map = take_map(ctxt, field).map(|attr| MapField {
            name: match &attr.name {
                Some(name) => name.value.clone(),
                None => format!("{}.{name}", owner.unraw()),
            },
            marker: marker(owner, &name, span),
            vis: match &field.vis {
                Visibility::Inherited => Visibility::Inherited,
                _ => owner_vis.clone(),
            },
            attr,
        });
        FieldModel {
            member,
            span,
            ty: without_self(field.ty.to_token_stream(), this),
            carried: carried(&field.attrs),
            map,
        }
    }

    /// The name by which people and other fields call this one: `orders`, or `0` in a tuple struct.
    pub(crate) fn name(&self) -> String {
        member_name(&self.member)
    }

    /// Whether the field is there in some configurations only.
    pub(crate) fn is_conditional(&self) -> bool {
        self.carried
            .iter()
            .any(|attr| !attr.path().is_ident("allow"))
    }
}

/// The path of `mapkeeper` that generated code starts with.
pub(crate) fn krate(attr: &TrackedAttr) -> TokenStream {
    match &attr.krate {
        Some(path) => path.to_token_stream(),
        None => quote!(::mapkeeper),
    }
}

/// The name of a member without `r#`.
pub(crate) fn member_name(member: &Member) -> String {
    match member {
        Member::Named(ident) => ident.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// Replaces each `Self` by the struct's own type, for code that stands outside the struct.
pub(crate) fn without_self(tokens: TokenStream, this: &TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "Self" => {
                let this = spans::relocate(this.clone(), ident.span());
                let qualifies =
                    matches!(tokens.peek(), Some(TokenTree::Punct(p)) if p.as_char() == ':');
                out.extend(if qualifies { quote!(<#this>) } else { this });
            }
            TokenTree::Group(group) => {
                let inner = without_self(group.stream(), this);
                let mut replaced = proc_macro2::Group::new(group.delimiter(), inner);
                replaced.set_span(group.span());
                out.extend([TokenTree::Group(replaced)]);
            }
            other => out.extend([other]),
        }
    }
    out
}

/// `__OrderService__orders`. No two fields share a marker: a `_` in the struct's name becomes `_1`, so that the first `__`
/// behind the prefix is where the field's name starts.
fn marker(owner: &Ident, field: &str, span: Span) -> Ident {
    let owner = owner.unraw().to_string().replace('_', "_1");
    format_ident!("__{owner}__{field}", span = spans::at(span))
}

/// Takes all `#[map]`s off a field and reads the first.
fn take_map(ctxt: &Ctxt, field: &mut Field) -> Option<MapAttr> {
    let maps: Vec<Attribute> = field
        .attrs
        .extract_if(.., |attr| attr.path().is_ident("map"))
        .collect();
    for hidden in field.attrs.iter().filter(|attr| hides_map(attr)) {
        ctxt.error_spanned_by(
            hidden,
            "`#[map]` cannot stand in `cfg_attr`, which is resolved too late: write the field twice, under `#[cfg(…)] #[map]` and under `#[cfg(not(…))]`",
        );
    }
    field.attrs.retain(|attr| !hides_map(attr));
    let (first, more) = maps.split_first()?;
    for twice in more {
        ctxt.error_spanned_by(
            twice,
            "`#[map]` is already on this field: put all keys into one `#[map(…)]`",
        );
    }
    Some(MapAttr::read(ctxt, first))
}

/// `#[cfg_attr(…, map)]`.
fn hides_map(attr: &Attribute) -> bool {
    conditional(&attr.meta)
        .is_some_and(|metas| metas.iter().skip(1).any(|meta| meta.path().is_ident("map")))
}

/// The attributes that hold for generated code as well: `cfg` and `allow`, and `cfg_attr` reduced to those in it.
fn carried(attrs: &[Attribute]) -> Vec<Attribute> {
    let carry = |attr: &Attribute| {
        let meta = carried_meta(&attr.meta)?;
        Some(Attribute {
            meta,
            ..attr.clone()
        })
    };
    let deprecated = attrs.iter().any(|attr| attr.path().is_ident("deprecated"));
    // Generated code uses what it belongs to.
    let allow = deprecated.then(|| parse_quote!(#[allow(deprecated)]));
    attrs.iter().filter_map(carry).chain(allow).collect()
}

fn carried_meta(meta: &Meta) -> Option<Meta> {
    if meta.path().is_ident("cfg") || meta.path().is_ident("allow") {
        return Some(meta.clone());
    }
    let metas = conditional(meta)?;
    let mut metas = metas.iter();
    let condition = metas.next()?;
    let kept: Vec<Meta> = metas.filter_map(carried_meta).collect();
    if kept.is_empty() {
        return None;
    }
    let Meta::List(list) = meta else { return None };
    Some(Meta::List(syn::MetaList {
        tokens: quote!(#condition, #(#kept),*),
        ..list.clone()
    }))
}

/// What stands in a `cfg_attr`: the condition, then the attributes.
fn conditional(meta: &Meta) -> Option<Punctuated<Meta, Token![,]>> {
    let list = meta.require_list().ok()?;
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    list.parse_args_with(Punctuated::parse_terminated).ok()
}

/// Whether an attribute is `#[tracked]`, under whichever path it was imported.
pub(crate) fn is_tracked(path: &Path) -> bool {
    path.segments
        .last()
        .is_some_and(|segment| segment.ident == "tracked" && path.segments.len() <= 2)
}

#[cfg(test)]
mod tests;
