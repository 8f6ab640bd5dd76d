//! What is in macros: expressions where they are some; else it is looked for what could make a tracked map in there.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Expr, Token,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
    visit::Visit,
};

use super::{Walk, methods};
use crate::{
    annotate::names::Target,
    scan::{
        lower::{Statics, macros::statements, types as lowered},
        types::Type,
    },
};

impl Walk<'_> {
    pub(super) fn macro_(&mut self, of: &syn::Macro) -> Option<Type> {
        self.macro_wanted(of, None)
    }

    /// `vec![…]` is asked for what its elements are to be.
    pub(super) fn macro_wanted(&mut self, of: &syn::Macro, want: Option<&Type>) -> Option<Type> {
        let names = lowered::names(&of.path);
        let name = names.last().map_or("", String::as_str);
        let made = match name {
            "hashmap" => Some("HashMap"),
            "hashset" => Some("HashSet"),
            "btreemap" => Some("BTreeMap"),
            "btreeset" => Some("BTreeSet"),
            "indexmap" => Some("IndexMap"),
            "indexset" => Some("IndexSet"),
            _ => None,
        };
        if let Some(made) = made {
            let std = ["std", "collections", made].map(str::to_owned);
            return self.path_type(&std);
        }
        let inner = want
            .filter(|_| name == "vec")
            .and_then(Type::inner)
            .cloned();
        let repeated = |input: ParseStream<'_>| -> syn::Result<Expr> {
            let value = input.parse()?;
            input.parse::<Token![;]>()?;
            input.parse::<Expr>()?;
            Ok(value)
        };
        if name == "vec"
            && let Ok(value) = repeated.parse2(of.tokens.clone())
        {
            let ty = self.expr(&value, inner.as_ref());
            return inner.or(ty).map(|ty| Type::other("Vec", vec![ty]));
        }
        let list = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(all) = list.parse2(of.tokens.clone()) {
            let mut first = None;
            for expr in &all {
                let ty = self.expr(expr, inner.as_ref());
                first = first.or(ty);
            }
            return match name {
                "vec" => inner.or(first).map(|ty| Type::other("Vec", vec![ty])),
                "dbg" => first.map(|ty| methods::owned(&ty).clone()),
                _ => None,
            };
        }
        self.tokens(&of.tokens);
        None
    }

    pub(super) fn item_macro(&mut self, of: &syn::ItemMacro) {
        let names = lowered::names(&of.mac.path);
        let is_statics = matches!(
            names.last().map(String::as_str),
            Some("thread_local" | "lazy_static")
        );
        if is_statics && let Ok(Statics(all)) = of.mac.parse_body() {
            for (ident, ty, value) in &all {
                let at = lowered::at(ident.span());
                self.name_type((at, 0), ty);
                self.initialiser(at, ty, value);
            }
            return;
        }
        if !of.mac.path.is_ident("macro_rules")
            && let Ok(file) = syn::parse2::<syn::File>(of.mac.tokens.clone())
        {
            file.items.iter().for_each(|item| self.visit_item(item));
            return;
        }
        self.tokens(&of.mac.tokens);
    }

    /// Statements if they are some; else `field: …` may make one, and nobody can edit there.
    fn tokens(&mut self, tokens: &TokenStream) {
        if let Some(block) = statements(tokens) {
            self.block(&block, None);
            return;
        }
        self.makes(tokens);
    }

    /// `Owner { field: … }` and `Self { field: … }`.
    fn makes(&mut self, tokens: &TokenStream) {
        let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
        for (index, token) in all.iter().enumerate() {
            let TokenTree::Group(group) = token else {
                continue;
            };
            if let Some(TokenTree::Ident(made)) = index.checked_sub(1).map(|at| &all[at])
                && group.delimiter() == Delimiter::Brace
            {
                self.makes_owner(&made.to_string(), group.stream());
            }
            self.makes(&group.stream());
        }
    }

    fn makes_owner(&mut self, made: &str, fields: TokenStream) {
        let fields: Vec<TokenTree> = fields.into_iter().collect();
        let mut told = Vec::new();
        for site in self.sites.values() {
            let Target::Field(id, index) = site.named.target else {
                continue;
            };
            let fact = self.world.types[id].fact;
            let is_it = made == fact.name || made == "Self" && site.named.file == self.file;
            let field = fact.fields[index].name.rsplit('.').next();
            let given = fields.windows(2).find_map(|pair| match pair {
                [TokenTree::Ident(name), TokenTree::Punct(colon)] if colon.as_char() == ':' => {
                    (Some(name.to_string().as_str()) == field).then_some(name)
                }
                _ => None,
            });
            if let Some(name) = given.filter(|_| is_it) {
                told.push((self.range(name), site.named.name.clone()));
            }
        }
        for (at, site) in told {
            let sentence = format!(
                "`{site}` seems to be given a value inside of a macro: append `.into()` to that value"
            );
            self.by_hand(at, &site, sentence);
        }
    }
}
