//! Diffs and survivors for people: aligned, at most 100 columns wide.

use std::fmt::{self, Formatter};

use super::{Change, Diff, Presence, SiteDiff, SiteSurvivors, Survivors};
use crate::{
    Mode, RemovalCause,
    report::{LINES_SHOWN, WIDTH, bytes, count, seconds, short, shortened, wrapped, write_table},
};

/// The most a line's place takes.
const PLACE: usize = 42;

pub(super) fn diff(diff: &Diff, f: &mut Formatter<'_>) -> fmt::Result {
    let after = seconds((diff.seconds.abs() * 1000.0) as u64);
    writeln!(f, "mapkeeper: what changed in {after} ({})", diff.mode)?;
    if !diff.same_process {
        let note = "The snapshots are of different runs: what was inserted and what left is counted from the start of \
                    each run, and a line that moved is told as one that is gone and one that is new.";
        paragraph(f, note, "")?;
    }
    if diff.mode == Mode::Off {
        return writeln!(
            f,
            "nothing was recorded: mapkeeper is compiled off (enable its feature `observe`)"
        );
    }
    if diff.is_empty() {
        return writeln!(f, "nothing changed");
    }
    writeln!(f)?;
    let mut rows = vec![header([
        "map", "entries", "now", "table", "inserted", "left", "maps", "residue",
    ])];
    for site in &diff.sites {
        rows.push(vec![
            named(&site.site, site.presence),
            signed(site.entries.by()),
            short(site.entries.after),
            signed_bytes(site.table_bytes.by()),
            signed(site.inserts.by()),
            signed(site.left_by()),
            signed(site.instances.by()),
            signed(site.residue.by()),
        ]);
    }
    write_table(f, "", &rows)?;
    for site in &diff.sites {
        diff_lines(site, diff.mode, f)?;
    }
    Ok(())
}

fn diff_lines(site: &SiteDiff, mode: Mode, f: &mut Formatter<'_>) -> fmt::Result {
    let mut notes: Vec<String> = Vec::new();
    let causes: Vec<String> = site
        .removed
        .iter()
        .filter(|(cause, _)| **cause != RemovalCause::Replaced)
        .map(|(cause, change)| format!("{cause} {}", signed(change.by())))
        .collect();
    if !causes.is_empty() {
        notes.push(format!("left: {}", causes.join(", ")));
    }
    let replaced = site.removed.get(&RemovalCause::Replaced);
    for (change, what) in [
        (site.capacity, "capacity"),
        (replaced.copied().unwrap_or_default(), "values replaced"),
        (site.misses, "removals that found nothing"),
        (site.breaches, "breaches of the contract"),
    ] {
        if change.is_change() {
            notes.push(format!("{what} {}", signed(change.by())));
        }
    }
    if notes.is_empty() && site.call_sites.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{} ({})", site.site, site.declared_at)?;
    paragraph(f, &notes.join("; "), "  ")?;
    let about = if mode == Mode::Observe { "~" } else { "" };
    let figure = |change: Change| match change.by() {
        0 => "-".to_owned(),
        by => format!("{about}{}", signed(by)),
    };
    let mut rows = vec![header([
        "line", "live", "now", "inserted", "left", "residue", "emptied",
    ])];
    for line in site.call_sites.iter().take(LINES_SHOWN) {
        let left = line
            .exits
            .values()
            .fold(0_i64, |sum, change| sum.saturating_add(change.by()));
        rows.push(vec![
            named(&shortened(&line.call_site, PLACE), line.presence),
            figure(line.live),
            format!("{about}{}", short(line.live.after)),
            figure(line.births),
            if left == 0 {
                "-".to_owned()
            } else {
                format!("{about}{}", signed(left))
            },
            figure(line.residue),
            figure(line.emptied),
        ]);
    }
    table_of_lines(f, &rows, site.call_sites.len())
}

pub(super) fn survivors(survivors: &Survivors, f: &mut Formatter<'_>) -> fmt::Result {
    let ms = |seconds: f64| (seconds * 1000.0) as u64;
    let estimated = survivors.sites.iter().any(|site| site.estimated);
    let about = if estimated { "~" } else { "" };
    let sentence = format!(
        "mapkeeper: of {}{} entries that came within {}, {about}{} are alive {} later ({})",
        about_births(survivors.mode),
        count(survivors.born),
        seconds(ms(survivors.births_seconds)),
        count(survivors.alive),
        seconds(ms(survivors.survived_seconds)),
        survivors.mode
    );
    paragraph(f, &sentence, "")?;
    if estimated {
        let note = "Figures marked ~ are estimates; ± is their standard error.";
        paragraph(f, note, "")?;
    }
    if survivors.mode == Mode::Off {
        return writeln!(
            f,
            "nothing was recorded: mapkeeper is compiled off (enable its feature `observe`)"
        );
    }
    if survivors.sites.is_empty() {
        return Ok(());
    }
    writeln!(f)?;
    let mut rows = vec![header(["map", "came", "alive", "±", "share"])];
    for site in &survivors.sites {
        rows.push(row(
            site.site.clone(),
            (site.born, site.alive, site.share),
            (site.estimated, site.standard_error),
            survivors.mode,
        ));
    }
    write_table(f, "", &rows)?;
    for site in &survivors.sites {
        survivors_lines(site, survivors.mode, f)?;
    }
    Ok(())
}

fn survivors_lines(site: &SiteSurvivors, mode: Mode, f: &mut Formatter<'_>) -> fmt::Result {
    writeln!(f, "\n{} ({})", site.site, site.declared_at)?;
    let mut rows = vec![header(["line", "came", "alive", "±", "share"])];
    for line in site.call_sites.iter().take(LINES_SHOWN) {
        rows.push(row(
            shortened(&line.call_site, PLACE),
            (line.born, line.alive, line.share),
            (line.estimated, line.standard_error),
            mode,
        ));
    }
    table_of_lines(f, &rows, site.call_sites.len())
}

/// Strict counts every birth.
fn about_births(mode: Mode) -> &'static str {
    if mode == Mode::Observe { "~" } else { "" }
}

fn row(
    name: String,
    (born, alive, share): (u64, u64, f64),
    (estimated, standard_error): (bool, f64),
    mode: Mode,
) -> Vec<String> {
    let about = if estimated { "~" } else { "" };
    let error = if estimated {
        short(standard_error.round() as u64)
    } else {
        "-".to_owned()
    };
    vec![
        name,
        format!("{}{}", about_births(mode), short(born)),
        format!("{about}{}", short(alive)),
        error,
        format!("{:.1} %", share * 100.0),
    ]
}

fn table_of_lines(f: &mut Formatter<'_>, rows: &[Vec<String>], lines: usize) -> fmt::Result {
    if rows.len() > 1 {
        write_table(f, "  ", rows)?;
    }
    match lines.saturating_sub(LINES_SHOWN) {
        0 => Ok(()),
        more => writeln!(f, "  … and {more} more lines (all of them are in the data)"),
    }
}

fn header<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

fn named(name: &str, presence: Presence) -> String {
    match presence {
        Presence::New => format!("{name} (new)"),
        Presence::Gone => format!("{name} (gone)"),
        Presence::Both => name.to_owned(),
    }
}

fn paragraph(f: &mut Formatter<'_>, text: &str, indent: &str) -> fmt::Result {
    for line in wrapped(text, WIDTH - indent.len()) {
        writeln!(f, "{indent}{line}")?;
    }
    Ok(())
}

/// `+1,234`, `−1.23M`, `-` for no change.
fn signed(by: i64) -> String {
    with_sign(by, short)
}

/// `+1.2 MiB`, `−640 B`, `-` for no change.
fn signed_bytes(by: i64) -> String {
    with_sign(by, bytes)
}

fn with_sign(by: i64, figure: fn(u64) -> String) -> String {
    match by {
        0 => "-".to_owned(),
        1.. => format!("+{}", figure(by.unsigned_abs())),
        _ => format!("−{}", figure(by.unsigned_abs())),
    }
}
