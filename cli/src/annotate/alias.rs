//! A name for a tracked map's type, `#[mapkeeper::tracked] type Orders = HashMap<…>;`, where functions and other fields name it too.

use std::{collections::HashSet, path::Path};

use super::{
    names::{Named, Target},
    places,
};
use crate::scan::world::World;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alias {
    pub(super) name: String,
    /// As the rest of its package names it.
    pub(super) path: String,
    pub(super) is_new: bool,
}

/// Names that mean something everywhere.
const TAKEN: [&str; 12] = [
    "Option", "Result", "Vec", "String", "Box", "Some", "Ok", "Err", "None", "Self", "Default",
    "Map",
];

impl Alias {
    /// A new one for a field's or a static's map.
    pub(super) fn of(world: &World<'_>, named: &Named) -> Option<Self> {
        let module = module(&world.files[named.file].path)?;
        let (owner, field) = match named.target {
            Target::Field(id, index) => {
                let fact = world.types[id].fact;
                if !places::is_concrete(&world.types[id].fields[index]) {
                    return None;
                }
                let field = &fact.fields[index].name;
                (&*fact.name, field.rsplit('.').next()?)
            }
            Target::Static(id) => ("", &*world.statics[id].1.name),
            Target::Alias(..) => return None,
        };
        let package = &world.files[named.file].package;
        let files = world.files.iter().filter(|of| of.package == *package);
        let taken: HashSet<&str> = files
            .flat_map(|of| {
                let types = of.types.iter().map(|of| &*of.name);
                let aliases = of.aliases.iter().map(|of| &*of.name);
                let imports = of.imports.iter().map(|of| &*of.name);
                let traits = of.traits.iter().map(|of| &**of);
                types.chain(aliases).chain(imports).chain(traits)
            })
            .chain(TAKEN)
            .collect();
        let field = camel(field);
        let tries = [
            field.clone(),
            format!("{owner}{field}"),
            format!("{owner}{field}Map"),
        ];
        let name = tries.into_iter().find(|name| {
            let is_name = name.starts_with(|c: char| c.is_alphabetic());
            is_name && !taken.contains(&**name)
        })?;
        Some(Self {
            path: format!("{module}::{name}"),
            name,
            is_new: true,
        })
    }

    /// The one that is tracked itself.
    pub(super) fn existing(world: &World<'_>, named: &Named) -> Option<Self> {
        let module = module(&world.files[named.file].path)?;
        Some(Self {
            path: format!("{module}::{}", named.name),
            name: named.name.clone(),
            is_new: false,
        })
    }
}

/// `crate::a::b` of `…/src/a/b.rs`.
fn module(path: &str) -> Option<String> {
    let path = Path::new(path).with_extension("");
    let parts: Vec<String> = path
        .components()
        .map(|of| of.as_os_str().to_string_lossy().into_owned())
        .collect();
    let start = parts
        .iter()
        .rposition(|of| of == "src")
        .map_or(parts.len() - 1, |at| at + 1);
    let below = &parts[start..];
    let mut module = String::from("crate");
    for (index, part) in below.iter().enumerate() {
        let is_last = index + 1 == below.len();
        if is_last && matches!(&**part, "mod" | "lib" | "main") {
            break;
        }
        if index == 0 && part == "bin" {
            return (below.len() == 2).then(|| "crate".to_owned());
        }
        module.push_str("::");
        module.push_str(part);
    }
    Some(module)
}

/// `by_user` and `BY_USER` as a type is called.
fn camel(name: &str) -> String {
    let words = name.split('_').filter(|of| !of.is_empty());
    words
        .map(|word| {
            let lower = word.to_lowercase();
            let mut chars = lower.chars();
            let first: String = chars
                .next()
                .into_iter()
                .flat_map(char::to_uppercase)
                .collect();
            format!("{first}{}", chars.as_str())
        })
        .collect()
}
