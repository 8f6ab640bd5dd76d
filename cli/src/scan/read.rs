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

use super::{allows, facts::FileFacts, lower, sources::Source};

/// Room for what is nested deeply, in generated code above all. It is reserved, not used.
pub(crate) const STACK: usize = 256 << 20;

/// Facts of all files that can be read, in their order, and a sentence for each that cannot.
pub(crate) fn read(
    sources: &[Source],
    with_tests: bool,
    done: &(dyn Fn() + Sync),
) -> (Vec<FileFacts>, Vec<String>) {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(sources.len()));
    let threads = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(sources.len().max(1));
    thread::scope(|scope| {
        for _ in 0..threads {
            let work = || {
                let mut mine = Vec::new();
                while let Some((index, source)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    sources.get(index).map(|source| (index, source))
                } {
                    mine.push((index, one(source, with_tests)));
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
    let (mut facts, mut said) = (Vec::new(), Vec::new());
    for (_, result) in all {
        match result {
            Ok(of) => facts.push(of),
            Err(sentence) => said.push(sentence),
        }
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

fn one(source: &Source, with_tests: bool) -> Result<FileFacts, String> {
    let path = source.path.display().to_string();
    let bytes = fs::read(&source.path)
        .map_err(|error| format!("{path} cannot be read ({error}), and is left out"))?;
    let text =
        String::from_utf8(bytes).map_err(|_| format!("{path} is not UTF-8, and is left out"))?;
    let parsed = syn::parse_file(&text);
    let facts = parsed.map(|file| {
        let mut facts = FileFacts {
            path: path.clone(),
            package: source.package.clone(),
            allows: allows::read(&text),
            ..FileFacts::default()
        };
        lower::lower(&file, with_tests, &mut facts);
        facts
    });
    // Positions are looked up no more: what keeps them for this thread may go.
    let facts = facts.map_err(|error| {
        let at = error.span().start();
        let error = error.to_string();
        // What could stand there is most of the grammar.
        let error = error.split(", expected one of").next().unwrap_or_default();
        format!(
            "{path}:{}:{} does not parse ({error}), and is left out",
            at.line,
            at.column + 1
        )
    });
    proc_macro2::extra::invalidate_current_thread_spans();
    facts
}
