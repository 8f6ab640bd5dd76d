//! Calls of methods: of these sources, of locks and cells that are given something, of maps.

use syn::Expr;

use super::{Walk, methods, shape};
use crate::{
    annotate::marks,
    scan::{types::Type, words},
};

impl Walk<'_> {
    pub(super) fn method(&mut self, of: &syn::ExprMethodCall) -> Option<Type> {
        let name = of.method.to_string();
        let on = self.expr(&of.receiver, None);
        if !matches!(&*name, "clone")
            && let Some(local) = shape::local_of(&of.receiver)
        {
            self.uses(&local);
        }
        let functions = match on.as_ref().and_then(Type::own) {
            Some(id)
                if on
                    .as_ref()
                    .is_some_and(|ty| methods::base(ty).own().is_some()) =>
            {
                self.world.methods(id, &name).to_vec()
            }
            _ => Vec::new(),
        };
        if !functions.is_empty() {
            self.arguments(&functions, of.args.iter(), 1);
            return self.returned(functions[0]);
        }
        self.foreign_trait(of, on.as_ref(), &name);
        let inner = on
            .as_ref()
            .map(methods::base)
            .and_then(Type::inner)
            .cloned();
        let base = on
            .as_ref()
            .map(|ty| methods::base(ty).name().to_owned())
            .unwrap_or_default();
        let wants = match (&*base, &*name, inner.clone()) {
            ("OnceLock" | "OnceCell", "set" | "get_or_init" | "get_or_try_init", inner) => inner,
            (
                "Option",
                "insert" | "replace" | "get_or_insert" | "get_or_insert_with" | "unwrap_or"
                | "unwrap_or_else",
                inner,
            ) => inner,
            ("RefCell" | "Cell", "replace" | "set", inner) => inner,
            ("Vec" | "VecDeque", "push" | "push_back" | "push_front", inner) => inner,
            ("ArcSwap", "store" | "swap", Some(inner)) => Some(Type::other("Arc", vec![inner])),
            // Channels, whoever made them: `Sender`, `SyncSender`, `UnboundedSender`.
            (sender, name, _) if sender.ends_with("Sender") && name.contains("send") => {
                let sender = on.as_ref().map(methods::base);
                sender.and_then(|ty| ty.args.first().cloned())
            }
            _ => None,
        };
        let params: Vec<Type> = match (&*base, on.as_ref().map(methods::base)) {
            ("#iter", Some(ty)) => ty.args.first().cloned().into_iter().collect(),
            ("Option" | "Result", _) => inner.into_iter().collect(),
            _ if words::opens(&name) || name == "with" => on
                .as_ref()
                .and_then(|ty| methods::base(ty).inner())
                .map(|ty| methods::reference(ty.clone()))
                .into_iter()
                .collect(),
            _ => Vec::new(),
        };
        for (index, arg) in of.args.iter().enumerate() {
            match (arg, &wants) {
                (Expr::Closure(closure), want) => self.closure(closure, &params, want.as_ref()),
                (arg, Some(want)) => self.asked(arg, &want.clone()),
                (arg, None) => {
                    let ty = self.expr(arg, None);
                    self.by_name(arg, on.as_ref(), ty.as_ref(), (&name, index, of.args.len()));
                    self.beside(arg, on.as_ref(), ty.as_ref(), &name);
                }
            }
        }
        // `collect::<HashMap<_, _>>()`.
        if let Some(turbofish) = &of.turbofish
            && matches!(&*name, "collect" | "try_collect" | "sum" | "into" | "parse")
        {
            return turbofish.args.iter().find_map(|arg| match arg {
                syn::GenericArgument::Type(of) => self.type_of(of),
                _ => None,
            });
        }
        methods::returns(&on?, &name, of.args.len())
    }

    /// A method of these sources on nobody knows what: by its name, if it takes a map.
    fn by_name(
        &mut self,
        arg: &Expr,
        on: Option<&Type>,
        given: Option<&Type>,
        (name, index, count): (&str, usize, usize),
    ) {
        let is_tracked = given.is_some_and(|ty| marks::keeper(ty.peeled()).is_some());
        let is_of_std = on.is_some_and(|ty| {
            let base = methods::base(ty);
            marks::map_of(base).is_some() || words::is_wrapper(base.name())
        });
        if !is_tracked || is_of_std {
            return;
        }
        let wants: Vec<Type> = self
            .world
            .by_name(name, count + 1)
            .filter(|&id| self.world.functions[id].1.receiver.is_some())
            .filter_map(|id| {
                let (file, function) = self.world.functions[id];
                self.resolved(file, &function.params.get(index + 1)?.1)
            })
            .filter(|ty| marks::map_of(ty.peeled()).is_some())
            .collect();
        for want in wants {
            self.meet(self.range(arg), Some(arg), given.cloned(), &want);
        }
    }

    fn uses(&mut self, name: &str) {
        let mut name = name.to_owned();
        for _ in 0..8 {
            let Some(local) = self.local_mut(&name) else {
                return;
            };
            local.is_used = true;
            match local.same_as.clone() {
                Some(next) => name = next,
                None => return,
            }
        }
    }

    /// A trait of these sources that plain maps implement, or one of a crate that knows std's maps alone.
    fn foreign_trait(&mut self, of: &syn::ExprMethodCall, on: Option<&Type>, name: &str) {
        let Some(site) = on.and_then(|ty| marks::keeper(methods::base(ty))) else {
            return;
        };
        if !self.sites.contains_key(site) {
            return;
        }
        let site = site.to_owned();
        let is_parallel = name.starts_with("par_") || name.starts_with("into_par_");
        let mut own = self
            .world
            .functions
            .iter()
            .filter(|(_, function)| function.name == name);
        let is_own = own.any(|(file, function)| {
            let owner = function
                .owner
                .as_ref()
                .and_then(|ty| self.resolved(*file, ty));
            owner.is_some_and(|ty| marks::map_of(&ty).is_some() && marks::keeper(&ty).is_none())
        });
        if is_parallel || is_own {
            self.by_hand(self.range(&of.method), &site, format!(
                "`{name}` is a method of a trait that tracked maps do not implement: implement it for them, or call it on an iterator or a copy"
            ));
        }
    }

    /// A plain map's method that takes another map of its own type.
    fn beside(&mut self, arg: &Expr, on: Option<&Type>, given: Option<&Type>, name: &str) {
        let (Some(on), Some(given)) = (on, given) else {
            return;
        };
        let takes_own = matches!(
            name,
            "union"
                | "intersection"
                | "difference"
                | "symmetric_difference"
                | "is_subset"
                | "is_superset"
                | "is_disjoint"
                | "append"
                | "clone_from"
                | "eq"
                | "ne"
                | "cmp"
                | "partial_cmp"
        );
        let (a, b) = (methods::base(on), methods::owned(given));
        let (Some((_, kind)), Some(_)) = (marks::map_of(a), marks::map_of(b)) else {
            return;
        };
        let (first, second) = (marks::keeper(a), marks::keeper(b));
        // A tracked set takes any other.
        let is_fine = first == second || first.is_some() && kind.is_set() && name != "append";
        if takes_own
            && !is_fine
            && let Some(site) = first.or(second).filter(|of| self.sites.contains_key(*of))
        {
            let site = site.to_owned();
            self.by_hand(self.range(arg), &site, format!(
                "`{name}` takes a map of the same type, and that of `{site}` has another one: go over its entries instead, or convert it"
            ));
        }
    }
}
