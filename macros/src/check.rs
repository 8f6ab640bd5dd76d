//! Judges the model as a whole: what one field says about another, and what an item must offer to be tracked.
//!
//! It reads the model and adds to the [`Ctxt`]; it changes nothing.

use std::iter;

use proc_macro2::Span;
use syn::{Attribute, Item, Member};

use crate::attr::Keyed;
use crate::ctxt::Ctxt;
use crate::model::{FieldModel, MapField, Model, is_tracked, member_name};
use crate::suggest;

pub(crate) fn check(ctxt: &Ctxt, model: &Model) {
    item_attributes(ctxt, model);
    if !model.kind.is_map() {
        has_maps(ctxt, model);
    }
    for (field, map) in model.maps() {
        one_hook(ctxt, map);
        inner_maps(ctxt, map);
        if let Some(other) = &map.attr.follows {
            relation(ctxt, model, field, "follows", other);
        }
        if let Some(other) = &map.attr.subset_of {
            relation(ctxt, model, field, "subset_of", other);
        }
    }
    names_differ(ctxt, model);
}

fn item_attributes(ctxt: &Ctxt, model: &Model) {
    let noun = model.kind.noun();
    let (attrs, variants): (&[Attribute], _) = match &model.item {
        Item::Struct(item) => (&item.attrs, None),
        Item::Enum(item) => (&item.attrs, Some(&item.variants)),
        Item::Type(item) => (&item.attrs, None),
        Item::Static(item) => (&item.attrs, None),
        _ => (&[], None),
    };
    for attr in attrs {
        if is_tracked(attr.path()) {
            ctxt.error_spanned_by(
                attr,
                format!("`#[tracked]` is already on this {noun}: remove one of the two"),
            );
        } else if attr.path().is_ident("map") && model.kind.is_map() {
            ctxt.error_spanned_by(
                attr,
                format!("`#[map]` goes on a field: on a {noun} its keys stand in `#[tracked(…)]`"),
            );
        } else if attr.path().is_ident("map") {
            ctxt.error_spanned_by(
                attr,
                format!("`#[map]` goes on a field: move it to each map of the {noun}"),
            );
        } else if attr.path().is_ident("repr") {
            unpacked(ctxt, attr);
        }
    }
    for variant in variants.into_iter().flatten() {
        for attr in variant
            .attrs
            .iter()
            .filter(|attr| attr.path().is_ident("map"))
        {
            ctxt.error_spanned_by(
                attr,
                format!(
                    "`#[map]` goes on a field: move it to each map inside `{}`",
                    variant.ident
                ),
            );
        }
    }
}

fn unpacked(ctxt: &Ctxt, repr: &Attribute) {
    let _ = repr.parse_nested_meta(|meta| {
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

fn has_maps(ctxt: &Ctxt, model: &Model) {
    let ident = &model.ident;
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

/// The maps in a map's values have none beside them.
fn inner_maps(ctxt: &Ctxt, map: &MapField) {
    let Some(inner) = &map.deep else { return };
    one_hook(ctxt, inner);
    let relations = [
        ("follows", &inner.attr.follows),
        ("subset_of", &inner.attr.subset_of),
    ];
    for (key, other) in relations {
        if let Some(other) = other {
            ctxt.error_at(
                other.key,
                format!("`{key}` compares two maps of one struct, and `deep` has many: leave `{key}` out"),
            );
        }
    }
    inner_maps(ctxt, inner);
}

/// `follows` and `subset_of` name another `#[map]` field of the struct or the variant.
fn relation(ctxt: &Ctxt, model: &Model, field: &FieldModel, key: &str, other: &Keyed<Member>) {
    if model.kind.is_map() {
        ctxt.error_at(
            other.key,
            format!(
                "`{key}` compares two maps of one struct, and this is a {}: put both maps into a struct, or leave `{key}` out",
                model.kind.noun()
            ),
        );
        return;
    }
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
    let named = || model.beside(field).filter(|field| field.name() == name);
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
                format!("`{}` has no field `{name}`{fix}", model.owner(field)),
            );
        }
    }
}

fn candidates<'a>(model: &'a Model, field: &'a FieldModel) -> impl Iterator<Item = String> + 'a {
    model
        .maps_beside(field)
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

/// Two sites of one item under one name could not be told apart in a report.
fn names_differ(ctxt: &Ctxt, model: &Model) {
    let mut seen: Vec<(&str, bool)> = Vec::new();
    for (field, map) in model.maps() {
        let conditional = field.is_conditional();
        for map in iter::successors(Some(map), |map| map.deep.as_deref()) {
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
}

/// What `#[tracked]` says on an item that it cannot track.
pub(crate) fn not_trackable(ctxt: &Ctxt, at: Span, found: &str, is_constant: bool) {
    let fix = if is_constant {
        // What `thread_local!` makes of a static.
        "write `static`, or in `thread_local!` give the map's type a name and track that, `#[tracked] type Sessions = …`"
    } else {
        "move the maps into one of those"
    };
    ctxt.error_at(
        at,
        format!("`#[tracked]` goes on a struct, an enum, a static or a type alias, and this is {found}: {fix}"),
    );
}
