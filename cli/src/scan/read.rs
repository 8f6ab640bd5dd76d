//! Files as facts, on all cores. A syntax tree never leaves the thread that parsed it.

use std::{
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    allows,
    cache::{self, Cache, Fresh, Key},
    facts::FileFacts,
    lower,
    sources::Source,
};

/// Room for what is nested deeply, in generated code above all. It is reserved, not used.
pub(crate) const STACK: usize = 256 << 20;

/// A syntax tree takes some fifty times as much memory as its file: not too many of them at once.
const MOST_THREADS: usize = 8;

/// A file as facts; with what is to be kept of it, if it is.
struct Known<'s> {
    facts: FileFacts,
    fresh: Fresh<'s>,
}

/// Facts of all files that can be read, in their order, and a sentence for each that cannot.
pub(crate) fn read(
    sources: &[Source],
    with_tests: bool,
    cache: Option<Cache>,
    done: &(dyn Fn() + Sync),
) -> (Vec<FileFacts>, Vec<String>) {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(sources.len()));
    let threads = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(MOST_THREADS)
        .min(sources.len().max(1));
    thread::scope(|scope| {
        for _ in 0..threads {
            let work = || {
                let mut mine = Vec::new();
                while let Some((index, source)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    sources.get(index).map(|source| (index, source))
                } {
                    mine.push((index, one(source, with_tests, cache.as_ref())));
                    done();
                }
                let mut all = results
                    .lock()
                    .unwrap_or_else(|poisoned| poisoned.into_inner());
                all.extend(mine);
            };
            // Without room for another thread the others do its work.
            let _ = thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, work);
        }
    });
    let mut all = results
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    all.sort_by_key(|(index, _)| *index);
    let (mut facts, mut said, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for (_, result) in all {
        match result {
            Ok(Known { facts: of, fresh }) => {
                facts.push(of);
                kept.push(fresh);
            }
            Err(sentence) => said.push(sentence),
        }
    }
    if let Some(cache) = cache {
        cache.keep(kept);
    }
    let tests: Vec<PathBuf> = facts.iter().flat_map(test_modules).collect();
    facts.retain(|of| {
        let path = Path::new(&of.path);
        !tests
            .iter()
            .any(|test| path.starts_with(test) || path == test.with_extension("rs"))
    });
    (facts, said)
}

/// Where the modules are that only tests have: folders, or with `.rs` files.
fn test_modules(of: &FileFacts) -> Vec<PathBuf> {
    let path = Path::new(&of.path);
    let folder = path.parent().unwrap_or(Path::new(""));
    let folder = match path.file_stem() {
        Some(stem) if stem != "mod" && stem != "lib" && stem != "main" => folder.join(stem),
        _ => folder.to_owned(),
    };
    of.test_modules
        .iter()
        .map(|name| folder.join(name))
        .collect()
}

fn one<'s>(
    source: &'s Source,
    with_tests: bool,
    cache: Option<&Cache>,
) -> Result<Known<'s>, String> {
    let path = source.path.display().to_string();
    let bytes = fs::read(&source.path)
        .map_err(|error| format!("{path} cannot be read ({error}), and is left out"))?;
    let key = Key::of(&bytes);
    let package = &*source.package;
    let kept = cache.and_then(|cache| cache.get(package, key));
    let (facts, new) = match kept {
        Some(facts) => (facts, None),
        None => {
            let text = String::from_utf8(bytes)
                .map_err(|_| format!("{path} is not UTF-8, and is left out"))?;
            let facts = parsed(&text, with_tests).map_err(|(at, error)| {
                format!("{path}:{at} does not parse ({error}), and is left out")
            })?;
            let new = cache.and_then(|_| cache::encoded(&facts));
            (facts, new)
        }
    };
    Ok(Known {
        facts: FileFacts {
            path,
            package: package.to_owned(),
            ..facts
        },
        fresh: Fresh { package, key, new },
    })
}

/// What a text says, whosever and wherever it is; or where it does not parse, and why.
fn parsed(text: &str, with_tests: bool) -> Result<FileFacts, (String, String)> {
    let parsed = syn::parse_file(text);
    let facts = parsed.map(|file| {
        let mut facts = FileFacts {
            allows: allows::read(text),
            ..FileFacts::default()
        };
        lower::lower(&file, with_tests, &mut facts);
        facts
    });
    let facts = facts.map_err(|error| {
        let at = error.span().start();
        let error = error.to_string();
        // What could stand there is most of the grammar.
        let error = error.split(", expected one of").next().unwrap_or_default();
        (format!("{}:{}", at.line, at.column + 1), error.to_owned())
    });
    // Positions are looked up no more: what keeps them for this thread may go.
    proc_macro2::extra::invalidate_current_thread_spans();
    facts
}
