//! A backtrace as text, without what is not the program's.

use std::panic::Location;

/// Frames kept of a backtrace, the innermost ones.
const MAX_FRAMES: usize = 16;
/// Bytes kept of a frame.
const MAX_FRAME: usize = 240;

/// Crates whose frames say nothing about who inserts.
const OF_OTHERS: [&str; 10] = [
    "std",
    "core",
    "alloc",
    "test",
    "mapkeeper",
    "hashbrown",
    "tokio",
    "tracing",
    "tracing_core",
    "backtrace",
];

/// One function in a backtrace.
struct Frame<'a> {
    name: &'a str,
    /// `file:line:column`; empty without debug information.
    place: &'a str,
}

/// The program's own functions in a backtrace's text, the innermost first, one a line: `app::pool::put
/// (src/pool.rs:10:5)`. Empty if the program has no symbols. `call_site` is the line that called into the map.
pub(super) fn of_the_program(backtrace: &str, call_site: Option<&Location<'_>>) -> String {
    let frames = parsed(backtrace);
    // A function that was inlined has lost its crate: before the line that called into the map, it is one of ours.
    let start = call_site
        .and_then(|line| frames.iter().position(|frame| frame.is_at(line)))
        .or_else(|| frames.iter().position(Frame::is_of_the_program))
        .unwrap_or(frames.len());
    let (before, behind) = frames.split_at(start);
    let before = before.iter().filter(|frame| frame.krate().is_some());
    let kept = before
        .chain(behind)
        .filter(|frame| !frame.is_of_others())
        .take(MAX_FRAMES);
    kept.map(Frame::text).collect::<Vec<_>>().join("\n")
}

/// Lines are `12: app::main`, those of functions inlined into the one before without a number, then `at file:1:2`.
fn parsed(backtrace: &str) -> Vec<Frame<'_>> {
    let mut frames: Vec<Frame<'_>> = Vec::new();
    for line in backtrace.lines() {
        let line = line.trim();
        if let Some(place) = line.strip_prefix("at ") {
            if let Some(frame) = frames.last_mut() {
                frame.place = place.strip_prefix("./").unwrap_or(place);
            }
            continue;
        }
        let name = match line.split_once(": ") {
            Some((number, name)) if number.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => line,
        };
        frames.push(Frame { name, place: "" });
    }
    frames
}

impl Frame<'_> {
    /// The crate its name starts with.
    fn krate(&self) -> Option<&str> {
        let path = self.name.trim_start_matches(['<', '&', '*', '(', '[']);
        let path = ["mut ", "dyn ", "const "]
            .iter()
            .fold(path, |path, word| path.strip_prefix(word).unwrap_or(path));
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_')?;
        path[end..].starts_with("::").then_some(&path[..end])
    }

    fn is_of_the_program(&self) -> bool {
        self.krate().is_some() && !self.is_of_others()
    }

    /// Whether it is of a crate that is not of interest, or of none (C's).
    fn is_of_others(&self) -> bool {
        let of_rust = ["/rustc/", "/rustlib/src/"];
        if of_rust.iter().any(|dir| self.place.contains(dir)) {
            return true;
        }
        match self.krate() {
            Some(krate) => OF_OTHERS.contains(&krate) || krate.starts_with("__rust"),
            None => !self.is_in_a_rust_file() || self.is_in_a_package_of_others(),
        }
    }

    fn is_in_a_rust_file(&self) -> bool {
        let file = self.place.split(':').find(|part| part.ends_with(".rs"));
        file.is_some()
    }

    /// Whether its file is one of `tokio-1.2.3/` or the like.
    fn is_in_a_package_of_others(&self) -> bool {
        let folders = self.place.split(['/', '\\']);
        folders
            .filter_map(|folder| folder.rsplit_once('-'))
            .any(|(package, version)| {
                version.starts_with(|c: char| c.is_ascii_digit())
                    && OF_OTHERS.contains(&package.replace('-', "_").as_str())
            })
    }

    /// Whether it is where `line` says; paths may start at different folders.
    fn is_at(&self, line: &Location<'_>) -> bool {
        let place = line.to_string();
        !self.place.is_empty() && (place.ends_with(self.place) || self.place.ends_with(&place))
    }

    fn text(&self) -> String {
        let mut text = self.name.to_owned();
        if !self.place.is_empty() {
            text.push_str(&format!(" ({})", self.place));
        }
        text.truncate(text.floor_char_boundary(MAX_FRAME));
        text
    }
}

#[cfg(all(test, not(mapkeeper_models)))]
mod tests;
