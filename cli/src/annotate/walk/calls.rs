//! Calls: of functions of these sources, which say what they take; of what makes locks; of all others.

use syn::Expr;

use super::{Walk, methods};
use crate::{
    annotate::marks,
    scan::{
        lower::types as lowered,
        types::{Head, Type},
        words,
        world::FnId,
    },
};

/// Functions of elsewhere that take a map as what it can do, not by its type.
fn takes_any(path: &[String]) -> bool {
    let name = path.last().map_or("", String::as_str).to_lowercase();
    let first = path.first().map_or("", String::as_str);
    matches!(
        first,
        "std"
            | "core"
            | "alloc"
            | "mem"
            | "ptr"
            | "Arc"
            | "Rc"
            | "Box"
            | "thread"
            | "serde"
            | "serde_json"
    ) || path.len() > 1 && words::is_wrapper(&path[path.len() - 2])
        || path.len() == 1
            && matches!(
                &*name,
                "drop"
                    | "some"
                    | "ok"
                    | "err"
                    | "black_box"
                    | "spawn"
                    | "clone"
                    | "swap"
                    | "take"
                    | "replace"
            )
        || [
            "serialize",
            "to_string",
            "to_vec",
            "to_writer",
            "to_value",
            "json",
            "encode",
            "debug",
            "pretty",
            "hash",
            "from_iter",
        ]
        .iter()
        .any(|of| name.contains(of))
}

impl Walk<'_> {
    /// Its parts; and its type, if that is what was wanted because its parts were asked to make it so.
    pub(super) fn call(&mut self, of: &syn::ExprCall, want: Option<&Type>) -> Option<Type> {
        let Expr::Path(path) = &*of.func else {
            self.expr(&of.func, None);
            of.args.iter().for_each(|arg| {
                self.expr(arg, None);
            });
            return None;
        };
        let names = lowered::path_names(&path.path, self.this.as_ref());
        let last = names.last().map_or("", String::as_str).to_owned();
        if let Some(want) = want
            && let Some(inner) = self.asks_inside(&names, want)
            && let Some(arg) = of.args.first()
        {
            self.asked(arg, &inner);
            of.args.iter().skip(1).for_each(|arg| {
                self.expr(arg, None);
            });
            return Some(want.clone());
        }
        if matches!(&*last, "replace" | "swap") && of.args.len() == 2 && names.len() < 4 {
            let to = self.expr(&of.args[0], None);
            let to = to.map(|ty| methods::owned(&ty).clone());
            match &of.args[1] {
                Expr::Reference(other) if last == "swap" => {
                    let other_type = self.expr(&other.expr, None);
                    self.swapped(of, to.as_ref(), other_type.as_ref());
                }
                value => {
                    self.expr(value, to.as_ref());
                }
            }
            return None;
        }
        // A tuple struct, or a variant of that kind.
        if self.constructed(&names).is_some() {
            for (index, arg) in of.args.iter().enumerate() {
                let want = self.member_of(&names, &index.to_string());
                self.expr(arg, want.as_ref());
            }
            return None;
        }
        let functions = self.functions(&names, of.args.len());
        if !functions.is_empty() {
            self.arguments(&functions, of.args.iter(), 0);
            return None;
        }
        if let Some(local) = self.local_named(path)
            && !local.params.is_empty()
        {
            let params = local.params.clone();
            for (index, arg) in of.args.iter().enumerate() {
                let want = params.get(index).cloned().flatten();
                self.expr(arg, want.as_ref());
            }
            return None;
        }
        let is_local = path
            .path
            .get_ident()
            .is_some_and(|of| self.local(&lowered::name(of)).is_some());
        for arg in &of.args {
            let ty = self.expr(arg, None);
            if let Some(ty) = ty
                && let Some(site) =
                    marks::keeper(ty.peeled()).filter(|of| self.sites.contains_key(*of))
            {
                let full = self.world.full_path(self.file, &names);
                // A map's own functions take maps of their own kind.
                let of_map = self.path_type(&names[..names.len() - 1]);
                let is_map = of_map.is_some_and(|ty| marks::map_of(&ty).is_some());
                if is_map || !is_local && !takes_any(&full) {
                    let site = site.to_owned();
                    self.by_hand(self.range(arg), &site, format!(
                        "`{}` gets the map of `{site}`, and nobody can tell from these sources whether it takes a tracked one: if it names a type, give it a copy by `.clone().into()`",
                        names.join("::")
                    ));
                }
            }
        }
        None
    }

    /// `Mutex::new(…)` where a `Mutex` is wanted: what is wanted of its argument.
    fn asks_inside(&self, names: &[String], want: &Type) -> Option<Type> {
        let (last, before) = names.split_last()?;
        let inner = want.inner()?;
        let made = before.last().map_or("", String::as_str);
        let is_asked =
            marks::keeper(want.peeled()).is_some() || marks::map_of(want.peeled()).is_some();
        if !is_asked {
            return None;
        }
        match (&**last, want.name()) {
            ("Some", "Option") | ("Ok", "Result") => Some(inner.clone()),
            ("new", "ArcSwap") => Some(Type::other("Arc", vec![inner.clone()])),
            ("from_pointee", "ArcSwap" | "ArcSwapOption") => Some(inner.clone()),
            ("new" | "from" | "pin" | "const_new" | "with_value", name) => {
                let is_it = self.path_type(before).is_some_and(|ty| ty.name() == name);
                let is_it = is_it || made == name;
                is_it.then(|| inner.clone())
            }
            ("const_mutex", "Mutex") | ("const_rwlock", "RwLock") => Some(inner.clone()),
            _ => None,
        }
    }

    /// A value, or what makes it.
    pub(super) fn asked(&mut self, arg: &Expr, want: &Type) {
        match arg {
            Expr::Closure(of) => self.closure(of, &[], Some(want)),
            Expr::Path(of) if of.path.segments.len() > 1 || self.local_named(of).is_none() => {
                let names = lowered::path_names(&of.path, self.this.as_ref());
                let made = self.path_type(&names[..names.len() - 1]);
                let is_map = made
                    .is_some_and(|ty| marks::map_of(&ty).is_some() && marks::keeper(&ty).is_none());
                let site = marks::keeper(want.peeled()).map(str::to_owned);
                let functions = self.functions(&names, 0);
                let makes_map = functions.iter().any(|&id| {
                    let returns = self.returned(id);
                    returns.is_some_and(|ty| {
                        marks::map_of(&ty).is_some() && marks::keeper(&ty).is_none()
                    })
                });
                let of_function = functions.iter().find_map(|&id| self.returned(id));
                match (is_map || makes_map, marks::keeper(want).is_some()) {
                    (true, true) => {
                        let range = self.range(arg);
                        self.edited.insert(range.start, "|| ");
                        self.edited.insert(range.end, "().into()");
                    }
                    _ => {
                        let found = of_function.or_else(|| self.expr(arg, None));
                        let is_static = names.len() == 1;
                        let is_default = names.last().is_some_and(|of| of == "default");
                        match site {
                            Some(_) if is_default && !is_map => {}
                            Some(_) if found.is_some() || is_static => {
                                self.meet(self.range(arg), Some(arg), found, want);
                            }
                            Some(site) => {
                                self.by_hand(self.range(arg), &site, format!(
                                    "nobody can tell from these sources what `{}` makes for `{site}`: write `|| …().into()`",
                                    names.join("::")
                                ));
                            }
                            None => {}
                        }
                    }
                }
            }
            arg => {
                self.expr(arg, Some(want));
            }
        }
    }

    fn local_named(&self, of: &syn::ExprPath) -> Option<&super::Local> {
        self.local(&lowered::name(of.path.get_ident()?))
    }

    fn swapped(&mut self, of: &syn::ExprCall, a: Option<&Type>, b: Option<&Type>) {
        let keeper = |ty: Option<&Type>| {
            ty.and_then(|ty| marks::keeper(ty.peeled()))
                .map(str::to_owned)
        };
        let (first, second) = (keeper(a), keeper(b));
        if first != second
            && let Some(site) = first.or(second).filter(|of| self.sites.contains_key(of))
        {
            self.by_hand(self.range(of), &site, format!(
                "the map of `{site}` is swapped with one of another type: make that one by `HashMap::new().into()` or the like"
            ));
        }
    }

    /// What a call is worth.
    pub(super) fn call_type(&self, of: &syn::ExprCall) -> Option<Type> {
        let Expr::Path(path) = &*of.func else {
            return None;
        };
        let names = lowered::path_names(&path.path, self.this.as_ref());
        let (last, before) = names.split_last()?;
        if let Some((id, _)) = self.constructed(&names) {
            return Some(Type {
                head: Head::Own(id),
                args: Vec::new(),
            });
        }
        if let Some(&id) = self.functions(&names, of.args.len()).first() {
            return self.returned(id);
        }
        let arg = of.args.first().and_then(|arg| self.quiet_type(arg));
        match &**last {
            "take" | "replace" if before.last().is_none_or(|of| of == "mem") => {
                return arg.map(|ty| methods::owned(&ty).clone());
            }
            "clone"
                if before
                    .last()
                    .is_some_and(|of| words::is_wrapper(of) || of == "Clone") =>
            {
                return arg.map(|ty| methods::owned(&ty).clone());
            }
            "Some" => return arg.map(|ty| Type::other("Option", vec![ty])),
            "Ok" => {
                let unknown = Type::other("_", Vec::new());
                return arg.map(|ty| Type::other("Result", vec![ty, unknown]));
            }
            _ => {}
        }
        let made = self.path_type(before)?;
        if marks::map_of(&made).is_some() {
            return Some(made);
        }
        if words::is_wrapper(made.name())
            && matches!(&**last, "new" | "from" | "const_new" | "from_pointee")
        {
            return arg.map(|ty| Type::other(made.name(), vec![ty]));
        }
        None
    }

    /// The type of a part that was followed before.
    fn quiet_type(&self, of: &Expr) -> Option<Type> {
        match of {
            Expr::Paren(of) => self.quiet_type(&of.expr),
            Expr::Reference(of) => self.quiet_type(&of.expr).map(methods::reference),
            Expr::Call(of) => self.call_type(of),
            Expr::Path(of) => {
                let ident = of.path.get_ident()?;
                self.local(&lowered::name(ident))?.ty.clone()
            }
            Expr::Field(of) => {
                let on = self.quiet_type(&of.base)?;
                let (.., ty) = self.world.field(&on, &lowered::member(&of.member))?;
                Some(marks::settled(ty))
            }
            Expr::Unary(of) if matches!(of.op, syn::UnOp::Deref(_)) => {
                let ty = self.quiet_type(&of.expr)?;
                Some(methods::base(&ty).clone())
            }
            Expr::MethodCall(of) => {
                let on = self.quiet_type(&of.receiver)?;
                methods::returns(&on, &of.method.to_string(), of.args.len())
            }
            _ => None,
        }
    }

    /// Those that a path may call.
    pub(super) fn functions(&self, names: &[String], arguments: usize) -> Vec<FnId> {
        let Some((last, before)) = names.split_last() else {
            return Vec::new();
        };
        if let Some(id) = self.world.type_id(self.file, before) {
            return self.world.methods(id, last).to_vec();
        }
        if before.is_empty() && self.local(last).is_some() {
            return Vec::new();
        }
        let is_type = before
            .last()
            .is_some_and(|of| of.starts_with(char::is_uppercase));
        match is_type {
            true => Vec::new(),
            false => self.world.free_function(self.file, names, arguments),
        }
    }

    pub(super) fn returned(&self, id: FnId) -> Option<Type> {
        let (file, function) = self.world.functions[id];
        self.resolved(file, function.returns.as_ref()?)
    }

    /// Each argument is asked to be what the parameter is.
    pub(super) fn arguments<'e>(
        &mut self,
        functions: &[FnId],
        args: impl Iterator<Item = &'e Expr>,
        skip: usize,
    ) {
        for (index, arg) in args.enumerate() {
            let want = functions.first().and_then(|&id| {
                let (file, function) = self.world.functions[id];
                let (_, ty) = function.params.get(index + skip)?;
                self.resolved(file, ty)
            });
            // One letter is a type parameter: whatever it gets.
            let want = want.filter(|ty| ty.peeled().name().len() != 1 || ty.peeled().name() == "&");
            self.expr(arg, want.as_ref());
        }
    }
}
