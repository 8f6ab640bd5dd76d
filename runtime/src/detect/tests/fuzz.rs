//! Reports that no program can give, and some that a jumping clock, a race or a broken file can: no panic, no figure that
//! is none, no share above one.

use super::story::{LINE, OTHER_LINE, line, nothing, told};
use crate::{
    AgeHistogram, CallSiteReport, Point, RemovalCause, Removals, Retained, SiteReport, Suspect,
    detect::{Circumstances, deviation, random::Random, suspects},
    report::UNKNOWN,
};

const ODD: [u64; 20] = [
    0,
    1,
    2,
    7,
    64,
    199,
    500,
    1_000,
    10_000,
    60_000,
    3_600_000,
    14_400_001,
    1 << 32,
    1 << 40,
    (1 << 53) + 1,
    1 << 62,
    u64::MAX / 2,
    u64::MAX / 2 + 1,
    u64::MAX - 1,
    u64::MAX,
];

struct Fuzz(Random);

impl Fuzz {
    /// Odd, small or anything.
    fn any(&mut self) -> u64 {
        match self.0.below(4) {
            0 => self.0.below(2_000),
            1 => self.0.bits() >> self.0.below(64),
            _ => self.0.one_of(&ODD),
        }
    }

    fn maybe(&mut self) -> bool {
        self.0.below(2) == 0
    }

    fn removals(&mut self) -> Removals {
        Removals(RemovalCause::ALL.map(|_| self.any()))
    }

    fn histogram(&mut self) -> AgeHistogram {
        let mut histogram = AgeHistogram::default();
        for _ in 0..self.0.below(8) {
            histogram.add(self.any(), self.any());
        }
        histogram
    }

    fn point(&mut self) -> Point {
        Point {
            at_ms: self.any(),
            instances: self.any(),
            instances_total: self.any(),
            len: self.any(),
            capacity: self.any(),
            table_bytes: self.any(),
            inserts: self.any(),
            replaces: self.any(),
            misses: self.any(),
            residue: self.any(),
        }
    }

    /// In order, of one moment, or in no order at all.
    fn history(&mut self) -> Vec<Point> {
        let points = self.0.one_of(&[0, 1, 2, 8, 17, 65]);
        let mut history: Vec<Point> = (0..points).map(|_| self.point()).collect();
        match self.0.below(4) {
            0 => {}
            1 => history.sort_by_key(|point| std::cmp::Reverse(point.at_ms)),
            2 => history.iter_mut().for_each(|point| point.at_ms = 5_000),
            _ => history.sort_by_key(|point| point.at_ms),
        }
        history
    }

    fn line(&mut self) -> CallSiteReport {
        let generations = self.0.one_of(&[0, 1, 2, 3, 31, 32, 33, 100]);
        CallSiteReport {
            one_in: self.any(),
            births: self.any(),
            live: self.any(),
            residue: self.any(),
            emptied: self.any(),
            leftovers: self.any(),
            exits: self.removals(),
            lifetimes: self.histogram(),
            ages: self.histogram(),
            generations: (0..generations).map(|_| self.any()).collect(),
            oldest_seconds: self.maybe().then_some(1e300),
            ..line(self.0.one_of(&[LINE, OTHER_LINE, UNKNOWN, ""]))
        }
    }

    fn site(&mut self) -> SiteReport {
        let mut site = nothing();
        site.site = self.0.one_of(&["A.a", "A.b", "b", "", "."]).to_owned();
        site.follows = self
            .maybe()
            .then(|| self.0.one_of(&["A.a", "A.b", ""]).to_owned());
        site.subset_of = self
            .maybe()
            .then(|| self.0.one_of(&["A.a", "b"]).to_owned());
        site.growth_allowed = self.0.below(8) == 0;
        site.dead_handles = self.maybe();
        site.max_age_seconds = (self.0.below(8) == 0)
            .then(|| self.0.one_of(&[0.0, -1.0, 1.5, 90_000.0, 1e300, f64::NAN]));
        site.max_len = (self.0.below(8) == 0).then(|| self.any());
        for figure in [
            &mut site.instances,
            &mut site.instances_total,
            &mut site.len,
            &mut site.capacity,
            &mut site.table_bytes,
            &mut site.peak,
            &mut site.inserts,
            &mut site.replaces,
            &mut site.misses,
            &mut site.residue,
            &mut site.one_in,
            &mut site.since_ms,
            &mut site.after_removal.watched,
            &mut site.after_removal.finalised,
        ] {
            *figure = self.any();
        }
        site.removed = self.removals();
        site.history = self.history();
        for _ in 0..self.0.below(4) {
            site.call_sites.push(self.line());
        }
        for _ in 0..self.0.below(3) {
            site.after_removal.retained.push(Retained {
                removed_at: LINE.to_owned(),
                cause: RemovalCause::Removed,
                values: self.any(),
                strong_count_max: self.any(),
                oldest_seconds: self.0.one_of(&[0.0, 61.0, 1e300, f64::MAX]),
            });
        }
        site
    }
}

#[track_caller]
fn is_sound(suspect: &Suspect) {
    for share in [suspect.share, suspect.confidence] {
        assert!((0.0..=1.0).contains(&share), "{suspect:#?}");
    }
    let figures = [
        suspect.entries_per_hour,
        suspect.bytes_per_hour,
        suspect.rank(),
    ];
    let all = figures.iter().chain(suspect.figures.values());
    assert!(all.clone().all(|figure| figure.is_finite()), "{suspect:#?}");
    for sentence in [&suspect.sentence, &suspect.advice] {
        let odd = ["NaN", " inf", "-inf"];
        assert!(!odd.iter().any(|odd| sentence.contains(odd)), "{sentence}");
    }
}

fn judge(sites: &[SiteReport], now_ms: u64, kinds: &mut std::collections::BTreeSet<&str>) {
    for short_lived in [false, true] {
        let now = Circumstances {
            now_ms,
            short_lived,
        };
        for suspect in suspects(sites, now, &mut |_| false) {
            is_sound(&suspect);
            kinds.extend(suspect.kinds());
        }
    }
}

#[test]
fn no_figures_make_detectors_panic_or_say_what_is_no_number() {
    let mut fuzz = Fuzz(Random::seeded(91));
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..30_000 {
        let sites: Vec<SiteReport> = (0..1 + fuzz.0.below(3)).map(|_| fuzz.site()).collect();
        let now_ms = fuzz.any();
        judge(&sites, now_ms, &mut kinds);
        for site in &sites {
            assert!(deviation(&site.history).is_none_or(f64::is_finite));
            assert!((0.0..=1.0).contains(&site.residue_share()));
        }
    }
    // It got as far as this.
    assert!(kinds.len() >= 8, "only {kinds:?}");
}

/// A leak as it is, with a few of its figures wrong.
#[test]
fn a_leak_with_broken_figures_is_judged_without_panic() {
    let mut fuzz = Fuzz(Random::seeded(92));
    let mut kinds = std::collections::BTreeSet::new();
    let entries: Vec<_> = (0..4_000_u64)
        .map(|i| super::story::entry(i * 5_000, (i % 20 > 0).then_some(i * 5_000 + 3_000)))
        .collect();
    let leak = told(&entries, 20_000_000);
    let now = leak.history.last().unwrap().at_ms;
    for _ in 0..5_000 {
        let mut site = leak.clone();
        for _ in 0..1 + fuzz.0.below(3) {
            let any = fuzz.any();
            let line = &mut site.call_sites[0];
            let place = fuzz.0.below(line.generations.len() as u64) as usize;
            match fuzz.0.below(14) {
                0 => site.len = any,
                1 => site.inserts = any,
                2 => site.since_ms = any,
                3 => site.table_bytes = any,
                4 => site.residue = any,
                5 => site.misses = any,
                6 => line.births = any,
                7 => line.one_in = any,
                8 => line.live = any,
                9 => line.generations[place] = any,
                10 => line.lifetimes.add(fuzz.any(), any),
                11 => line.ages.add(fuzz.any(), any),
                12 => site.history = fuzz.history(),
                _ => {
                    let point = fuzz.0.below(site.history.len().max(1) as u64) as usize;
                    if let Some(point) = site.history.get_mut(point) {
                        *point = fuzz.point();
                    }
                }
            }
        }
        let now = if fuzz.0.below(4) == 0 {
            fuzz.any()
        } else {
            now
        };
        judge(&[site], now, &mut kinds);
    }
    assert!(
        kinds.contains("never_removed") && kinds.contains("overdue"),
        "{kinds:?}"
    );
}
