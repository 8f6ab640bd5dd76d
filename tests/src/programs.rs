//! A bench of this package as a program of another mode: a mode is a cargo feature, so each has to be compiled.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The running bench, of this name, compiled for a mode.
///
/// # Errors
/// If cargo cannot be run or cannot compile it, with what it said.
pub fn of_bench(name: &str, mode: &str) -> Result<PathBuf, String> {
    let me = env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    if mapkeeper::MODE.as_str() == mode {
        return Ok(me);
    }
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let out = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["bench", "--quiet", "--package", "mapkeeper-tests"])
        .args(["--bench", name, "--no-run", "--message-format", "json"])
        .args(["--no-default-features", "--features"])
        .arg(if mode == "off" { "" } else { mode })
        // …/target/release/deps/leaks-…
        .env(
            "CARGO_TARGET_DIR",
            me.ancestors().nth(3).unwrap_or(Path::new("target")),
        )
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !out.status.success() {
        let errors = String::from_utf8_lossy(&out.stderr).into_owned();
        return Err(format!("cannot compile for mode {mode}:\n{errors}"));
    }
    String::from_utf8_lossy(&out.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| format!("cargo named no program for mode {mode}"))
}
