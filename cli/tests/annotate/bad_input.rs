//! Names that mean nothing or too much, files that cannot be read or written, edits that nobody can be sure of.

use super::{MANIFEST, annotate, folder::Folder, lib, manifest, package};

const TEXT: &str = "use std::collections::{HashMap, HashSet};
#[derive(Default)]
pub struct Room { pub guests: HashMap<u64, String>, pub size: usize }
pub mod inner {
    #[derive(Default)]
    pub struct Room { pub guests: std::collections::HashMap<u64, String> }
}
pub struct Borrowed<'a> { pub map: &'a HashSet<u64> }
";

/// One sentence, and nothing changed.
fn refused(folder: &Folder, arguments: &[&str], says: &str) {
    let before = (lib(folder), manifest(folder));
    let run = annotate(&folder.0, arguments);
    assert_eq!((run.code, &*run.out), (2, ""), "{arguments:?}: {run:?}");
    assert!(
        run.err.starts_with("error: ") && run.err.contains(says),
        "{arguments:?}: {run:?}"
    );
    assert_eq!(run.err.lines().count(), 1, "{arguments:?}: {run:?}");
    assert_eq!((lib(folder), manifest(folder)), before);
}

#[test]
fn a_name_that_means_nothing_or_too_much_is_told() {
    let folder = package("annotate-names", MANIFEST, TEXT);
    for (arguments, says) in [
        (&["Rom.guests"][..], "did you mean `Room.guests`?"),
        (&["Room.gests"], "did you mean `Room.guests`?"),
        (&["NOTHING_LIKE_IT"], "there is no `NOTHING_LIKE_IT`"),
        (&["Room.size"], "`Room.size` is no map"),
        (&["Room.guests"], "there are 2 of the name `Room.guests`"),
        (&["src/other.rs:Room.guests"], "is not in src/other.rs"),
        (&["Borrowed.map"], "behind a reference"),
        (&[], "name a field"),
        (&["Room.size", "--all"], "not both"),
        (&["Room.size", "--frobnicate"], "--frobnicate"),
    ] {
        refused(&folder, arguments, says);
    }
}

#[test]
fn a_file_or_a_package_tells_which_is_meant() {
    let folder = Folder::new("annotate-which");
    folder.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n",
    );
    let room = "#[derive(Default)]\npub struct Room { guests: std::collections::HashSet<u64> }\n";
    for name in ["a", "b"] {
        let text = MANIFEST
            .replace("\n[workspace]\n", "")
            .replace("\"it\"", &format!("\"{name}\""));
        folder.write(&format!("{name}/Cargo.toml"), text);
        folder.write(&format!("{name}/src/lib.rs"), room);
    }
    let read = |name: &str| std::fs::read_to_string(folder.0.join(name)).unwrap();
    let run = annotate(&folder.0, ["Room.guests"]);
    assert!(run.code == 2 && run.err.contains("say which"), "{run:?}");
    let run = annotate(&folder.0, ["b:Room.guests"]);
    assert_eq!((run.code, &*run.err), (0, ""), "{run:?}");
    assert_eq!(read("a/src/lib.rs"), room);
    assert!(read("b/src/lib.rs").contains("#[map]") && read("b/Cargo.toml").contains("mapkeeper"));
    let run = annotate(&folder.0, ["a/src/lib.rs:Room.guests"]);
    assert_eq!((run.code, &*run.err), (0, ""), "{run:?}");
    assert!(read("a/src/lib.rs").contains("#[map]") && read("a/Cargo.toml").contains("mapkeeper"));
}

#[test]
fn a_file_that_does_not_parse_or_a_package_that_is_none_is_told() {
    let folder = package("annotate-broken", MANIFEST, TEXT);
    folder.write("src/broken.rs", "fn main( {");
    refused(&folder, &["Borrowed.map"], "broken.rs:1:");
    let folder = package(
        "annotate-manifest",
        "[package\n",
        "pub struct A { pub m: std::collections::HashSet<u8> }",
    );
    let run = annotate(&folder.0.join("src/lib.rs"), ["A.m"]);
    assert!(
        run.code == 2 && run.err.contains("cannot read") && run.err.lines().count() == 1,
        "{run:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_told_and_no_other_changed() {
    use std::{fs, os::unix::fs::PermissionsExt as _};
    let text = "#[derive(Default)]\npub struct A { m: std::collections::HashSet<u8> }\n";
    let folder = package("annotate-read-only", MANIFEST, text);
    let path = folder.0.join("src/lib.rs");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    refused(&folder, &["A.m"], "read-only");
    let left: Vec<_> = fs::read_dir(folder.0.join("src")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn what_mapkeeper_does_not_know_is_refused() {
    let manifest = format!("{MANIFEST}[dependencies]\ndashmap = \"5.5\"\n");
    for (ty, says) in [
        ("std::cell::Cell<std::collections::HashMap<u8, u8>>", "Cell"),
        (
            "spin::Mutex<std::collections::HashMap<u8, u8>>",
            "spin::Mutex",
        ),
        ("lru::LruHashMap<u8, u8>", "LruHashMap"),
        ("dashmap::DashMap<u8, u8>", "dashmap 5.5"),
    ] {
        let folder = package(
            "annotate-unknown",
            &manifest,
            &format!("pub struct A {{ pub m: {ty} }}\n"),
        );
        refused(&folder, &["A.m"], says);
    }
}

#[test]
fn what_cannot_be_known_is_said_with_its_place_and_done_on_request() {
    for (rest, at, says) in [
        (
            "impl A { pub fn of(v: u8) -> Self { A { m: outside::made(v) } } }",
            "src/lib.rs:3:44",
            "append `.into()`",
        ),
        (
            "impl A { pub fn give(&self) { outside::take(&self.m) } }",
            "src/lib.rs:3:45",
            "`outside::take`",
        ),
        (
            "impl A { pub fn iter(&self) -> std::collections::hash_map::Iter<'_, u8, u8> { self.m.iter() } }",
            "src/lib.rs:3:79",
            "mapkeeper::hash_map",
        ),
        (
            "pub trait Tells { fn tell(&self) -> &HashMap<u8, u8>; } impl Tells for A { fn tell(&self) -> &HashMap<u8, u8> { &self.m } }",
            "src/lib.rs:3:",
            "type Name = …;",
        ),
        (
            "macro_rules! a { () => { A { m: HashMap::new() } } }",
            "src/lib.rs:3:30",
            "inside of a macro",
        ),
    ] {
        let text = format!(
            "use std::collections::HashMap;\npub struct A {{ pub m: HashMap<u8, u8> }}\n{rest}\n"
        );
        let folder = package("annotate-by-hand", MANIFEST, &text);
        let run = annotate(&folder.0, ["A.m"]);
        assert_eq!((run.code, &*run.out), (2, ""), "{rest}: {run:?}");
        let mut lines = run.err.lines();
        let first = lines.next().unwrap();
        assert!(
            first.starts_with("by hand: ") && first.contains(at) && first.contains(says),
            "{rest}: {run:?}"
        );
        assert!(run.err.contains("nothing was changed"), "{run:?}");
        assert_eq!(
            (lib(&folder), manifest(&folder)),
            (text, MANIFEST.to_owned())
        );
        let run = annotate(&folder.0, ["A.m", "--partly"]);
        assert!(
            run.code == 0 && run.err.starts_with("by hand: ") && run.err.lines().count() == 1,
            "{run:?}"
        );
        assert!(lib(&folder).contains("#[map] pub m"), "{}", lib(&folder));
    }
}
