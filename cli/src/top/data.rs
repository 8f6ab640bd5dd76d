//! What is asked of an inspector, and what it says; its text is fit for a terminal by then.

use std::collections::{BTreeMap, HashSet};

use mapkeeper::{__private::written::percent_encoded, Mode, SiteReport};
use serde::Deserialize;

use super::{
    client::{Client, Fault},
    sort::Sort,
};

/// Rows that an inspector gives at a time.
const MOST: usize = 200;
pub(crate) const SUSPECTS: &str = "api/suspects?limit=200";

/// What is to be seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) sort: Sort,
    pub(crate) ascending: bool,
    pub(crate) filter: String,
    /// The one map whose particulars are shown.
    pub(crate) site: Option<Which>,
}

/// One map, by name; of several with the same one, the one with this id.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Which {
    pub(crate) site: String,
    pub(crate) module: String,
    /// Not known of a map that is not among the rows that are shown.
    pub(crate) id: Option<String>,
}

impl Which {
    pub(crate) fn is_in(&self, row: &Row) -> bool {
        (&row.site, &row.module) == (&self.site, &self.module)
    }
}

/// What an inspector said of one moment.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) summary: Summary,
    pub(crate) suspects: Part<Suspect>,
    pub(crate) rows: Part<Row>,
    pub(crate) site: Option<OneSite>,
}

/// A part of a list.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Part<T> {
    pub(crate) total: usize,
    pub(crate) items: Vec<T>,
}

/// All maps together.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Summary {
    pub(crate) version: String,
    pub(crate) mode: Mode,
    /// Which run of a program; empty if the inspector does not say.
    #[serde(default)]
    pub(crate) process: String,
    pub(crate) at_ms: u64,
    pub(crate) sampled_one_in: u64,
    pub(crate) sites: u64,
    pub(crate) sites_in_use: u64,
    pub(crate) entries: u64,
    pub(crate) table_bytes: u64,
    pub(crate) residue: u64,
    pub(crate) breaches: u64,
    pub(crate) silenced: u64,
}

/// One map in the table.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) module: String,
    pub(crate) declared_at: String,
    pub(crate) entries: u64,
    pub(crate) table_bytes: u64,
    pub(crate) instances: u64,
    pub(crate) inserted: u64,
    pub(crate) residue_share: f64,
    pub(crate) growth_per_hour: Option<f64>,
    pub(crate) suspects: u64,
    pub(crate) spark: Vec<u64>,
}

/// What looks like a leak.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Suspect {
    pub(crate) kind: String,
    pub(crate) site: String,
    pub(crate) module: String,
    pub(crate) call_site: Option<String>,
    #[serde(default)]
    pub(crate) emptied_at: Option<String>,
    pub(crate) fingerprint: String,
    pub(crate) sentence: String,
    pub(crate) advice: String,
    pub(crate) entries: u64,
    pub(crate) share: f64,
    pub(crate) entries_per_hour: f64,
    pub(crate) bytes_per_hour: f64,
    pub(crate) observed_seconds: f64,
    pub(crate) confidence: f64,
    /// JSON has no way to write some of them.
    pub(crate) figures: BTreeMap<String, Option<f64>>,
    pub(crate) also: Vec<Also>,
}

/// Another sign of the same leak.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Also {
    pub(crate) sentence: String,
}

/// One map with all that is known of it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct OneSite {
    pub(crate) site: SiteReport,
    pub(crate) suspects: Vec<Suspect>,
}

/// Asks for all that is wanted.
pub(crate) fn seen(client: &Client, wanted: &Wanted) -> Result<Seen, Fault> {
    let summary = client.typed("api/summary", client.summary()?)?;
    let site = match &wanted.site {
        Some(which) => one_site(client, which)?,
        None => None,
    };
    Ok(Seen {
        summary,
        suspects: client.read(SUSPECTS)?,
        rows: rows(client, wanted)?,
        site,
    })
}

/// `None` if there is no such map (any more).
fn one_site(client: &Client, which: &Which) -> Result<Option<OneSite>, Fault> {
    let id = match &which.id {
        Some(id) => id.clone(),
        None => {
            let q = percent_encoded(&which.site);
            let rows: Part<Row> = client.read(&format!("api/sites?limit={MOST}&q={q}"))?;
            match rows.items.into_iter().find(|row| which.is_in(row)) {
                Some(row) => row.id,
                None => return Ok(None),
            }
        }
    };
    match client.read(&format!("api/sites/{}", percent_encoded(&id))) {
        Ok(site) => Ok(Some(site)),
        Err(fault) if fault.is_unknown => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// The first rows in the order that is wanted; all of them if they are not too many.
fn rows(client: &Client, wanted: &Wanted) -> Result<Part<Row>, Fault> {
    let by = |sort: Sort| client.read::<Part<Row>>(&sites_path(wanted, sort.asked()));
    let mut rows = by(wanted.sort)?;
    if rows.total > rows.items.len() && wanted.sort == Sort::Suspects {
        // An inspector sorts by one figure: the first by three of them are among the first by each.
        rows.items.extend(by(Sort::Growth)?.items);
        rows.items.extend(by(Sort::Entries)?.items);
        let mut known = HashSet::new();
        rows.items.retain(|row| known.insert(row.id.clone()));
    }
    wanted.sort.apply(&mut rows.items, wanted.ascending);
    rows.items.truncate(MOST);
    Ok(rows)
}

/// The address of the rows that are wanted.
pub(crate) fn sites_path(wanted: &Wanted, sort: &str) -> String {
    let order = if wanted.ascending { "asc" } else { "desc" };
    let q = percent_encoded(&wanted.filter);
    format!("api/sites?limit={MOST}&sort={sort}&order={order}&q={q}")
}
