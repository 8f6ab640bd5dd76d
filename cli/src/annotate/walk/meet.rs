//! Where a value meets a type: what has to be written there if one of them is a tracked map, and what nobody but a person can know.

use std::ops::Range;

use syn::Expr;

use super::{ByHand, Seed, Walk, methods, shape};
use crate::{
    annotate::marks,
    scan::{lower::types as lowered, types::Type},
};

/// Types of std's and the crates' that belong to a map of theirs.
const PARTS: [&str; 17] = [
    "Iter",
    "IterMut",
    "IntoIter",
    "Keys",
    "Values",
    "ValuesMut",
    "IntoKeys",
    "IntoValues",
    "Drain",
    "Entry",
    "OccupiedEntry",
    "VacantEntry",
    "Range",
    "Ref",
    "RefMut",
    "RefMulti",
    "RefMutMulti",
];

impl Walk<'_> {
    /// `found` is given where `want` is asked for.
    pub(super) fn meet(
        &mut self,
        at: Range<usize>,
        expr: Option<&Expr>,
        found: Option<Type>,
        want: &Type,
    ) {
        let wanted = marks::keeper(want.peeled()).map(str::to_owned);
        let wanted = wanted.filter(|of| self.sites.contains_key(of));
        let given = found
            .as_ref()
            .and_then(|found| marks::keeper(found.peeled()));
        let given = given
            .map(str::to_owned)
            .filter(|of| self.sites.contains_key(of));
        match (wanted, given, found) {
            (None, None, Some(found)) => self.meet_part(at, &found, want),
            (None, None, None) => {}
            (Some(wanted), Some(given), _) if wanted == given => {}
            (Some(wanted), Some(given), _) => {
                self.passed_on(at, &wanted, None, Some(given.clone()), format!(
                    "the map of `{given}` gets into `{wanted}`, and tracked maps of two fields have two types: give the map's type a name under `#[mapkeeper::tracked]` (`type Name = …;`), and both fields that name"
                ));
            }
            (Some(wanted), None, None) => {
                let made = expr.and_then(shape::constructor);
                let made = made.map(|(path, _)| lowered::names(path));
                let is_fine = expr.is_some_and(shape::is_inferred)
                    || self.is_inferred_local(expr)
                    || made.is_some_and(|names| self.is_mapkeepers(&names));
                if !is_fine {
                    self.by_hand(at, &wanted, format!(
                        "nobody can tell from these sources of which type what gets into `{wanted}` is: if it is a map, append `.into()`"
                    ));
                }
            }
            (Some(wanted), None, Some(found)) => self.goes_in(at, expr, &found, want, &wanted),
            (None, Some(given), Some(found)) => self.comes_out(at, expr, &found, want, &given),
            (None, Some(_), None) => {}
        }
    }

    fn goes_in(
        &mut self,
        at: Range<usize>,
        expr: Option<&Expr>,
        found: &Type,
        want: &Type,
        site: &str,
    ) {
        if marks::map_of(found).is_some() && marks::keeper(want).is_some() {
            self.convert(at, expr, site);
            return;
        }
        let alias = self.sites[site]
            .alias
            .is_some()
            .then(|| self.alias_of(site));
        if let Some(local) = expr.and_then(shape::local_of)
            && let Some((seeds, annotation)) = self.planted(&local, alias.is_some())
        {
            for seed in seeds {
                match &alias {
                    Some(alias) => self.edited.replace(seed.path, format!("{alias}::")),
                    None => self.edited.insert(seed.end, ".into()"),
                }
            }
            if let Some(annotation) = annotation {
                self.edited
                    .replace(annotation, alias.unwrap_or_else(|| "_".to_owned()));
            }
            self.has_tracked(&local, want);
            return;
        }
        if let (Some(alias), Some(Expr::Reference(of))) = (&alias, expr)
            && let Some(seeds) = self.seeds(&of.expr)
        {
            for seed in seeds {
                self.edited.replace(seed.path, format!("{alias}::"));
            }
            return;
        }
        if marks::map_of(found.peeled()).is_some() {
            let place = marks::place(found.peeled());
            self.passed_on(at, site, place, None, format!(
                "a map that was made elsewhere, inside of another type, gets into `{site}`: make it there by `HashMap::new().into()` or the like, or give its type a name under `#[mapkeeper::tracked]` (`type Name = …;`)"
            ));
            return;
        }
        if !expr.is_some_and(shape::is_inferred) {
            self.by_hand(at, site, format!(
                "nobody can tell from these sources of which type what gets into `{site}` is: if it is a map, append `.into()`"
            ));
        }
    }

    fn comes_out(
        &mut self,
        at: Range<usize>,
        expr: Option<&Expr>,
        found: &Type,
        want: &Type,
        site: &str,
    ) {
        if marks::map_of(want.peeled()).is_none() {
            return;
        }
        if marks::keeper(found).is_some() && marks::map_of(want).is_some() {
            self.convert(at, expr, site);
            return;
        }
        let place = marks::place(want.peeled());
        self.passed_on(at, site, place, None, format!(
            "the map of `{site}` is handed to what names the type of a plain map: give the map's type a name under `#[mapkeeper::tracked]` (`type Name = …;`), and name it in the field, and there"
        ));
    }

    /// Iterators, entries and guards have types of their own.
    fn meet_part(&mut self, at: Range<usize>, found: &Type, want: &Type) {
        let Some(map) = methods::part_of(found) else {
            return;
        };
        let Some(site) = marks::keeper(map).filter(|of| self.sites.contains_key(*of)) else {
            return;
        };
        let mut named = None;
        want.each(&mut |of| {
            if PARTS.contains(&of.name()) {
                named = Some(of.name().to_owned());
            }
        });
        if let Some(named) = named {
            let module = self.sites[site].kind.module;
            let site = site.to_owned();
            self.by_hand(at, &site, format!(
                "this is named as a `{named}` of a plain map: name `{module}`'s of that name there"
            ));
        }
    }

    /// A map becomes the other by value.
    fn convert(&mut self, at: Range<usize>, expr: Option<&Expr>, site: &str) {
        let of = &self.sites[site];
        if let Some(expr) = expr
            && let Some((path, method)) = shape::constructor(expr)
            && (self.is_const || of.is_generic)
        {
            let is_made = matches!(
                method.as_str(),
                "new" | "with_capacity" | "default" | "with_hasher" | "with_capacity_and_hasher"
            );
            if is_made {
                let start = self.range(path).start;
                let end = path
                    .segments
                    .last()
                    .map_or(start, |last| self.range(&last.ident).start);
                let tracked = match of.alias {
                    Some(_) => self.alias_of(site),
                    None => of.kind.tracked.to_owned(),
                };
                self.edited.replace(start..end, format!("{tracked}::"));
                return;
            }
        }
        if self.is_const {
            self.by_hand(at, site, format!(
                "`.into()` cannot be called in a constant, and a map gets into `{site}` here: make it by one of mapkeeper's constructors"
            ));
            return;
        }
        let needs_parens = expr.is_some_and(|expr| {
            matches!(
                expr,
                Expr::Unary(_)
                    | Expr::Reference(_)
                    | Expr::Cast(_)
                    | Expr::Binary(_)
                    | Expr::Range(_)
                    | Expr::Closure(_)
            )
        });
        match needs_parens {
            true => {
                self.edited.insert(at.start, "(");
                self.edited.insert(at.end, ").into()");
            }
            false => self.edited.insert(at.end, ".into()"),
        }
    }

    pub(in crate::annotate) fn by_hand(&mut self, at: Range<usize>, site: &str, sentence: String) {
        self.passed_on(at, site, None, None, sentence);
    }

    /// The same, where a name for the type in that place, or of that other map, would help.
    pub(in crate::annotate) fn passed_on(
        &mut self,
        at: Range<usize>,
        site: &str,
        place: Option<usize>,
        other: Option<String>,
        sentence: String,
    ) {
        let before = &self.edited.text[..at.start.min(self.edited.text.len())];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let one = ByHand {
            path: self.world.files[self.file].path.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            sentence,
            site: site.to_owned(),
            place,
            other,
        };
        if !self.by_hand.contains(&one) {
            self.by_hand.push(one);
        }
    }

    fn is_inferred_local(&self, expr: Option<&Expr>) -> bool {
        let local = expr.and_then(shape::local_of);
        local
            .and_then(|of| self.local(&of))
            .is_some_and(|of| of.is_inferred)
    }

    /// The maps that are made for a local, if nothing has needed their type so far or that is to have a name; and where
    /// its type is written.
    fn planted(&self, name: &str, is_named: bool) -> Option<(Vec<Seed>, Option<Range<usize>>)> {
        let mut local = self.local(name)?;
        for _ in 0..8 {
            if local.is_used && !is_named {
                return None;
            }
            if !local.seeds.is_empty() || local.is_inferred && local.annotation.is_some() {
                return Some((local.seeds.clone(), local.annotation.clone()));
            }
            local = self.local(local.same_as.as_deref()?)?;
        }
        None
    }

    /// From here on it is known.
    fn has_tracked(&mut self, name: &str, want: &Type) {
        let mut name = name.to_owned();
        for _ in 0..8 {
            let Some(local) = self.local_mut(&name) else {
                return;
            };
            local.ty = Some(want.clone());
            local.seeds.clear();
            match local.same_as.clone() {
                Some(next) => name = next,
                None => return,
            }
        }
    }
}
