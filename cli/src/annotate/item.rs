//! The attributes on a struct, an enum, a static or an alias; and what about such an item stands against them.

use proc_macro2::Span;
use syn::{Attribute, Field, Fields, Item, Meta, Visibility, spanned::Spanned};

use super::{names::Target, walk::Walk};
use crate::scan::{
    facts::At,
    lower::{Statics, types as lowered},
};

const TRACKED: &str = "#[mapkeeper::tracked]";

/// Derives that do not care whose map a field is.
const DERIVES: [&str; 18] = [
    "Debug",
    "Clone",
    "Copy",
    "Default",
    "PartialEq",
    "Eq",
    "PartialOrd",
    "Ord",
    "Hash",
    "Serialize",
    "Deserialize",
    "Error",
    "Display",
    "Deref",
    "DerefMut",
    "From",
    "AsRef",
    "IsVariant",
];

/// Attributes of an item that leave its fields alone.
const ATTRIBUTES: [&str; 25] = [
    "doc",
    "derive",
    "allow",
    "expect",
    "warn",
    "deny",
    "cfg",
    "repr",
    "must_use",
    "non_exhaustive",
    "deprecated",
    "serde",
    "error",
    "tracked",
    "map",
    "display",
    "from",
    "debug",
    "rustfmt",
    "clippy",
    "diagnostic",
    "automatically_derived",
    "default",
    "inline",
    "cold",
];

impl Walk<'_> {
    /// The attributes of all sites that are here; those that were found are taken from `open`.
    pub(super) fn declarations(&mut self, items: &[Item], open: &mut Vec<String>) {
        for item in items {
            match item {
                Item::Struct(of) => {
                    let keyword = of.struct_token.span;
                    self.owner(
                        &of.ident,
                        &of.attrs,
                        &of.vis,
                        keyword,
                        &[("", &of.fields)],
                        open,
                    );
                }
                Item::Enum(of) => {
                    let variants: Vec<(String, &Fields)> = of
                        .variants
                        .iter()
                        .map(|of| (format!("{}.", lowered::name(&of.ident)), &of.fields))
                        .collect();
                    let variants: Vec<(&str, &Fields)> =
                        variants.iter().map(|(name, of)| (&**name, *of)).collect();
                    self.owner(
                        &of.ident,
                        &of.attrs,
                        &of.vis,
                        of.enum_token.span,
                        &variants,
                        open,
                    );
                }
                Item::Static(of) => {
                    let found = self.site(open, |walk, target| match target {
                        Target::Static(id) => {
                            let (file, fact) = walk.world.statics[id];
                            file == walk.file && fact.at == lowered::at(of.ident.span())
                        }
                        _ => false,
                    });
                    if let Some(site) = found {
                        let attrs = (&*of.attrs, &of.vis, of.static_token.span);
                        if !self.define_alias(&site, attrs, &of.ty) {
                            self.item_attribute(attrs);
                        }
                    }
                }
                Item::Type(of) => {
                    let name = lowered::name(&of.ident);
                    let found = self.site(open, |walk, target| match target {
                        Target::Alias(file, index) => {
                            let alias = &walk.world.files[file].aliases[index];
                            file == walk.file && alias.name == name
                        }
                        _ => false,
                    });
                    if found.is_some() {
                        self.item_attribute((&of.attrs, &of.vis, of.type_token.span));
                    }
                }
                Item::Macro(of) => self.macro_statics(of, open),
                Item::Mod(of) => {
                    if let Some((_, items)) = &of.content {
                        self.depth += 1;
                        self.declarations(items, open);
                        self.depth -= 1;
                    }
                }
                Item::Fn(of) => {
                    let items = of.block.stmts.iter().filter_map(|stmt| match stmt {
                        syn::Stmt::Item(item) => Some(item.clone()),
                        _ => None,
                    });
                    let items: Vec<Item> = items.collect();
                    self.depth += 1;
                    self.declarations(&items, open);
                    self.depth -= 1;
                }
                _ => {}
            }
        }
    }

    /// The first of those that are open, taken from them.
    fn site(
        &self,
        open: &mut Vec<String>,
        is_it: impl Fn(&Self, Target) -> bool,
    ) -> Option<String> {
        let at = open
            .iter()
            .position(|name| is_it(self, self.sites[name].named.target))?;
        Some(open.remove(at))
    }

    /// In `thread_local!` and `lazy_static!` an attribute would be another macro's: the type gets a name.
    fn macro_statics(&mut self, of: &syn::ItemMacro, open: &mut Vec<String>) {
        let Ok(Statics(all)) = of.mac.parse_body() else {
            return;
        };
        let names = lowered::names(&of.mac.path);
        if !matches!(
            names.last().map(String::as_str),
            Some("thread_local" | "lazy_static")
        ) {
            return;
        }
        for (ident, ty, _) in &all {
            let place = lowered::at(ident.span());
            let found = self.site(open, |walk, target| match target {
                Target::Static(id) => {
                    let (file, fact) = walk.world.statics[id];
                    file == walk.file && fact.at == place
                }
                _ => false,
            });
            let Some(site) = found else {
                continue;
            };
            let keyword = of
                .mac
                .path
                .segments
                .first()
                .map_or(ident.span(), |of| of.ident.span());
            if !self.define_alias(&site, (&of.attrs, &Visibility::Inherited, keyword), ty) {
                let place = self.sites[&site].places.first().copied();
                self.passed_on(self.range(ident), &site, place, None, format!(
                    "`{site}` is made by a macro: give its map's type a name under `#[mapkeeper::tracked]` (`type Name = …;`), and name that here"
                ));
            }
        }
    }

    /// The name for a map's type, before the item that has the map; whether it gets one.
    fn define_alias(
        &mut self,
        site: &str,
        (attrs, vis, keyword): (&[Attribute], &Visibility, Span),
        ty: &syn::Type,
    ) -> bool {
        let Some(alias) = self.sites[site].alias.clone().filter(|of| of.is_new) else {
            return false;
        };
        let Some(map) = self.map_in(ty) else {
            return false;
        };
        let text = self.edited.text[map].to_owned();
        let start = match (attrs.first(), vis) {
            (Some(attr), _) => self.range(attr).start,
            (None, Visibility::Inherited) => self.offset_of(keyword),
            (None, vis) => self.range(vis).start,
        };
        // What is private may be told by inference in another module.
        let vis = match vis {
            Visibility::Public(_) => "pub",
            _ => "pub(crate)",
        };
        if text.contains("Self") || text.replace("'static", "").contains('\'') || self.is_nested() {
            self.by_hand(start..start, site, format!(
                "the type of the map of `{site}` is needed by name, and cannot be moved out of here: name it under `#[mapkeeper::tracked]` (`type Name = …;`)"
            ));
        }
        let end = self.edited.line_end(start);
        let line = self.edited.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let indent = self.edited.text[line..start].to_owned();
        let name = &alias.name;
        self.edited.insert_first(
            start,
            format!("#[mapkeeper::tracked(name = \"{site}\")]{end}{indent}{vis} type {name} = {text};{end}{end}{indent}"),
        );
        true
    }

    fn item_attribute(&mut self, (attrs, vis, keyword): (&[Attribute], &Visibility, Span)) {
        let is_tracked = attrs.iter().any(|of| is_called(of, "tracked"));
        if !is_tracked {
            let at = self.start(attrs, vis, keyword);
            self.edited.attribute(at, TRACKED);
        }
    }

    fn owner(
        &mut self,
        ident: &syn::Ident,
        attrs: &[Attribute],
        vis: &Visibility,
        keyword: Span,
        variants: &[(&str, &Fields)],
        open: &mut Vec<String>,
    ) {
        let mut is_tracked = attrs.iter().any(|of| is_called(of, "tracked"));
        for (prefix, fields) in variants {
            for (index, field) in fields.iter().enumerate() {
                let name = match &field.ident {
                    Some(ident) => format!("{prefix}{}", lowered::name(ident)),
                    None => format!("{prefix}{index}"),
                };
                let place: At = match &field.ident {
                    Some(ident) => lowered::at(ident.span()),
                    None => lowered::at(field.ty.span()),
                };
                let found = self.site(open, |walk, target| match target {
                    Target::Field(id, index) => {
                        let own = &walk.world.types[id];
                        let fact = &own.fact.fields[index];
                        own.file == walk.file && fact.name == name && fact.at == place
                    }
                    _ => false,
                });
                self.name_type((place, 0), &field.ty);
                let Some(site) = found else {
                    continue;
                };
                if self.define_alias(&site, (attrs, vis, keyword), &field.ty) {
                    self.against(&site, ident, attrs, field);
                    continue;
                }
                self.against(&site, ident, attrs, field);
                if !is_tracked {
                    let at = self.start(attrs, vis, keyword);
                    self.edited.attribute(at, TRACKED);
                    is_tracked = true;
                }
                if !field.attrs.iter().any(|of| is_called(of, "map")) {
                    let name = field.ident.as_ref().map_or(field.ty.span(), |of| of.span());
                    let at = match &field.vis {
                        Visibility::Inherited => self.offset_of(name),
                        vis => self.range(vis).start,
                    };
                    self.edited.attribute(at, "#[map]");
                }
            }
        }
    }

    /// Behind its documentation, before its other attributes: derives see what `tracked` made.
    fn start(&self, attrs: &[Attribute], vis: &Visibility, keyword: Span) -> usize {
        match (attrs.iter().find(|of| !of.path().is_ident("doc")), vis) {
            (Some(attr), _) => self.range(attr).start,
            (None, Visibility::Inherited) => self.offset_of(keyword),
            (None, vis) => self.range(vis).start,
        }
    }

    fn is_nested(&self) -> bool {
        self.depth > 0
    }

    fn offset_of(&self, span: Span) -> usize {
        span.byte_range().start + self.offset
    }

    /// What may not go together with it.
    fn against(&mut self, site: &str, ident: &syn::Ident, attrs: &[Attribute], field: &Field) {
        for attr in attrs {
            let last = lowered::names(attr.path());
            let first = last.first().map_or("", String::as_str).to_owned();
            let last = last.last().map_or("", String::as_str).to_owned();
            let text = self.text_of(attr).to_owned();
            if last == "repr" && text.contains("packed") {
                self.by_hand(self.range(attr), site, format!(
                    "`{ident}` is packed, and maps of such a struct cannot be tracked: remove `packed`"
                ));
            }
            for derive in derives(attr) {
                if !DERIVES.contains(&&*derive) {
                    self.by_hand(self.range(attr), site, format!(
                        "what `#[derive({derive})]` makes may name the type of a plain map, or need a trait that tracked maps do not have: put `#[mapkeeper::tracked]` and `#[map]` there, and see what it says"
                    ));
                }
            }
            let is_known =
                ATTRIBUTES.contains(&&*last) || ATTRIBUTES.contains(&&*first) || last == "cfg_attr";
            let is_helper = attr_of_derive(&last, attrs);
            if !is_known && !is_helper {
                self.by_hand(self.range(attr), site, format!(
                    "`#[{last}]` may name the types of `{ident}`'s fields: put `#[mapkeeper::tracked]` and `#[map]` there, and see what it says"
                ));
            }
        }
        for attr in &field.attrs {
            let text = self.text_of(attr).to_owned();
            let names_function = [
                "with",
                "serialize_with",
                "deserialize_with",
                "default",
                "skip_serializing_if",
                "getter",
            ]
            .iter()
            .any(|key| {
                let rest = text.split(key).nth(1).unwrap_or_default().trim_start();
                rest.starts_with('=')
            });
            let generic = ["::is_empty\"", "is_default", "is_none\""]
                .iter()
                .any(|of| text.contains(of));
            if is_called(attr, "cfg_attr") && text.contains("map") && text.contains("mapkeeper") {
                self.by_hand(self.range(attr), site, format!("`{site}` has its `#[map]` inside of `cfg_attr`, which is resolved too late: write it without"));
            } else if text.contains("serde") && names_function {
                let of_map =
                    generic && text.contains("Map::is_empty") || text.contains("Set::is_empty");
                if !generic || of_map || text.contains("with") || text.contains("default =") {
                    self.by_hand(self.range(attr), site, format!(
                        "this names a function for `{site}`, which takes or returns a plain map: let it be of the tracked one, by a name for its type under `#[mapkeeper::tracked]` (`type Name = …;`)"
                    ));
                }
            } else if text.contains("derivative")
                || text.contains("builder")
                || text.contains("educe")
            {
                self.by_hand(self.range(attr), site, format!(
                    "`{}` may need the type of a plain map for `{site}`: put `#[mapkeeper::tracked]` and `#[map]` there, and see what it says",
                    text.split_whitespace().collect::<Vec<_>>().join(" ")
                ));
            }
        }
    }
}

fn is_called(attr: &Attribute, name: &str) -> bool {
    attr.path()
        .segments
        .last()
        .is_some_and(|of| of.ident == name)
}

/// Of `#[derive(…)]`, also within `cfg_attr`.
fn derives(attr: &Attribute) -> Vec<String> {
    let Meta::List(list) = &attr.meta else {
        return Vec::new();
    };
    let text = list.tokens.to_string().replace(' ', "");
    let inside = match () {
        () if attr.path().is_ident("derive") => &*text,
        () if attr.path().is_ident("cfg_attr") => match text.split_once(",derive(") {
            Some((_, rest)) => rest.split(')').next().unwrap_or_default(),
            None => return Vec::new(),
        },
        () => return Vec::new(),
    };
    let all = inside.split(',').filter(|of| !of.is_empty());
    all.map(|of| of.rsplit("::").next().unwrap_or_default().to_owned())
        .collect()
}

/// A helper of a derive that is known.
fn attr_of_derive(name: &str, attrs: &[Attribute]) -> bool {
    let lower = name.to_lowercase().replace('_', "");
    attrs
        .iter()
        .flat_map(derives)
        .any(|of| of.to_lowercase() == lower)
}
