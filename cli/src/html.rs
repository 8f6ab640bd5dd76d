//! `html`: a snapshot as a page that needs no program.

use std::{
    fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use lexopt::prelude::*;
use mapkeeper::Snapshot;

use crate::{
    command::{Command, Failure, Verdict},
    figures, output, progress,
};

pub(crate) const COMMAND: Command = Command {
    name: "html",
    about: "a saved snapshot as a page in one file: suspects, maps, charts",
    help: HELP,
    run,
};

const HELP: &str = "\
A saved snapshot as a page in one file that needs no other and asks nothing of
anybody: suspects with their evidence drawn, all maps sorted and filtered, a page
for each. It is the inspector's page, at the moment of the snapshot.

Usage: cargo mapkeeper html SNAPSHOT.json -o REPORT.html

A snapshot is what `mapkeeper::Snapshot::now().save(path)` writes, or the inspector's
page saves. Without -o, the page is written to standard output.

Options:
  -o, --output FILE  where to write it; a file that is there is replaced
  -h, --help         this text

Examples:
  cargo mapkeeper html snapshot.json -o report.html
  cargo mapkeeper html snapshot.json | gzip > report.html.gz

Exit codes: 0, or 2 if the snapshot cannot be read or the page cannot be written.
";

struct Arguments {
    snapshot: PathBuf,
    output: Option<PathBuf>,
}

fn run(parser: lexopt::Parser) -> Result<Verdict, Failure> {
    let Arguments { snapshot, output } = parse(parser)?;
    if output.is_none() && io::stdout().is_terminal() {
        return Err(Failure::Usage(
            "a page is nothing for a terminal: name a file for it with -o".to_owned(),
        ));
    }
    let read = format!("reading {}", snapshot.display());
    let loaded = progress::during(&read, || Snapshot::load(&snapshot));
    let loaded = loaded.map_err(|error| Failure::new(error.to_string()))?;
    if let Some(output) = &output {
        not_itself(&snapshot, output)?;
    }
    let html = progress::during("drawing", || loaded.to_html());
    match output {
        None => output::write(&html)?,
        Some(path) => {
            output::write_file(&path, &html)?;
            output::say(&format!(
                "wrote {} ({}): open it in a browser",
                path.display(),
                figures::bytes(html.len() as u64)
            ));
        }
    }
    Ok(Verdict::Fine)
}

/// The page must not take the place of what it was made from.
fn not_itself(snapshot: &Path, output: &Path) -> Result<(), Failure> {
    let same = match (fs::canonicalize(snapshot), fs::canonicalize(output)) {
        (Ok(from), Ok(to)) => from == to,
        _ => false,
    };
    if same {
        return Err(Failure::new(format!(
            "{} is the snapshot itself: name another file with -o",
            output.display()
        )));
    }
    Ok(())
}

fn parse(mut parser: lexopt::Parser) -> Result<Arguments, Failure> {
    let (mut snapshot, mut output) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('o') | Long("output") => output = Some(PathBuf::from(parser.value()?)),
            Value(path) if snapshot.is_none() => snapshot = Some(PathBuf::from(path)),
            other => return Err(other.unexpected().into()),
        }
    }
    let snapshot = snapshot.ok_or_else(|| Failure::Usage("no snapshot is named".to_owned()))?;
    Ok(Arguments { snapshot, output })
}
