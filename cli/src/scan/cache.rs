//! Facts of files, kept on disk: who scans again parses what has changed, and nothing else.
//!
//! There is a file for each crate, in the `target` folder of its workspace or in the user's folder for caches. Facts are
//! found by what their source says, so that it matters nothing where that is or when it was written. What is torn, of
//! another version or somebody else's is as good as nothing, and so is a folder that may not be written to: no failure of
//! this is ever told.

mod stored;

use std::{
    collections::{HashMap, HashSet},
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    time::SystemTime,
};

use self::stored::Stored;
use super::{facts::FileFacts, sources::Found};

/// What all files that are not of this workspace may take in one folder.
const MOST_BYTES: u64 = 256 << 20;

/// What a source says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(u64);

impl Key {
    pub(super) fn of(text: &[u8]) -> Self {
        Self(hash(text))
    }
}

/// A file that was read, with its facts if they were not kept already.
pub(super) struct Fresh<'s> {
    pub(super) package: &'s str,
    pub(super) key: Key,
    pub(super) new: Option<Vec<u8>>,
}

/// Facts as they are kept.
pub(super) fn encoded(facts: &FileFacts) -> Option<Vec<u8>> {
    postcard::to_stdvec(facts).ok()
}

pub(crate) struct Cache {
    folder: PathBuf,
    root: PathBuf,
    with_tests: bool,
    packages: HashMap<String, Stored>,
}

impl Cache {
    /// What is kept of these. There is none for a file alone, or where no folder is.
    pub(super) fn open(of: &Found, with_tests: bool) -> Option<Self> {
        let root = of.root.clone()?;
        let target = of.target.as_ref().filter(|target| target.is_dir());
        let folder = target.cloned().or_else(user_caches)?;
        let mut cache = Self {
            folder: folder.join("mapkeeper").join("scan"),
            root,
            with_tests,
            packages: HashMap::new(),
        };
        for source in &of.sources {
            if !cache.packages.contains_key(&source.package) {
                let stored =
                    Stored::read(&cache.file(&source.package), &cache.owner(&source.package));
                cache
                    .packages
                    .insert(source.package.clone(), stored.unwrap_or_default());
            }
        }
        Some(cache)
    }

    pub(super) fn get(&self, package: &str, key: Key) -> Option<FileFacts> {
        let bytes = self.packages.get(package)?.get(key)?;
        postcard::from_bytes(bytes).ok()
    }

    /// Keeps these, and nothing else of their crates.
    pub(super) fn keep(self, all: Vec<Fresh<'_>>) {
        let mut by_package: HashMap<&str, Vec<Fresh<'_>>> = HashMap::new();
        for of in all {
            by_package.entry(of.package).or_default().push(of);
        }
        let mut is_changed = false;
        for (package, all) in by_package {
            let Some(stored) = self.packages.get(package) else {
                continue;
            };
            let keys: HashSet<Key> = all.iter().map(|of| of.key).collect();
            if all.iter().all(|of| of.new.is_none()) && keys.len() == stored.len() {
                continue;
            }
            is_changed = true;
            let mut parts: Vec<(Key, &[u8])> = all
                .iter()
                .filter_map(|of| Some((of.key, of.new.as_deref().or_else(|| stored.get(of.key))?)))
                .collect();
            parts.sort_unstable();
            parts.dedup_by_key(|(key, _)| *key);
            let _ = fs::create_dir_all(&self.folder);
            stored::write(&self.file(package), &self.owner(package), &parts);
        }
        if is_changed {
            self.tidy();
        }
    }

    /// Drops what nobody will ask for, and of the rest what was written first, if it is too much.
    fn tidy(&self) {
        let mine: HashSet<PathBuf> = self.packages.keys().map(|of| self.file(of)).collect();
        let mut others: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(about) = entry.metadata() else {
                continue;
            };
            if mine.contains(&path) || !about.is_file() {
                continue;
            }
            let written = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let is_old = written.elapsed().is_ok_and(|ago| ago.as_secs() > 3600);
            let goes = match path.extension().is_some_and(|end| end == "tmp") {
                // Somebody may be writing it.
                true => is_old,
                false => stored::owner(&path).is_none_or(|of| {
                    let was_here = of.starts_with(&self.owner(""));
                    was_here || !Path::new(of.lines().next().unwrap_or_default()).is_dir()
                }),
            };
            match goes {
                true => drop(fs::remove_file(&path)),
                false => others.push((written, about.len(), path)),
            }
        }
        others.sort_by_key(|(written, ..)| std::cmp::Reverse(*written));
        let mut bytes = 0;
        for (_, len, path) in others {
            bytes += len;
            if bytes > MOST_BYTES {
                let _ = fs::remove_file(path);
            }
        }
    }

    fn file(&self, package: &str) -> PathBuf {
        let name: String = package
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
            .take(64)
            .collect();
        let hash = hash(self.owner(package).as_bytes());
        self.folder.join(format!("{name}-{hash:016x}.facts"))
    }

    /// Whose facts they are: a folder, whether tests are among them, and the package.
    fn owner(&self, package: &str) -> String {
        let with_tests = if self.with_tests { "all" } else { "run" };
        format!("{}\n{with_tests}\n{package}", self.root.display())
    }
}

/// Where programs may keep what they can do without.
fn user_caches() -> Option<PathBuf> {
    let named = |name| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let usual = || match () {
        () if cfg!(windows) => named("LOCALAPPDATA"),
        () if cfg!(target_os = "macos") => Some(env::home_dir()?.join("Library/Caches")),
        () => Some(env::home_dir()?.join(".cache")),
    };
    named("XDG_CACHE_HOME").or_else(usual)
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
