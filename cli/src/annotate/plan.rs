//! All that is to be changed for some maps, and what is left to a person.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::visit::Visit;

use super::{
    alias::Alias,
    edits::Edits,
    kinds,
    manifest::Manifest,
    marks,
    names::{Named, Target},
    places::{self, Place},
    walk::{ByHand, Names, Site, Walk},
};
use crate::{
    command::Failure,
    scan::{
        facts::{At, FileFacts, Ty},
        words,
        world::World,
    },
};

/// So often types are named before it is given up.
const DEEPEST: usize = 64;

pub(super) struct Plan {
    pub(super) edits: Edits,
    pub(super) by_hand: Vec<ByHand>,
}

pub(super) fn said(of: &ByHand) -> String {
    format!("{}:{}:{}: {}", of.path, of.line, of.column, of.sentence)
}

impl Plan {
    pub(super) fn of(facts: &[FileFacts], chosen: &[Named]) -> Result<Self, Failure> {
        let world = World::new(facts);
        let places = places::all(&world);
        let mut manifests = Edits::default();
        let mut sites = sites(&world, &places, chosen, &mut manifests)?;
        let mut sources = Sources::default();
        // Each time more is known of where types have to be named.
        for _ in 0..DEEPEST {
            let mut plan = Self {
                edits: manifests.clone(),
                by_hand: Vec::new(),
            };
            plan.follow(facts, &places, &sites, &mut sources)?;
            if !name_types(&world, &places, &mut sites, &plan.by_hand) {
                return Ok(plan);
            }
        }
        Err(Failure::new(
            "the types that these maps have to be named in do not end; annotate fewer at once",
        ))
    }

    fn follow(
        &mut self,
        facts: &[FileFacts],
        places: &[Place],
        sites: &BTreeMap<String, Site>,
        sources: &mut Sources,
    ) -> Result<(), Failure> {
        let mut marked = facts.to_vec();
        let mut names: Vec<Names> = vec![Names::new(); facts.len()];
        for (index, place) in places.iter().enumerate() {
            let site = sites.values().find(|of| of.places.contains(&index));
            if let Some(site) = site.filter(|of| of.alias.is_some()) {
                names[place.file()].insert(place.key(facts), site.named.name.clone());
            }
            let mark = match (site, *place) {
                (Some(site), _) => marks::kept_by(&site.named.name),
                (None, Place::Field(file, at, field)) if is_declared(&facts[file], at, field) => {
                    let of = &facts[file].types[at];
                    marks::kept_by(&format!("{}.{}", of.name, of.fields[field].name))
                }
                (None, Place::Static(file, at)) if facts[file].statics[at].is_tracked => {
                    marks::kept_by(&facts[file].statics[at].name)
                }
                (None, _) => marks::of_place(index),
            };
            if let Some(ty) = place.ty_mut(&mut marked) {
                marks::wrap(ty, mark);
            }
        }
        let mut aliases = marked.iter_mut().flat_map(|file| &mut file.aliases);
        for alias in aliases.by_ref().filter(|of| of.is_tracked) {
            let mark = marks::kept_by(&alias.name);
            marks::wrap(&mut alias.ty, mark);
        }
        for site in sites.values() {
            if let Target::Alias(file, index) = site.named.target {
                let alias = &mut marked[file].aliases[index];
                if !alias.is_tracked {
                    marks::wrap(&mut alias.ty, marks::kept_by(&site.named.name));
                }
            }
        }
        let world = World::new(&marked);
        let mut open: Vec<String> = sites.keys().cloned().collect();
        let words = words_of(&world, places, sites);
        for (file, names) in names.iter().enumerate() {
            let path = Path::new(&facts[file].path);
            if let Some((text, parsed)) = sources.get(path, &words)? {
                let edited = self.edits.file(path, text);
                let (at, maps) = ((file, skipped(text)), (sites, names));
                let mut walk = Walk::new(&world, at, maps, edited, &mut self.by_hand);
                walk.declarations(&parsed.items, &mut open);
                walk.visit_file(parsed);
            }
        }
        for name in open {
            let named = &sites[&name].named;
            let at = match named.target {
                Target::Field(id, index) => world.types[id].fact.fields[index].at,
                Target::Static(id) => world.statics[id].1.at,
                Target::Alias(..) => At::default(),
            };
            self.by_hand.push(ByHand {
                path: facts[named.file].path.clone(),
                line: at.line as usize,
                column: at.column as usize,
                sentence: format!(
                    "`{name}` is inside of a macro: put mapkeeper's attributes there"
                ),
                site: name,
                place: None,
                other: None,
            });
        }
        self.by_hand.sort();
        Ok(())
    }
}

/// Files as they were read, those that have a part in it parsed.
#[derive(Default)]
struct Sources(BTreeMap<PathBuf, (String, Option<syn::File>)>);

impl Sources {
    /// `None` if none of the words is in it.
    fn get(
        &mut self,
        path: &Path,
        words: &BTreeSet<&str>,
    ) -> Result<Option<(&str, &syn::File)>, Failure> {
        let failed = |why: &dyn std::fmt::Display| {
            Failure::new(format!(
                "cannot read {}: {why}; nothing was changed",
                path.display()
            ))
        };
        if !self.0.contains_key(path) {
            let text = fs::read_to_string(path).map_err(|error| failed(&error))?;
            self.0.insert(path.to_owned(), (text, None));
        }
        let Some((text, parsed)) = self.0.get_mut(path) else {
            return Ok(None);
        };
        if !words.iter().any(|word| text.contains(word)) {
            return Ok(None);
        }
        if parsed.is_none() {
            *parsed = Some(syn::parse_file(text).map_err(|error| failed(&error))?);
        }
        Ok(parsed.as_ref().map(|parsed| (&**text, parsed)))
    }
}

/// Who has nothing to do with these has nothing to do with the maps.
fn words_of<'w>(
    world: &World<'w>,
    places: &[Place],
    sites: &BTreeMap<String, Site>,
) -> BTreeSet<&'w str> {
    let files = world.files;
    let mut words = BTreeSet::new();
    for site in sites.values() {
        if let Target::Alias(file, index) = site.named.target {
            words.insert(&*files[file].aliases[index].name);
        }
        for &place in &site.places {
            match places[place] {
                Place::Field(file, at, index) => {
                    let of = &files[file].types[at];
                    words.insert(&*of.name);
                    let field = &*of.fields[index].name;
                    let field = field.rsplit('.').next().unwrap_or(field);
                    if !field.starts_with(|c: char| c.is_ascii_digit()) {
                        words.insert(field);
                    }
                }
                Place::Static(file, at) => {
                    words.insert(&*files[file].statics[at].name);
                }
                Place::Param(file, at, _) | Place::Returned(file, at) => {
                    words.insert(&*files[file].functions[at].name);
                }
            }
        }
    }
    words
}

fn is_declared(of: &FileFacts, at: usize, field: usize) -> bool {
    of.types[at].is_tracked && of.types[at].fields[field].declared.is_some()
}

/// Gives types names where that is what is missing; whether there is something new.
fn name_types(
    world: &World<'_>,
    places: &[Place],
    sites: &mut BTreeMap<String, Site>,
    by_hand: &[ByHand],
) -> bool {
    let mut is_new = false;
    for of in by_hand {
        let Some(site) = sites.get(&of.site) else {
            continue;
        };
        // Two maps that are chosen, and the same.
        let other = of.other.as_ref().and_then(|other| sites.get(other));
        let more: Vec<usize> = match (other, of.place) {
            (Some(other), _) => other.places.iter().copied().collect(),
            (None, Some(place)) => vec![place],
            (None, None) => continue,
        };
        let package = &world.files[site.named.file].package;
        let may_be = |&place: &usize| {
            let of = places[place];
            of.may_be_named(world) && world.files[of.file()].package == *package
        };
        let all = site.places.iter().chain(&more);
        if !all.clone().all(may_be)
            || site.alias.is_some() && more.iter().all(|of| site.places.contains(of))
        {
            continue;
        }
        let name = of.site.clone();
        let absorbed = other.map(|of| of.named.name.clone());
        let alias = match &site.alias {
            Some(alias) => alias.clone(),
            None => match Alias::of(world, &site.named) {
                Some(alias) => alias,
                None => continue,
            },
        };
        if let Some(absorbed) = absorbed.filter(|of| *of != name) {
            sites.remove(&absorbed);
        }
        if let Some(site) = sites.get_mut(&name) {
            site.places.extend(more);
            site.alias = Some(alias);
            is_new = true;
        }
        // What was told may be another thing now.
        break;
    }
    is_new
}

/// Whether the type of its map has a name, under which it is tracked already.
fn is_named(world: &World<'_>, named: &Named) -> bool {
    let mut file = named.file;
    let mut ty = match named.target {
        Target::Field(id, index) => world.types[id].fact.fields[index].ty.clone(),
        Target::Static(id) => world.statics[id].1.ty.clone(),
        Target::Alias(..) => return false,
    };
    for _ in 0..32 {
        if let Some((at, alias)) = world.alias_named(file, &ty.path) {
            if alias.is_tracked {
                return true;
            }
            (file, ty) = (at, alias.ty.clone());
            continue;
        }
        let inner = match words::contains_first(ty.name()) {
            true => ty.args.first(),
            false => ty.args.last(),
        };
        match inner.filter(|_| words::is_wrapper(ty.name())) {
            Some(inner) => ty = inner.clone(),
            None => return false,
        }
    }
    false
}

fn refused(named: &Named, why: &str) -> Failure {
    Failure::new(format!("`{}` cannot be tracked: {why}", named.name))
}

/// Those that are of a kind and in places that mapkeeper knows; and a sentence for each other one.
pub(super) fn trackable(
    facts: &[FileFacts],
    chosen: Vec<Named>,
) -> Result<(Vec<Named>, Vec<String>), Failure> {
    let world = World::new(facts);
    let (mut known, mut said) = (Vec::new(), Vec::new());
    for named in chosen {
        let ty = match named.target {
            Target::Field(id, index) => &world.types[id].fact.fields[index].ty,
            Target::Static(id) => &world.statics[id].1.ty,
            Target::Alias(file, index) => &facts[file].aliases[index].ty,
        };
        let manifest = Manifest::of(Path::new(&facts[named.file].path))?;
        match kinds::of(&world, &manifest, named.file, ty) {
            Ok(_) => known.push(named),
            Err(why) => said.push(refused(&named, &why).to_string()),
        }
    }
    Ok((known, said))
}

/// What each is; and the dependency.
fn sites(
    world: &World<'_>,
    places: &[Place],
    chosen: &[Named],
    edits: &mut Edits,
) -> Result<BTreeMap<String, Site>, Failure> {
    let mut sites = BTreeMap::new();
    let mut packages: BTreeMap<PathBuf, (Manifest, BTreeSet<&str>)> = BTreeMap::new();
    for named in chosen {
        if is_named(world, named) {
            continue;
        }
        let manifest = Manifest::of(Path::new(&world.files[named.file].path))?;
        let key = manifest.path.clone();
        let (manifest, features) = packages
            .entry(key)
            .or_insert_with(|| (manifest, BTreeSet::new()));
        let (ty, is_generic, at): (&Ty, bool, Option<At>) = match named.target {
            Target::Field(id, index) => {
                let fact = world.types[id].fact;
                let field = &fact.fields[index];
                (&field.ty, !fact.generics.is_empty(), Some(field.at))
            }
            Target::Static(id) => {
                let fact = world.statics[id].1;
                (&fact.ty, false, Some(fact.at))
            }
            Target::Alias(file, index) => {
                let alias = &world.files[file].aliases[index];
                (&alias.ty, !alias.generics.is_empty(), None)
            }
        };
        let kind =
            kinds::of(world, manifest, named.file, ty).map_err(|why| refused(named, &why))?;
        features.extend(&kind.features);
        let own = places.iter().position(|place| {
            let is_there = matches!(place, Place::Field(..) | Place::Static(..));
            is_there && place.file() == named.file && Some(place.key(world.files).0) == at
        });
        let site = Site {
            named: named.clone(),
            kind,
            is_generic,
            places: own.into_iter().collect(),
            alias: match named.target {
                Target::Alias(..) if !is_generic => Alias::existing(world, named),
                _ => None,
            },
        };
        sites.insert(named.name.clone(), site);
    }
    for (manifest, features) in packages.values() {
        manifest.add(features, edits)?;
    }
    Ok(sites)
}

/// What a file may start with that is no Rust: a byte order mark, a `#!` line.
fn skipped(text: &str) -> usize {
    let mark = match text.starts_with('\u{feff}') {
        true => '\u{feff}'.len_utf8(),
        false => 0,
    };
    let rest = &text[mark..];
    let is_line = rest.starts_with("#!") && !rest[2..].trim_start().starts_with('[');
    match is_line {
        true => mark + rest.find('\n').unwrap_or(rest.len()),
        false => mark,
    }
}
