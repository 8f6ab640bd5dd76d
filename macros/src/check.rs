//! Judges the model as a whole: what one field says about another, and what a struct must offer to be tracked.
//!
//! It reads the model and adds to the [`Ctxt`]; it changes nothing.

use proc_macro2::Span;
use syn::Member;

use crate::attr::Keyed;
use crate::ctxt::Ctxt;
use crate::model::{FieldModel, MapField, Model, is_tracked, member_name};
use crate::suggest;

pub(crate) fn check(ctxt: &Ctxt, model: &Model) {
    struct_attributes(ctxt, model);
    has_maps(ctxt, model);
    for (field, map) in model.maps() {
        one_hook(ctxt, map);
        if let Some(other) = &map.attr.follows {
            relation(ctxt, model, field, "follows", other);
        }
        if let Some(other) = &map.attr.subset_of {
            relation(ctxt, model, field, "subset_of", other);
        }
    }
    names_differ(ctxt, model);
}

fn struct_attributes(ctxt: &Ctxt, model: &Model) {
    for attr in &model.item.attrs {
        if is_tracked(attr.path()) {
            ctxt.error_spanned_by(
                attr,
                "`#[tracked]` is already on this struct: remove one of the two",
            );
        } else if attr.path().is_ident("map") {
            ctxt.error_spanned_by(
                attr,
                "`#[map]` goes on a field: move it to each map of the struct",
            );
        } else if attr.path().is_ident("repr") {
            let _ = attr.parse_nested_meta(|meta| {
                if meta.path.is_ident("packed") {
                    ctxt.error_spanned_by(
                        &meta.path,
                        "a packed struct cannot be tracked, because its maps cannot be borrowed: remove `packed`",
                    );
                }
                // `align(8)` and the like: step over the arguments.
                if meta.input.peek(syn::token::Paren) {
                    meta.input.parse::<proc_macro2::Group>()?;
                }
                Ok(())
            });
        }
    }
}

fn has_maps(ctxt: &Ctxt, model: &Model) {
    let ident = &model.item.ident;
    if model.fields.is_empty() {
        ctxt.error_spanned_by(
            ident,
            format!("`{ident}` has no fields to track: give it a map under `#[map]`, or remove `#[tracked]`"),
        );
    } else if model.maps().next().is_none() {
        ctxt.error_spanned_by(
            ident,
            format!("`{ident}` has no `#[map]` field: put `#[map]` on each map to track, or remove `#[tracked]`"),
        );
    }
}

fn one_hook(ctxt: &Ctxt, map: &MapField) {
    if let (Some(_), Some(hooks)) = (&map.attr.on_remove, &map.attr.hooks) {
        ctxt.error_at(
            hooks.key,
            "`on_remove` and `hooks` both run on removal: use one of them, `hooks` if the hook keeps state",
        );
    }
}

/// `follows` and `subset_of` name another `#[map]` field of the struct.
fn relation(ctxt: &Ctxt, model: &Model, field: &FieldModel, key: &str, other: &Keyed<Member>) {
    let name = member_name(&other.value);
    if name == field.name() {
        ctxt.error_spanned_by(
            &other.value,
            format!(
                "`{key} = {name}` names the field itself: name another `#[map]` field{}",
                others(model, field)
            ),
        );
        return;
    }
    let named = || model.fields.iter().filter(|field| field.name() == name);
    if named().any(|field| field.map.is_some()) {
        return;
    }
    match named().next() {
        Some(_) => ctxt.error_spanned_by(
            &other.value,
            format!(
                "`{name}` is not tracked: put `#[map]` on `{name}`, or name a field that has it{}",
                others(model, field)
            ),
        ),
        None => {
            let fields: Vec<String> = candidates(model, field).collect();
            // One index is as close to another as any.
            let named = matches!(other.value, Member::Named(_));
            let meant =
                suggest::closest(&name, fields.iter().map(String::as_str)).filter(|_| named);
            let fix = match meant {
                Some(meant) => format!(", did you mean `{meant}`?"),
                None => format!(
                    ": `{key}` names another `#[map]` field{}",
                    others(model, field)
                ),
            };
            ctxt.error_spanned_by(
                &other.value,
                format!("`{}` has no field `{name}`{fix}", model.item.ident),
            );
        }
    }
}

fn candidates<'a>(model: &'a Model, field: &'a FieldModel) -> impl Iterator<Item = String> + 'a {
    model
        .maps()
        .map(|(other, _)| other.name())
        .filter(|name| *name != field.name())
}

/// `, such as …` with the fields that could have been named; empty if there are none.
fn others(model: &Model, field: &FieldModel) -> String {
    let names: Vec<String> = candidates(model, field).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(", here {}", suggest::list(names.iter().map(String::as_str)))
}

/// Two sites of one struct under one name could not be told apart in a report.
fn names_differ(ctxt: &Ctxt, model: &Model) {
    let mut seen: Vec<(&str, bool)> = Vec::new();
    for (field, map) in model.maps() {
        let conditional = field.is_conditional();
        let clashes = seen
            .iter()
            .any(|(name, other)| *name == map.name && !(conditional && *other));
        let given = map.attr.name.as_ref().map(|name| name.key);
        if clashes {
            ctxt.error_at(
                given.unwrap_or(field.span),
                format!("two maps are named {:?}: give each its own name", map.name),
            );
        }
        seen.push((&map.name, conditional));
    }
}

/// What `#[tracked]` says on anything but a struct.
pub(crate) fn not_a_struct(ctxt: &Ctxt, at: Span, found: &str) {
    ctxt.error_at(
        at,
        format!("`#[tracked]` goes on a struct and this is {found}: move the maps into a struct of their own"),
    );
}
