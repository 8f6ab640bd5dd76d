//! The item as the generators see it: cleaned of our attributes, each map with all that is known about it.
//!
//! Reading adds what it finds wrong to the [`Ctxt`]; relations between fields are judged in `check`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt as _;
use syn::{Attribute, Field, Fields, Generics, Item, Member, Type, Visibility};

pub(crate) use self::attributes::is_tracked;
use self::attributes::{carried, take_map};
use crate::attr::{MapAttr, TrackedAttr};
use crate::ctxt::Ctxt;
use crate::spans;

mod attributes;
mod elided;

/// An item under `#[tracked]`.
pub(crate) struct Model {
    /// The item without `#[map]`, its types as they were written.
    pub(crate) item: Item,
    pub(crate) kind: Kind,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The path of the crate `mapkeeper`.
    pub(crate) krate: TokenStream,
    /// The item's own type, usable outside of it: `OrderService<'a, K, N>`.
    pub(crate) this: TokenStream,
    /// Whether it checks its maps when it goes.
    pub(crate) check_on_drop: bool,
    /// What of the item's attributes holds for all that is generated.
    pub(crate) carried: Vec<Attribute>,
    /// One for each variant of an enum, else one.
    pub(crate) variants: Vec<VariantModel>,
    /// All fields, in the order of the item; an alias and a static count as their one field.
    pub(crate) fields: Vec<FieldModel>,
}

/// What can be tracked.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Struct,
    Enum,
    Alias,
    Static,
}

/// The fields that stand together.
pub(crate) struct VariantModel {
    /// `None` unless it is a variant of an enum.
    pub(crate) ident: Option<Ident>,
    /// What of the variant's attributes holds for all that is generated for it.
    pub(crate) carried: Vec<Attribute>,
}

/// One field.
pub(crate) struct FieldModel {
    pub(crate) member: Member,
    /// The index of the variant that has the field.
    pub(crate) variant: usize,
    pub(crate) span: Span,
    /// The type with `Self` spelt out.
    pub(crate) ty: TokenStream,
    /// What of the attributes of the field and its variant holds for all that is generated for it.
    pub(crate) carried: Vec<Attribute>,
    /// What `#[map]` says; `None` for a field without it.
    pub(crate) map: Option<MapField>,
}

/// A map and what was said about it.
pub(crate) struct MapField {
    pub(crate) attr: MapAttr,
    /// The name of the site, `OrderService.orders`.
    pub(crate) name: String,
    /// The type that carries the map's `Keeper`.
    pub(crate) marker: Ident,
    /// As visible as the field, at most as the item: the marker occurs in the field's type.
    pub(crate) vis: Visibility,
    /// The maps that are its values, if `deep` tracks them.
    pub(crate) deep: Option<Box<MapField>>,
}

impl Kind {
    /// What of `item` can be tracked; `None` for an item of another kind.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        match item {
            Item::Struct(_) => Some(Kind::Struct),
            Item::Enum(_) => Some(Kind::Enum),
            Item::Type(_) => Some(Kind::Alias),
            Item::Static(_) => Some(Kind::Static),
            _ => None,
        }
    }

    /// Whether the item is itself the one map, whose keys stand in `#[tracked(…)]`.
    pub(crate) fn is_map(self) -> bool {
        matches!(self, Kind::Alias | Kind::Static)
    }

    pub(crate) fn noun(self) -> &'static str {
        match self {
            Kind::Struct => "struct",
            Kind::Enum => "enum",
            Kind::Alias => "type alias",
            Kind::Static => "static",
        }
    }
}

impl Model {
    /// Reads an item; hands one of another [`Kind`] back.
    pub(crate) fn read(ctxt: &Ctxt, attr: TrackedAttr, mut item: Item) -> Result<Self, Box<Item>> {
        let krate = krate(&attr);
        let check_on_drop = attr.check_on_drop;
        let (kind, ident, generics, vis, attrs) = match &item {
            Item::Struct(item) => (
                Kind::Struct,
                &item.ident,
                &item.generics,
                &item.vis,
                &item.attrs,
            ),
            Item::Enum(item) => (
                Kind::Enum,
                &item.ident,
                &item.generics,
                &item.vis,
                &item.attrs,
            ),
            Item::Type(item) => (
                Kind::Alias,
                &item.ident,
                &item.generics,
                &item.vis,
                &item.attrs,
            ),
            Item::Static(item) => (
                Kind::Static,
                &item.ident,
                &Generics::default(),
                &item.vis,
                &item.attrs,
            ),
            _ => return Err(Box::new(item)),
        };
        let this = {
            let (_, generics, _) = generics.split_for_impl();
            quote!(#ident #generics)
        };
        let (ident, generics, vis) = (ident.clone(), generics.clone(), vis.clone());
        let carried_on = carried(attrs);
        let mut reader = Reader {
            ctxt,
            owner: &ident,
            owner_vis: &vis,
            this: &this,
            variants: Vec::new(),
            fields: Vec::new(),
        };
        match &mut item {
            Item::Struct(item) => reader.variant(None, &mut item.fields),
            Item::Enum(item) => {
                for variant in &mut item.variants {
                    let named = (&variant.ident, &variant.attrs[..]);
                    reader.variant(Some(named), &mut variant.fields);
                }
            }
            Item::Type(item) => reader.map(attr.map, &item.ty),
            Item::Static(item) => {
                elided::spell_out(&mut item.ty);
                reader.map(attr.map, &item.ty);
            }
            _ => {}
        }
        let Reader {
            variants, fields, ..
        } = reader;
        Ok(Model {
            kind,
            krate,
            check_on_drop,
            carried: carried_on,
            variants,
            fields,
            ident,
            generics,
            this,
            item,
        })
    }

    /// The fields under `#[map]`.
    pub(crate) fn maps(&self) -> impl Iterator<Item = (&FieldModel, &MapField)> {
        self.fields
            .iter()
            .filter_map(|field| Some((field, field.map.as_ref()?)))
    }

    /// The fields that are there together with `field`, and itself.
    pub(crate) fn beside<'a>(&'a self, field: &FieldModel) -> impl Iterator<Item = &'a FieldModel> {
        let variant = field.variant;
        self.fields
            .iter()
            .filter(move |field| field.variant == variant)
    }

    /// The maps that are there together with `field`, and itself.
    pub(crate) fn maps_beside<'a>(
        &'a self,
        field: &FieldModel,
    ) -> impl Iterator<Item = (&'a FieldModel, &'a MapField)> {
        let variant = field.variant;
        self.maps()
            .filter(move |(field, _)| field.variant == variant)
    }

    /// By what name people call what has the field: `OrderService`, `Message::Batch`.
    pub(crate) fn owner(&self, field: &FieldModel) -> String {
        match &self.variants[field.variant].ident {
            Some(variant) => format!("{}::{variant}", self.ident),
            None => self.ident.to_string(),
        }
    }
}

/// The types of all fields, in the order of [`Model::fields`].
pub(crate) fn types_mut(item: &mut Item) -> Vec<&mut Type> {
    match item {
        Item::Struct(item) => item.fields.iter_mut().map(|field| &mut field.ty).collect(),
        Item::Enum(item) => {
            let fields = item
                .variants
                .iter_mut()
                .flat_map(|variant| &mut variant.fields);
            fields.map(|field| &mut field.ty).collect()
        }
        Item::Type(item) => vec![&mut item.ty],
        Item::Static(item) => vec![&mut item.ty],
        _ => Vec::new(),
    }
}

/// Reads the fields of one item.
struct Reader<'a> {
    ctxt: &'a Ctxt,
    owner: &'a Ident,
    owner_vis: &'a Visibility,
    this: &'a TokenStream,
    variants: Vec<VariantModel>,
    fields: Vec<FieldModel>,
}

impl Reader<'_> {
    fn variant(&mut self, named: Option<(&Ident, &[Attribute])>, fields: &mut Fields) {
        let variant = VariantModel {
            ident: named.map(|(ident, _)| ident.clone()),
            carried: named.map(|(_, attrs)| carried(attrs)).unwrap_or_default(),
        };
        for (field, index) in fields.iter_mut().zip(0..) {
            let field = self.field(&variant, field, index);
            self.fields.push(field);
        }
        self.variants.push(variant);
    }

    fn field(&self, variant: &VariantModel, field: &mut Field, index: u32) -> FieldModel {
        let (span, member) = match &field.ident {
            Some(ident) => (ident.span(), Member::Named(ident.clone())),
            None => {
                let span = spans::ends(&field.ty).0;
                (span, Member::Unnamed(syn::Index { index, span }))
            }
        };
        let name = member_name(&member);
        let map = take_map(self.ctxt, field).map(|attr| {
            let owner = self.owner.unraw();
            let (place, vis) = match (&variant.ident, &field.vis) {
                (Some(variant), _) => (
                    format!("{owner}::{}.{name}", variant.unraw()),
                    self.owner_vis,
                ),
                (None, Visibility::Inherited) => {
                    (format!("{owner}.{name}"), &Visibility::Inherited)
                }
                (None, _) => (format!("{owner}.{name}"), self.owner_vis),
            };
            let owners: Vec<&Ident> = [self.owner].into_iter().chain(&variant.ident).collect();
            Self::map_field(attr, place, marker(&owners, &name, span), vis)
        });
        let mut all_carried = variant.carried.clone();
        all_carried.extend(carried(&field.attrs));
        FieldModel {
            member,
            variant: self.variants.len(),
            span,
            ty: without_self(field.ty.to_token_stream(), self.this),
            carried: all_carried,
            map,
        }
    }

    /// An item that is itself the map.
    fn map(&mut self, attr: MapAttr, ty: &Type) {
        let span = self.owner.span();
        // Shown at the type, so that what is wrong with it is said once.
        let marker = marker(&[self.owner], "", spans::ends(ty).0);
        let name = self.owner.unraw().to_string();
        let map = Self::map_field(attr, name, marker, self.owner_vis);
        self.fields.push(FieldModel {
            member: Member::Unnamed(syn::Index { index: 0, span }),
            variant: 0,
            span,
            ty: ty.to_token_stream(),
            carried: Vec::new(),
            map: Some(map),
        });
        self.variants.push(VariantModel {
            ident: None,
            carried: Vec::new(),
        });
    }

    fn map_field(mut attr: MapAttr, place: String, marker: Ident, vis: &Visibility) -> MapField {
        let name = attr.name.as_ref().map_or(place, |name| name.value.clone());
        let deep = attr.deep.take().map(|inner| {
            // No owner starts with a digit.
            let marker = format_ident!("__0deep{marker}", span = marker.span());
            Box::new(Self::map_field(
                *inner.value,
                format!("{name}.*"),
                marker,
                vis,
            ))
        });
        MapField {
            name,
            marker,
            vis: vis.clone(),
            attr,
            deep,
        }
    }
}

impl FieldModel {
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
fn krate(attr: &TrackedAttr) -> TokenStream {
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

/// Replaces each `Self` by the item's own type, for code that stands outside the item.
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

/// `__OrderService__orders`, `__Message__Batch__items`. No two maps of a module share a marker: a `_` in the name of an
/// owner becomes `_1`, so that each `__` behind one is where the next name starts.
fn marker(owners: &[&Ident], field: &str, span: Span) -> Ident {
    let mut name = String::new();
    for owner in owners {
        name += "__";
        name += &owner.unraw().to_string().replace('_', "_1");
    }
    format_ident!("{name}__{field}", span = spans::at(span))
}

#[cfg(test)]
mod tests;
