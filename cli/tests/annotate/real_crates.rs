//! Crates that this workspace is built with anyway, annotated by the command alone, in one workspace of copies: they must
//! compile then, offline, and so must the fixtures.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{annotate, asked, fixtures, folder::Folder};

/// A crate, the features that it is built with, and the maps to be annotated.
struct Crate {
    name: &'static str,
    features: &'static [&'static str],
    fields: &'static [&'static str],
}

const CRATES: [Crate; 7] = [
    // hashbrown's maps and sets, in a crate without std.
    Crate {
        name: "kasuari",
        features: &["std"],
        fields: &[
            "Row.cells",
            "Solver.constraints",
            "Solver.var_data",
            "Solver.var_for_symbol",
            "Solver.changed",
            "Solver.rows",
            "Solver.edits",
        ],
    },
    // IndexMap, of type parameters.
    Crate {
        name: "tower",
        features: &[
            "ready-cache",
            "pin-project-lite",
            "tracing",
            "futures-core",
            "futures-util",
            "indexmap",
            "sync_wrapper",
        ],
        fields: &["ReadyCache.ready", "ReadyCache.pending_cancel_txs"],
    },
    // BTreeMap, and two of `thread_local!`.
    Crate {
        name: "shuttle-engine",
        features: &[],
        fields: &[
            "StorageMap.locals",
            "TaskSignature.child_counters",
            "ReusableContinuations.by_stack_size",
            "TASK_ID_TO_TAGS",
            "LABELS",
        ],
    },
    Crate {
        name: "shuttle-std",
        features: &[],
        fields: &["BarrierState.waiters", "BarrierState.leader_tokens"],
    },
    Crate {
        name: "shuttle-schedulers",
        features: &[],
        fields: &[
            "PctScheduler.priorities",
            "UrwRandomScheduler.signature_event_counts",
        ],
    },
    Crate {
        name: "indicatif",
        features: &[],
        fields: &["ProgressStyle.format_map"],
    },
    Crate {
        name: "loom",
        features: &[],
        fields: &[
            "Execution.raw_allocations",
            "Execution.arc_objs",
            "Set.statics",
        ],
    },
];

#[test]
fn what_was_annotated_compiles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = Folder::new("annotate-real");
    let mut members = vec!["\"forms\"".to_owned()];
    forms(&folder, root);
    let known = metadata(root);
    for of in &CRATES {
        copy(of, &source_of(of.name, &known), &folder, root);
        members.push(format!("{:?}", of.name));
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
        members.join(", ")
    );
    folder.write("Cargo.toml", manifest);
    // The versions that are there.
    fs::copy(root.join("Cargo.lock"), folder.0.join("Cargo.lock")).unwrap();
    for of in &CRATES {
        let path = folder.0.join(of.name);
        let run = annotate(&path, of.fields);
        assert_eq!((run.code, &*run.err), (0, ""), "{}: {run:?}", of.name);
        let again = annotate(&path, of.fields);
        assert_eq!(
            again.out, "annotated already: nothing to change\n",
            "{}: {again:?}",
            of.name
        );
    }
    for path in fixtures() {
        let text = fs::read_to_string(&path).unwrap();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let names = asked(&text, "annotate");
        let names = names.iter().map(|name| format!("src/{file}:{name}"));
        let run = annotate(&folder.0.join("forms"), names);
        assert_eq!((run.code, &*run.err), (0, ""), "{file}: {run:?}");
    }
    let check = cargo()
        .args(["check", "--quiet", "--workspace", "--lib", "--offline"])
        .args(["--target-dir".as_ref(), target().as_os_str()])
        .current_dir(&folder.0)
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTFLAGS", "--cap-lints=allow")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stderr)
    );
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Kept from run to run: the dependencies are built once.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("annotate-target")
}

/// All fixtures as modules of one crate.
fn forms(folder: &Folder, root: &Path) {
    let mut lib = String::from("#![allow(dead_code)]\n");
    for path in fixtures() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        lib.push_str(&format!("pub mod {name};\n"));
        folder.write(&format!("forms/src/{name}.rs"), fs::read(&path).unwrap());
    }
    folder.write("forms/src/lib.rs", lib);
    let manifest = format!(
        "[package]\nname = \"forms\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         dashmap = \"6\"\nindexmap = \"2\"\nmapkeeper = {{ path = {:?} }}\nparking_lot = \"0.12\"\nslab = \"0.4\"\n",
        root.join("runtime")
    );
    folder.write("forms/Cargo.toml", manifest);
}

/// Its sources; of its manifest what its library needs with these features, and mapkeeper by its path.
fn copy(of: &Crate, from: &Path, folder: &Folder, root: &Path) {
    copy_folder(&from.join("src"), &folder.0.join(of.name).join("src"));
    if let Ok(readme) = fs::read(from.join("README.md")) {
        folder.write(&format!("{}/README.md", of.name), readme);
    }
    let manifest = fs::read_to_string(from.join("Cargo.toml")).unwrap();
    let mut tables: Vec<String> = Vec::new();
    for line in manifest.lines() {
        match (line.starts_with('['), tables.last_mut()) {
            (false, Some(table)) => table.push_str(&format!("{line}\n")),
            _ => tables.push(format!("{line}\n")),
        }
    }
    let is_kept = |table: &&String| {
        let head = table.lines().next().unwrap_or_default();
        let name = head
            .trim_start_matches("[dependencies.")
            .trim_end_matches(']');
        let is_optional = table.contains("\noptional = true\n") && !of.features.contains(&name);
        let is_needed = head.starts_with("[package]")
            || head.starts_with("[lib]")
            || head.starts_with("[dependencies.")
            || head.starts_with("[target.")
                && head.contains(".dependencies.")
                && head.contains("cfg(not(target");
        is_needed && !is_optional || !head.starts_with('[')
    };
    let mut manifest: String = tables.iter().filter(is_kept).map(String::as_str).collect();
    manifest = manifest
        .replace("\noptional = true\n", "\n")
        .replace("\nautolib = false\n", "\n");
    manifest.push_str("[features]\ndefault = [");
    let features: Vec<&&str> = of.features.iter().collect();
    let declared: Vec<String> = features
        .iter()
        .filter(|of| !manifest.contains(&format!("[dependencies.{of}]")))
        .map(|of| of.to_string())
        .collect();
    let listed: Vec<String> = declared.iter().map(|of| format!("{of:?}")).collect();
    manifest.push_str(&format!("{}]\n", listed.join(", ")));
    declared
        .iter()
        .for_each(|of| manifest.push_str(&format!("{of} = []\n")));
    manifest.push_str(&format!(
        "\n[dependencies.mapkeeper]\npath = {:?}\n",
        root.join("runtime")
    ));
    folder.write(&format!("{}/Cargo.toml", of.name), manifest);
}

/// Of this platform: what others need may never have been downloaded.
fn metadata(root: &Path) -> Value {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let host = Command::new(rustc).args(["--print", "host-tuple"]).output();
    let host = String::from_utf8(host.unwrap().stdout).unwrap();
    let output = cargo()
        .args(["metadata", "--locked", "--format-version", "1"])
        .args(["--filter-platform", host.trim()])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Where cargo has it.
fn source_of(name: &str, known: &Value) -> PathBuf {
    let mut packages = known["packages"].as_array().unwrap().iter();
    let found = packages.find(|of| of["name"] == name && !of["source"].is_null());
    let found = found.unwrap_or_else(|| panic!("{name} is in Cargo.lock"));
    let path = Path::new(found["manifest_path"].as_str().unwrap());
    path.parent().unwrap().to_owned()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&from, &to),
            false => {
                // The registry's files may be read-only.
                fs::write(&to, fs::read(&from).unwrap()).unwrap();
            }
        }
    }
}
