//! `scan`: which maps of a project only grow, by its sources alone.
//!
//! Files become facts (`read`, `lower`; a `cache` keeps them), facts a model of the whole (`world`, `flow`, `places`, `lifetime`), and small
//! `analyzers` look at that; `report` tells what they found, less what is `allows`-ed or in a `baseline`.

mod allows;
mod analyzers;
mod arguments;
mod baseline;
pub(crate) mod cache;
pub(crate) mod facts;
pub(crate) mod finding;
mod flow;
mod lifetime;
pub(crate) mod lower;
mod places;
pub(crate) mod read;
mod report;
mod run_time;
pub(crate) mod sources;
pub(crate) mod types;
pub(crate) mod words;
pub(crate) mod world;

use std::thread;

use self::{
    arguments::{Arguments, FailOn},
    cache::Cache,
    facts::FileFacts,
    finding::Finding,
};
use crate::{
    command::{Command, Failure, Verdict},
    output, progress,
};

pub(crate) const COMMAND: Command = Command {
    name: "scan",
    about: "maps that only grow, found in sources: before anything is annotated, or built",
    help: arguments::HELP,
    run,
};

fn run(parser: lexopt::Parser) -> Result<Verdict, Failure> {
    let options = match arguments::parse(parser)? {
        Arguments::Explain(text) => {
            output::write(text)?;
            return Ok(Verdict::Fine);
        }
        Arguments::Scan(options) => options,
    };
    let mut found = sources::find(&options.path, options.all)?;
    let mut said = std::mem::take(&mut found.said);
    if found.sources.is_empty() {
        return Err(Failure::new(format!(
            "there is no Rust file to read in {}",
            options.path.display()
        )));
    }
    let cache = options.cache.then(|| Cache::open(&found, options.all));
    let sources = &found.sources;
    let (facts, unread) = progress::of("reading sources", sources.len() as u64, |done| {
        read::read(sources, options.all, cache.flatten(), done)
    });
    said.extend(unread);
    let mut found = progress::during("looking for maps that only grow", || analyzed(&facts))?;
    found.retain(|finding| finding.confidence >= options.confidence);
    found.retain(|finding| !allows::is_allowed(&facts, finding));
    if let Some(file) = &options.write_baseline {
        baseline::write(&found, file, &options.path)?;
    }
    if let Some(file) = &options.baseline {
        let gone = baseline::leave_new(&mut found, file, &options.path)?;
        if gone > 0 {
            said.push(format!(
                "{gone} of the findings in {} are found no more; `--write-baseline` leaves them out",
                file.display()
            ));
        }
    }
    said.iter()
        .for_each(|sentence| output::say(&format!("warning: {sentence}")));
    let found = Finding::merged(found);
    report::tell(options.format, &found, facts.len(), &said)?;
    let mistakes = allows::mistaken(&facts);
    mistakes
        .iter()
        .for_each(|sentence| output::say(&format!("error: {sentence}")));
    if !mistakes.is_empty() {
        return Ok(Verdict::Failed);
    }
    let fails = |finding: &Finding| {
        options.fail_on.iter().any(|of| match of {
            FailOn::Any => true,
            FailOn::Kind(kind) => *kind == finding.kind,
            FailOn::Confidence(level) => finding.confidence >= *level,
        })
    };
    Ok(match found.iter().any(fails) {
        true => Verdict::Findings,
        false => Verdict::Fine,
    })
}

/// What `annotate --all` is about: all findings that would be told without options.
pub(crate) fn findings(facts: &[FileFacts]) -> Vec<Finding> {
    let mut found = analyzers::run(facts);
    found.retain(|of| {
        of.confidence >= finding::Confidence::Medium && !allows::is_allowed(facts, of)
    });
    found
}

/// On a thread with room for what is nested deeply.
fn analyzed(facts: &[FileFacts]) -> Result<Vec<Finding>, Failure> {
    let failed = |why: &str| Failure::new(format!("the sources could not be analyzed: {why}"));
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(read::STACK);
        let thread = thread.spawn_scoped(scope, || analyzers::run(facts));
        let thread = thread.map_err(|error| failed(&error.to_string()))?;
        thread
            .join()
            .map_err(|_| failed("a thread ended early; please report it"))
    })
}
