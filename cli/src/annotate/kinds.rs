//! Whose map it is, and what stands around it: which of mapkeeper's features that needs, or why it cannot be tracked.

use std::collections::BTreeSet;

use super::manifest::Manifest;
use crate::scan::{facts::Ty, words, world::World};

/// What a map is made by where `.into()` is not enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// `mapkeeper::HashMap`.
    pub(super) tracked: &'static str,
    /// `mapkeeper::hash_map`.
    pub(super) module: &'static str,
    pub(super) features: BTreeSet<&'static str>,
}

/// Crates of which one version is known, by feature.
const VERSIONS: [(&str, &str, &str); 8] = [
    ("hashbrown", "hashbrown", "0.17"),
    ("indexmap", "indexmap", "2"),
    ("slab", "slab", "0.4"),
    ("dashmap", "dashmap", "6"),
    ("parking_lot", "parking_lot", "0.12"),
    ("tokio", "tokio", "1"),
    ("once_cell", "once_cell", "1"),
    ("arc_swap", "arc-swap", "1"),
];

const STD_PLACES: [&str; 11] = [
    "Arc", "Rc", "Box", "Option", "Mutex", "RwLock", "RefCell", "OnceLock", "OnceCell", "LazyLock",
    "LazyCell",
];

/// Of the type as it is written in a file.
pub(super) fn of(
    world: &World<'_>,
    manifest: &Manifest,
    file: usize,
    ty: &Ty,
) -> Result<Kind, String> {
    let mut features = BTreeSet::new();
    let (mut file, mut ty) = (file, ty.clone());
    for _ in 0..32 {
        if let Some((at, alias)) = world.alias_named(file, &ty.path) {
            let mut of = alias.ty.clone();
            substitute(&mut of, &alias.generics, &ty.args);
            (file, ty) = (at, of);
            continue;
        }
        let name = ty.name().to_owned();
        one_import(world, file, &ty.path)?;
        let (krate, path) = origin(world, file, &ty.path);
        if words::is_wrapper(&name) {
            let inner = match words::contains_first(&name) {
                true => ty.args.first(),
                false => ty.args.last(),
            };
            if let Some(feature) = place(&name, &krate, &path, manifest)? {
                features.insert(feature);
            }
            ty = inner
                .cloned()
                .ok_or_else(|| format!("`{name}` has nothing in it"))?;
            continue;
        }
        let (tracked, module, feature) = map(&name, &krate, ty.args.len(), manifest)?;
        features.extend(feature);
        return Ok(Kind {
            tracked,
            module,
            features,
        });
    }
    Err("its type's aliases lead in a circle".to_owned())
}

fn substitute(of: &mut Ty, generics: &[String], args: &[Ty]) {
    if let [name] = &of.path[..]
        && let Some(index) = generics.iter().position(|of| of == name)
        && let Some(arg) = args.get(index)
    {
        *of = arg.clone();
        return;
    }
    of.args
        .iter_mut()
        .for_each(|of| substitute(of, generics, args));
}

/// Under `cfg` a name may be one of several crates'.
fn one_import(world: &World<'_>, file: usize, path: &[String]) -> Result<(), String> {
    let Some(first) = path.first() else {
        return Ok(());
    };
    let imports = world.files[file].imports.iter();
    let crates = imports.filter(|of| of.name == *first && of.path.len() > 1);
    let crates: BTreeSet<&str> = crates
        .map(|of| match &*of.path[0] {
            "core" | "alloc" => "std",
            krate => krate,
        })
        .collect();
    match crates.len() {
        0 | 1 => Ok(()),
        _ => Err(format!(
            "its file imports `{first}` from {}, and which one it is depends on features: write the attributes by hand",
            crates.into_iter().collect::<Vec<_>>().join(" and from ")
        )),
    }
}

/// The crate that a name comes from, through re-exports of this package; empty if nobody says so.
fn origin(world: &World<'_>, file: usize, path: &[String]) -> (String, Vec<String>) {
    let full = world.full_path(file, path);
    let first = full.first().map_or("", String::as_str);
    let package = &world.files[file].package;
    let is_own = matches!(first, "crate" | "self" | "super") || first == package.replace('-', "_");
    if full.len() > 1 && !is_own {
        let krate = match first {
            "core" | "alloc" => "std",
            of => of,
        };
        return (krate.to_owned(), full);
    }
    let name = full.last().cloned().unwrap_or_default();
    let files = world.files.iter().filter(|of| of.package == *package);
    let imports = files.flat_map(|of| &of.imports);
    let from: BTreeSet<&Vec<String>> = imports
        .filter(|of| of.name == name && !matches!(&*of.path[0], "crate" | "self" | "super"))
        .filter(|of| of.path.len() > 1)
        .map(|of| &of.path)
        .collect();
    let crates: BTreeSet<&str> = from.iter().map(|of| &*of[0]).collect();
    match (from.first(), crates.len()) {
        (Some(path), 1) if full.len() > 1 => {
            let krate = match &*path[0] {
                "core" | "alloc" => "std",
                of => of,
            };
            (krate.to_owned(), (*path).clone())
        }
        _ => (String::new(), full),
    }
}

fn place(
    name: &str,
    krate: &str,
    path: &[String],
    manifest: &Manifest,
) -> Result<Option<&'static str>, String> {
    let feature = match (krate, name) {
        (_, "[]") | ("" | "std", "Vec" | "Option" | "Box") => return Ok(None),
        ("std", name) if STD_PLACES.contains(&name) => return Ok(None),
        ("", "Arc" | "Rc" | "RefCell") => return Ok(None),
        ("parking_lot", "Mutex" | "RwLock") => "parking_lot",
        ("tokio", "Mutex" | "RwLock" | "OnceCell") => "tokio",
        ("once_cell", "OnceCell" | "Lazy") => "once_cell",
        ("arc_swap", "ArcSwap" | "ArcSwapOption") => "arc-swap",
        (_, "&") => {
            return Err("it is behind a reference: annotate where the map is kept".to_owned());
        }
        ("", name) => {
            return Err(format!(
                "it is in a `{name}`, and these sources do not say of which crate: if mapkeeper knows it, write the attributes by hand"
            ));
        }
        _ => {
            return Err(format!(
                "it is in a `{}`, where mapkeeper cannot track a map: use one of std's, parking_lot's or tokio's locks and cells",
                path.join("::")
            ));
        }
    };
    check(krate, manifest)?;
    Ok(Some(feature))
}

type Map = (&'static str, &'static str, Option<&'static str>);

fn map(name: &str, krate: &str, args: usize, manifest: &Manifest) -> Result<Map, String> {
    let hash_map = ("mapkeeper::HashMap", "mapkeeper::hash_map");
    let hash_set = ("mapkeeper::HashSet", "mapkeeper::hash_set");
    let (found, feature) = match (krate, name) {
        ("hashbrown", "HashMap") if args <= 3 => (hash_map, Some("hashbrown")),
        ("hashbrown", "HashSet") if args <= 2 => (hash_set, Some("hashbrown")),
        ("indexmap", "IndexMap") => (
            ("mapkeeper::IndexMap", "mapkeeper::index_map"),
            Some("indexmap"),
        ),
        ("indexmap", "IndexSet") => (
            ("mapkeeper::IndexSet", "mapkeeper::index_set"),
            Some("indexmap"),
        ),
        ("slab" | "", "Slab") => (("mapkeeper::Slab", "mapkeeper::slab"), Some("slab")),
        ("dashmap" | "", "DashMap") => (
            ("mapkeeper::sync::HashMap", "mapkeeper::sync"),
            Some("dashmap"),
        ),
        ("dashmap" | "", "DashSet") => (
            ("mapkeeper::sync::HashSet", "mapkeeper::sync"),
            Some("dashmap"),
        ),
        ("std" | "", "HashMap") | ("ahash" | "rustc_hash" | "fxhash" | "fnv", "HashMap") => {
            (hash_map, None)
        }
        ("std" | "", "HashSet") | ("ahash" | "rustc_hash" | "fxhash" | "fnv", "HashSet") => {
            (hash_set, None)
        }
        ("std" | "", "BTreeMap") => (("mapkeeper::BTreeMap", "mapkeeper::btree_map"), None),
        ("std" | "", "BTreeSet") => (("mapkeeper::BTreeSet", "mapkeeper::btree_set"), None),
        // Aliases of std's with another hasher.
        (_, "FxHashMap" | "FnvHashMap") | ("nohash_hasher" | "nohash", "IntMap") => {
            (hash_map, None)
        }
        (_, "FxHashSet" | "FnvHashSet") | ("nohash_hasher" | "nohash", "IntSet") => {
            (hash_set, None)
        }
        _ => {
            let krate = match krate {
                "" => String::new(),
                krate => format!(" of `{krate}`"),
            };
            return Err(format!(
                "mapkeeper has no counterpart of the `{name}`{krate}: it tracks std's, hashbrown's, indexmap's, dashmap's and slab's maps"
            ));
        }
    };
    if let Some(feature) = feature {
        check(feature, manifest)?;
    }
    Ok((found.0, found.1, feature))
}

/// Another version of a crate has other types.
fn check(krate: &str, manifest: &Manifest) -> Result<(), String> {
    let Some((_, shown, known)) = VERSIONS.iter().find(|(of, ..)| *of == krate) else {
        return Ok(());
    };
    let Some(asked) = manifest.version_of(krate) else {
        return Ok(());
    };
    let digits = asked.trim_start_matches(['^', '=', '~', '>', '<', ' ', 'v']);
    let parts =
        |of: &str| -> Vec<String> { of.split('.').map(|of| of.trim().to_owned()).collect() };
    let (asked_parts, known_parts) = (parts(digits), parts(known));
    let is_known = asked_parts
        .iter()
        .zip(&known_parts)
        .all(|(a, b)| a == b || a == "*");
    match is_known {
        true => Ok(()),
        false => Err(format!(
            "this package uses {shown} {asked}, and mapkeeper knows the types of {shown} {known}: use that version first"
        )),
    }
}
