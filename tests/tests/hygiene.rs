//! A library of its own, built from outside: mapkeeper under another name, and the strictest lints of compiler and clippy.
//!
//! It cannot be a `ui` case: those share the dependencies of this package, in which mapkeeper has its own name, and cargo
//! lets no package have a crate under two names.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The library's source; what it must not contain after expansion is denied in its first lines.
const SOURCE: &str = include_str!("hygiene/strict_library.rs");

#[test]
fn a_strict_library_with_a_renamed_mapkeeper_builds_without_a_warning() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("strict_library");
    fs::create_dir_all(library.join("src")).expect("a directory for the library");

    let manifest = manifest(&tests.join("../runtime"));
    fs::write(library.join("Cargo.toml"), manifest).expect("its manifest");
    fs::write(library.join("src/lib.rs"), SOURCE).expect("its source");
    // The same versions as here, which are already downloaded.
    fs::copy(tests.join("../Cargo.lock"), library.join("Cargo.lock")).expect("its lock file");

    let lint = if has_clippy() { "clippy" } else { "check" };
    let output = Command::new(env!("CARGO"))
        .args([lint, "--offline", "--quiet", "--all-targets"])
        .arg("--target-dir")
        .arg(library.join("target"))
        .current_dir(&library)
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("warning"), "{said}");
}

/// A toolchain of the minimal profile has none; the compiler's own lints are then all that is asked.
fn has_clippy() -> bool {
    Command::new(env!("CARGO"))
        .args(["clippy", "--version"])
        .output()
        .is_ok_and(|output| output.status.success())
}

fn manifest(runtime: &Path) -> String {
    format!(
        r#"
[package]
name = "strict_library"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
keeper = {{ package = "mapkeeper", path = {runtime:?}, default-features = false, features = ["observe"] }}

[workspace]
"#
    )
}
