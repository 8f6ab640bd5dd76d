//! Which site of one snapshot is which of another: by module and name, not by place, since code moves between builds.

use std::collections::BTreeMap;

use crate::{CallSiteReport, SiteReport};

/// Module, name, and how many before it have the same: a name may be given twice in one module.
type Key<'s> = (&'s str, &'s str, usize);

/// The sites of a snapshot by what they are known by in every one. Hands out the nth of those with the same name in the
/// order of the snapshot, which is that of their places.
pub(super) fn by_key(sites: &[SiteReport]) -> BTreeMap<Key<'_>, &SiteReport> {
    let mut same: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for site in sites {
        let nth = same.entry((&site.module, &site.site)).or_default();
        found.insert((&*site.module, &*site.site, *nth), site);
        *nth += 1;
    }
    found
}

/// The lines of a site by place.
pub(super) fn lines(site: Option<&SiteReport>) -> BTreeMap<&str, &CallSiteReport> {
    let lines = site.map_or(&[][..], |site| &site.call_sites);
    lines.iter().map(|line| (&*line.call_site, line)).collect()
}

/// Everything that is in one of two maps, with what each has for it.
pub(super) fn paired<'s, K: Ord + Copy, T>(
    earlier: &BTreeMap<K, &'s T>,
    later: &BTreeMap<K, &'s T>,
) -> Vec<(K, Option<&'s T>, Option<&'s T>)> {
    let mut all: BTreeMap<K, (Option<&'s T>, Option<&'s T>)> = BTreeMap::new();
    for (key, value) in earlier {
        all.entry(*key).or_default().0 = Some(value);
    }
    for (key, value) in later {
        all.entry(*key).or_default().1 = Some(value);
    }
    all.into_iter()
        .map(|(key, (before, after))| (key, before, after))
        .collect()
}
