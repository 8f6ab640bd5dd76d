//! Files that cannot be read, wrong words, folders that lead in a circle.

use super::{Run, folder::Folder, scan};

const LEAKS: &str = "
use std::{collections::HashSet, sync::Mutex};
static SEEN: Mutex<HashSet<String>> = Mutex::new(HashSet::new());
pub fn see(name: &str) { SEEN.lock().unwrap().insert(name.to_owned()); }
";

fn is_found(run: &Run) -> bool {
    run.out.contains("`SEEN` only grows") && run.out.contains("1 finding (1 only-grows)")
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    let folder = Folder::new("scan-unreadable");
    folder.write("good.rs", LEAKS);
    folder.write("broken.rs", "fn main( {");
    folder.write("latin1.rs", b"// caf\xe9");
    folder.write("empty.rs", "");
    folder.write("script.rs", "\u{feff}#!/usr/bin/env run\nfn main() {}\n");
    let run = scan([&folder.0]);
    assert!(run.code == 0 && is_found(&run), "{run:?}");
    let mut said: Vec<&str> = run.err.lines().collect();
    said.sort_unstable();
    assert_eq!(said.len(), 2, "{run:?}");
    assert!(
        said[0].contains("broken.rs:1:") && said[0].contains("does not parse"),
        "{run:?}"
    );
    assert!(said[1].contains("latin1.rs is not UTF-8"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_followed_once() {
    let folder = Folder::new("scan-circle");
    folder.write("src/lib.rs", LEAKS);
    std::os::unix::fs::symlink(&folder.0, folder.0.join("src/again")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.0.join("src/gone.rs")).unwrap();
    let run = scan([&folder.0]);
    assert!(
        run.code == 0 && is_found(&run) && run.err.is_empty(),
        "{run:?}"
    );
}

#[test]
fn hidden_folders_target_and_tests_are_left_out() {
    let folder = Folder::new("scan-left-out");
    folder.write("src/lib.rs", LEAKS);
    for name in [
        "target/made.rs",
        ".git/hook.rs",
        "tests/it.rs",
        "benches/it.rs",
        "examples/it.rs",
        "build.rs",
    ] {
        folder.write(name, "fn broken(");
    }
    let run = scan([&folder.0]);
    assert!(
        run.code == 0 && is_found(&run) && run.err.is_empty(),
        "{run:?}"
    );
    let run = scan([folder.0.as_os_str(), "--all".as_ref()]);
    assert_eq!(run.err.lines().count(), 4, "{run:?}");
}

#[test]
fn a_manifest_that_cargo_does_not_take_is_told_and_its_folder_read() {
    let folder = Folder::new("scan-manifest");
    folder.write("Cargo.toml", "[package\n");
    folder.write("src/lib.rs", LEAKS);
    let run = scan([&folder.0]);
    assert!(run.code == 0 && is_found(&run), "{run:?}");
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
    assert!(
        run.err.contains("cargo cannot tell the packages"),
        "{run:?}"
    );
}

#[test]
fn packages_of_a_workspace_are_read_without_a_lock_file_or_a_network() {
    let folder = Folder::new("scan-workspace");
    folder.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n",
    );
    // Nobody has this crate: nothing is resolved.
    let needs = "[dependencies]\nno-such-crate-of-this-name = \"9\"\n";
    for name in ["a", "b"] {
        folder.write(
            &format!("{name}/Cargo.toml"),
            format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{needs}"
            ),
        );
    }
    folder.write("a/src/lib.rs", LEAKS);
    folder.write("b/src/lib.rs", "pub fn nothing() {}\n");
    folder.write("not_a_member/src/lib.rs", "fn broken(");
    let run = scan([&folder.0]);
    assert!(
        run.code == 0 && is_found(&run) && run.err.is_empty(),
        "{run:?}"
    );
    assert!(run.out.contains("in 2 files"), "{run:?}");
}

#[test]
fn deep_and_large_sources_are_read() {
    let folder = Folder::new("scan-large");
    folder.write("good.rs", LEAKS);
    let (open, close) = ("(".repeat(2_000), ")".repeat(2_000));
    folder.write("deep.rs", format!("fn deep() -> u8 {{ {open}1{close} }}"));
    let chain = ".wrapping_add(1)".repeat(3_000);
    folder.write("chain.rs", format!("fn chain() -> u8 {{ 1u8{chain} }}"));
    let lines: String = (0..30_000)
        .map(|n| format!("pub const C{n}: &str = \"{n}\";\n"))
        .collect();
    folder.write("large.rs", lines);
    let run = scan([&folder.0]);
    assert!(
        run.code == 0 && is_found(&run) && run.err.is_empty(),
        "{}",
        run.err
    );
}

#[test]
fn macros_of_any_grammar_hide_nothing_of_the_rest() {
    let folder = Folder::new("scan-macros");
    let odd = "odd! { fn => struct @ # 'a .. }";
    folder.write(
        "src/lib.rs",
        format!("macro_rules! odd {{ ($($t:tt)*) => {{}} }}\n{odd}\n{LEAKS}fn run() {{ {odd} }}\n"),
    );
    // What a macro's tokens say of a name is a removal of that name, whatever it means.
    folder.write(
        "src/other.rs",
        "static GONE: std::sync::Mutex<std::collections::HashSet<u64>> = new();
        pub fn see(id: u64) { GONE.lock().unwrap().insert(id); }
        pub fn forget(id: u64) { odd! { => GONE.lock().unwrap().remove(&id) ; @ } }",
    );
    let run = scan([&folder.0]);
    assert!(
        run.code == 0 && is_found(&run) && run.err.is_empty(),
        "{run:?}"
    );
}

#[test]
fn an_allow_needs_a_reason_and_a_kind_that_exists() {
    let folder = Folder::new("scan-allow");
    let allow = |what: &str| LEAKS.replace("static", &format!("// mapkeeper: {what}\nstatic"));
    for (what, says) in [
        ("allow(only-grows)", "needs a reason"),
        ("allow(only-grow) a few", "no kind `only-grow`"),
    ] {
        let path = folder.write("one.rs", allow(what));
        let run = scan([&path]);
        assert!(run.code == 2 && is_found(&run), "{run:?}");
        assert!(
            run.err.contains("one.rs:3: ") && run.err.contains(says),
            "{run:?}"
        );
    }
    let path = folder.write("one.rs", allow("allow(only-grows) a few"));
    let run = scan([&path]);
    assert!(
        run.code == 0 && run.out.starts_with("no findings"),
        "{run:?}"
    );
}

#[test]
fn what_cannot_be_done_is_one_sentence() {
    let folder = Folder::new("scan-refused");
    let here = folder.0.to_str().unwrap();
    for (arguments, says) in [
        (&["/no/such/folder"][..], "/no/such/folder"),
        (&[here], "no Rust file"),
        (&[here, "--format=xml"], "sarif"),
        (&[here, "--fail-on=leak"], "only-grows"),
        (&[here, "--confidence=some"], "low, medium and high"),
        (&["--explain=leak"], "only-grows"),
        (&[here, here], "unexpected"),
    ] {
        let run = scan(arguments);
        assert_eq!((run.code, &*run.out), (2, ""), "{arguments:?}: {run:?}");
        assert!(
            run.err.starts_with("error: ") && run.err.contains(says),
            "{arguments:?}: {run:?}"
        );
        assert_eq!(run.err.lines().count(), 1, "{arguments:?}: {run:?}");
    }
}
