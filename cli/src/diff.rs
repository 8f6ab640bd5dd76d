//! `diff`: what changed between two saved snapshots.

use std::path::PathBuf;

use lexopt::prelude::*;
use mapkeeper::{Diff, Snapshot};

use crate::{
    clean::{clean, clean_lines, escaped_json},
    command::{Command, Failure, Verdict},
    figures::count,
    output, progress,
};

pub(crate) const COMMAND: Command = Command {
    name: "diff",
    about: "what changed between two saved snapshots, what grew most first",
    help: HELP,
    run,
};

const HELP: &str = "\
What changed between two saved snapshots: a table of maps, those that grew most
first, then each one's lines.

Usage: cargo mapkeeper diff BEFORE.json AFTER.json [OPTIONS]

A snapshot is what `mapkeeper::Snapshot::now().save(path)` writes, or the inspector's
page saves. Those of two runs of a program may be compared, too.

Options:
      --json                    the difference as JSON (one object), for machines
      --fail-on-growth[=LIMIT]  exit code 1 if a map has more entries than before; of
                                LIMIT more are let pass, as many entries (`=500`) or a
                                share of what there was (`=10%`). Maps declared with
                                `growth = allow` may grow.
  -h, --help                    this text

Examples:
  cargo mapkeeper diff before.json after.json
  cargo mapkeeper diff before.json after.json --fail-on-growth=5%
  cargo mapkeeper diff before.json after.json --json | jq '.sites[0].entries'

Exit codes: 0, or 1 if maps grew and --fail-on-growth is given, or 2 if a snapshot
cannot be read or the two cannot be compared.
";

struct Arguments {
    before: PathBuf,
    after: PathBuf,
    json: bool,
    fail_on: Option<Limit>,
}

/// How much a map may grow.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Limit {
    Entries(u64),
    Percent(f64),
}

fn run(parser: lexopt::Parser) -> Result<Verdict, Failure> {
    let Arguments {
        before,
        after,
        json,
        fail_on,
    } = parse(parser)?;
    let load = |path: &PathBuf| {
        let what = format!("reading {}", path.display());
        progress::during(&what, || Snapshot::load(path))
    };
    let failed = |error: mapkeeper::SnapshotError| Failure::new(error.to_string());
    let (earlier, later) = (
        load(&before).map_err(failed)?,
        load(&after).map_err(failed)?,
    );
    let diff = later.diff(&earlier).map_err(failed)?;
    if json {
        let text = serde_json::to_string(&diff);
        let text = text.map_err(|error| Failure::new(format!("no JSON can be made: {error}")))?;
        output::write(&format!("{}\n", escaped_json(&text)))?;
    } else {
        output::write(&clean_lines(&diff.to_string()))?;
    }
    let Some(limit) = fail_on else {
        return Ok(Verdict::Fine);
    };
    let grown = grown(&diff, &later, limit);
    if grown.is_empty() {
        return Ok(Verdict::Fine);
    }
    output::say(&verdict(&grown));
    Ok(Verdict::Findings)
}

fn parse(mut parser: lexopt::Parser) -> Result<Arguments, Failure> {
    let mut paths = Vec::new();
    let (mut json, mut fail_on) = (false, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("json") => json = true,
            Long("fail-on-growth") => {
                fail_on = Some(match parser.optional_value() {
                    Some(text) => text.parse_with(limit)?,
                    None => Limit::Entries(0),
                });
            }
            Value(path) => paths.push(PathBuf::from(path)),
            other => return Err(other.unexpected().into()),
        }
    }
    let paths: [PathBuf; 2] = paths.try_into().map_err(|paths: Vec<_>| {
        Failure::Usage(format!(
            "two snapshots are compared, the earlier one and the later one, and {} named",
            match paths.len() {
                0 => "none is".to_owned(),
                1 => "one is".to_owned(),
                n => format!("{n} are"),
            }
        ))
    })?;
    let [before, after] = paths;
    Ok(Arguments {
        before,
        after,
        json,
        fail_on,
    })
}

fn limit(text: &str) -> Result<Limit, &'static str> {
    const HOW: &str =
        "--fail-on-growth takes a number of entries, such as =500, or a share, such as =10%";
    match text.strip_suffix('%') {
        Some(percent) => {
            let percent = percent.trim_end().parse().ok();
            percent
                .filter(|percent: &f64| percent.is_finite() && *percent >= 0.0)
                .map(Limit::Percent)
        }
        None => text.parse().ok().map(Limit::Entries),
    }
    .ok_or(HOW)
}

impl Limit {
    fn is_passed(self, before: u64, after: u64) -> bool {
        let more = after.saturating_sub(before);
        match self {
            Self::Entries(most) => more > most,
            Self::Percent(most) => more as f64 > before as f64 * most / 100.0,
        }
    }
}

/// The maps that grew by more than they may, with how much that was.
fn grown<'d>(diff: &'d Diff, later: &Snapshot, limit: Limit) -> Vec<(&'d str, u64)> {
    let may_grow = |of: &mapkeeper::SiteDiff| {
        let mut sites = later.sites.iter();
        sites
            .any(|site| (&site.site, &site.module) == (&of.site, &of.module) && site.growth_allowed)
    };
    diff.sites
        .iter()
        .filter(|site| limit.is_passed(site.entries.before, site.entries.after))
        .filter(|site| !may_grow(site))
        .map(|site| (&*site.site, site.entries.by().unsigned_abs()))
        .collect()
}

fn verdict(grown: &[(&str, u64)]) -> String {
    const NAMED: usize = 5;
    let maps = if grown.len() == 1 { "map" } else { "maps" };
    let names: Vec<String> = grown
        .iter()
        .take(NAMED)
        .map(|(site, by)| format!("{} by {}", clean(site), count(*by)))
        .collect();
    let more = match grown.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{} {maps} grew: {}{more}", grown.len(), names.join(", "))
}

#[cfg(test)]
mod tests;
