//! The report for people: suspects first, then a table of sites, at most 100 columns wide.

use std::fmt::{self, Formatter};

use super::{CallSiteReport, Report, SiteReport, Suspect, bytes, count, returns, seconds, short};
use crate::{Contention, Locks, Mode, RemovalCause, StandardErrors, Trend};

pub(crate) const WIDTH: usize = 100;
/// What was seen for less than this is not told by the hour.
const LONG_ENOUGH_S: f64 = 600.0;
/// Lines shown per site; the rest is summed up.
pub(crate) const LINES_SHOWN: usize = 8;

pub(super) fn write(report: &Report, f: &mut Formatter<'_>) -> fmt::Result {
    match report.mode {
        Mode::Off => {
            writeln!(
                f,
                "mapkeeper: compiled off, so nothing was recorded (enable its feature `observe`)"
            )?;
        }
        Mode::Observe => writeln!(
            f,
            "mapkeeper report (observe: counts are exact, lines marked ~ are estimated from 1 entry in {})",
            report.sampled_one_in
        )?,
        Mode::Strict => writeln!(f, "mapkeeper report (strict: every entry is known)")?,
    }
    if report.sites.is_empty() {
        return writeln!(
            f,
            "no map is tracked: annotate one with #[mapkeeper::tracked] and #[map]"
        );
    }
    for suspect in &report.suspects {
        writeln!(f)?;
        let line = suspect.call_site.as_deref();
        let line = line.filter(|_| suspect.kind != "retained");
        let backtrace = line.map_or("", |line| report.backtrace(&suspect.site, line));
        write_suspect(suspect, backtrace, f)?;
    }
    writeln!(f)?;
    write_sites(report, f)?;
    let mut estimated = false;
    for site in &report.sites {
        estimated |= write_lines(report, site, f)?;
    }
    if estimated {
        writeln!(f, "\n± is the standard error of an estimate")?;
    }
    Ok(())
}

/// As it stands in the [`Report`]'s text: the sentence, the lines, what to do; at 100 columns, several lines.
impl fmt::Display for Suspect {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_suspect(self, "", f)
    }
}

/// `backtrace` is one of the line that inserted, if there is one.
fn write_suspect(suspect: &Suspect, backtrace: &str, f: &mut Formatter<'_>) -> fmt::Result {
    const LABEL: usize = 13;
    let mut row = |label: &str, text: &str| -> fmt::Result {
        for (i, line) in wrapped(text, WIDTH - LABEL).iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            writeln!(f, "{label:<LABEL$}{line}")?;
        }
        Ok(())
    };
    row("SUSPECT", &suspect.sentence)?;
    if let Some(line) = &suspect.call_site {
        let did = if suspect.kind == "retained" {
            "removed at"
        } else {
            "inserted at"
        };
        row(did, line)?;
        let frames = backtrace.lines();
        for (frame, label) in
            frames.zip(std::iter::once("called from").chain(std::iter::repeat("")))
        {
            row(label, frame)?;
        }
    }
    if let Some(line) = &suspect.emptied_at {
        row("emptied at", line)?;
    }
    for also in &suspect.also {
        row("also", &also.sentence)?;
    }
    if suspect.entries_per_hour >= 1.0 && suspect.observed_seconds >= LONG_ENOUGH_S {
        let more = format!(
            "about {} entries more each hour, {} of table; {:.0} % sure",
            short(suspect.entries_per_hour as u64),
            bytes(suspect.bytes_per_hour as u64),
            suspect.confidence * 100.0
        );
        row("cost", &more)?;
    }
    row("fix", &suspect.advice)?;
    row("fingerprint", &suspect.fingerprint)
}

/// A right-aligned table whose first column is a name; columns are as wide as they need to be, the name as the page
/// allows. A row of one cell is a remark on the row above it.
pub(crate) fn write_table(
    f: &mut Formatter<'_>,
    indent: &str,
    rows: &[Vec<String>],
) -> fmt::Result {
    let columns = rows.first().map_or(0, Vec::len);
    let mut widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter()
                .filter(|row| row.len() == columns)
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let figures: usize = widths.iter().skip(1).map(|width| width + 2).sum();
    widths[0] = widths[0].min(WIDTH.saturating_sub(indent.len() + figures));
    for row in rows {
        if row.len() < columns {
            writeln!(f, "{indent}  {}", row[0])?;
            continue;
        }
        let name = shortened(&row[0], widths[0]);
        let mut line = format!("{indent}{name:<width$}", width = widths[0]);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            line.push_str(&format!("  {cell:>width$}"));
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

fn write_sites(report: &Report, f: &mut Formatter<'_>) -> fmt::Result {
    let mut rows = vec![
        [
            "map", "maps", "len", "peak", "table", "inserted", "removed", "residue",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    for site in &report.sites {
        let share = site.residue_share() * 100.0;
        let residue = if site.residue == 0 {
            "-".to_owned()
        } else {
            format!("{share:.0} %")
        };
        rows.push(vec![
            site.site.clone(),
            count(site.instances),
            short(site.len),
            short(site.peak),
            bytes(site.table_bytes),
            short(site.inserts),
            short(site.removed.entries()),
            residue,
        ]);
        let remarks = site.locks.into_iter().flat_map(Locks::remarks);
        let contention = site.contention.iter().flat_map(Contention::remarks);
        rows.extend(remarks.chain(contention).map(|remark| vec![remark]));
    }
    write_table(f, "", &rows)
}

/// Whether a line's estimate was written with its error.
fn write_lines(
    report: &Report,
    site: &SiteReport,
    f: &mut Formatter<'_>,
) -> Result<bool, fmt::Error> {
    let causes: Vec<String> = RemovalCause::ALL
        .iter()
        .filter(|cause| **cause != RemovalCause::Replaced && site.removed.get(**cause) > 0)
        .map(|cause| format!("{} {}", cause, count(site.removed.get(*cause))))
        .collect();
    let dropped = if report.mode == Mode::Strict {
        "times of vacated entries not noted for want of room"
    } else {
        "samples dropped for want of room"
    };
    let mut notes = Vec::new();
    if !causes.is_empty() {
        notes.push(format!("left: {}", causes.join(", ")));
    }
    for (n, what) in [
        (site.replaces, "values replaced, their keys stayed"),
        (site.misses, "removals found nothing"),
        (site.breaches, "breaches of the contract"),
        (site.samples_dropped, dropped),
    ] {
        if n > 0 {
            notes.push(format!("{} {what}", count(n)));
        }
    }
    for (field, what) in [(&site.follows, "follows"), (&site.subset_of, "subset of")] {
        if let Some(field) = field {
            notes.push(format!("{what} {field}"));
        }
    }
    notes.extend(going(site));
    if site.instances_total == 0 || (notes.is_empty() && site.call_sites.is_empty()) {
        return Ok(false);
    }
    writeln!(f, "\n{} ({})", site.site, site.declared_at)?;
    for line in wrapped(&notes.join("; "), WIDTH - 2) {
        writeln!(f, "  {line}")?;
    }
    for sentence in site.after_removal.sentences(report.mode) {
        for line in wrapped(&sentence, WIDTH - 2) {
            writeln!(f, "  {line}")?;
        }
    }
    if site.call_sites.is_empty() {
        return Ok(false);
    }
    let about = if report.mode == Mode::Observe {
        "~"
    } else {
        ""
    };
    let figure = |n: u64| {
        if n == 0 {
            "-".to_owned()
        } else {
            format!("{about}{}", short(n))
        }
    };
    let estimate = |line: &CallSiteReport, n: u64, error: fn(&StandardErrors) -> f64| {
        let error = line.errors.as_ref().map_or(0.0, error);
        let percent = error / n.max(1) as f64 * 100.0;
        if percent < 0.5 {
            figure(n)
        } else {
            format!("{} ±{percent:.0} %", figure(n))
        }
    };
    let lived = |line: &CallSiteReport| {
        let half = line.lifetimes.quantile(0.5);
        half.map_or_else(|| "-".to_owned(), |ms| format!("< {}", seconds(ms)))
    };
    let shown = &site.call_sites[..site.call_sites.len().min(LINES_SHOWN)];
    let column = |title: &str, cell: &dyn Fn(&CallSiteReport) -> String| -> Vec<String> {
        let cells = shown.iter().map(cell);
        std::iter::once(title.to_owned()).chain(cells).collect()
    };
    let mut columns = vec![
        column("line", &|line| shortened(&line.call_site, 42)),
        column("inserted", &|line| {
            estimate(line, line.births, |of| of.births)
        }),
        column("live", &|line| estimate(line, line.live, |of| of.live)),
        column("oldest", &age),
        column("half lived", &lived),
        column("residue", &|line| {
            estimate(line, line.residue, |of| of.residue)
        }),
        column("emptied", &|line| {
            estimate(line, line.emptied, |of| of.emptied)
        }),
        column("left over", &|line| {
            estimate(line, line.leftovers, |of| of.leftovers)
        }),
    ];
    // What no line has to say is left out.
    columns.retain(|column| column[1..].iter().any(|cell| cell != "-"));
    let cells = |row: usize| columns.iter().map(|column| column[row].clone()).collect();
    let mut rows: Vec<Vec<String>> = vec![cells(0)];
    for (line, row) in shown.iter().zip(1..) {
        rows.push(cells(row));
        rows.extend(spans(line, &figure).map(|remark| vec![remark]));
        let returns = returns::remarks(line, WIDTH - 4);
        rows.extend(returns.into_iter().map(|remark| vec![remark]));
    }
    write_table(f, "  ", &rows)?;
    let more = site.call_sites.len().saturating_sub(LINES_SHOWN);
    if more > 0 {
        writeln!(f, "  … and {more} more lines (all of them are in the JSON)")?;
    }
    Ok(rows.iter().flatten().any(|cell| cell.contains('±')))
}

/// Where the length is going, if that is no chance.
fn going(site: &SiteReport) -> Option<String> {
    let life = site.history.last()?.at_ms.saturating_sub(site.since_ms);
    if (life as f64) < LONG_ENOUGH_S * 1000.0 {
        return None;
    }
    let trend = site.trend.filter(Trend::rises)?;
    let hours = |hours: f64| seconds((hours * 3_600_000.0) as u64);
    let mut text = format!(
        "grows by {} entries an hour",
        short(trend.entries_per_hour.round() as u64)
    );
    if let Some(left) = trend.hours_to_max_len {
        text.push_str(&format!(", reaches `max_len` in {}", hours(left)));
    }
    if let Some(left) = trend.hours_to_budget {
        text.push_str(&format!(", takes its memory budget in {}", hours(left)));
    }
    Some(text)
}

/// The spans in which a line inserted, as one line; `None` if nothing is known.
fn spans(line: &CallSiteReport, figure: &dyn Fn(u64) -> String) -> Option<String> {
    if line.spans.is_empty() {
        return None;
    }
    let spans: Vec<String> = line
        .spans
        .iter()
        .map(|span| format!("{} {}", span.name, figure(span.births)))
        .collect();
    let spans = format!("in spans: {}", spans.join(", "));
    let mut lines = wrapped(&spans, WIDTH - 6).into_iter();
    let mut remark = lines.next()?;
    if lines.next().is_some() {
        remark.push_str(" …");
    }
    Some(remark)
}

fn age(line: &CallSiteReport) -> String {
    line.oldest_seconds
        .map_or_else(|| "-".to_owned(), |age| seconds((age * 1000.0) as u64))
}

/// Keeps the end of a path, which says most; cuts between folders where there is one to cut at.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    let len = text.chars().count();
    if len <= width {
        return text.to_owned();
    }
    let tail: String = text.chars().skip(len - width + 1).collect();
    match tail.find('/') {
        Some(folder) => format!("…{}", &tail[folder..]),
        None => format!("…{tail}"),
    }
}

/// Breaks at spaces; a word longer than the width stands alone.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Without what would break the line or the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// A number that rests on one entry in `one_in`: `~1,200`; `none` for 0.
pub(crate) fn about(entries: f64, one_in: u64) -> String {
    let entries = entries.round().max(0.0) as u64;
    match (entries, one_in) {
        (0, _) => "none".to_owned(),
        (_, 0..=1) => count(entries),
        _ => format!("~{}", count(entries)),
    }
}
