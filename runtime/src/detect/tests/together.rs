//! What becomes of findings: brought together, ranked, known again, silenced.

use super::story::{Entry, HOUR, LINE, OTHER_LINE, SECOND, entry, found, now, one, told};
use crate::{
    SiteReport, Suspect,
    detect::{random::Random, suspects},
};

/// A line that inserts once a second for eight hours; nobody removes one in `stays`, the others live about ten seconds.
fn leaking(line: &'static str, stays: u64) -> Vec<Entry> {
    let mut random = Random::seeded(81);
    (0..8 * HOUR / SECOND)
        .map(|i| {
            let left = i * SECOND + random.exponential(10_000.0) as u64;
            Entry {
                line,
                born: i * SECOND,
                left: (i % stays != 0).then_some(left),
            }
        })
        .collect()
}

fn leaks() -> SiteReport {
    told(&leaking(LINE, 20), 8 * HOUR)
}

/// The same with all that stays emptied at another line.
fn leaks_residue() -> SiteReport {
    let mut site = leaks();
    site.residue = site.len;
    site.call_sites[0].residue = site.len;
    site
}

fn fingerprints(suspects: &[Suspect]) -> Vec<&str> {
    suspects
        .iter()
        .map(|suspect| &*suspect.fingerprint)
        .collect()
}

#[test]
fn findings_about_one_line_are_one_suspect() {
    let suspect = one(&leaks_residue());
    assert_eq!(suspect.kind, "residue");
    assert_eq!(suspect.kinds(), ["residue", "never_removed", "overdue"]);
    assert!(suspect.also[0].sentence.contains("stays for ever"));
    // How fast it grows is what the surest of them says.
    assert!((170.0..=190.0).contains(&suspect.entries_per_hour));
}

#[test]
fn findings_about_two_lines_are_two_suspects() {
    let mut entries = leaking(LINE, 20);
    entries.extend(leaking(OTHER_LINE, 40));
    let suspects = found(&[told(&entries, 8 * HOUR)]);
    let lines: Vec<_> = suspects
        .iter()
        .map(|suspect| suspect.call_site.as_deref())
        .collect();
    assert_eq!(lines, [Some(LINE), Some(OTHER_LINE)]);
    assert_ne!(suspects[0].fingerprint, suspects[1].fingerprint);
}

#[test]
fn a_finding_of_another_kind_of_leak_stays_on_its_own() {
    let mut site = leaks();
    site.capacity = 1 << 20;
    site.table_bytes = 48 << 20;
    for point in &mut site.history {
        point.capacity = site.capacity;
    }
    let mut kinds: Vec<_> = found(&[site]).iter().map(Suspect::kinds).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [vec!["capacity"], vec!["never_removed", "overdue"]]);
}

#[test]
fn the_costliest_is_told_first() {
    let site = |name: &str, bytes: u64| {
        let mut site = leaks();
        site.site = name.to_owned();
        site.table_bytes = bytes;
        site
    };
    let sites = [
        site("A.small", 1 << 10),
        site("B.large", 1 << 30),
        site("C.middle", 1 << 20),
    ];
    let suspects = found(&sites);
    let names: Vec<_> = suspects.iter().map(|suspect| &*suspect.site).collect();
    assert_eq!(names, ["B.large", "C.middle", "A.small"]);
    for two in suspects.windows(2) {
        assert!(two[0].rank() >= two[1].rank());
    }
}

#[test]
fn of_two_that_cost_the_same_the_surer_is_told_first() {
    let mut unsure = one(&leaks());
    let sure = unsure.clone();
    unsure.confidence /= 2.0;
    assert!(sure.rank() > unsure.rank());
}

#[test]
fn what_stays_at_one_line_is_known_again_whatever_it_is_called() {
    let mut kinds = Vec::new();
    let mut known = Vec::new();
    let life = 16 * HOUR;
    let churn = |stays: &dyn Fn(u64) -> bool| {
        let entries: Vec<_> = (0..life / SECOND)
            .map(|i| entry(i * SECOND, (!stays(i)).then_some((i + 5) * SECOND)))
            .collect();
        told(&entries, life)
    };
    for site in [
        churn(&|i| i % 50 == 0),
        churn(&|i| i % 12_000 == 1_000),
        churn(&|_| true),
    ] {
        let suspect = one(&site);
        kinds.push(suspect.kind);
        known.push(suspect.fingerprint);
    }
    assert_eq!(kinds, ["never_removed", "overdue", "only_grows"]);
    assert!(
        known.iter().all(|fingerprint| *fingerprint == known[0]),
        "{known:?}"
    );
}

#[test]
fn a_fingerprint_tells_lines_sites_modules_and_kinds_apart() {
    let mut known = vec![one(&leaks()).fingerprint];
    known.push(one(&told(&leaking(OTHER_LINE, 20), 8 * HOUR)).fingerprint);
    let mut site = leaks();
    site.site = "Orders.closed".to_owned();
    known.push(one(&site).fingerprint);
    site.module = "shop::archive".to_owned();
    known.push(one(&site).fingerprint);
    known.push(one(&leaks_residue()).fingerprint);
    let distinct: std::collections::BTreeSet<_> = known.iter().collect();
    assert_eq!(distinct.len(), known.len(), "{known:?}");
    assert!(known.iter().all(|fingerprint| fingerprint.len() == 16));
}

#[test]
fn a_fingerprint_is_fnv_1a_over_its_parts() {
    // Fowler, Noll and Vo's own test vectors for 64 bits: "" and "a", each with the byte 0 after it.
    assert_eq!(super::super::fingerprint(&[]), "cbf29ce484222325");
    assert_eq!(super::super::fingerprint(&[""]), "af63bd4c8601b7df");
    assert_eq!(super::super::fingerprint(&["a"]), "089be207b544f1e4");
    assert_ne!(
        super::super::fingerprint(&["ab", "c"]),
        super::super::fingerprint(&["a", "bc"])
    );
}

#[test]
fn a_known_suspect_can_be_silenced() {
    let mut entries = leaking(LINE, 20);
    entries.extend(leaking(OTHER_LINE, 40));
    let sites = [told(&entries, 8 * HOUR)];
    let all = found(&sites);
    let mut asked = Vec::new();
    let left = suspects(&sites, now(&sites, false), &mut |fingerprint| {
        asked.push(fingerprint.to_owned());
        fingerprint == all[0].fingerprint
    });
    assert_eq!(fingerprints(&left), [&*all[1].fingerprint]);
    for suspect in &all {
        assert!(asked.contains(&suspect.fingerprint));
    }
}
