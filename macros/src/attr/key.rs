//! The keys of the grammar: their names, what each takes, and how its value is read and refused.

use std::time::Duration;

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream, Result};
use syn::{Error, ExprPath, Ident, LitInt, LitStr, Path, Token, token};

use super::Residue;
use crate::{duration, suggest};

/// A key of the grammar, as far as messages need to know it.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// What the key takes; `None` for a flag.
    takes: Option<&'static str>,
    pub(super) example: &'static str,
}

const fn key(name: &'static str, takes: &'static str, example: &'static str) -> Key {
    Key {
        name,
        takes: Some(takes),
        example,
    }
}

const fn flag(name: &'static str) -> Key {
    Key {
        name,
        takes: None,
        example: name,
    }
}

const FUNCTION: &str = "the path of a function";
const FIELD: &str = "the name of another `#[map]` field";

pub(super) static MAP_KEYS: [Key; 14] = [
    key("on_remove", FUNCTION, "on_remove = release_stock"),
    key("hooks", "a type", "hooks = ReleaseStock"),
    key("guard", FUNCTION, "guard = may_remove"),
    key(
        "residue",
        "`allow`, `deny` or the path of a function",
        "residue = deny",
    ),
    key(
        "max_len",
        "a whole number greater than zero",
        "max_len = 10_000",
    ),
    key("max_age", "a duration in quotes", "max_age = \"15m\""),
    flag("empty_on_drop"),
    key("growth", "`allow`", "growth = allow"),
    key("follows", FIELD, "follows = orders"),
    key("subset_of", FIELD, "subset_of = orders"),
    flag("watch"),
    flag("show_keys"),
    key("name", "a text in quotes", "name = \"Shop.orders\""),
    flag("deep"),
];

pub(super) static TRACKED_KEYS: [Key; 2] = [
    key("crate", "a path", "crate = my_crate::mapkeeper"),
    flag("check_on_drop"),
];

/// Those for an item that is itself a map.
pub(super) fn tracked_keys_of_a_map() -> impl Iterator<Item = &'static Key> + Clone {
    TRACKED_KEYS.iter().filter(|key| key.takes.is_some())
}

/// Words that are no typos of a key and mean one all the same.
const SYNONYMS: [(&str, &str); 8] = [
    ("capacity", "max_len"),
    ("limit", "max_len"),
    ("max_size", "max_len"),
    ("ttl", "max_age"),
    ("timeout", "max_age"),
    ("expires", "max_age"),
    ("hook", "on_remove"),
    ("drop", "on_remove"),
];

pub(super) fn find<'a>(keys: &'a [Key], name: &Ident) -> Option<&'a Key> {
    keys.iter().find(|key| name == key.name)
}

/// The keys that make sense for a map without others beside it.
pub(super) fn keys_of_one_map() -> impl Iterator<Item = &'static Key> + Clone {
    MAP_KEYS.iter().filter(|key| key.takes != Some(FIELD))
}

pub(super) fn unknown<'a>(
    attribute: &str,
    keys: impl IntoIterator<Item = &'a Key, IntoIter: Clone>,
    name: &Ident,
) -> Error {
    let text = name.to_string();
    let keys = keys.into_iter();
    let names = || keys.clone().map(|key| key.name);
    let synonym = SYNONYMS
        .iter()
        .find(|(word, meant)| *word == text && names().any(|name| name == *meant))
        .map(|(_, meant)| *meant);
    let meant = match suggest::closest(&text, names()).or(synonym) {
        Some(meant) => format!(", did you mean `{meant}`?"),
        None => ":".to_owned(),
    };
    let all = suggest::list(names());
    Error::new(
        name.span(),
        format!("unknown key `{text}`{meant} {attribute} takes {all}"),
    )
}

impl Key {
    /// Reads the `=` of a key that takes a value, and refuses it for a flag.
    pub(super) fn separator(&self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        let Key { name, example, .. } = self;
        let ends = input.is_empty() || input.peek(Token![,]);
        match self.takes {
            None if ends => Ok(()),
            None if *name == "deep" => Err(input.error(
                "`deep` stands alone or with the keys of the inner maps: write `deep` or `deep(max_len = 10_000)`",
            )),
            None if input.peek(Token![=]) || input.peek(token::Paren) => Err(input.error(format!(
                "`{name}` is a flag and takes no value: write `{name}`, or leave it out to switch it off"
            ))),
            None => Ok(()),
            Some(takes) if ends => Err(Error::new(
                key.span(),
                format!("`{name}` needs a value, {takes}: write `{example}`"),
            )),
            Some(_) if input.peek(Token![=]) => {
                input.parse::<Token![=]>()?;
                if input.is_empty() || input.peek(Token![,]) {
                    return Err(self.refuse(key.span()));
                }
                Ok(())
            }
            Some(_) => Err(input.error(format!(
                "`{name}` is followed by `=` and its value: write `{example}`"
            ))),
        }
    }

    pub(super) fn refuse(&self, at: Span) -> Error {
        let takes = self.takes.unwrap_or("no value");
        Error::new(
            at,
            format!("`{}` takes {takes}: write `{}`", self.name, self.example),
        )
    }

    /// The message for a text where a path, a type or a name belongs.
    pub(super) fn quoted(&self, input: ParseStream<'_>) -> Error {
        let example = match input.fork().parse::<LitStr>() {
            Ok(text) if syn::parse_str::<Path>(&text.value()).is_ok() => text.value(),
            _ => return self.refuse(input.span()),
        };
        input.error(format!(
            "`{0}` is written without quotes: write `{0} = {example}`",
            self.name
        ))
    }

    pub(super) fn value<T: Parse>(&self, input: ParseStream<'_>) -> Result<T> {
        if input.peek(LitStr) {
            return Err(self.quoted(input));
        }
        let at = input.span();
        input.parse().map_err(|_| self.refuse(at))
    }

    pub(super) fn function(&self, input: ParseStream<'_>) -> Result<ExprPath> {
        if input.peek(Token![|]) || input.peek(Token![||]) || input.peek(Token![move]) {
            return Err(input.error(format!(
                "`{0}` takes {FUNCTION} and no closure: move the closure into a `fn` and name it, `{1}`",
                self.name, self.example
            )));
        }
        let path: ExprPath = self.value(input)?;
        if input.peek(token::Paren) {
            return Err(input.error(format!(
                "`{}` names the function and does not call it: leave out the parentheses",
                self.name
            )));
        }
        Ok(path)
    }

    pub(super) fn residue(&self, input: ParseStream<'_>) -> Result<Residue> {
        let path = self.function(input)?;
        let Some(word) = path.path.get_ident().filter(|_| path.qself.is_none()) else {
            return Ok(Residue::Test(path));
        };
        match word.to_string().as_str() {
            "allow" => Ok(Residue::Allow),
            "deny" => Ok(Residue::Deny),
            "report" => Err(Error::new(
                word.span(),
                "vacant values are reported by default: leave `residue` out",
            )),
            text => match ["allow", "deny"]
                .iter()
                .find(|policy| policy.eq_ignore_ascii_case(text))
            {
                Some(meant) => Err(Error::new(
                    word.span(),
                    format!(
                        "unknown residue policy `{text}`, did you mean `{meant}`? `residue` takes `allow`, `deny` or the path of a function"
                    ),
                )),
                None => Ok(Residue::Test(path)),
            },
        }
    }

    /// Reads the one word that the key takes.
    pub(super) fn allow(&self, input: ParseStream<'_>) -> Result<()> {
        let word: Ident = self.value(input)?;
        if word == "allow" {
            Ok(())
        } else {
            Err(self.refuse(word.span()))
        }
    }

    pub(super) fn count(&self, input: ParseStream<'_>) -> Result<usize> {
        let literal: LitInt = self.value(input)?;
        match literal.base10_parse() {
            Ok(0) => Err(Error::new(
                literal.span(),
                "`max_len = 0` leaves no room for any entry: give the largest number of entries that is right, or leave `max_len` out",
            )),
            Ok(count) => Ok(count),
            Err(_) => Err(self.refuse(literal.span())),
        }
    }

    fn text_literal(&self, input: ParseStream<'_>) -> Result<LitStr> {
        let at = input.span();
        input.parse().map_err(|_| self.refuse(at))
    }

    pub(super) fn duration(&self, input: ParseStream<'_>) -> Result<Duration> {
        let literal = self.text_literal(input)?;
        duration::parse(&literal.value()).map_err(|message| Error::new(literal.span(), message))
    }

    pub(super) fn text(&self, input: ParseStream<'_>) -> Result<String> {
        let literal = self.text_literal(input)?;
        let text = literal.value();
        if text.trim().is_empty() {
            return Err(self.refuse(literal.span()));
        }
        Ok(text)
    }
}
