//! Runs of the program, cold and warm, with the most memory each took.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// What a run said, how long it took, and the most memory it had, where that can be told.
pub(crate) struct Run {
    pub(crate) out: Vec<u8>,
    pub(crate) took: Duration,
    pub(crate) peak: Option<usize>,
}

/// A folder for caches, empty at first, gone at the end.
pub(crate) struct Caches(PathBuf);

impl Caches {
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    pub(crate) fn scan(&self, path: &Path) -> Option<Run> {
        let start = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_cargo-mapkeeper"))
            .arg("scan")
            .arg(path)
            .arg("--format=json")
            .env("XDG_CACHE_HOME", &self.0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        let watch = thread::spawn(move || peak(&status));
        let output = child.stdout.take().map(std::io::read_to_string)?.ok()?;
        child.wait().ok()?;
        Some(Run {
            out: output.into_bytes(),
            took: start.elapsed(),
            peak: watch.join().ok()?,
        })
    }
}

impl Drop for Caches {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// As the kernel last told it before the process ended.
fn peak(status: &Path) -> Option<usize> {
    let mut most = None;
    while let Ok(text) = fs::read_to_string(status) {
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let Some(kb) = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok())
        else {
            break;
        };
        most = Some(kb * 1024);
        thread::sleep(Duration::from_millis(2));
    }
    most
}

pub(crate) fn lines(below: &Path) -> usize {
    let entries = fs::read_dir(below).into_iter().flatten().flatten();
    let of = |path: PathBuf| match path.is_dir() {
        true => lines(&path),
        false if path.extension().is_some_and(|end| end == "rs") => {
            fs::read_to_string(path).map_or(0, |text| text.lines().count())
        }
        false => 0,
    };
    entries.map(|entry| of(entry.path())).sum()
}

/// All these crates as one folder, cold and then warm: the best of three of each.
#[cfg(unix)]
pub(crate) fn all_at_once(crates: &[PathBuf]) -> Option<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scan-bench-all");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).ok()?;
    for of in crates {
        std::os::unix::fs::symlink(of.join("src"), folder.join(of.file_name()?)).ok()?;
    }
    let lines = crates
        .iter()
        .map(|of| lines(&of.join("src")))
        .sum::<usize>();
    let best = |runs: Vec<Run>| {
        let peak = runs.iter().filter_map(|run| run.peak).max();
        let took = runs.iter().map(|run| run.took).min();
        (took.unwrap_or_default(), peak)
    };
    let again = || (0..3).map(|_| Caches::new("scan-bench-caches").scan(&folder));
    let cold = best(again().collect::<Option<_>>()?);
    let caches = Caches::new("scan-bench-caches");
    caches.scan(&folder)?;
    let warm = best(
        (0..3)
            .map(|_| caches.scan(&folder))
            .collect::<Option<_>>()?,
    );
    let _ = fs::remove_dir_all(&folder);
    let tell = |(took, peak): (Duration, Option<usize>)| {
        let each = took.as_secs_f64() * 100_000.0 / lines.max(1) as f64;
        let peak = peak.map_or("-".to_owned(), |bytes| format!("{} MiB", bytes >> 20));
        format!(
            "{:.2} s ({each:.2} s per 100,000 lines, {peak})",
            took.as_secs_f64()
        )
    };
    Some(format!(
        "{} crates as one folder, {lines} lines: cold {}, warm {}",
        crates.len(),
        tell(cold),
        tell(warm)
    ))
}

#[cfg(not(unix))]
pub(crate) fn all_at_once(_: &[PathBuf]) -> Option<String> {
    None
}
