//! The program, run as people run it.

use std::{
    ffi::OsStr,
    process::{Command, Stdio},
};

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    // What it keeps for itself is kept where all else of the tests is.
    let caches = concat!(env!("CARGO_TARGET_TMPDIR"), "/caches");
    ended(command(arguments).env("XDG_CACHE_HOME", caches))
}

/// Not yet run.
pub(crate) fn command<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-mapkeeper"));
    command
        .args(arguments)
        .env_remove("MAPKEEPER_TOKEN")
        .stdin(Stdio::null());
    command
}

pub(crate) fn ended(command: &mut Command) -> Run {
    let output = command.output().expect("it runs");
    Run {
        code: output.status.code().expect("a code"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}
