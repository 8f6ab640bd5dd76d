//! What is kept of a scan: the next one says what it would say without, whatever happened to files or to what was kept.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use super::{Run, fixtures, folder::Folder, program, rust_files};

const LEAKS: &str = "
use std::{collections::HashSet, sync::Mutex};
static SEEN: Mutex<HashSet<String>> = Mutex::new(HashSet::new());
pub fn see(name: &str) { SEEN.lock().unwrap().insert(name.to_owned()); }
";

/// Sources, and caches that are nobody else's.
struct Project {
    folder: Folder,
    caches: Folder,
}

impl Project {
    fn new(name: &str) -> Self {
        Self {
            folder: Folder::new(name),
            caches: Folder::new(&format!("{name}-caches")),
        }
    }

    fn with(name: &str, text: &str) -> Self {
        let project = Self::new(name);
        project.folder.write("src/lib.rs", text);
        project
    }

    fn scan(&self, more: &[&str]) -> Run {
        let mut command = program::command(["scan", "--confidence=low", "--format=json"]);
        let command = command.arg(&self.folder.0).args(more);
        program::ended(command.env("XDG_CACHE_HOME", &self.caches.0))
    }

    fn compare(&self, when: &str) {
        let (with, without) = (self.scan(&[]), self.scan(&["--no-cache"]));
        let told = |run: &Run| (run.code, run.out.clone(), run.err.clone());
        assert_eq!(told(&with), told(&without), "{when}");
    }

    fn kept(&self) -> Vec<PathBuf> {
        kept(&self.caches.0.join("mapkeeper/scan"))
    }

    fn only_kept(&self) -> PathBuf {
        let kept = self.kept();
        assert_eq!(kept.len(), 1, "{kept:?}");
        kept[0].clone()
    }
}

fn kept(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

/// It changes when a file is replaced.
#[cfg(unix)]
fn identity(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).unwrap().ino()
}

#[cfg(not(unix))]
fn identity(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn a_second_run_says_the_same_and_parses_nothing() {
    let project = Project::new("scan-cache-same");
    for path in rust_files(&fixtures()) {
        let name = path.strip_prefix(fixtures()).unwrap();
        let text = fs::read(&path).unwrap();
        project.folder.write(name.to_str().unwrap(), text);
    }
    let first = project.scan(&[]);
    assert!(first.json()["findings"].as_array().unwrap().len() > 20);
    let file = project.only_kept();
    let before = identity(&file);
    let second = project.scan(&[]);
    assert_eq!((first.out, first.err), (second.out, second.err));
    // What is parsed is kept, and for that the file is replaced.
    assert_eq!(identity(&file), before);
    project.compare("nothing has changed");
}

/// Numbers that are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

#[test]
fn after_any_edit_it_says_what_a_run_without_says() {
    let project = Project::with("scan-cache-edits", LEAKS);
    let mut texts: Vec<Vec<u8>> = rust_files(&fixtures())
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    texts.extend([b"fn main( {".to_vec(), b"// caf\xe9".to_vec(), Vec::new()]);
    let mut numbers = Numbers(20_260_101);
    for step in 0..40 {
        for _ in 0..=numbers.below(3) {
            let name = format!("src/m{}.rs", numbers.below(6));
            let path = project.folder.0.join(&name);
            match numbers.below(4) {
                0 => drop(fs::remove_file(path)),
                1 => drop(fs::rename(path, project.folder.0.join("src/m0.rs"))),
                _ => {
                    let text = &texts[numbers.below(texts.len())];
                    project.folder.write(&name, text);
                }
            }
        }
        project.compare(&format!("step {step}"));
    }
}

#[test]
fn what_is_torn_or_foreign_is_ignored_and_written_anew() {
    let project = Project::with("scan-cache-torn", LEAKS);
    project.scan(&[]);
    let file = project.only_kept();
    let good = fs::read(&file).unwrap();
    let mut bad: Vec<Vec<u8>> = (0..good.len())
        .step_by(23)
        .map(|at| good[..at].to_vec())
        .collect();
    bad.extend((0..good.len()).step_by(11).map(|at| {
        let mut bytes = good.clone();
        bytes[at] ^= 0x81;
        bytes
    }));
    bad.extend([
        vec![0; 4096],
        vec![0xff; 4096],
        b"{\"findings\":[]}".to_vec(),
    ]);
    for bytes in bad {
        fs::write(&file, &bytes).unwrap();
        project.compare("torn");
        assert!(fs::read(&file).unwrap() == good, "{} bytes", bytes.len());
    }
}

#[test]
fn where_nothing_can_be_written_nothing_is_kept_or_said() {
    let project = Project::with("scan-cache-nowhere", LEAKS);
    project.caches.write("mapkeeper", "a file");
    project.compare("its folder is a file");
    fs::remove_file(project.caches.0.join("mapkeeper")).unwrap();
    project.scan(&[]);
    let file = project.only_kept();
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    project.compare("its file is a folder");
    assert_eq!(project.kept(), [file], "and nothing beside it");
}

#[test]
fn it_keeps_nothing_if_asked_not_to_or_of_one_file() {
    let project = Project::with("scan-cache-none", LEAKS);
    project.scan(&["--no-cache"]);
    let mut command = program::command(["scan"]);
    let command = command.arg(project.folder.0.join("src/lib.rs"));
    program::ended(command.env("XDG_CACHE_HOME", &project.caches.0));
    assert!(project.kept().is_empty());
}

#[test]
fn what_is_gone_is_kept_no_longer() {
    let project = Project::with("scan-cache-gone", LEAKS);
    project
        .folder
        .write("src/more.rs", "pub fn more() {}\n".repeat(100));
    project.scan(&[]);
    let file = project.only_kept();
    let both = fs::metadata(&file).unwrap().len();
    fs::remove_file(project.folder.0.join("src/more.rs")).unwrap();
    project.scan(&[]);
    assert!(fs::metadata(&file).unwrap().len() < both / 2);
    // The folder itself: whoever scans another one tidies up.
    let Project { folder, caches } = project;
    drop(folder);
    let other = Project {
        folder: Folder::new("scan-cache-gone-other"),
        caches,
    };
    other.folder.write("src/lib.rs", LEAKS);
    other.scan(&[]);
    assert_ne!(other.only_kept(), file);
}

#[test]
fn many_at_once_say_the_same_and_leave_whole_files() {
    let project = Project::with("scan-cache-many", LEAKS);
    for path in rust_files(&fixtures()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        project
            .folder
            .write(&format!("src/{name}"), fs::read(&path).unwrap());
    }
    let expected = project.scan(&["--no-cache"]).out;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..2 {
                    let run = project.scan(&[]);
                    assert!(run.out == expected && run.err.is_empty(), "{run:?}");
                    for file in project.kept() {
                        let _ = fs::remove_file(file);
                    }
                }
            });
        }
    });
    project.scan(&[]);
    assert_eq!(project.only_kept().extension().unwrap(), "facts");
}

#[test]
fn a_workspace_has_a_file_for_each_crate_in_the_target_folder_it_has() {
    let project = Project::new("scan-cache-workspace");
    let folder = &project.folder;
    let workspace = |members: &str| {
        let text = format!("[workspace]\nmembers = [{members}]\nresolver = \"3\"\n");
        folder.write("Cargo.toml", text);
    };
    for name in ["one", "two", "three"] {
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        folder.write(&format!("{name}/Cargo.toml"), manifest);
        folder.write(
            &format!("{name}/src/lib.rs"),
            LEAKS.replace("SEEN", &name.to_uppercase()),
        );
    }
    workspace("\"one\", \"two\", \"three\"");
    // It was never built: no folder is made for it.
    project.compare("before it is built");
    let target = folder.0.join("target");
    assert!(
        !target.exists() && project.kept().len() == 3,
        "{:?}",
        project.kept()
    );
    fs::create_dir(&target).unwrap();
    project.compare("once it is built");
    let files = kept(&target.join("mapkeeper/scan"));
    let starts: Vec<&str> = files
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap())
        .map(|name| name.split('-').next().unwrap())
        .collect();
    assert_eq!(starts, ["one", "three", "two"]);
    let before: Vec<_> = files.iter().map(|file| identity(file)).collect();
    folder.write("two/src/lib.rs", LEAKS);
    project.compare("one is edited");
    let after: Vec<_> = files.iter().map(|file| identity(file)).collect();
    assert_eq!(before[..2], after[..2]);
    assert_ne!(before[2], after[2]);
    // Tests are other facts.
    assert!(
        project.scan(&["--all"]).json()["findings"]
            .as_array()
            .unwrap()
            .len()
            == 3
    );
    assert_eq!(kept(&target.join("mapkeeper/scan")).len(), 6);
    workspace("\"one\", \"two\"");
    folder.write("two/src/lib.rs", "pub fn nothing() {}");
    project.compare("one has left");
    assert_eq!(kept(&target.join("mapkeeper/scan")).len(), 5);
}

#[test]
fn whatever_makes_facts_is_part_of_their_version() {
    let scan = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scan");
    let version = fs::read_to_string(scan.join("cache/stored.rs")).unwrap();
    let mut makers = rust_files(&scan.join("lower"));
    makers.extend(["allows.rs", "facts.rs", "lower.rs", "read.rs"].map(|name| scan.join(name)));
    for path in makers {
        let name = path.strip_prefix(&scan).unwrap().to_str().unwrap();
        assert!(
            version.contains(&format!("include_str!(\"../{name}\")")),
            "{name}"
        );
    }
}
