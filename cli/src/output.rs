//! What goes to standard output and standard error, and into files.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use crate::{clean::clean_lines, command::Failure};

/// Writes to standard output. Who reads no further has had enough: that is no failure.
pub(crate) fn write(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Says it on standard error.
pub(crate) fn say(text: &str) {
    // If that is closed, nobody listens.
    let _ = writeln!(io::stderr(), "{}", clean_lines(text));
}

/// Writes a file whole or not at all: into a new one beside it first, which then takes its place.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |why: &dyn std::fmt::Display| {
        Failure::new(format!(
            "cannot write {}: {why}; name a file in a folder that exists and may be written to",
            path.display()
        ))
    };
    replace(path, &[text.as_bytes()]).map_err(|error| failed(&error))
}

/// The parts of a file, one behind the other; others see what it was before, or all of it.
pub(crate) fn replace(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::other("this names no file"))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = File::create_new(&beside).and_then(|mut file| {
        for part in parts {
            file.write_all(part)?;
        }
        fs::rename(&beside, path)
    });
    written.inspect_err(|_| {
        // It may not exist, and what went wrong first is what matters.
        let _ = fs::remove_file(&beside);
    })
}
