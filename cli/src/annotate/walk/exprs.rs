//! Expressions: what type each has, and which one is asked of its parts.

use std::ops::Range;

use syn::{Expr, visit};

use super::{Seed, Walk, methods, shape};
use crate::{
    annotate::marks,
    scan::{facts::Ty, lower::types as lowered, types::Type, words},
};

impl Walk<'_> {
    /// Follows it, and says its type; `want` is the type that it is asked to have.
    pub(super) fn expr(&mut self, of: &Expr, want: Option<&Type>) -> Option<Type> {
        let found = match of {
            Expr::Paren(of) => return self.expr(&of.expr, want),
            Expr::Group(of) => return self.expr(&of.expr, want),
            Expr::Block(of) => return self.block(&of.block, want),
            Expr::Unsafe(of) => return self.block(&of.block, want),
            Expr::Const(of) => return self.block(&of.block, want),
            Expr::If(of) => return self.if_(of, want),
            Expr::Match(of) => return self.match_(of, want),
            Expr::Async(of) => {
                self.returns.push(None);
                let worth = self.block(&of.block, None);
                self.returns.pop();
                worth
            }
            Expr::Closure(of) => {
                self.closure(of, &[], None);
                return None;
            }
            Expr::Return(of) => {
                let returns = self.returns.last().cloned().flatten();
                if let Some(value) = &of.expr {
                    self.expr(value, returns.as_ref());
                }
                return None;
            }
            Expr::Let(of) => {
                let ty = self.expr(&of.expr, None);
                self.entries(&of.pat, ty.as_ref());
                self.pattern(&of.pat, ty);
                return None;
            }
            Expr::ForLoop(of) => {
                let over = self.expr(&of.expr, None);
                self.scopes.push(Default::default());
                self.pattern(&of.pat, over.as_ref().and_then(item_of));
                self.block(&of.body, None);
                self.scopes.pop();
                return None;
            }
            Expr::While(of) => {
                self.scopes.push(Default::default());
                self.expr(&of.cond, None);
                self.block(&of.body, None);
                self.scopes.pop();
                return None;
            }
            Expr::Assign(of) => {
                let to = self.expr(&of.left, None);
                self.expr(&of.right, to.as_ref());
                return None;
            }
            Expr::Struct(of) => self.struct_(of),
            Expr::Call(of) => match self.call(of, want) {
                Some(found) => return Some(found),
                None => self.call_type(of),
            },
            Expr::MethodCall(of) => self.method(of),
            Expr::Path(path) => self.path(path),
            Expr::Field(of) => self.field(of),
            Expr::Reference(of) => self.expr(&of.expr, None).map(methods::reference),
            Expr::Unary(of) => {
                let inner = self.expr(&of.expr, None);
                match of.op {
                    syn::UnOp::Deref(_) => inner.map(|ty| dereferenced(&ty)),
                    _ => inner.filter(|ty| marks::map_of(methods::owned(ty)).is_some()),
                }
            }
            Expr::Try(of) => {
                let inner = self.expr(&of.expr, None);
                inner.and_then(|ty| methods::returns(&ty, "?", 0))
            }
            Expr::Await(of) => self.expr(&of.base, None),
            Expr::Index(of) => {
                let on = self.expr(&of.expr, None);
                self.expr(&of.index, None);
                self.own_index(of, on.as_ref());
                on.and_then(|ty| {
                    let base = methods::base(&ty);
                    match marks::map_of(base) {
                        Some((map, kind)) if kind.has_values() => map.args.get(1).cloned(),
                        Some(_) => None,
                        None => base
                            .inner()
                            .filter(|_| matches!(base.name(), "Vec" | "[]" | "VecDeque"))
                            .cloned(),
                    }
                })
            }
            Expr::Tuple(of) => {
                let wants: Vec<Option<Type>> = (0..of.elems.len())
                    .map(|at| {
                        want.filter(|of| of.name() == "()")
                            .and_then(|of| of.args.get(at).cloned())
                    })
                    .collect();
                let unknown = || Type::other("_", Vec::new());
                let parts = of.elems.iter().zip(&wants);
                let parts: Vec<Type> = parts
                    .map(|(elem, want)| self.expr(elem, want.as_ref()).unwrap_or_else(unknown))
                    .collect();
                return Some(Type::other("()", parts));
            }
            Expr::Array(of) => {
                let inner = want.and_then(Type::inner).cloned();
                let parts = of.elems.iter().map(|elem| self.expr(elem, inner.as_ref()));
                let parts: Vec<Option<Type>> = parts.collect();
                if inner.is_some() {
                    return want.cloned();
                }
                let mut known = parts.into_iter().flatten();
                let first = known.next();
                for other in known {
                    self.alike(self.range(of), first.as_ref(), Some(&other));
                }
                first.map(|ty| Type::other("[]", vec![ty]))
            }
            Expr::Repeat(of) => {
                let inner = want.and_then(Type::inner).cloned();
                let ty = self.expr(&of.expr, inner.as_ref());
                if inner.is_some() {
                    return want.cloned();
                }
                ty.map(|ty| Type::other("[]", vec![ty]))
            }
            Expr::Binary(of) => {
                let left = self.expr(&of.left, None);
                let right = self.expr(&of.right, None);
                self.operands(of, left.as_ref(), right.as_ref());
                return None;
            }
            Expr::Macro(of) => self.macro_wanted(&of.mac, want),
            other => {
                visit::visit_expr(self, other);
                None
            }
        };
        if let Some(want) = want {
            self.meet(self.range(of), Some(of), found.clone(), want);
        }
        found
    }

    fn if_(&mut self, of: &syn::ExprIf, want: Option<&Type>) -> Option<Type> {
        self.scopes.push(Default::default());
        self.expr(&of.cond, None);
        let first = self.block(&of.then_branch, want);
        self.scopes.pop();
        let second = of
            .else_branch
            .as_ref()
            .and_then(|(_, of)| self.expr(of, want));
        self.alike(self.range(of), first.as_ref(), second.as_ref());
        first.or(second)
    }

    fn match_(&mut self, of: &syn::ExprMatch, want: Option<&Type>) -> Option<Type> {
        let on = self.expr(&of.expr, None);
        let mut worth = None;
        for arm in &of.arms {
            self.scopes.push(Default::default());
            self.entries(&arm.pat, on.as_ref());
            self.pattern(&arm.pat, on.clone());
            if let syn::Pat::Guard(of) = &arm.pat {
                self.expr(&of.guard, None);
            }
            let ty = self.expr(&arm.body, want);
            self.scopes.pop();
            self.alike(self.range(&*arm.body), worth.as_ref(), ty.as_ref());
            worth = worth.or(ty);
        }
        worth
    }

    /// With the types of its parameters, as far as they are known, and what it is asked to return.
    pub(super) fn closure(&mut self, of: &syn::ExprClosure, params: &[Type], want: Option<&Type>) {
        self.scopes.push(Default::default());
        for (index, input) in of.inputs.iter().enumerate() {
            self.pattern(input, params.get(index).cloned());
        }
        let returns = match &of.output {
            syn::ReturnType::Type(_, ty) => self.type_of(ty),
            syn::ReturnType::Default => want.cloned(),
        };
        let was_const = std::mem::replace(&mut self.is_const, false);
        self.returns.push(returns.clone());
        self.expr(&of.body, returns.as_ref());
        self.returns.pop();
        self.is_const = was_const;
        self.scopes.pop();
    }

    fn struct_(&mut self, of: &syn::ExprStruct) -> Option<Type> {
        let path = lowered::path_names(&of.path, self.this.as_ref());
        for field in &of.fields {
            let want = self.member_of(&path, &lowered::member(&field.member));
            if field.colon_token.is_some() {
                self.expr(&field.expr, want.as_ref());
                continue;
            }
            // `map` becomes `map: map.into()`.
            let name = self.text_of(&field.expr).to_owned();
            let at = self.range(&field.expr);
            let found = self.expr(&field.expr, None);
            let Some(want) = want else {
                continue;
            };
            let is_converted = found.as_ref().is_some_and(|found| {
                marks::map_of(found).is_some()
                    && marks::map_of(&want).is_some()
                    && marks::keeper(found) != marks::keeper(&want)
                    && (marks::keeper(found).is_none() || marks::keeper(&want).is_none())
            });
            match is_converted {
                true if !self.is_const => self.edited.insert(at.end, format!(": {name}.into()")),
                _ => self.meet(at, Some(&field.expr), found, &want),
            }
        }
        if let Some(rest) = &of.rest {
            self.expr(rest, None);
        }
        let (id, _) = self.constructed(&path)?;
        Some(Type {
            head: crate::scan::types::Head::Own(id),
            args: Vec::new(),
        })
    }

    fn path(&mut self, of: &syn::ExprPath) -> Option<Type> {
        if let Some(ident) = of.path.get_ident() {
            let mut local = self.local(&lowered::name(ident));
            let found = local.map(|of| of.ty.clone());
            for _ in 0..8 {
                let Some(of) = local else { break };
                if let Some(ty) = &of.ty
                    && marks::keeper(ty.peeled()).is_some()
                {
                    return Some(ty.clone());
                }
                local = of.same_as.as_deref().and_then(|name| self.local(name));
            }
            if let Some(found) = found {
                return found;
            }
        }
        let names = lowered::path_names(&of.path, self.this.as_ref());
        let id = self.world.static_named(self.file, &names)?;
        let (file, fact) = self.world.statics[id];
        self.resolved(file, &fact.ty)
    }

    fn field(&mut self, of: &syn::ExprField) -> Option<Type> {
        let on = self.expr(&of.base, None);
        let name = lowered::member(&of.member);
        if let Some(on) = &on {
            let owned = methods::owned(on);
            if owned.name() == "()" {
                return owned.args.get(name.parse::<usize>().ok()?).cloned();
            }
            if owned.peeled().name() != "_"
                && let Some((_, _, ty)) = self.world.field(methods::base(on), &name)
            {
                return Some(marks::settled(ty));
            }
            if let Some((_, _, ty)) = self.world.field(on, &name) {
                return Some(marks::settled(ty));
            }
        }
        // Of whatever has a field of that name, if that is one type.
        if name.chars().all(|c| c.is_ascii_digit()) || on.is_some_and(|on| on.own().is_some()) {
            return None;
        }
        let mut all = self.world.types.iter().filter_map(|own| {
            let at = own
                .fact
                .fields
                .iter()
                .position(|field| field.name == name)?;
            Some(&own.fields[at])
        });
        let first = all.next()?;
        all.next().is_none().then(|| marks::settled(first.clone()))
    }

    /// `map[key]` by an `Index` of these sources.
    fn own_index(&mut self, of: &syn::ExprIndex, on: Option<&Type>) {
        let Some(site) = on.and_then(|ty| marks::keeper(methods::base(ty))) else {
            return;
        };
        let kind = on.and_then(|ty| marks::map_of(methods::base(ty)));
        let kind = kind.map(|(_, kind)| kind);
        let is_it = |file: usize, path: &[String], ty: &Ty| {
            path.last()
                .is_some_and(|of| of == "Index" || of == "IndexMut")
                && self
                    .resolved(file, ty)
                    .is_some_and(|ty| marks::map_of(&ty).map(|(_, kind)| kind) == kind)
        };
        let mut files = self.world.files.iter().enumerate();
        let is_own = files.any(|(file, facts)| {
            let mut impls = facts.impls.iter();
            impls.any(|(path, ty)| is_it(file, path, ty))
        });
        if is_own && self.sites.contains_key(site) {
            let site = site.to_owned();
            self.by_hand(self.range(of), &site, format!(
                "these sources implement `Index` for a plain map, and the map of `{site}` becomes another type: use `get`, or implement it for that"
            ));
        }
    }

    /// Maps that are made inside of locks and the like, each where it ends.
    pub(super) fn seeds(&self, of: &Expr) -> Option<Vec<Seed>> {
        match of {
            Expr::Paren(of) => self.seeds(&of.expr),
            Expr::Call(call) => {
                let (path, _) = shape::constructor(of)?;
                let names = lowered::path_names(path, self.this.as_ref());
                let ty = self.path_type(&names[..names.len() - 1])?;
                if marks::map_of(&ty).is_some() && marks::keeper(&ty).is_none() {
                    let start = self.range(path).start;
                    let name = path.segments.last()?;
                    return Some(vec![Seed {
                        path: start..self.range(&name.ident).start,
                        end: self.range(call).end,
                    }]);
                }
                match (words::is_wrapper(ty.name()), call.args.first()) {
                    (true, Some(arg)) if call.args.len() == 1 => self.seeds(arg),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn cloned_local(&self, of: &Expr) -> Option<String> {
        if matches!(of, Expr::Reference(_)) {
            return None;
        }
        let name = shape::local_of(of)?;
        self.local(&name).is_some().then_some(name)
    }

    /// A type that a path names, without its arguments.
    pub(super) fn path_type(&self, names: &[String]) -> Option<Type> {
        if names.is_empty() {
            return None;
        }
        if self.is_mapkeepers(names) {
            return None;
        }
        let ty = Ty {
            path: names.to_vec(),
            args: Vec::new(),
        };
        self.resolved(self.file, &ty)
    }

    /// What mapkeeper's own constructors make is whatever is asked for.
    pub(super) fn is_mapkeepers(&self, names: &[String]) -> bool {
        let full = self.world.full_path(self.file, names);
        full.first().is_some_and(|of| of == "mapkeeper")
    }

    /// Two that are to have one type: branches, elements of an array.
    fn alike(&mut self, at: Range<usize>, a: Option<&Type>, b: Option<&Type>) {
        let (Some(a), Some(b)) = (a, b) else {
            return;
        };
        if marks::map_of(a.peeled()).is_none() || marks::map_of(b.peeled()).is_none() {
            return;
        }
        let sites = [a, b].map(|ty| {
            let site = marks::keeper(ty.peeled()).map(str::to_owned);
            site.filter(|of| self.sites.contains_key(of))
        });
        let (site, other, place) = match sites {
            [Some(a), Some(b)] if a != b => (a, Some(b), None),
            [Some(site), None] => (site, None, marks::place(b.peeled())),
            [None, Some(site)] => (site, None, marks::place(a.peeled())),
            _ => return,
        };
        let sentence = format!(
            "the map of `{site}` and another one have to be of one type here: give that a name under `#[mapkeeper::tracked]` (`type Name = …;`), and both fields that name"
        );
        self.passed_on(at, &site, place, other, sentence);
    }

    /// `a == b` and `a - b` of a tracked map and a plain one.
    fn operands(&mut self, of: &syn::ExprBinary, left: Option<&Type>, right: Option<&Type>) {
        let (Some(left), Some(right)) = (left, right) else {
            return;
        };
        let (a, b) = (methods::owned(left), methods::owned(right));
        if marks::map_of(a).is_none() || marks::map_of(b).is_none() {
            return;
        }
        let sites = [a, b].map(|ty| marks::keeper(ty).map(str::to_owned));
        // Sets of any kind can be compared and combined.
        let is_set = marks::map_of(a).is_some_and(|(_, kind)| kind.is_set());
        if sites[0] != sites[1]
            && (!is_set || sites[0].is_none())
            && let Some(site) = sites
                .iter()
                .flatten()
                .find(|of| self.sites.contains_key(*of))
        {
            let site = site.clone();
            self.by_hand(self.range(of), &site, format!(
                "the map of `{site}` meets one of another type in an operator: compare their lengths and entries, or convert one of them"
            ));
        }
    }
}

/// What `*` makes of it.
fn dereferenced(ty: &Type) -> Type {
    match ty.name() {
        "&" | "Arc" | "Rc" | "Box" | "LazyLock" | "Lazy" | "LazyCell" => {
            ty.inner().unwrap_or(ty).clone()
        }
        "#guard" => ty.args.first().unwrap_or(ty).clone(),
        _ => ty.clone(),
    }
}

/// What a loop over it gets.
fn item_of(ty: &Type) -> Option<Type> {
    let owned = methods::owned(ty);
    if owned.name() == "#iter" {
        return owned.args.first().cloned();
    }
    let method = match ty.name() {
        "&" => "iter",
        _ => "into_iter",
    };
    let iterator = methods::returns(owned, method, 0)?;
    iterator
        .args
        .first()
        .filter(|_| iterator.name() == "#iter")
        .cloned()
}
