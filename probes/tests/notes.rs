//! What a tool finds in the file of a program with probes, and what the program does while one is attached.

#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![forbid(unsafe_code)]

use std::{
    collections::{BTreeMap, HashMap},
    env, fs,
    io::{Seek, SeekFrom, Write},
    process::Command,
};

/// One note, as readelf tells it.
#[derive(Debug)]
struct Note {
    provider: String,
    name: String,
    semaphore: u64,
    arguments: Vec<String>,
}

/// The notes of this very program; `None` where there is no readelf.
fn notes() -> Option<Vec<Note>> {
    let me = env::current_exe().unwrap();
    let Ok(output) = Command::new("readelf")
        .args(["--notes", "--wide"])
        .arg(me)
        .output()
    else {
        eprintln!("skipped: there is no readelf (binutils)");
        return None;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let notes = text.split("NT_STAPSDT").skip(1).map(|note| {
        let field = |name: &str| {
            let rest = note.split_once(name).unwrap().1;
            rest.split(['\n', ',']).next().unwrap().trim().to_owned()
        };
        let semaphore = field("Semaphore: 0x");
        Note {
            provider: field("Provider:"),
            name: field("Name:"),
            semaphore: u64::from_str_radix(&semaphore, 16).unwrap(),
            arguments: field("Arguments:").split(' ').map(str::to_owned).collect(),
        }
    });
    Some(notes.filter(|note| note.provider == "mapkeeper").collect())
}

#[test]
fn each_probe_is_there_once_with_the_arguments_that_are_documented() {
    let Some(notes) = notes() else { return };
    let documented: BTreeMap<&str, usize> = include_str!("../src/lib.rs")
        .split("/// The probe `mapkeeper:")
        .skip(1)
        .map(|doc| {
            let name = doc.split('`').next().unwrap();
            let arguments = doc.split("/// Arguments: ").nth(1).unwrap();
            let arguments = arguments.lines().next().unwrap();
            let numbers = arguments.split(|c: char| !c.is_ascii_digit());
            (name, numbers.filter(|number| !number.is_empty()).count())
        })
        .collect();
    assert_eq!(documented.len(), 4);
    let found: BTreeMap<&str, usize> = notes
        .iter()
        .map(|note| (note.name.as_str(), note.arguments.len()))
        .collect();
    assert_eq!(notes.len(), 4, "each once: {notes:?}");
    assert_eq!(found, documented);
    for note in &notes {
        assert_ne!(note.semaphore, 0, "{note:?}");
        for argument in &note.arguments {
            assert!(
                argument.starts_with("8@"),
                "eight bytes without a sign: {note:?}"
            );
        }
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Kept {
    #[map(max_len = 90)]
    hashed: HashMap<u32, u32>,
    #[map]
    ordered: BTreeMap<u32, u32>,
}

#[test]
fn the_questions_that_are_documented_are_ones_that_bpftrace_understands() {
    let questions = include_str!("../src/lib.rs").lines().filter_map(|line| {
        let question = line.strip_prefix("//! bpftrace -e '")?;
        Some(question.strip_suffix('\'').unwrap())
    });
    let me = env::current_exe().unwrap();
    let mut asked = 0;
    for question in questions {
        let question = question.replace("./app", me.to_str().unwrap());
        // What it would run is compiled and printed; nothing is attached.
        let Ok(output) = Command::new("bpftrace")
            .args(["-d", "-e", &question])
            .output()
        else {
            return eprintln!("skipped: there is no bpftrace");
        };
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if text.contains("root user") {
            return eprintln!("skipped: bpftrace wants to be run by root");
        }
        assert!(output.status.success(), "{question}\n{text}");
        asked += 1;
    }
    assert_eq!(asked, 5);
}

/// Every kind of operation that has a probe; what is left of it.
fn operate() -> (usize, usize) {
    let mut kept = Kept::default();
    for n in 0..100 {
        kept.hashed.insert(n, n);
        kept.ordered.insert(n, n);
    }
    for n in 0..30 {
        kept.hashed.remove(&n);
        kept.ordered.remove(&n);
    }
    kept.hashed.retain(|n, _| n % 2 == 0);
    kept.ordered.retain(|n, _| n % 2 == 0);
    let left = (kept.hashed.len(), kept.ordered.len());
    kept.hashed.clear();
    left
}

/// Says in a semaphore of this process how many are attached, as the kernel does.
fn attach(semaphore: u64, many: u16) -> std::io::Result<()> {
    let me = env::current_exe()?;
    let maps = fs::read_to_string("/proc/self/maps")?;
    let mine = |line: &&str| line.ends_with(me.to_str().unwrap());
    let start = maps
        .lines()
        .find(mine)
        .and_then(|line| line.split('-').next());
    let start = u64::from_str_radix(start.unwrap(), 16).unwrap();
    let mut memory = fs::OpenOptions::new().write(true).open("/proc/self/mem")?;
    memory.seek(SeekFrom::Start(start + semaphore))?;
    memory.write_all(&many.to_ne_bytes())
}

#[test]
fn a_program_that_is_watched_does_the_same() {
    let asked = || {
        [
            mapkeeper_probes::insert_is_watched(),
            mapkeeper_probes::remove_is_watched(),
            mapkeeper_probes::breach_is_watched(),
            mapkeeper_probes::retained_is_watched(),
        ]
    };
    assert_eq!(asked(), [false; 4]);
    let before = operate();
    let counted = || {
        let report = mapkeeper::report();
        ["Kept.hashed", "Kept.ordered"].map(|site| {
            let site = report.site(site).unwrap();
            (site.inserts, site.removed.entries())
        })
    };
    let once = counted();
    let Some(notes) = notes() else { return };
    for note in &notes {
        if let Err(error) = attach(note.semaphore, 1) {
            return eprintln!("skipped: this process may not write its memory ({error})");
        }
    }
    assert_eq!(asked(), [true; 4]);
    let during = operate();
    let twice = counted();
    for note in &notes {
        attach(note.semaphore, 0).unwrap();
    }
    assert_eq!(asked(), [false; 4]);
    assert_eq!(before, during);
    assert_eq!(
        twice,
        once.map(|(inserts, removed)| (2 * inserts, 2 * removed))
    );
}
