//! Runs of the program, cold and warm, with the most memory each took.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// What a run said, how long it took, and what it needed, where that can be told.
pub(crate) struct Run {
    pub(crate) out: Vec<u8>,
    pub(crate) took: Duration,
    needed: Needed,
}

#[derive(Clone, Copy, Default)]
struct Needed {
    /// The most memory.
    peak: usize,
    /// Of processors.
    time: Duration,
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
        let process = PathBuf::from(format!("/proc/{}", child.id()));
        let watch = thread::spawn(move || needed(&process));
        let output = child.stdout.take().map(std::io::read_to_string)?.ok()?;
        child.wait().ok()?;
        Some(Run {
            out: output.into_bytes(),
            took: start.elapsed(),
            needed: watch.join().ok()?,
        })
    }
}

impl Drop for Caches {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// As the kernel last told it before the process ended.
fn needed(process: &Path) -> Needed {
    let mut last = Needed::default();
    let now = || {
        let status = fs::read_to_string(process.join("status")).ok()?;
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kb: usize = peak.split_whitespace().next()?.parse().ok()?;
        let stat = fs::read_to_string(process.join("stat")).ok()?;
        // In user space and in the kernel, in hundredths of a second (proc(5)).
        let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let ticks: u64 = fields.take(2).filter_map(|of| of.parse::<u64>().ok()).sum();
        Some(Needed {
            peak: kb * 1024,
            time: Duration::from_millis(10 * ticks),
        })
    };
    while let Some(of) = now() {
        last = of;
        thread::sleep(Duration::from_millis(2));
    }
    last
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
    let cold = (0..3).map(|_| Caches::new("scan-bench-caches").scan(&folder));
    let cold: Vec<Run> = cold.collect::<Option<_>>()?;
    let caches = Caches::new("scan-bench-caches");
    caches.scan(&folder)?;
    let warm = (0..3).map(|_| caches.scan(&folder));
    let warm: Vec<Run> = warm.collect::<Option<_>>()?;
    let _ = fs::remove_dir_all(&folder);
    let tell = |runs: &[Run]| {
        let took = runs.iter().map(|run| run.took).min().unwrap_or_default();
        let time = runs.iter().map(|run| run.needed.time).min();
        let peak = runs.iter().map(|run| run.needed.peak).max();
        format!(
            "{:.2} s ({:.2} s per 100,000 lines; {:.2} s of processors, {} MiB)",
            took.as_secs_f64(),
            took.as_secs_f64() * 100_000.0 / lines.max(1) as f64,
            time.unwrap_or_default().as_secs_f64(),
            peak.unwrap_or_default() >> 20
        )
    };
    Some(format!(
        "{} crates as one folder, {lines} lines: cold {}, warm {}",
        crates.len(),
        tell(&cold),
        tell(&warm)
    ))
}

#[cfg(not(unix))]
pub(crate) fn all_at_once(_: &[PathBuf]) -> Option<String> {
    None
}
