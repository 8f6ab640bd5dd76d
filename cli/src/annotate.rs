//! `annotate`: puts mapkeeper's attributes on maps, and what their uses need beside them.
//!
//! `scan`'s facts say which map is meant and what types are; `marks` gives tracked maps types of their own in those, `walk`
//! goes through the code and sees where these meet others, `item` writes the attributes, `manifest` the dependency. What
//! cannot be known to compile is said, and then nothing is written.

mod alias;
mod arguments;
mod edits;
mod item;
mod kinds;
mod manifest;
mod marks;
mod names;
mod places;
mod plan;
mod walk;

use std::{collections::BTreeSet, thread};

use self::{arguments::Options, names::Named, plan::Plan};
use crate::{
    command::{Command, Failure, Verdict},
    output,
    scan::{self, facts::FileFacts, read, sources, world::World},
};

pub(crate) const COMMAND: Command = Command {
    name: "annotate",
    about: "puts the attributes on maps that scan found, and what they need to compile",
    help: arguments::HELP,
    run,
};

fn run(parser: lexopt::Parser) -> Result<Verdict, Failure> {
    let options = arguments::parse(parser)?;
    let failed = |why: &str| Failure::new(format!("the sources could not be read: {why}"));
    // On a thread with room for what is nested deeply.
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(read::STACK);
        let thread = thread.spawn_scoped(scope, || annotate(&options));
        let thread = thread.map_err(|error| failed(&error.to_string()))?;
        thread
            .join()
            .map_err(|_| failed("a thread ended early; please report it"))?
    })
}

fn annotate(options: &Options) -> Result<Verdict, Failure> {
    let sources::Found {
        sources: all,
        mut said,
        ..
    } = sources::find(&options.path, true)?;
    let run = sources::find(&options.path, false)?.sources;
    let run: BTreeSet<String> = run.iter().map(|of| of.path.display().to_string()).collect();
    let (facts, unread) = read::read(&all, true, None, &|| ());
    // What does not parse could have a part in it, if it is what is run.
    if let Some(sentence) = unread
        .iter()
        .find(|of| run.iter().any(|path| of.starts_with(&**path)))
    {
        let sentence = sentence.replace(", and is left out", "");
        return Err(Failure::new(format!("{sentence}: nothing was changed")));
    }
    said.extend(unread);
    said.iter()
        .for_each(|sentence| output::say(&format!("warning: {sentence}")));
    let world = World::new(&facts);
    let known = names::all(&world);
    let chosen = match options.all {
        true => found_by_scan(&facts, &known, &run),
        false => options
            .fields
            .iter()
            .map(|asked| names::find(&known, &facts, &run, asked).cloned())
            .collect::<Result<Vec<Named>, Failure>>()?,
    };
    drop(world);
    // Of all, those of which not everything is known are left out.
    let (mut chosen, mut left) = match options.all {
        true => plan::trackable(&facts, chosen)?,
        false => (chosen, Vec::new()),
    };
    let mut plan = Plan::of(&facts, &chosen)?;
    while options.all && !options.partly && !plan.by_hand.is_empty() {
        left.extend(plan.by_hand.iter().map(plan::said));
        let before = chosen.len();
        chosen.retain(|of| !plan.by_hand.iter().any(|by_hand| by_hand.site == of.name));
        if chosen.len() == before {
            break;
        }
        plan = Plan::of(&facts, &chosen)?;
    }
    left.extend(plan.by_hand.iter().map(plan::said));
    left.iter()
        .for_each(|sentence| output::say(&format!("by hand: {sentence}")));
    if !plan.by_hand.is_empty() && !options.partly {
        if options.dry_run {
            output::write(&plan.edits.diff())?;
        }
        let places = match plan.by_hand.len() {
            1 => "one place is".to_owned(),
            count => format!("{count} places are"),
        };
        return Err(Failure::new(format!(
            "{places} left to a person, so nothing was changed; `--partly` changes the rest"
        )));
    }
    if plan.edits.is_empty() {
        output::write(match chosen.is_empty() {
            true => "nothing to annotate\n",
            false => "annotated already: nothing to change\n",
        })?;
        return Ok(Verdict::Fine);
    }
    if options.dry_run {
        output::write(&plan.edits.diff())?;
        return Ok(Verdict::Fine);
    }
    plan.edits.write()?;
    let (places, files) = plan.edits.count();
    let names: Vec<String> = chosen.iter().map(|of| format!("`{}`", of.name)).collect();
    output::write(&format!(
        "annotated {}: {} in {}\n",
        names.join(", "),
        counted(places, "edit"),
        counted(files, "file"),
    ))?;
    Ok(Verdict::Fine)
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// Maps that `scan` has a finding about.
fn found_by_scan(facts: &[FileFacts], known: &[Named], run: &BTreeSet<String>) -> Vec<Named> {
    let facts: Vec<FileFacts> = facts.to_vec();
    let found = scan::findings(&facts);
    let mut chosen: Vec<Named> = Vec::new();
    for finding in found {
        let of = known.iter().find(|of| {
            of.name == finding.field
                && facts[of.file].path == finding.file
                && of.kind.is_some()
                && run.contains(&finding.file)
        });
        if let Some(of) = of
            && !chosen.iter().any(|chosen| chosen.name == of.name)
        {
            chosen.push(of.clone());
        }
    }
    chosen
}
