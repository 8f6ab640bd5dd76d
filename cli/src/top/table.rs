//! Text in columns, by the width it takes on a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{chart, data::Row, sort::Sort};
use crate::figures::{bytes, count, each_hour, percent, short};

/// No more than `width` wide; what is cut ends in `…`.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let mut kept = String::new();
    for c in text.chars() {
        let takes = c.width().unwrap_or(0);
        if takes > left {
            break;
        }
        left -= takes;
        kept.push(c);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// As [`cut`], but the end is kept, which says most of a path; between folders, where there is one to cut at.
pub(crate) fn cut_front(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let fits = |(at, _): &(usize, char)| text[*at..].width() <= room;
    let tail = text.char_indices().find(fits);
    let tail = tail.map_or("", |(at, _)| &text[at..]);
    let tail = tail.find('/').map_or(tail, |folder| &tail[folder..]);
    if width > 0 {
        format!("…{tail}")
    } else {
        String::new()
    }
}

/// Exactly `width` wide.
pub(crate) fn fit(text: &str, width: usize, to_the_right: bool) -> String {
    let text = cut(text, width);
    let space = " ".repeat(width.saturating_sub(text.width()));
    if to_the_right {
        format!("{space}{text}")
    } else {
        format!("{text}{space}")
    }
}

/// Breaks at spaces; a word that is wider than a line is broken, too.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if line.width() + c.width().unwrap_or(0) > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A table whose first column is a text that takes what room is left, and whose others are figures; as lines of at most
/// `width`, the heading first.
pub(crate) fn figures(rows: &[Vec<String>], width: usize) -> Vec<String> {
    let columns = rows.first().map_or(0, Vec::len);
    let widest = |column: usize| rows.iter().map(|row| row[column].width()).max();
    let widths: Vec<usize> = (0..columns).map(|at| widest(at).unwrap_or(0)).collect();
    let others: usize = widths.iter().skip(1).map(|width| width + 2).sum();
    let first = widths.first().copied().unwrap_or(0);
    let first = first.min(width.saturating_sub(others).max(8));
    let line = |row: &Vec<String>| {
        let name = cut_front(&row[0], first);
        let mut line = fit(&name, first, false);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            line.push_str("  ");
            line.push_str(&fit(cell, *width, true));
        }
        cut(line.trim_end(), width)
    };
    rows.iter().map(line).collect()
}

/// A column of the table of maps.
pub(crate) struct Column {
    pub(crate) sort: Option<Sort>,
    title: &'static str,
    width: usize,
    to_the_right: bool,
}

/// The columns that there is room for; the name gets what is left.
pub(crate) fn columns(width: usize) -> Vec<Column> {
    let column = |sort: Sort, title, width| Column {
        sort: Some(sort),
        title,
        width,
        to_the_right: true,
    };
    let spark = Column {
        sort: None,
        title: "over time",
        width: if width >= 110 { 24 } else { 12 },
        to_the_right: false,
    };
    let mut columns = vec![
        column(Sort::Name, "map", 0),
        spark,
        column(Sort::Entries, "entries", 10),
        column(Sort::Growth, "each hour", 10),
        column(Sort::Vacant, "vacant", 7),
        column(Sort::Tables, "tables", 9),
    ];
    if width >= 100 {
        columns.push(column(Sort::Maps, "maps", 7));
        columns.push(column(Sort::Inserted, "inserted", 10));
    }
    columns[0].to_the_right = false;
    let others: usize = columns.iter().map(|column| column.width + 1).sum();
    columns[0].width = (width + 1).saturating_sub(others).max(8);
    columns
}

/// The heading of each column: a mark stands at the one that is sorted by.
pub(crate) fn heading(columns: &[Column], sort: Sort, ascending: bool) -> String {
    let titles = columns.iter().map(|column| {
        let mark = match (column.sort == Some(sort), ascending) {
            (false, _) => "",
            (true, true) => "▴",
            (true, false) => "▾",
        };
        let title = format!("{}{mark}", column.title);
        fit(&title, column.width, column.to_the_right)
    });
    titles.collect::<Vec<_>>().join(" ")
}

/// A map's line in the table. A mark in front says that there are suspects.
pub(crate) fn line(row: &Row, columns: &[Column]) -> String {
    let cells = columns.iter().map(|column| {
        let text = match column.sort {
            None => chart::spark(&row.spark, column.width),
            Some(Sort::Name | Sort::Suspects) => {
                let mark = if row.suspects > 0 { "! " } else { "  " };
                format!("{mark}{}", row.site)
            }
            Some(Sort::Entries) => short(row.entries),
            Some(Sort::Growth) => each_hour(row.growth_per_hour),
            Some(Sort::Vacant) => percent(row.residue_share),
            Some(Sort::Tables) => bytes(row.table_bytes),
            Some(Sort::Maps) => count(row.instances),
            Some(Sort::Inserted) => short(row.inserted),
        };
        fit(&text, column.width, column.to_the_right)
    });
    cells.collect::<Vec<_>>().join(" ")
}
