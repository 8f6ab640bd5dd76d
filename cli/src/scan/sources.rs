//! Which files there are to read: those of a workspace's packages, or of a folder.

use std::{
    collections::HashSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::command::Failure;

/// A file to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) package: String,
}

/// What there is to read, and where it is kept what was read.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) sources: Vec<Source>,
    /// What is to be said about them.
    pub(crate) said: Vec<String>,
    /// The workspace's folder, or the one that was named; none if it is a file.
    pub(crate) root: Option<PathBuf>,
    /// Where cargo puts what it builds of them.
    pub(crate) target: Option<PathBuf>,
}

/// What cargo tells of a workspace.
#[derive(Default)]
struct Workspace {
    root: Option<PathBuf>,
    target: Option<PathBuf>,
    /// Folders of sources, each with its package's name.
    packages: Vec<(PathBuf, String)>,
}

/// Folders of a package that are no part of what is run for long.
const NOT_RUN: [&str; 4] = ["tests", "benches", "examples", "fuzz"];

/// Modules that are for tests, one file each or a folder, wherever they are.
const FOR_TESTS: [&str; 8] = [
    "test",
    "tests",
    "test_util",
    "test_utils",
    "testutil",
    "testutils",
    "mock",
    "mocks",
];

/// All sources of what is named.
pub(crate) fn find(root: &Path, all: bool) -> Result<Found, Failure> {
    let is_file = fs::metadata(root)
        .map_err(|error| {
            Failure::new(format!(
                "cannot read {}: {error}; name a crate's folder, or a file",
                root.display()
            ))
        })?
        .is_file();
    if is_file && root.file_name().is_none_or(|name| name != "Cargo.toml") {
        let package = root.file_stem().map(|of| of.to_string_lossy().into_owned());
        let source = Source {
            path: root.to_owned(),
            package: package.unwrap_or_default(),
        };
        return Ok(Found {
            sources: vec![source],
            ..Found::default()
        });
    }
    let folder = match is_file {
        true => root
            .parent()
            .filter(|of| !of.as_os_str().is_empty())
            .unwrap_or(Path::new(".")),
        false => root,
    };
    let mut said = Vec::new();
    let mut workspace = match folder.join("Cargo.toml").is_file() {
        true => match workspace(folder, all) {
            Ok(workspace) => workspace,
            Err(why) => {
                said.push(format!(
                    "cargo cannot tell the packages of {} ({why}): all files below it are read",
                    folder.display()
                ));
                Workspace::default()
            }
        },
        false => Workspace::default(),
    };
    let packages = &mut workspace.packages;
    if packages.is_empty() {
        packages.push((folder.to_owned(), name_of(folder)));
    }
    // What is below another package belongs to that one.
    let roots: HashSet<PathBuf> = packages
        .iter()
        .filter_map(|(path, _)| fs::canonicalize(path).ok())
        .collect();
    let mut walk = Walk {
        roots,
        seen: HashSet::new(),
        all,
        found: Vec::new(),
        said,
    };
    for (path, package) in packages {
        walk.package(path, package);
    }
    let Walk {
        found: mut sources,
        said,
        ..
    } = walk;
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let of_folder = || fs::canonicalize(folder).ok();
    Ok(Found {
        sources,
        said,
        root: workspace.root.or_else(of_folder),
        target: workspace.target,
    })
}

fn name_of(folder: &Path) -> String {
    let full = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    full.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// As cargo tells it. It builds nothing, and asks no network.
fn workspace(folder: &Path, all: bool) -> Result<Workspace, String> {
    let full = fs::canonicalize(folder).map_err(|error| error.to_string())?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--offline",
            "--no-deps",
            "--format-version",
            "1",
            "--manifest-path",
        ])
        .arg(full.join("Cargo.toml"))
        // Elsewhere: a toolchain that the project asks for is not to be installed for this.
        .current_dir(env::temp_dir())
        .env("RUSTUP_AUTO_INSTALL", "0")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("it cannot be run: {error}"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        return Err(lines
            .next()
            .unwrap_or("it failed")
            .trim_start_matches("error: ")
            .to_owned());
    }
    let json: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let packages = json["packages"].as_array().into_iter().flatten();
    let packages = packages.flat_map(|package| {
        let name = package["name"].as_str().unwrap_or_default();
        let folders = folders(package, all).into_iter();
        // As it was named, where it is below that.
        let shown = folders.map(|of| match of.strip_prefix(&full) {
            Ok(below) => folder.join(below),
            Err(_) => of,
        });
        shown.map(|of| (of, name.to_owned())).collect::<Vec<_>>()
    });
    let path = |name: &str| json[name].as_str().map(PathBuf::from);
    Ok(Workspace {
        root: path("workspace_root"),
        target: path("target_directory"),
        packages: packages.collect(),
    })
}

/// Where the sources of what is run are: of its library and its programs.
fn folders(package: &Value, all: bool) -> Vec<PathBuf> {
    let of = |path: &Value| Path::new(path.as_str()?).parent().map(Path::to_owned);
    if all {
        return of(&package["manifest_path"]).into_iter().collect();
    }
    let targets = package["targets"].as_array().into_iter().flatten();
    let run = targets.filter(|target| {
        let mut kinds = target["kind"].as_array().into_iter().flatten();
        kinds.all(|kind| {
            !["test", "bench", "example", "custom-build"]
                .iter()
                .any(|of| kind == of)
        })
    });
    let mut found: Vec<PathBuf> = run.filter_map(|target| of(&target["src_path"])).collect();
    found.sort();
    found.dedup();
    // One below another is read with that.
    let outer = found.clone();
    found.retain(|of| {
        !outer
            .iter()
            .any(|other| of != other && of.starts_with(other))
    });
    found
}

struct Walk {
    roots: HashSet<PathBuf>,
    /// Folders, by what they are: links may lead in a circle.
    seen: HashSet<PathBuf>,
    all: bool,
    found: Vec<Source>,
    said: Vec<String>,
}

impl Walk {
    fn package(&mut self, path: &Path, package: &str) {
        let mut open = vec![path.to_owned()];
        while let Some(folder) = open.pop() {
            let Ok(full) = fs::canonicalize(&folder) else {
                self.said.push(format!(
                    "{} cannot be read, and is left out",
                    folder.display()
                ));
                continue;
            };
            let is_another = folder != path && self.roots.contains(&full);
            if is_another || !self.seen.insert(full) {
                continue;
            }
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.said.push(format!(
                        "{} cannot be read ({error}), and is left out",
                        folder.display()
                    ));
                    continue;
                }
            };
            for entry in entries.flatten() {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                let path_of = entry.path();
                let path_of = path_of
                    .strip_prefix(".")
                    .map(Path::to_owned)
                    .unwrap_or(path_of);
                let Ok(kind) = fs::metadata(&path_of) else {
                    continue;
                };
                if name.starts_with('.') {
                    continue;
                }
                if kind.is_dir() {
                    let is_not_run =
                        folder == path && NOT_RUN.contains(&&*name) || FOR_TESTS.contains(&&*name);
                    if name != "target" && (self.all || !is_not_run) {
                        open.push(path_of);
                    }
                } else if name.ends_with(".rs") && kind.is_file() {
                    let is_build = folder == path && name == "build.rs";
                    let stem = name.trim_end_matches(".rs");
                    let is_test = FOR_TESTS.contains(&stem)
                        || stem.ends_with("_test")
                        || stem.ends_with("_tests");
                    if self.all || !is_build && !is_test {
                        self.found.push(Source {
                            path: path_of,
                            package: package.to_owned(),
                        });
                    }
                }
            }
        }
    }
}
