//! Rows of the table, sorted, filtered and paged.

use serde::{Deserialize, Serialize};

use super::error::Refusal;
use crate::{
    Report, SiteReport,
    page::{Row, SuspectCounts, growth, id_of},
};

/// Rows to a page at most.
const MOST: usize = 200;
/// Rows to a page, if nothing is said.
const USUAL: usize = 50;

/// Which part of a list is asked for.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Part {
    offset: usize,
    limit: usize,
}

impl Default for Part {
    fn default() -> Self {
        Self {
            offset: 0,
            limit: USUAL,
        }
    }
}

/// Which part of the sites is asked for, and in which order.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    offset: usize,
    limit: usize,
    sort: Sort,
    order: Order,
    /// A part of the name or the module, whatever its case.
    q: String,
}

impl Default for Asked {
    fn default() -> Self {
        let Part { offset, limit } = Part::default();
        Self {
            offset,
            limit,
            sort: Sort::Entries,
            order: Order::Desc,
            q: String::new(),
        }
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sort {
    Site,
    Entries,
    Bytes,
    Growth,
    Residue,
    Instances,
    Inserted,
    Deviation,
    Suspects,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Asc,
    Desc,
}

/// A part of a list.
#[derive(Serialize)]
pub(super) struct Page<T> {
    /// Rows of the whole list.
    total: usize,
    offset: usize,
    items: Vec<T>,
}

impl Part {
    /// The part of a list that is asked for.
    pub(super) fn page<T>(&self, list: impl ExactSizeIterator<Item = T>) -> Page<T> {
        Page {
            total: list.len(),
            offset: self.offset,
            items: list.skip(self.offset).take(self.limit.min(MOST)).collect(),
        }
    }
}

pub(super) fn site_of<'r>(report: &'r Report, id: &str) -> Result<&'r SiteReport, Refusal> {
    let found = report.sites.iter().find(|site| id_of(site) == id);
    found.ok_or_else(|| Refusal::unknown(format!("there is no site {id}: api/sites lists them")))
}

/// The rows that are asked for.
pub(super) fn rows<'r>(report: &'r Report, asked: &Asked) -> Page<Row<'r>> {
    let suspects = SuspectCounts::of(report);
    let suspects_of = |site: &SiteReport| suspects.get(site);
    let q = asked.q.to_lowercase();
    let mut sites: Vec<(&SiteReport, f64)> = report
        .sites
        .iter()
        .filter(|site| {
            let name = format!("{}::{}", site.module, site.site);
            q.is_empty() || name.to_lowercase().contains(&q)
        })
        .map(|site| (site, figure(asked.sort, site, &suspects_of)))
        .collect();
    // Sites come sorted by name, and stay so where figures are equal.
    sites.sort_by(|(_, a), (_, b)| match asked.order {
        Order::Asc => a.total_cmp(b),
        Order::Desc => b.total_cmp(a),
    });
    if matches!(asked.sort, Sort::Site) && asked.order == Order::Desc {
        sites.reverse();
    }
    let rows = sites
        .into_iter()
        .map(|(site, _)| Row::of(site, suspects_of(site)));
    let (offset, limit) = (asked.offset, asked.limit);
    Part { offset, limit }.page(rows)
}

/// What rows are sorted by.
fn figure(sort: Sort, site: &SiteReport, suspects_of: &dyn Fn(&SiteReport) -> usize) -> f64 {
    match sort {
        Sort::Site => 0.0,
        Sort::Entries => site.len as f64,
        Sort::Bytes => site.table_bytes as f64,
        Sort::Growth => growth(site).unwrap_or(f64::NEG_INFINITY),
        Sort::Residue => site.residue_share(),
        Sort::Instances => site.instances as f64,
        Sort::Inserted => site.inserts as f64,
        Sort::Deviation => site.deviation.map_or(f64::NEG_INFINITY, f64::abs),
        Sort::Suspects => suspects_of(site) as f64,
    }
}
