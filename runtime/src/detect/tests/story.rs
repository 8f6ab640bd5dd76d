//! Reports told from what happened: when each entry came, at which line, and when it left.

use crate::{
    CallSiteReport, Contract, Point, RemovalCause, Site, SiteReport,
    detect::{Circumstances, Suspect, suspects},
};

pub(in crate::detect) const SECOND: u64 = 1_000;
pub(in crate::detect) const MINUTE: u64 = 60 * SECOND;
pub(in crate::detect) const HOUR: u64 = 60 * MINUTE;
/// Bytes to each place of a table.
const PLACE: u64 = 48;

/// Clocks do not start at 0.
pub(in crate::detect) const START: u64 = 77 * SECOND;
pub(in crate::detect) const LINE: &str = "src/orders.rs:10:9";
pub(in crate::detect) const OTHER_LINE: &str = "src/orders.rs:20:9";

/// One entry; times in milliseconds from the site's beginning.
#[derive(Clone, Copy)]
pub(in crate::detect) struct Entry {
    pub(in crate::detect) line: &'static str,
    pub(in crate::detect) born: u64,
    pub(in crate::detect) left: Option<u64>,
}

pub(in crate::detect) fn entry(born: u64, left: Option<u64>) -> Entry {
    Entry {
        line: LINE,
        born,
        left,
    }
}

/// A site of which nothing is known but its name.
pub(in crate::detect) fn nothing() -> SiteReport {
    static SITE: Site = Site::new("Orders.open", "shop", "src/orders.rs", 3, 5, Contract::NONE);
    let mut site = SiteReport::of(&SITE);
    site.one_in = 1;
    site.since_ms = START;
    site
}

/// A line that did nothing.
pub(in crate::detect) fn line(call_site: &str) -> CallSiteReport {
    CallSiteReport {
        call_site: call_site.to_owned(),
        one_in: 1,
        generations: vec![0; 32],
        ..CallSiteReport::default()
    }
}

/// What a report after `life` says of these entries, had every one of them been recorded, in one map.
pub(in crate::detect) fn told(entries: &[Entry], life: u64) -> SiteReport {
    let mut site = nothing();
    let entries: Vec<&Entry> = entries.iter().filter(|entry| entry.born <= life).collect();
    let mut births: Vec<u64> = entries.iter().map(|entry| entry.born).collect();
    let mut exits: Vec<u64> = entries.iter().filter_map(|entry| entry.left).collect();
    births.sort_unstable();
    exits.sort_unstable();
    site.history = (0..=64)
        .map(|i| {
            let at = life * i / 64;
            let inserts = births.partition_point(|born| *born <= at) as u64;
            let len = inserts - exits.partition_point(|left| *left <= at) as u64;
            site.capacity = site.capacity.max(7 * (len * 8 / 7).next_power_of_two() / 8);
            Point {
                at_ms: START + at,
                instances: 1,
                instances_total: 1,
                len,
                capacity: site.capacity,
                table_bytes: site.capacity * PLACE,
                inserts,
                ..Point::default()
            }
        })
        .collect();
    site.table_bytes = site.capacity * PLACE;
    for entry in entries {
        let place = site
            .call_sites
            .iter()
            .position(|line| line.call_site == entry.line);
        let place = place.unwrap_or_else(|| {
            site.call_sites.push(line(entry.line));
            site.call_sites.len() - 1
        });
        let line = &mut site.call_sites[place];
        line.births += 1;
        site.inserts += 1;
        match entry.left.filter(|left| *left <= life) {
            Some(left) => {
                line.lifetimes.add(left - entry.born, 1);
                line.exits.0[RemovalCause::Removed as usize] += 1;
                site.removed.0[RemovalCause::Removed as usize] += 1;
            }
            None => {
                line.live += 1;
                line.ages.add(life - entry.born, 1);
                line.generations[(entry.born * 32 / life).min(31) as usize] += 1;
                site.len += 1;
            }
        }
    }
    site.instances = 1;
    site.instances_total = 1;
    site
}

/// What is suspicious about some sites at the end of their history, in a program that is meant to run for long.
pub(in crate::detect) fn found(sites: &[SiteReport]) -> Vec<Suspect> {
    suspects(sites, now(sites, false), &mut |_| false)
}

pub(in crate::detect) fn now(sites: &[SiteReport], short_lived: bool) -> Circumstances {
    let times = sites.iter().filter_map(|site| site.history.last());
    Circumstances {
        now_ms: times.map(|point| point.at_ms).max().unwrap_or(0),
        short_lived,
    }
}

/// The one suspect of a site.
#[track_caller]
pub(in crate::detect) fn one(site: &SiteReport) -> Suspect {
    let mut suspects = found(std::slice::from_ref(site));
    assert_eq!(suspects.len(), 1, "{suspects:#?}");
    suspects.remove(0)
}

#[track_caller]
pub(in crate::detect) fn silent(site: &SiteReport) {
    let suspects = found(std::slice::from_ref(site));
    assert!(suspects.is_empty(), "{suspects:#?}");
}

/// The same with a figure of every point of its history, which is given how much of its life had passed.
pub(in crate::detect) fn with_history(
    mut site: SiteReport,
    change: impl Fn(f64, &mut Point),
) -> SiteReport {
    let last = site.history.len().max(2) - 1;
    for (i, point) in site.history.iter_mut().enumerate() {
        change(i as f64 / last as f64, point);
    }
    site
}
