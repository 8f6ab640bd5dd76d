//! What the figures of a site say is wrong.

use serde::Serialize;

use super::SiteReport;

/// More residue than this share of a map is a suspect.
const RESIDUE_SHARE: f64 = 0.30;
/// Fewer vacant entries than this are nobody's leak.
const RESIDUE_ENTRIES: u64 = 64;

/// A finding, with its evidence.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Suspect {
    /// What kind of leak: `residue`.
    pub kind: &'static str,
    /// The map's name.
    pub site: &'static str,
    /// The line that inserted most of the entries in question, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_site: Option<String>,
    /// The line that emptied most of them, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emptied_at: Option<String>,
    /// The same finding has the same fingerprint in every run.
    pub fingerprint: String,
    /// What is wrong, in one sentence with its numbers.
    pub sentence: String,
    /// What to do about it.
    pub advice: String,
    /// Entries in question.
    pub entries: u64,
    /// Their share of the map, from 0 to 1.
    pub share: f64,
}

pub(super) fn find(sites: &[SiteReport]) -> Vec<Suspect> {
    let mut found: Vec<Suspect> = sites.iter().filter_map(residue).collect();
    found.sort_by_key(|suspect| std::cmp::Reverse(suspect.entries));
    found
}

fn residue(site: &SiteReport) -> Option<Suspect> {
    let share = site.residue_share();
    if site.residue < RESIDUE_ENTRIES || share <= RESIDUE_SHARE {
        return None;
    }
    let line_with_most = |figure: fn(&super::CallSiteReport) -> u64| {
        site.call_sites
            .iter()
            .filter(|line| figure(line) > 0 && line.call_site != super::UNKNOWN)
            .max_by_key(|line| figure(line))
            .map(|line| line.call_site.clone())
    };
    let call_site = line_with_most(|line| line.residue);
    let emptied_at = line_with_most(|line| line.emptied);
    let field = site.site.rsplit('.').next().unwrap_or(site.site);
    let place = emptied_at
        .as_ref()
        .map_or_else(String::new, |line| format!(" at {line}"));
    Some(Suspect {
        kind: "residue",
        site: site.site,
        fingerprint: fingerprint(&["residue", site.module, site.site]),
        sentence: format!(
            "{:.0} % of {} is residue ({} of {} entries; more than {:.0} % is a leak): the key stays, its value is \
             vacant, and every scan walks over it",
            share * 100.0,
            site.site,
            super::text::count(site.residue),
            super::text::count(site.len),
            RESIDUE_SHARE * 100.0
        ),
        advice: format!(
            "remove the key{place} (`{field}.remove(&key)`) instead of emptying its value; if vacant values belong \
             there, declare `#[map(residue = allow)]`"
        ),
        call_site,
        emptied_at,
        entries: site.residue,
        share,
    })
}

/// FNV-1a, 64 bits (Fowler, Noll and Vo; draft-eastlake-fnv), over the parts and a separator.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
