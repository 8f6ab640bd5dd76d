//! All files' facts under one roof: which type a path means, which functions a call may reach.

use std::collections::{HashMap, HashSet};

use super::{
    facts::{Alias, FileFacts, Function, Static, Ty, TypeFact},
    types::{Head, Type},
    words,
};

pub(crate) type TypeId = usize;
pub(crate) type FnId = usize;
pub(crate) type StaticId = usize;

/// A type of the workspace.
pub(crate) struct OwnType<'f> {
    pub(crate) file: usize,
    pub(crate) fact: &'f TypeFact,
    /// Those of its fields, in order.
    pub(crate) fields: Vec<Type>,
}

pub(crate) struct World<'f> {
    pub(crate) files: &'f [FileFacts],
    pub(crate) types: Vec<OwnType<'f>>,
    pub(crate) functions: Vec<(usize, &'f Function)>,
    pub(crate) statics: Vec<(usize, &'f Static)>,
    /// Traits that a type of the workspace implements, by their names.
    pub(crate) traits: HashMap<TypeId, HashSet<&'f str>>,
    types_by_name: HashMap<&'f str, Vec<TypeId>>,
    aliases: HashMap<&'f str, Vec<(usize, &'f Alias)>>,
    imports: Vec<HashMap<&'f str, &'f [String]>>,
    packages: HashSet<String>,
    own_traits: HashSet<&'f str>,
    methods: HashMap<TypeId, HashMap<&'f str, Vec<FnId>>>,
    by_name: HashMap<&'f str, Vec<FnId>>,
    statics_by_name: HashMap<&'f str, Vec<StaticId>>,
}

/// What a path names.
enum Named<'f> {
    Type(TypeId),
    Alias(usize, &'f Alias),
    /// Nothing of this workspace: its full path.
    Other(Vec<String>),
}

/// They mean what they always do unless the file says otherwise.
const PRELUDE: [&str; 9] = [
    "Option", "Result", "Vec", "String", "Box", "Some", "Ok", "Err", "None",
];

/// How far aliases are followed: those of a program that compiles end, these may be of one that does not.
const DEEPEST: usize = 16;

impl<'f> World<'f> {
    pub(crate) fn new(files: &'f [FileFacts]) -> Self {
        let mut world = Self {
            files,
            types: Vec::new(),
            functions: Vec::new(),
            statics: Vec::new(),
            traits: HashMap::new(),
            types_by_name: HashMap::new(),
            aliases: HashMap::new(),
            imports: Vec::new(),
            packages: HashSet::new(),
            own_traits: HashSet::new(),
            methods: HashMap::new(),
            by_name: HashMap::new(),
            statics_by_name: HashMap::new(),
        };
        world.gather();
        world.resolve_fields();
        world.resolve_owners();
        world
    }

    fn gather(&mut self) {
        for (file, facts) in self.files.iter().enumerate() {
            self.packages.insert(facts.package.replace('-', "_"));
            self.own_traits
                .extend(facts.traits.iter().map(String::as_str));
            for fact in &facts.types {
                let same_name = self.types_by_name.entry(&fact.name).or_default();
                same_name.push(self.types.len());
                let fields = Vec::new();
                self.types.push(OwnType { file, fact, fields });
            }
            for alias in &facts.aliases {
                self.aliases
                    .entry(&alias.name)
                    .or_default()
                    .push((file, alias));
            }
            for fact in &facts.statics {
                let same_name = self.statics_by_name.entry(&fact.name).or_default();
                same_name.push(self.statics.len());
                self.statics.push((file, fact));
            }
            for function in &facts.functions {
                let same_name = self.by_name.entry(&function.name).or_default();
                same_name.push(self.functions.len());
                self.functions.push((file, function));
            }
            let imports = facts.imports.iter();
            self.imports
                .push(imports.map(|of| (&*of.name, &*of.path)).collect());
        }
    }

    fn resolve_fields(&mut self) {
        for id in 0..self.types.len() {
            let (file, fact) = (self.types[id].file, self.types[id].fact);
            let fields = fact.fields.iter();
            let fields =
                fields.map(|field| self.resolve_in(file, &field.ty, &fact.generics, DEEPEST));
            self.types[id].fields = fields.collect();
        }
    }

    fn resolve_owners(&mut self) {
        for (id, &(file, function)) in self.functions.iter().enumerate() {
            if let Some(owner) = &function.owner
                && let Head::Own(owner) = self.resolve(file, owner).head
            {
                let methods = self.methods.entry(owner).or_default();
                methods.entry(&function.name).or_default().push(id);
            }
        }
        for (file, facts) in self.files.iter().enumerate() {
            for (path, ty) in &facts.impls {
                if let (Some(name), Head::Own(id)) = (path.last(), self.resolve(file, ty).head) {
                    self.traits.entry(id).or_default().insert(name);
                }
            }
        }
    }

    /// What a type that is written in that file means.
    pub(crate) fn resolve(&self, file: usize, ty: &Ty) -> Type {
        self.resolve_in(file, ty, &[], DEEPEST)
    }

    fn resolve_in(&self, file: usize, ty: &Ty, generics: &[String], depth: usize) -> Type {
        if let ([name], 0) = (&ty.path[..], ty.args.len())
            && let Some(index) = generics.iter().position(|of| of == name)
        {
            let head = Head::Param(index);
            return Type {
                head,
                args: Vec::new(),
            };
        }
        let args = ty.args.iter();
        let args: Vec<Type> = args
            .map(|of| self.resolve_in(file, of, generics, depth))
            .collect();
        match self.named(file, &ty.path) {
            // A lock of one's own around another: what it does is what that one does.
            Named::Type(id)
                if words::is_named_lock(&self.types[id].fact.name) && !args.is_empty() =>
            {
                Type::other(&self.types[id].fact.name, args)
            }
            Named::Type(id) => Type {
                head: Head::Own(id),
                args,
            },
            Named::Alias(at, alias) if depth > 0 => {
                let of = self.resolve_in(at, &alias.ty, &alias.generics, depth - 1);
                of.with(&args)
            }
            Named::Alias(..) => Type::other("_", Vec::new()),
            Named::Other(path) => {
                let name = path.last().map_or("_", String::as_str);
                match words::map_kind(name, &path) {
                    Some(kind) => Type {
                        head: Head::Map(kind),
                        args: match args.len() {
                            1 if kind.has_values() => with_key(name, args),
                            _ => args,
                        },
                    },
                    None => Type::other(name, args),
                }
            }
        }
    }

    /// Whether the map in a type is tracked already: by an alias that is, or by its name.
    pub(crate) fn is_tracked(&self, file: usize, ty: &Ty) -> bool {
        let is_it = match self.named(file, &ty.path) {
            Named::Alias(_, alias) => alias.is_tracked,
            Named::Other(path) => path.first().is_some_and(|of| of == "mapkeeper"),
            Named::Type(_) => false,
        };
        is_it || ty.args.iter().any(|of| self.is_tracked(file, of))
    }

    /// The type that a path in an expression or a pattern names, and the prefix of its fields if it is a variant of an enum.
    pub(crate) fn constructed(&self, file: usize, path: &[String]) -> Option<(TypeId, String)> {
        if let Some(id) = self.type_id(file, path) {
            return Some((id, String::new()));
        }
        let (variant, of) = path.split_last()?;
        match of {
            [] => {
                // `use Enum::*` or `use Enum::Variant`.
                let full = self.imports[file].get(&**variant)?;
                let (variant, of) = full.split_last()?;
                let id = self.type_id(file, of)?;
                self.types[id]
                    .fact
                    .is_enum
                    .then(|| (id, format!("{variant}.")))
            }
            _ => {
                let id = self.type_id(file, of)?;
                self.types[id]
                    .fact
                    .is_enum
                    .then(|| (id, format!("{variant}.")))
            }
        }
    }

    /// The type of the workspace that a path names, through aliases.
    pub(crate) fn type_id(&self, file: usize, path: &[String]) -> Option<TypeId> {
        if path.is_empty() {
            return None;
        }
        let ty = Ty {
            path: path.to_vec(),
            args: Vec::new(),
        };
        match self.resolve(file, &ty).head {
            Head::Own(id) => Some(id),
            _ => None,
        }
    }

    fn named(&self, file: usize, path: &[String]) -> Named<'f> {
        let mut full = path.to_vec();
        let mut is_here = path.len() == 1;
        if let Some(import) = path
            .first()
            .and_then(|first| self.imports[file].get(&**first))
        {
            let defined_here = path.len() == 1 && self.is_defined_in(file, &path[0]);
            if !defined_here {
                full.splice(0..1, import.iter().cloned());
                is_here = false;
            }
        }
        let (Some(first), Some(name)) = (full.first(), full.last()) else {
            return Named::Other(full);
        };
        if matches!(&**first, "std" | "core" | "alloc") {
            return Named::Other(full);
        }
        let package = &self.files[file].package;
        let of_package = |at: usize| self.files[at].package == *package;
        let hint = full.len().checked_sub(2).map(|at| full[at].as_str());
        let hinted = |at: usize| hint.is_some_and(|hint| is_module(&self.files[at].path, hint));
        let from_here = matches!(&**first, "crate" | "self" | "super");
        let from_package = self.packages.contains(&**first).then(|| first.clone());
        let rank = |at: usize| -> u32 {
            if is_here {
                return match () {
                    () if at == file => 3,
                    () if PRELUDE.contains(&&**name) => 0,
                    () if of_package(at) => 2,
                    // Perhaps by a glob import.
                    () if words::map_kind(name, &full).is_some() || words::is_wrapper(name) => 0,
                    () => 1,
                };
            }
            match &from_package {
                Some(of) if self.files[at].package.replace('-', "_") == *of => {
                    2 + u32::from(hinted(at))
                }
                Some(_) => 0,
                None if from_here && of_package(at) => {
                    2 + 2 * u32::from(hinted(at)) + u32::from(at == file && full.len() == 2)
                }
                None if from_here => 0,
                // A module of this file, or of this package.
                None if of_package(at) && hinted(at) => 2,
                None if at == file && self.files[file].modules.contains(first) => 1,
                None => 0,
            }
        };
        // What `super` or a glob import brings in is of a module nearby more often than of one far away.
        let is_near = is_here || matches!(&**first, "super" | "self");
        let rank = |at: usize| match rank(at) {
            0 => None,
            rank if is_near => Some((rank, nearness(&self.files[at].path, &self.files[file].path))),
            rank => Some((rank, 0)),
        };
        let types = self.types_by_name.get(&**name).into_iter().flatten();
        let types = types.filter_map(|&id| Some((rank(self.types[id].file)?, Named::Type(id))));
        let aliases = self.aliases.get(&**name).into_iter().flatten();
        let aliases = aliases.filter_map(|&(at, alias)| Some((rank(at)?, Named::Alias(at, alias))));
        let best = types.chain(aliases);
        // Of several as good the first one.
        let best = best.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map_or(Named::Other(full.clone()), |(_, named)| named)
    }

    /// The alias of the workspace that a path names, and its file.
    pub(crate) fn alias_named(&self, file: usize, path: &[String]) -> Option<(usize, &'f Alias)> {
        match self.named(file, path) {
            Named::Alias(at, alias) => Some((at, alias)),
            _ => None,
        }
    }

    fn is_defined_in(&self, file: usize, name: &str) -> bool {
        let mut types = self.types_by_name.get(name).into_iter().flatten();
        let mut aliases = self.aliases.get(name).into_iter().flatten();
        types.any(|&id| self.types[id].file == file) || aliases.any(|(at, _)| *at == file)
    }

    /// A field's index and type, as it is in a value of that type.
    pub(crate) fn field(&self, of: &Type, name: &str) -> Option<(TypeId, usize, Type)> {
        let of = of.peeled();
        let Head::Own(id) = of.head else {
            return None;
        };
        let (index, ty) = self.field_of(id, name)?;
        Some((id, index, ty.with(&of.args)))
    }

    pub(crate) fn field_of(&self, id: TypeId, name: &str) -> Option<(usize, &Type)> {
        let own = &self.types[id];
        let index = own
            .fact
            .fields
            .iter()
            .position(|field| field.name == name)?;
        Some((index, &own.fields[index]))
    }

    /// Whether a value's copies have maps in common with it: what is in an `Arc`, so deep in its fields.
    pub(crate) fn shares(&self, ty: &Option<Type>, within: usize) -> bool {
        let Some(ty) = ty else {
            return true;
        };
        let is_handle = ty.wrappers().any(words::is_handle);
        let holds = |of: &Type| of.map_kind().is_some() || of.own().is_some();
        let Some(id) = ty.own() else {
            return is_handle && holds(ty) || ty.name() == "_";
        };
        let inner = |of: &Type| self.shares(&Some(of.clone()), within - 1);
        is_handle || within == 0 || self.types[id].fields.iter().any(inner)
    }

    /// Whether a trait of this name is of the workspace.
    pub(crate) fn has_trait(&self, name: &str) -> bool {
        self.own_traits.contains(name)
    }

    /// A method or an associated function of a type of the workspace.
    pub(crate) fn methods(&self, of: TypeId, name: &str) -> &[FnId] {
        let methods = self.methods.get(&of).and_then(|all| all.get(name));
        methods.map_or(&[], Vec::as_slice)
    }

    /// Those with this name and as many parameters, of any type.
    pub(crate) fn by_name(&self, name: &str, parameters: usize) -> impl Iterator<Item = FnId> {
        let all = self.by_name.get(name).into_iter().flatten().copied();
        all.filter(move |&id| self.functions[id].1.params.len() == parameters)
    }

    /// The free function that a path names.
    pub(crate) fn free_function(
        &self,
        file: usize,
        path: &[String],
        arguments: usize,
    ) -> Vec<FnId> {
        let import = path
            .first()
            .and_then(|first| self.imports[file].get(&**first));
        let mut full = path.to_vec();
        if let Some(import) = import {
            full.splice(0..1, import.iter().cloned());
        }
        let (Some(first), Some(name)) = (full.first(), full.last()) else {
            return Vec::new();
        };
        if matches!(&**first, "std" | "core" | "alloc") {
            return Vec::new();
        }
        let all = self.by_name(name, arguments);
        let all: Vec<FnId> = all
            .filter(|&id| self.functions[id].1.owner.is_none())
            .collect();
        let package = &self.files[file].package;
        let hint = full.len().checked_sub(2).map(|at| full[at].as_str());
        let rank = |id: FnId| {
            let at = self.functions[id].0;
            let is_near = if self.files[at].package == *package {
                2
            } else {
                0
            };
            let is_hinted = hint.is_some_and(|hint| is_module(&self.files[at].path, hint));
            is_near + u32::from(at == file && full.len() == 1) + 4 * u32::from(is_hinted)
        };
        let best = all.iter().map(|&id| rank(id)).max();
        all.into_iter()
            .filter(|&id| Some(rank(id)) == best)
            .collect()
    }

    pub(crate) fn static_named(&self, file: usize, path: &[String]) -> Option<StaticId> {
        let import = path
            .first()
            .and_then(|first| self.imports[file].get(&**first));
        let name = match import {
            Some(import) if path.len() == 1 => import.last()?,
            _ => path.last()?,
        };
        let all = self.statics_by_name.get(&**name)?;
        let package = &self.files[file].package;
        let rank = |id: StaticId| {
            let at = self.statics[id].0;
            (at == file, self.files[at].package == *package)
        };
        all.iter().copied().max_by_key(|&id| rank(id))
    }

    /// `std::mem::take` and the like, by whatever name: its full path's end.
    pub(crate) fn full_path(&self, file: usize, path: &[String]) -> Vec<String> {
        let mut full = path.to_vec();
        if let Some(import) = path
            .first()
            .and_then(|first| self.imports[file].get(&**first))
        {
            full.splice(0..1, import.iter().cloned());
        }
        full
    }
}

/// A map that has values, and one argument: what its keys are, its name says, as in `TypeIdHashMap<V>`.
fn with_key(name: &str, mut args: Vec<Type>) -> Vec<Type> {
    let key = match name.contains("TypeId") {
        true => "TypeId",
        false => "_",
    };
    args.insert(0, Type::other(key, Vec::new()));
    args
}

/// How many folders, and perhaps the file, two paths have in common.
fn nearness(a: &str, b: &str) -> usize {
    let [a, b] = [a, b].map(|path| path.split(['/', '\\']));
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// Whether a file is the module of that name.
fn is_module(path: &str, name: &str) -> bool {
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or_default();
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    match stem {
        "mod" => parts.next() == Some(name),
        stem => stem == name || parts.next() == Some(name),
    }
}
