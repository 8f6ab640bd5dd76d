//! Which map a name means: `Struct.field`, `Enum::Variant.field`, a static's or an alias' name, with a file or a package before it.

use std::collections::BTreeSet;

use crate::{
    command::Failure,
    scan::{
        facts::FileFacts,
        types::{Head, Type},
        words::MapKind,
        world::{StaticId, TypeId, World},
    },
};

/// What is to be tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Target {
    Field(TypeId, usize),
    Static(StaticId),
    /// The alias of that index in that file.
    Alias(usize, usize),
}

/// It, where it is, and by which name it is known.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) target: Target,
    pub(super) file: usize,
    pub(super) name: String,
    pub(super) kind: Option<MapKind>,
}

/// Fields of a type, named as `scan` names them.
fn field_name(owner: &str, field: &str) -> String {
    match field.split_once('.') {
        Some((variant, local)) => format!("{owner}::{variant}.{local}"),
        None => format!("{owner}.{field}"),
    }
}

/// Everything that has a name, map or not.
pub(super) fn all(world: &World<'_>) -> Vec<Named> {
    let mut all = Vec::new();
    for (id, own) in world.types.iter().enumerate() {
        for (index, (field, ty)) in own.fact.fields.iter().zip(&own.fields).enumerate() {
            all.push(Named {
                target: Target::Field(id, index),
                file: own.file,
                name: field_name(&own.fact.name, &field.name),
                kind: kind(ty),
            });
        }
    }
    for (id, (file, fact)) in world.statics.iter().enumerate() {
        all.push(Named {
            target: Target::Static(id),
            file: *file,
            name: fact.name.clone(),
            kind: kind(&world.resolve(*file, &fact.ty)),
        });
    }
    for (file, facts) in world.files.iter().enumerate() {
        for (index, alias) in facts.aliases.iter().enumerate() {
            all.push(Named {
                target: Target::Alias(file, index),
                file,
                name: alias.name.clone(),
                kind: kind(&world.resolve(file, &alias.ty)),
            });
        }
    }
    all
}

/// Of a map in places, not of one behind a reference.
fn kind(ty: &Type) -> Option<MapKind> {
    match ty.peeled().head {
        Head::Map(kind) => Some(kind),
        _ => None,
    }
}

/// The one map that is meant.
pub(super) fn find<'n>(
    all: &'n [Named],
    files: &[FileFacts],
    run: &BTreeSet<String>,
    asked: &str,
) -> Result<&'n Named, Failure> {
    let (place, name) = split(asked);
    let is_there = |of: &&Named| {
        let file = &files[of.file];
        place.is_none_or(|place| {
            let path = file.path.replace('\\', "/");
            let place = place.replace('\\', "/");
            let place = place.trim_start_matches("./");
            file.package == place
                || path == place
                || path.ends_with(place) && path[..path.len() - place.len()].ends_with('/')
        })
    };
    let named: Vec<&Named> = all.iter().filter(|of| of.name == name).collect();
    let mut found: Vec<&Named> = named.iter().copied().filter(is_there).collect();
    // What is run before what tests it.
    if found.iter().any(|of| run.contains(&files[of.file].path)) {
        found.retain(|of| run.contains(&files[of.file].path));
    }
    // What could be meant.
    if found.iter().any(|of| of.kind.is_some()) {
        found.retain(|of| of.kind.is_some());
    }
    match found[..] {
        [one] if one.kind.is_some() => Ok(one),
        [_] => Err(Failure::new(format!(
            "`{name}` is no map: name a field, a static or an alias of a type such as `HashMap`, as `cargo mapkeeper scan` tells them"
        ))),
        [] if !named.is_empty() => Err(Failure::new(format!(
            "`{name}` is not in {}: there is {}",
            place.unwrap_or_default(),
            listed(
                named
                    .iter()
                    .map(|of| format!("`{}:{name}`", files[of.file].path))
            )
        ))),
        [] => {
            let near = near(all, name);
            let near = match near.is_empty() {
                true => "`cargo mapkeeper scan --confidence low` tells names".to_owned(),
                false => format!(
                    "did you mean {}?",
                    listed(near.iter().map(|of| format!("`{of}`")))
                ),
            };
            Err(Failure::new(format!(
                "there is no `{name}` in these sources; {near}"
            )))
        }
        _ => Err(Failure::new(format!(
            "there are {} of the name `{name}`: say which, {}",
            found.len(),
            listed(
                found
                    .iter()
                    .map(|of| format!("`{}:{name}`", files[of.file].path))
            )
        ))),
    }
}

/// `src/room.rs:Room.guests`; `::` belongs to the name.
fn split(asked: &str) -> (Option<&str>, &str) {
    let bytes = asked.as_bytes();
    let colon = (0..bytes.len()).rev().find(|&at| {
        bytes[at] == b':' && bytes.get(at + 1) != Some(&b':') && (at == 0 || bytes[at - 1] != b':')
    });
    match colon {
        Some(at) => (Some(&asked[..at]), &asked[at + 1..]),
        None => (None, asked),
    }
}

fn listed(of: impl Iterator<Item = String>) -> String {
    let of: BTreeSet<String> = of.collect();
    of.into_iter().collect::<Vec<_>>().join(", ")
}

/// Up to three names of maps that are like it.
fn near(all: &[Named], name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    let last = lower
        .rsplit(['.', ':'])
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut near: Vec<(usize, &str)> = all
        .iter()
        .filter(|of| of.kind.is_some())
        .filter_map(|of| {
            let other = of.name.to_lowercase();
            let distance = distance(&lower, &other);
            let is_same_field = other.rsplit(['.', ':']).next() == Some(&last);
            let limit = 1 + lower.chars().count() / 3;
            (distance <= limit || is_same_field).then_some((distance, &*of.name))
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter()
        .take(3)
        .map(|(_, of)| of.to_owned())
        .collect()
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, &b) in b.iter().enumerate() {
            let cost = before + usize::from(a != b);
            before = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}
