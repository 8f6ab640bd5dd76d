//! Reads `#[map(…)]` and `#[tracked(…)]` into values that keep the span of their key.
//!
//! A mistake is added to the [`Ctxt`] and reading goes on behind the next comma, so every mistake of a list is found. What
//! needs a second field to judge is left to `check`.

use std::time::Duration;

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Result};
use syn::{
    Attribute, Error, ExprPath, Ident, LitStr, MacroDelimiter, Member, Meta, Path, Token, Type,
    token,
};

use self::key::{MAP_KEYS, TRACKED_KEYS, find, keys_of_one_map, tracked_keys_of_a_map, unknown};
use crate::ctxt::Ctxt;

mod key;

/// A value together with the span of the key it was given to.
pub(crate) struct Keyed<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
}

/// What `residue = …` says about vacant values.
pub(crate) enum Residue {
    Allow,
    Deny,
    /// A function that tells whether a value is vacant.
    Test(ExprPath),
}

/// All that one `#[map(…)]` declares.
#[derive(Default)]
pub(crate) struct MapAttr {
    pub(crate) on_remove: Option<Keyed<ExprPath>>,
    pub(crate) hooks: Option<Keyed<Type>>,
    pub(crate) guard: Option<Keyed<ExprPath>>,
    pub(crate) residue: Option<Keyed<Residue>>,
    pub(crate) max_len: Option<Keyed<usize>>,
    pub(crate) max_age: Option<Keyed<Duration>>,
    pub(crate) empty_on_drop: Option<Keyed<()>>,
    pub(crate) growth: Option<Keyed<()>>,
    pub(crate) follows: Option<Keyed<Member>>,
    pub(crate) subset_of: Option<Keyed<Member>>,
    pub(crate) watch: Option<Keyed<()>>,
    pub(crate) show_keys: Option<Keyed<()>>,
    pub(crate) name: Option<Keyed<String>>,
    /// What is declared about the maps that are its values.
    pub(crate) deep: Option<Keyed<Box<MapAttr>>>,
}

/// All that `#[tracked(…)]` declares.
#[derive(Default)]
pub(crate) struct TrackedAttr {
    /// Where the crate `mapkeeper` is found; `None` stands for `::mapkeeper`.
    pub(crate) krate: Option<Path>,
    /// Whether the item checks its maps when it goes.
    pub(crate) check_on_drop: bool,
    /// What is declared about the one map of an item that is itself a map.
    pub(crate) map: MapAttr,
}

impl MapAttr {
    /// Reads the attribute `#[map]`, `#[map()]` or `#[map(…)]`.
    pub(crate) fn read(ctxt: &Ctxt, attr: &Attribute) -> Self {
        let mut map = MapAttr::default();
        match &attr.meta {
            Meta::Path(_) => {}
            Meta::List(list) if matches!(list.delimiter, MacroDelimiter::Paren(_)) => {
                let read = list.parse_args_with(|input: ParseStream<'_>| {
                    entries(ctxt, input, |key, input| map.entry(ctxt, key, input))
                });
                if let Err(error) = read {
                    ctxt.push(error);
                }
            }
            meta => ctxt.error_spanned_by(
                meta,
                "`#[map]` takes its keys in parentheses: write `#[map]` or `#[map(max_age = \"15m\")]`",
            ),
        }
        map
    }

    /// Reads the parentheses behind `deep`.
    fn inner(ctxt: &Ctxt, input: ParseStream<'_>) -> Result<Self> {
        let keys;
        syn::parenthesized!(keys in input);
        let mut map = MapAttr::default();
        entries(ctxt, &keys, |key, input| match find(&MAP_KEYS, key) {
            Some(_) => map.entry(ctxt, key, input),
            None => Err(unknown("`deep(…)`", keys_of_one_map(), key)),
        })?;
        Ok(map)
    }

    fn entry(&mut self, ctxt: &Ctxt, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        let Some(known) = find(&MAP_KEYS, key) else {
            return Err(unknown("`#[map]`", &MAP_KEYS, key));
        };
        let at = key.span();
        if known.name == "deep" && input.peek(token::Paren) {
            fill(&mut self.deep, at, Box::new(MapAttr::inner(ctxt, input)?));
            return Ok(());
        }
        known.separator(key, input)?;
        match known.name {
            "on_remove" => fill(&mut self.on_remove, at, known.function(input)?),
            "hooks" => fill(&mut self.hooks, at, known.value(input)?),
            "guard" => fill(&mut self.guard, at, known.function(input)?),
            "residue" => fill(&mut self.residue, at, known.residue(input)?),
            "max_len" => fill(&mut self.max_len, at, known.count(input)?),
            "max_age" => fill(&mut self.max_age, at, known.duration(input)?),
            "empty_on_drop" => fill(&mut self.empty_on_drop, at, ()),
            "growth" => {
                known.allow(input)?;
                fill(&mut self.growth, at, ());
            }
            "follows" => fill(&mut self.follows, at, known.value(input)?),
            "subset_of" => fill(&mut self.subset_of, at, known.value(input)?),
            "watch" => fill(&mut self.watch, at, ()),
            "show_keys" => fill(&mut self.show_keys, at, ()),
            "name" => fill(&mut self.name, at, known.text(input)?),
            "deep" => fill(&mut self.deep, at, Box::default()),
            other => ctxt.error_at(at, format!("the key `{other}` is listed and not read")),
        }
        Ok(())
    }
}

impl TrackedAttr {
    /// Reads what stands between the parentheses of `#[tracked(…)]`; the keys of `#[map(…)]` too, where the item is the map.
    pub(crate) fn read(ctxt: &Ctxt, input: ParseStream<'_>, is_map: bool) -> Result<Self> {
        let mut tracked = TrackedAttr::default();
        entries(ctxt, input, |key, input| {
            if let Some(known) = find(&TRACKED_KEYS, key) {
                known.separator(key, input)?;
                if known.name == "check_on_drop" {
                    if is_map {
                        return Err(Error::new(
                            key.span(),
                            "`check_on_drop` is for structs and enums, whose maps are compared when they go: leave it out",
                        ));
                    }
                    tracked.check_on_drop = true;
                    return Ok(());
                }
                if input.peek(LitStr) {
                    return Err(known.quoted(input));
                }
                let path =
                    Path::parse_mod_style(input).map_err(|error| known.refuse(error.span()))?;
                tracked.krate = Some(path);
                return Ok(());
            }
            match find(&MAP_KEYS, key) {
                Some(_) if is_map => tracked.map.entry(ctxt, key, input),
                Some(misplaced) => Err(Error::new(
                    key.span(),
                    format!(
                        "`{key}` is declared per map: move it to the field, `#[map({})]`",
                        misplaced.example
                    ),
                )),
                None if is_map => Err(unknown(
                    "`#[tracked]`",
                    tracked_keys_of_a_map().chain(keys_of_one_map()),
                    key,
                )),
                None => Err(unknown("`#[tracked]`", &TRACKED_KEYS, key)),
            }
        })?;
        Ok(tracked)
    }
}

/// Reads `key`, `key = value` and so on until the input ends; what is wrong with an entry ends that entry alone.
fn entries(
    ctxt: &Ctxt,
    input: ParseStream<'_>,
    mut entry: impl FnMut(&Ident, ParseStream<'_>) -> Result<()>,
) -> Result<()> {
    let mut seen: Vec<Ident> = Vec::new();
    while !input.is_empty() {
        let read = key_name(input).and_then(|key| {
            if seen.contains(&key) {
                ctxt.error_at(
                    key.span(),
                    format!("`{key}` is given twice: keep one of them"),
                );
            }
            seen.push(key.clone());
            entry(&key, input)?;
            if input.is_empty() || input.peek(Token![,]) {
                return Ok(());
            }
            Err(input.error("expected a comma here: keys are separated by commas"))
        });
        if let Err(error) = read {
            ctxt.push(error);
            skip_entry(input)?;
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

fn key_name(input: ParseStream<'_>) -> Result<Ident> {
    input
        .call(Ident::parse_any)
        .map_err(|error| Error::new(error.span(), "expected a key, such as `max_age = \"15m\"`"))
}

/// Moves to the comma behind which the next entry starts. A comma inside `<…>` is followed by neither `key =` nor a flag.
fn skip_entry(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() {
        if input.peek(Token![,]) {
            let ahead = input.fork();
            ahead.parse::<Token![,]>()?;
            let starts = match ahead.call(Ident::parse_any) {
                Ok(key) => ahead.peek(Token![=]) || find(&MAP_KEYS, &key).is_some(),
                Err(_) => ahead.is_empty(),
            };
            if starts {
                return Ok(());
            }
        }
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn fill<T>(slot: &mut Option<Keyed<T>>, key: Span, value: T) {
    *slot = Some(Keyed { key, value });
}
