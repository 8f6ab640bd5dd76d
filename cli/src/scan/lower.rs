//! A parsed file as facts: items here, bodies, types and macros in the modules below.

mod exprs;
pub(crate) mod macros;
pub(crate) mod types;

use syn::{
    Attribute, FnArg, ImplItem, Item, Meta, ReturnType, Signature, TraitItem, Visibility,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned,
};

use self::types::{at, generics, name, names, pat, path_ty, ty};
use super::facts::{
    Alias, At, Expr, Field, FileFacts, Function, Import, Receiver, Static, Ty, TypeFact,
};

struct Lowering<'f> {
    facts: &'f mut FileFacts,
    /// Tests are code like any other.
    with_tests: bool,
}

/// Puts what is in the file among its facts.
pub(crate) fn lower(file: &syn::File, with_tests: bool, facts: &mut FileFacts) {
    let mut lowering = Lowering { facts, with_tests };
    if !with_tests && is_test(&file.attrs) {
        return;
    }
    for item in &file.items {
        lowering.item(item);
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, …))]`, `#[cfg(any(test, feature = "testing"))]`; not
/// `#[cfg(not(test))]`.
fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let path = names(attr.path());
        match path.last().map(String::as_str) {
            Some("test" | "bench" | "rstest" | "test_case") => true,
            Some("cfg") => match &attr.meta {
                Meta::List(list) => {
                    let text = list.tokens.to_string().replace(' ', "");
                    let parts = |kind: &str| {
                        let inner = text.strip_prefix(kind)?.strip_suffix(')')?;
                        // Of what is nested nothing is known.
                        (!inner.contains('(')).then(|| inner.split(',').filter(|of| !of.is_empty()))
                    };
                    is_for_tests(&text)
                        || text.starts_with("all(test,")
                        || parts("all(").is_some_and(|mut all| all.any(is_for_tests))
                        || parts("any(").is_some_and(|mut all| all.all(is_for_tests))
                }
                _ => false,
            },
            _ => false,
        }
    })
}

/// One predicate of a `cfg`, without spaces.
fn is_for_tests(predicate: &str) -> bool {
    let feature = predicate.strip_prefix("feature=");
    matches!(predicate, "test" | "doctest" | "fuzzing")
        || feature.is_some_and(|name| {
            let mut parts = name.trim_matches('"').split(['-', '_']);
            parts.any(|of| {
                matches!(
                    of,
                    "test" | "tests" | "testing" | "mock" | "mocks" | "fuzz" | "fuzzing"
                )
            })
        })
}

/// What `thread_local!` and `lazy_static!` are given.
pub(crate) struct Statics(pub(crate) Vec<(syn::Ident, syn::Type, syn::Expr)>);

impl Parse for Statics {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut all = Vec::new();
        while !input.is_empty() {
            input.call(Attribute::parse_outer)?;
            input.parse::<Visibility>()?;
            input.parse::<syn::Token![static]>()?;
            if input.peek(syn::Token![ref]) {
                input.parse::<syn::Token![ref]>()?;
            }
            let ident: syn::Ident = input.parse()?;
            input.parse::<syn::Token![:]>()?;
            let ty = input.parse()?;
            input.parse::<syn::Token![=]>()?;
            all.push((ident, ty, input.parse()?));
            if !input.is_empty() {
                input.parse::<syn::Token![;]>()?;
            }
        }
        Ok(Self(all))
    }
}

impl Lowering<'_> {
    fn item(&mut self, item: &Item) {
        match item {
            Item::Struct(of) if self.takes(&of.attrs) => {
                self.derived(&of.ident, &of.attrs);
                let fields = self.fields(&of.fields, "");
                let start = start(&of.attrs, &of.vis, of.struct_token.span);
                self.type_fact(
                    &of.ident,
                    &of.generics,
                    fields,
                    (false, is_tracked(&of.attrs)),
                    start,
                );
            }
            Item::Enum(of) if self.takes(&of.attrs) => {
                self.derived(&of.ident, &of.attrs);
                let mut fields = Vec::new();
                for variant in &of.variants {
                    fields.extend(self.fields(&variant.fields, &format!("{}.", variant.ident)));
                }
                let start = start(&of.attrs, &of.vis, of.enum_token.span);
                self.type_fact(
                    &of.ident,
                    &of.generics,
                    fields,
                    (true, is_tracked(&of.attrs)),
                    start,
                );
            }
            Item::Type(of) if self.takes(&of.attrs) => self.facts.aliases.push(Alias {
                name: name(&of.ident),
                is_tracked: is_tracked(&of.attrs),
                generics: generics(&of.generics).0,
                ty: ty(&of.ty, None),
            }),
            Item::Static(of) if self.takes(&of.attrs) => {
                self.facts.statics.push(Static {
                    name: name(&of.ident),
                    is_tracked: is_tracked(&of.attrs),
                    ty: ty(&of.ty, None),
                    at: at(of.ident.span()),
                });
                // Its initialiser may start what fills it.
                let body = self.expr(&of.expr, None);
                self.initialiser(&of.ident, body);
            }
            Item::Fn(of) if self.takes(&of.attrs) => {
                let is_pub = matches!(of.vis, Visibility::Public(_));
                self.function(&of.sig, &of.block, None, None, is_pub);
            }
            Item::Impl(of) if self.takes(&of.attrs) => self.implementation(of),
            Item::Trait(of) if self.takes(&of.attrs) => {
                self.facts.traits.push(name(&of.ident));
                let this = Ty::new(&name(&of.ident), Vec::new());
                for item in &of.items {
                    if let TraitItem::Fn(method) = item
                        && let Some(body) = &method.default
                    {
                        let of_trait = Some(name(&of.ident));
                        self.function(&method.sig, body, Some(&this), of_trait, true);
                    }
                }
            }
            Item::Mod(of) if self.takes(&of.attrs) => {
                if of.content.is_some() {
                    self.facts.modules.push(name(&of.ident));
                }
                for item in of.content.iter().flat_map(|(_, items)| items) {
                    self.item(item);
                }
            }
            // Its file is left out as a whole.
            Item::Mod(of) if of.content.is_none() && !self.takes(&of.attrs) => {
                self.facts.test_modules.push(name(&of.ident));
            }
            Item::Use(of) => self.imports(&of.tree, &mut Vec::new()),
            Item::Macro(of) if self.takes(&of.attrs) => self.item_macro(of),
            _ => {}
        }
    }

    fn takes(&self, attrs: &[Attribute]) -> bool {
        self.with_tests || !is_test(attrs)
    }

    fn type_fact(
        &mut self,
        ident: &syn::Ident,
        of: &syn::Generics,
        fields: Vec<Field>,
        (is_enum, is_tracked): (bool, bool),
        start: At,
    ) {
        let (generics, borrows) = generics(of);
        self.facts.types.push(TypeFact {
            name: name(ident),
            generics,
            borrows,
            is_enum,
            start,
            is_tracked,
            fields,
        });
    }

    /// What a type derives it implements.
    fn derived(&mut self, ident: &syn::Ident, attrs: &[Attribute]) {
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
            let list = Punctuated::<syn::Path, syn::Token![,]>::parse_terminated;
            for path in attr.parse_args_with(list).into_iter().flatten() {
                let this = Ty::new(&name(ident), Vec::new());
                self.facts.impls.push((names(&path), this));
            }
        }
    }

    fn fields(&self, of: &syn::Fields, prefix: &str) -> Vec<Field> {
        let fields = of
            .iter()
            .enumerate()
            .filter(|(_, of)| self.takes(&of.attrs));
        let fields = fields.map(|(index, field)| Field {
            name: match &field.ident {
                Some(ident) => format!("{prefix}{}", name(ident)),
                None => format!("{prefix}{index}"),
            },
            ty: ty(&field.ty, None),
            at: match &field.ident {
                Some(ident) => at(ident.span()),
                None => at(field.ty.span()),
            },
            start: match &field.ident {
                Some(ident) => start(&[], &field.vis, ident.span()),
                None => start(&[], &field.vis, field.ty.span()),
            },
            declared: declared(&field.attrs),
        });
        fields.collect()
    }

    fn implementation(&mut self, of: &syn::ItemImpl) {
        let this = ty(&of.self_ty, None);
        let of_trait = of.trait_.as_ref().map(|(path, _)| path_ty(path, None));
        if let Some(of_trait) = &of_trait {
            let fact = (of_trait.path.clone(), this.clone());
            self.facts.impls.push(fact);
        }
        for item in &of.items {
            if let ImplItem::Fn(method) = item
                && self.takes(&method.attrs)
            {
                let is_pub = of_trait.is_some() || matches!(method.vis, Visibility::Public(_));
                let of_trait = of_trait.as_ref().map(|of| of.name().to_owned());
                self.function(&method.sig, &method.block, Some(&this), of_trait, is_pub);
            }
        }
    }

    fn function(
        &mut self,
        sig: &Signature,
        body: &syn::Block,
        this: Option<&Ty>,
        of_trait: Option<String>,
        is_pub: bool,
    ) {
        let mut receiver = None;
        let mut params = Vec::new();
        for input in &sig.inputs {
            match input {
                FnArg::Receiver(of) => {
                    use syn::ReceiverKind as K;
                    receiver = Some(match &of.kind {
                        K::Reference(_, _, Some(_)) => Receiver::RefMut,
                        K::Reference(..) => Receiver::Ref,
                        K::Typed(_, of) => match &**of {
                            syn::Type::Reference(of) if of.mutability.is_some() => Receiver::RefMut,
                            // `self: Arc<Self>` is shared, `Pin<&mut Self>` is not.
                            of if names_of(of)
                                .iter()
                                .any(|name| name == "Arc" || name == "Rc") =>
                            {
                                Receiver::Ref
                            }
                            syn::Type::Reference(_) => Receiver::Ref,
                            of if names_of(of).iter().any(|name| name == "Pin") => Receiver::RefMut,
                            _ => Receiver::Value,
                        },
                        _ => Receiver::Value,
                    });
                    let unknown = || Ty::new("_", Vec::new());
                    params.push((exprs::this_pat(), this.cloned().unwrap_or_else(unknown)));
                }
                FnArg::Typed(of) => params.push((pat(&of.pat, this), ty(&of.ty, this))),
            }
        }
        let returns = match &sig.output {
            ReturnType::Type(_, of) => Some(ty(of, this)),
            ReturnType::Default => None,
        };
        let body = self.block(body, this);
        self.facts.functions.push(Function {
            name: name(&sig.ident),
            at: at(sig.ident.span()),
            owner: this.cloned(),
            of_trait,
            receiver,
            params,
            returns,
            is_async: sig.asyncness.is_some(),
            is_pub,
            body,
        });
    }

    fn initialiser(&mut self, of: &syn::Ident, body: Expr) {
        self.facts.functions.push(Function {
            name: format!("static {of}"),
            at: at(of.span()),
            owner: None,
            of_trait: None,
            receiver: None,
            params: Vec::new(),
            returns: None,
            is_async: false,
            is_pub: false,
            body,
        });
    }

    fn imports(&mut self, tree: &syn::UseTree, before: &mut Vec<String>) {
        use syn::UseTree as U;
        match tree {
            U::Path(of) => {
                before.push(name(&of.ident));
                self.imports(&of.tree, before);
                before.pop();
            }
            // `use std::collections::{hash_map::{self, …}}` names the module.
            U::Name(of) if of.ident == "self" => {
                if let Some((last, before)) = before.split_last() {
                    self.import(last.clone(), before, last.clone());
                }
            }
            U::Name(of) => self.import(name(&of.ident), before, name(&of.ident)),
            U::Rename(of) => {
                let called = of.rename.to_string();
                self.import(called, before, name(&of.ident));
            }
            U::Group(of) => of.items.iter().for_each(|of| self.imports(of, before)),
            U::Glob(_) => {}
        }
    }

    fn import(&mut self, name: String, before: &[String], last: String) {
        let mut path = before.to_vec();
        path.push(last);
        self.facts.imports.push(Import { name, path });
    }

    fn item_macro(&mut self, of: &syn::ItemMacro) {
        let called = names(&of.mac.path);
        match called.last().map(String::as_str) {
            Some("thread_local" | "lazy_static") => {
                if let Ok(Statics(all)) = of.mac.parse_body() {
                    for (ident, of, _) in all {
                        self.facts.statics.push(Static {
                            name: name(&ident),
                            // Of these only an alias can be.
                            is_tracked: false,
                            ty: ty(&of, None),
                            at: at(ident.span()),
                        });
                    }
                }
            }
            // `cfg_if!` and macros of this kind contain items; others say at least which methods they call.
            Some("macro_rules") => self.all_mentions(&of.mac.tokens),
            _ => match syn::parse2::<syn::File>(of.mac.tokens.clone()) {
                Ok(file) => file.items.iter().for_each(|item| self.item(item)),
                Err(_) => self.braces(&of.mac.tokens),
            },
        }
    }

    /// Items in braces, as `cfg_if!` has them.
    fn braces(&mut self, tokens: &proc_macro2::TokenStream) {
        let mut any = false;
        for token in tokens.clone() {
            if let proc_macro2::TokenTree::Group(group) = token
                && group.delimiter() == proc_macro2::Delimiter::Brace
                && let Ok(file) = syn::parse2::<syn::File>(group.stream())
            {
                any = true;
                file.items.iter().for_each(|item| self.item(item));
            }
        }
        if !any {
            self.all_mentions(tokens);
        }
    }
}

fn is_tracked(attrs: &[Attribute]) -> bool {
    let mut attrs = attrs.iter();
    attrs.any(|attr| {
        names(attr.path())
            .last()
            .is_some_and(|name| name == "tracked")
    })
}

fn declared(attrs: &[Attribute]) -> Option<String> {
    let attr = attrs.iter().find(|attr| attr.path().is_ident("map"))?;
    Some(match &attr.meta {
        Meta::List(list) => list.tokens.to_string().replace(' ', ""),
        _ => String::new(),
    })
}

/// Where an item starts: after its documentation.
fn start(attrs: &[Attribute], vis: &Visibility, keyword: proc_macro2::Span) -> At {
    let first = attrs.iter().find(|attr| !attr.path().is_ident("doc"));
    match (first, vis) {
        (Some(attr), _) => at(attr.span()),
        (None, Visibility::Inherited) => at(keyword),
        (None, vis) => at(vis.span()),
    }
}

/// Every name in a type.
fn names_of(of: &syn::Type) -> Vec<String> {
    fn walk(of: &Ty, all: &mut Vec<String>) {
        all.extend(of.path.iter().cloned());
        of.args.iter().for_each(|of| walk(of, all));
    }
    let mut all = Vec::new();
    walk(&ty(of, None), &mut all);
    all
}
