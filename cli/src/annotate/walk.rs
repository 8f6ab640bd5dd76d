//! Walks through a file's code with the types of what is tracked: where such a map meets another type, something has to be done.
//!
//! Types are followed as far as it takes to see a map come or go: through locals, fields, locks, methods and functions of these
//! sources. What is not known of a type is unknown, and said where it matters.

mod calls;
mod exprs;
mod macros;
mod meet;
mod method_calls;
mod methods;
mod patterns;
mod shape;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Range,
};

use syn::{spanned::Spanned, visit::Visit};

use super::{alias::Alias, edits::Edited, kinds::Kind, marks, names::Named, places};
use crate::scan::{
    facts::{At, Ty},
    lower::types as lowered,
    types::Type,
    world::{FnId, World},
};

/// A map that is to be tracked.
pub(super) struct Site {
    pub(super) named: Named,
    pub(super) kind: Kind,
    /// Its owner has type parameters: what its keys can do is not known everywhere.
    pub(super) is_generic: bool,
    /// Where its type is written: in the field itself, and wherever it is passed on.
    pub(super) places: BTreeSet<usize>,
    /// The name that it is written by there.
    pub(super) alias: Option<Alias>,
}

/// Where something is left to do by hand, for which map, and what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ByHand {
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) sentence: String,
    pub(super) site: String,
    /// Where another type is written that would have to be this map's.
    pub(super) place: Option<usize>,
    /// The other map that would have to have the same type.
    pub(super) other: Option<String>,
}

/// Types that are written in a file and have to be named, by their item's position and number, and for which map.
pub(super) type Names = BTreeMap<(At, usize), String>;

/// What a name in a function stands for.
#[derive(Clone, Default)]
struct Local {
    ty: Option<Type>,
    /// Where its type is up to what is done with it.
    is_inferred: bool,
    /// Maps made in its initialiser, also inside of locks and the like.
    seeds: Vec<Seed>,
    /// Where its map's type is written.
    annotation: Option<Range<usize>>,
    /// A method was called that needs its type.
    is_used: bool,
    /// Of a closure: what it says of its parameters.
    params: Vec<Option<Type>>,
    /// The local that it is a clone of.
    same_as: Option<String>,
}

/// `HashMap::new()`: where the type stands in it, and where it ends.
#[derive(Clone, Debug)]
struct Seed {
    path: Range<usize>,
    end: usize,
}

pub(super) struct Walk<'w> {
    pub(super) world: &'w World<'w>,
    pub(super) file: usize,
    /// Spans count from here: a byte order mark and a `#!` line are none of theirs.
    pub(super) offset: usize,
    pub(super) sites: &'w BTreeMap<String, Site>,
    pub(super) names: &'w Names,
    pub(super) edited: &'w mut Edited,
    pub(super) by_hand: &'w mut Vec<ByHand>,
    pub(super) this: Option<Ty>,
    scopes: Vec<HashMap<String, Local>>,
    /// What the functions around return, innermost last.
    returns: Vec<Option<Type>>,
    /// Only what is `const` may be called.
    is_const: bool,
    /// How many `mod … {` are around.
    pub(super) depth: usize,
    functions: BTreeMap<At, FnId>,
    /// Type parameters of the functions and impls around.
    params: Vec<HashSet<String>>,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        world: &'w World<'w>,
        (file, offset): (usize, usize),
        (sites, names): (&'w BTreeMap<String, Site>, &'w Names),
        edited: &'w mut Edited,
        by_hand: &'w mut Vec<ByHand>,
    ) -> Self {
        let functions = world.functions.iter().enumerate();
        let functions = functions.filter(|(_, (of, _))| *of == file);
        Self {
            world,
            file,
            offset,
            sites,
            names,
            edited,
            by_hand,
            this: None,
            scopes: Vec::new(),
            returns: Vec::new(),
            is_const: false,
            depth: 0,
            functions: functions.map(|(id, (_, of))| (of.at, id)).collect(),
            params: Vec::new(),
        }
    }

    pub(super) fn range(&self, of: &impl Spanned) -> Range<usize> {
        let span = of.span();
        let (start, end) = (span.byte_range(), span.byte_range());
        start.start + self.offset..end.end + self.offset
    }

    pub(super) fn text_of(&self, of: &impl Spanned) -> &str {
        self.edited.text.get(self.range(of)).unwrap_or_default()
    }

    /// What a written type means, if it says something.
    fn type_of(&self, of: &syn::Type) -> Option<Type> {
        let ty = lowered::ty(of, self.this.as_ref());
        self.resolved(self.file, &ty)
    }

    fn resolved(&self, file: usize, ty: &Ty) -> Option<Type> {
        if let [name] = &ty.path[..]
            && self.params.iter().any(|of| of.contains(name))
        {
            return None;
        }
        Some(marks::settled(self.world.resolve(file, ty)))
    }

    fn local(&self, name: &str) -> Option<&Local> {
        self.scopes.iter().rev().find_map(|of| of.get(name))
    }

    fn local_mut(&mut self, name: &str) -> Option<&mut Local> {
        self.scopes.iter_mut().rev().find_map(|of| of.get_mut(name))
    }

    fn bind(&mut self, name: String, local: Local) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name, local);
        }
    }

    fn generics(&mut self, of: &syn::Generics) {
        let types = of.type_params().map(|of| lowered::name(&of.ident));
        self.params.push(types.collect());
    }

    fn function(&mut self, sig: &syn::Signature, body: &syn::Block) {
        self.generics(&sig.generics);
        let at = lowered::at(sig.ident.span());
        let known = self
            .functions
            .get(&at)
            .map(|&id| self.world.functions[id].1);
        let mut scope = HashMap::new();
        let outer = std::mem::take(&mut self.scopes);
        let was_const = std::mem::replace(&mut self.is_const, sig.constness.is_some());
        for input in &sig.inputs {
            if let syn::FnArg::Receiver(_) = input {
                let ty = self
                    .this
                    .as_ref()
                    .and_then(|of| self.resolved(self.file, of));
                let local = Local {
                    ty: ty.map(methods::reference),
                    ..Local::default()
                };
                scope.insert("self".to_owned(), local);
            }
        }
        self.scopes = vec![scope];
        for (index, input) in sig.inputs.iter().enumerate() {
            if let syn::FnArg::Typed(of) = input {
                let ty = known.and_then(|known| known.params.get(index));
                let ty = match ty {
                    Some((_, ty)) => self.resolved(self.file, ty),
                    None => self.type_of(&of.ty),
                };
                self.name_type((at, index), &of.ty);
                self.pattern(&of.pat, ty);
            }
        }
        let returns = match (&sig.output, known.and_then(|known| known.returns.as_ref())) {
            (syn::ReturnType::Type(_, of), known) => {
                let of: &syn::Type = of;
                self.name_type((at, places::RETURNED), of);
                match known {
                    Some(ty) => self.resolved(self.file, ty),
                    None => self.type_of(of),
                }
            }
            (syn::ReturnType::Default, _) => None,
        };
        self.returns.push(returns.clone());
        self.block(body, returns.as_ref());
        self.returns.pop();
        self.is_const = was_const;
        self.scopes = outer;
        self.params.pop();
    }

    /// Writes the name of a tracked map's type where that is needed.
    pub(super) fn name_type(&mut self, key: (At, usize), of: &syn::Type) {
        let Some(site) = self.names.get(&key).cloned() else {
            return;
        };
        let map = self.map_in(of).filter(|map| {
            // A name would not know of lifetimes.
            !self.edited.text[map.clone()]
                .replace("'static", "")
                .contains('\'')
        });
        match map {
            Some(map) => {
                let name = self.alias_of(&site);
                self.edited.replace(map, name);
            }
            None => self.by_hand(self.range(of), &site, format!(
                "the map of `{site}` is passed on here, by a type that does not say so: name the map's type under `#[mapkeeper::tracked]` (`type Name = …;`), and use that here"
            )),
        }
    }

    /// The name of a tracked map's type, as it is written here.
    pub(super) fn alias_of(&self, site: &str) -> String {
        let of = &self.sites[site];
        match &of.alias {
            Some(alias) if of.named.file == self.file && self.depth == 0 => alias.name.clone(),
            Some(alias) => alias.path.clone(),
            None => of.kind.tracked.to_owned(),
        }
    }

    pub(super) fn initialiser(&mut self, at: At, ty: &syn::Type, value: &syn::Expr) {
        let known = self
            .world
            .statics
            .iter()
            .find(|(file, of)| *file == self.file && of.at == at);
        let want = match known {
            Some((_, of)) => self.resolved(self.file, &of.ty),
            None => self.type_of(ty),
        };
        let outer = std::mem::replace(&mut self.scopes, vec![HashMap::new()]);
        let was_const = std::mem::replace(&mut self.is_const, true);
        self.returns.push(None);
        self.expr(value, want.as_ref());
        self.returns.pop();
        self.is_const = was_const;
        self.scopes = outer;
    }

    /// What it is worth is its last expression's.
    fn block(&mut self, of: &syn::Block, want: Option<&Type>) -> Option<Type> {
        self.scopes.push(HashMap::new());
        let mut worth = None;
        for (index, stmt) in of.stmts.iter().enumerate() {
            let is_last = index + 1 == of.stmts.len();
            match stmt {
                syn::Stmt::Local(local) => self.let_(local),
                syn::Stmt::Item(item) => {
                    let outer = std::mem::take(&mut self.scopes);
                    self.visit_item(item);
                    self.scopes = outer;
                }
                syn::Stmt::Expr(of, semicolon) => {
                    let want = want.filter(|_| is_last && semicolon.is_none());
                    let ty = self.expr(of, want);
                    if is_last && semicolon.is_none() {
                        worth = ty;
                    }
                }
                syn::Stmt::Macro(of) => {
                    let want = want.filter(|_| is_last && of.semi_token.is_none());
                    let ty = self.macro_(&of.mac);
                    if let Some(want) = want {
                        self.meet(self.range(&of.mac), None, ty.clone(), want);
                    }
                    if is_last {
                        worth = ty;
                    }
                }
            }
        }
        self.scopes.pop();
        worth
    }

    fn let_(&mut self, of: &syn::Local) {
        let (pat, annotated) = match &of.pat {
            syn::Pat::Type(of) => (&*of.pat, Some(&*of.ty)),
            pat => (pat, None),
        };
        let want = annotated.and_then(|ty| self.type_of(ty));
        let Some(init) = &of.init else {
            self.pattern(pat, want);
            return;
        };
        if let Some((_, otherwise)) = &init.diverge {
            self.expr(otherwise, None);
        }
        // A type that names the map gives way to what the map is now.
        let before = self.by_hand.len();
        let found = match (&want, annotated) {
            (Some(want), Some(annotated)) if marks::map_of(want.peeled()).is_some() => {
                let found = self.expr(&init.expr, None);
                let flows = found.as_ref().is_some_and(|found| {
                    marks::keeper(found.peeled()).is_some()
                        && marks::keeper(want.peeled()).is_none()
                });
                if flows && let Some(map) = self.map_in(annotated) {
                    self.edited.replace(map, "_");
                    found
                } else {
                    self.meet(
                        self.range(&*init.expr),
                        Some(&init.expr),
                        found.clone(),
                        want,
                    );
                    Some(want.clone())
                }
            }
            (Some(want), _) => {
                self.expr(&init.expr, Some(want));
                Some(want.clone())
            }
            (None, _) => self.expr(&init.expr, None),
        };
        let is_done = self.by_hand.len() == before;
        if let syn::Pat::Ident(ident) = pat
            && ident.subpat.is_none()
        {
            let local = Local {
                is_inferred: (found.is_none() || annotated.is_some())
                    && shape::is_inferred(&init.expr),
                seeds: match is_done {
                    true => self.seeds(&init.expr).unwrap_or_default(),
                    false => Vec::new(),
                },
                annotation: annotated.and_then(|ty| self.map_in(ty)),
                same_as: self.cloned_local(&init.expr),
                params: match &*init.expr {
                    syn::Expr::Closure(of) => self.params_of(of),
                    _ => Vec::new(),
                },
                ty: found,
                is_used: false,
            };
            self.bind(lowered::name(&ident.ident), local);
        } else {
            let scrutinee = found.clone();
            self.entries(pat, scrutinee.as_ref());
            self.pattern(pat, found);
        }
    }

    fn params_of(&self, of: &syn::ExprClosure) -> Vec<Option<Type>> {
        let types = of.inputs.iter().map(|input| match input {
            syn::Pat::Type(of) => self.type_of(&of.ty),
            _ => None,
        });
        types.collect()
    }

    /// Where the map stands in a written type.
    pub(super) fn map_in(&self, of: &syn::Type) -> Option<Range<usize>> {
        match of {
            syn::Type::Reference(of) => self.map_in(&of.elem),
            syn::Type::Paren(of) => self.map_in(&of.elem),
            syn::Type::Path(path) => {
                let ty = self.type_of(of)?;
                if marks::map_of(&ty).is_some() {
                    return Some(self.range(of));
                }
                let last = path.path.segments.last()?;
                let syn::PathArguments::AngleBracketed(args) = &last.arguments else {
                    return None;
                };
                args.args.iter().find_map(|arg| match arg {
                    syn::GenericArgument::Type(of) => self.map_in(of),
                    _ => None,
                })
            }
            _ => None,
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_expr(&mut self, of: &'ast syn::Expr) {
        self.expr(of, None);
    }

    fn visit_block(&mut self, of: &'ast syn::Block) {
        self.block(of, None);
    }

    fn visit_item_fn(&mut self, of: &'ast syn::ItemFn) {
        self.function(&of.sig, &of.block);
    }

    fn visit_impl_item_fn(&mut self, of: &'ast syn::ImplItemFn) {
        self.function(&of.sig, &of.block);
    }

    fn visit_trait_item_fn(&mut self, of: &'ast syn::TraitItemFn) {
        if let Some(body) = &of.default {
            self.function(&of.sig, body);
        }
    }

    fn visit_item_impl(&mut self, of: &'ast syn::ItemImpl) {
        let this = lowered::ty(&of.self_ty, None);
        let outer = self.this.replace(this);
        self.generics(&of.generics);
        of.items.iter().for_each(|item| self.visit_impl_item(item));
        self.params.pop();
        self.this = outer;
    }

    fn visit_item_trait(&mut self, of: &'ast syn::ItemTrait) {
        let outer = self.this.take();
        of.items.iter().for_each(|item| self.visit_trait_item(item));
        self.this = outer;
    }

    fn visit_item_static(&mut self, of: &'ast syn::ItemStatic) {
        let at = lowered::at(of.ident.span());
        self.name_type((at, 0), &of.ty);
        self.initialiser(at, &of.ty, &of.expr);
    }

    fn visit_item_const(&mut self, of: &'ast syn::ItemConst) {
        self.initialiser(lowered::at(of.ident.span()), &of.ty, &of.expr);
    }

    fn visit_impl_item_const(&mut self, of: &'ast syn::ImplItemConst) {
        self.initialiser(lowered::at(of.ident.span()), &of.ty, &of.expr);
    }

    fn visit_item_mod(&mut self, of: &'ast syn::ItemMod) {
        self.depth += 1;
        syn::visit::visit_item_mod(self, of);
        self.depth -= 1;
    }

    fn visit_item_macro(&mut self, of: &'ast syn::ItemMacro) {
        self.item_macro(of);
    }
}
