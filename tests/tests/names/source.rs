//! What a crate's source says it has: types, and the names of their public methods.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;
use syn::{File, ImplItem, Item, Safety, TraitItem, Type, Visibility};

/// The methods of types, by the names of the types.
#[derive(Default)]
pub(super) struct Api {
    pub(super) methods: BTreeMap<String, BTreeSet<String>>,
    /// Whatever could be the name of a method that a macro makes.
    pub(super) by_macros: BTreeSet<String>,
}

impl Api {
    /// Of files, and of those in folders.
    pub(super) fn read(root: &Path, paths: &[&str]) -> Self {
        let mut api = Self::default();
        let mut public = BTreeSet::new();
        let mut files: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
        while let Some(path) = files.pop() {
            if path.is_dir() {
                let inside = fs::read_dir(&path).unwrap();
                files.extend(inside.map(|entry| entry.unwrap().path()));
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                let file = syn::parse_file(&text)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                api.add(&file, &mut public);
            }
        }
        api.methods.retain(|ty, _| public.contains(ty));
        api
    }

    /// Of std, as its documentation lists them.
    pub(super) fn listed(module: &str) -> Self {
        let mut api = Self::default();
        for line in include_str!("std-1.95.txt").lines() {
            let (ty, methods) = line.split_once(": ").unwrap();
            if let Some(ty) = ty.strip_prefix(module) {
                let methods = methods.split(' ').map(str::to_owned);
                api.methods.insert(ty.trim().to_owned(), methods.collect());
            }
        }
        api
    }

    pub(super) fn has(&self, ty: &str, method: &str) -> bool {
        self.methods
            .get(ty)
            .is_some_and(|methods| methods.contains(method))
    }

    fn add(&mut self, file: &File, public: &mut BTreeSet<String>) {
        for item in &file.items {
            match item {
                Item::Struct(item) if is_public(&item.vis) => {
                    public.insert(item.ident.to_string());
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    public.insert(item.ident.to_string());
                }
                Item::Trait(item) if is_public(&item.vis) => {
                    let ty = item.ident.to_string();
                    let methods = self.methods.entry(ty.clone()).or_default();
                    methods.extend(item.items.iter().filter_map(|inner| match inner {
                        TraitItem::Fn(method) => Some(method.sig.ident.to_string()),
                        _ => None,
                    }));
                    public.insert(ty);
                }
                Item::Impl(item) if item.trait_.is_none() => {
                    let Type::Path(ty) = &*item.self_ty else {
                        continue;
                    };
                    let ty = ty.path.segments.last().unwrap().ident.to_string();
                    for inner in &item.items {
                        match inner {
                            ImplItem::Fn(method)
                                if is_public(&method.vis)
                                    && !matches!(method.sig.safety, Safety::Unsafe(_)) =>
                            {
                                let methods = self.methods.entry(ty.clone()).or_default();
                                methods.insert(method.sig.ident.to_string());
                            }
                            ImplItem::Macro(made) => self.add_names(made.mac.tokens.clone()),
                            _ => {}
                        }
                    }
                }
                Item::Macro(made) if made.ident.is_some() => {
                    self.add_functions(made.mac.tokens.clone());
                }
                Item::Macro(made) => self.add_names(made.mac.tokens.clone()),
                _ => {}
            }
        }
    }

    /// The functions in a macro's definition.
    fn add_functions(&mut self, tokens: TokenStream) {
        let mut is_name = false;
        for token in tokens {
            match token {
                TokenTree::Ident(name) if is_name => {
                    self.by_macros.insert(name.to_string());
                    is_name = false;
                }
                TokenTree::Ident(word) => is_name = word == "fn",
                TokenTree::Group(group) => self.add_functions(group.stream()),
                _ => is_name = false,
            }
        }
    }

    /// What a macro is called with.
    fn add_names(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    self.by_macros.insert(name.to_string());
                }
                TokenTree::Group(group) => self.add_names(group.stream()),
                _ => {}
            }
        }
    }
}

fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

/// mapkeeper's own source.
pub(super) fn runtime_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src")
}

/// What cargo says to this.
fn cargo(args: &[&str]) -> String {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let told = Command::new(cargo)
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{said}");
    String::from_utf8(told.stdout).expect("cargo speaks UTF-8")
}

/// Where the source of the crate is that this one was built with.
pub(super) fn crate_dir(name: &str, version: &str) -> PathBuf {
    // What other platforms need was perhaps never downloaded.
    let version_of_cargo = cargo(&["-vV"]);
    let host = version_of_cargo
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("cargo knows its host");
    let told = cargo(&[
        "metadata",
        "--offline",
        "--format-version",
        "1",
        "--filter-platform",
        host,
    ]);
    let metadata: Value = serde_json::from_str(&told).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let manifest = packages
        .iter()
        .filter(|package| {
            package["name"] == name && package["version"].as_str().unwrap().starts_with(version)
        })
        .map(|package| package["manifest_path"].as_str().unwrap())
        .next()
        .unwrap_or_else(|| panic!("no crate {name} {version} is used here"));
    Path::new(manifest).parent().unwrap().to_owned()
}
