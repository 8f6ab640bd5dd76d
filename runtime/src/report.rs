//! What is known of every site, as data and as text.

mod after_removal;
mod budget;
mod errors;
mod returns;
mod text;
mod told;
mod traces;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) use crate::figures::{bytes, count, seconds, short};
pub use after_removal::{AfterRemoval, Retained};
use budget::memory_budget;
pub use budget::set_memory_budget;
pub use errors::StandardErrors;
pub(crate) use errors::standard_error;
pub use returns::Return;
pub(crate) use text::{LINES_SHOWN, WIDTH, about, printable, shortened, wrapped, write_table};
pub use traces::InsertionTrace;

use crate::{
    AgeHistogram, Contention, Locks, MODE, Mode, Point, RemovalCause, Silenced, Site, Suspect,
    Trend,
    clock::now_ms,
    detect::{self, Circumstances},
    locks::KnownLocks,
    mode::SAMPLED_ONE_IN,
    silence, sites,
};

/// The version of the JSON that [`Report::to_json`] writes.
const SCHEMA: &str = "mapkeeper.report/1";
/// The place of entries nobody saw come.
pub(crate) const UNKNOWN: &str = "(unknown)";
/// Instances listed per site.
const LARGEST: usize = 10;

/// Everything known of every site of the program.
///
/// Its text ([`Display`](fmt::Display)) is for people, at 100 columns; [`to_json`](Self::to_json) for machines.
///
/// # JSON
/// An object: `schema` (`"mapkeeper.report/1"`; a field that changes its meaning changes the number, new fields do
/// not), `mode` (`"off"`, `"observe"`, `"strict"`), `at_ms`, `sampled_one_in` (one entry in so many is known by its line; 0
/// if none is), `sites` (the fields of [`SiteReport`], `removed` an object from cause to count), `suspects` (the fields of
/// [`Suspect`]) and `silenced`. Counts are integers; fields named `…_ms` and the bounds of histograms are milliseconds,
/// `…_seconds` seconds, `…_per_hour` by the hour, `hours_…` hours. Of what is estimated from samples, a line's `errors` are
/// the [standard errors](StandardErrors), and `share_error` that of a suspect's share where it is one of lives.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The version of this data's shape.
    pub schema: &'static str,
    /// The mode mapkeeper was compiled in.
    pub mode: Mode,
    /// When it was taken, in milliseconds of the process' clock.
    pub at_ms: u64,
    /// One entry in so many is known by its line: 1 in strict, 256 in observe, 0 in off.
    pub sampled_one_in: u64,
    /// Every site, by name.
    pub sites: Vec<SiteReport>,
    /// What looks like a leak, the costliest certain one first.
    pub suspects: Vec<Suspect>,
    /// What looks like a leak and was [silenced](crate::silence).
    pub silenced: Vec<Silenced>,
}

/// Everything known of one site, over all its maps.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SiteReport {
    /// The [name](Site::name) of the site.
    pub site: String,
    /// The module it stands in.
    pub module: String,
    /// Its place, `path/file.rs:line:column`.
    pub declared_at: String,
    /// Live maps that allocated.
    pub instances: u64,
    /// Maps that allocated, live and gone.
    pub instances_total: u64,
    /// Entries in live maps.
    pub len: u64,
    /// Entries the live maps can hold without growing.
    pub capacity: u64,
    /// Bytes the live maps' tables allocated.
    pub table_bytes: u64,
    /// The most entries one map had at a time.
    pub peak: u64,
    /// Keys inserted.
    pub inserts: u64,
    /// Values replaced under a key that was there.
    pub replaces: u64,
    /// Exits by cause; a replaced value counts, its key stayed.
    pub removed: Removals,
    /// Removals of a key that was not there.
    pub misses: u64,
    /// Entries in live maps whose value is vacant. In observe, what a `&mut` emptied is found by sweeps, so this may lag.
    pub residue: u64,
    /// Declared contracts that did not hold. In observe, `max_age` is looked at in samples only, and each counts once.
    pub breaches: u64,
    /// Entries that were still there when their map went.
    pub leftovers: u64,
    /// What was not noted for want of room. In observe samples: their entries are missing in the figures of lines. In
    /// strict times at which values became vacant ([`Lifecycle::vacated`](crate::Lifecycle::vacated)).
    pub samples_dropped: u64,
    /// Insertions in traces that were not remembered for want of room (strict, with the feature `opentelemetry`): 16 of the
    /// entries of a line are at a time, and 256 of a site.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub traces_dropped: u64,
    /// One entry in so many is known by its line: 1 in strict; in observe 256, and more where a site has many entries.
    pub one_in: u64,
    /// When its first map came, in milliseconds of the process' clock.
    pub since_ms: u64,
    /// How far its length now is from what it was lately, in robust standard deviations; absent while too little is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<f64>,
    /// Where its length is going; absent while too little is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
    /// How well its hashes tell keys apart; absent while no table of 1,024 buckets or more grew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hashing: Option<Hashing>,
    /// Its figures over time, 65 points at most, the last one now.
    pub history: Vec<Point>,
    /// What happened to values after they left.
    pub after_removal: AfterRemoval,
    /// `max_len = …`, as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_len: Option<u64>,
    /// `max_age = …`, as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<f64>,
    /// `growth = allow`, as declared.
    pub growth_allowed: bool,
    /// Whether vacant values are handles whose other side is gone.
    pub dead_handles: bool,
    /// The name of the map that `follows = …` named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// The name of the map that `subset_of = …` named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subset_of: Option<String>,
    /// The locks around its maps, as far as they are [known](crate::watch_locks); absent if none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locks: Option<Locks>,
    /// How the shards of its maps were waited for and held; absent if nobody waited, and of maps that are not of
    /// `mapkeeper::sync`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contention: Option<Contention>,
    /// The live maps with most entries, at most ten of them (in observe, maps of 64 buckets and more).
    pub largest: Vec<InstanceReport>,
    /// The lines that inserted or emptied, those with most live entries first.
    pub call_sites: Vec<CallSiteReport>,
}

/// How well a site's hashes tell its keys apart: what its last growing table showed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hashing {
    /// Entries that a lookup compares its key with; 1.06 if hashes are random.
    pub candidates: f64,
    /// Bits, of 64, that were the same in all hashes that were looked at (up to 32 of them).
    pub stuck_bits: u32,
}

/// One live map.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstanceReport {
    /// A number no other map of this process has.
    pub id: u64,
    /// Entries.
    pub len: u64,
    /// Entries it can hold without growing.
    pub capacity: u64,
    /// Bytes its table allocated.
    pub table_bytes: u64,
    /// Entries whose value is vacant.
    pub residue: u64,
    /// Seconds since it was first recorded.
    pub age_seconds: f64,
}

/// The entries one line inserted. In observe, estimates: the samples' share of the maps' exact totals.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallSiteReport {
    /// `path/file.rs:line:column`, or `(unknown)` for entries nobody saw come.
    pub call_site: String,
    /// The times of one entry in so many are known.
    pub one_in: u64,
    /// Entries it inserted.
    pub births: u64,
    /// Of those, keys that had been removed less than 10 s before. (In strict, of a map's last thousand removed keys or so.)
    pub returned: u64,
    /// The lines that had removed those, the most frequent first, four at most (strict).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
    /// Of those, still in a map.
    pub live: u64,
    /// Of those, vacant now.
    pub residue: u64,
    /// Vacant entries, of any line, that a write at this line emptied.
    pub emptied: u64,
    /// Of its entries, those still there when their map went.
    pub leftovers: u64,
    /// Its entries that left, by cause.
    pub exits: Removals,
    /// How far the estimates may be off; absent in strict, where they are counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<StandardErrors>,
    /// The ages at which they left.
    pub lifetimes: AgeHistogram,
    /// The ages of those still in a map.
    pub ages: AgeHistogram,
    /// Those still in a map by when they were inserted: 32 equal spans from the site's [`since_ms`](SiteReport::since_ms)
    /// to now.
    pub generations: Vec<u64>,
    /// The spans of `tracing` they were inserted in, those with most births first; only with the feature `spans`, and
    /// where a subscriber keeps track of spans. At most eight names, `(others)` and `(no span)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<SpanShare>,
    /// The traces of OpenTelemetry that some of those still in a map were inserted in, those that are recorded first, then the
    /// oldest; only with the feature `opentelemetry`. Four at most of entries that are vacant, and of others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traces: Vec<InsertionTrace>,
    /// Functions that called it, the innermost first, one a line, each with its place; only with the feature
    /// `backtrace`. At most four different ones of those that were seen; frames of std, tokio and mapkeeper are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backtraces: Vec<String>,
    /// Different backtraces that were not kept: a site has room for 16 KiB of them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub backtraces_dropped: u64,
    /// Those still in a map by the snapshots they came between, for the last eight [snapshots](crate::Snapshot); empty
    /// if there was none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub born_before: Vec<BornBefore>,
    /// The age of its oldest entry still in a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_seconds: Option<f64>,
}

/// The entries of one line that were inserted in spans of one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpanShare {
    /// The name of the innermost span.
    pub name: String,
    /// Entries inserted in it.
    pub births: u64,
}

/// Entries still in a map that came before a snapshot, and after the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BornBefore {
    /// The [number](crate::Snapshot::number) of the snapshot.
    pub snapshot: u32,
    /// How many they are.
    pub live: u64,
    /// This is counted from one entry in so many; 1 if it is exact.
    pub one_in: u64,
}

/// Exits by cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removals(pub(crate) [u64; RemovalCause::ALL.len()]);

impl Removals {
    /// Exits for this cause.
    pub fn get(&self, cause: RemovalCause) -> u64 {
        self.0[cause as usize]
    }

    /// Entries that left, for any cause but `Replaced` (there, the key stayed).
    pub fn entries(&self) -> u64 {
        RemovalCause::ALL
            .iter()
            .filter(|cause| **cause != RemovalCause::Replaced)
            .fold(0, |sum, cause| sum.saturating_add(self.get(*cause)))
    }
}

impl Serialize for Removals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let by_name: BTreeMap<&str, u64> = RemovalCause::ALL
            .iter()
            .map(|cause| (cause.as_str(), self.get(*cause)))
            .collect();
        by_name.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Removals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let by_name = BTreeMap::<String, u64>::deserialize(deserializer)?;
        let count = |cause: RemovalCause| by_name.get(cause.as_str()).copied().unwrap_or(0);
        Ok(Self(RemovalCause::ALL.map(count)))
    }
}

impl SiteReport {
    pub(crate) fn of(site: &'static Site) -> Self {
        let mut report = Self {
            site: site.name().to_owned(),
            module: site.module_path().to_owned(),
            declared_at: format!("{}:{}:{}", site.file(), site.line(), site.column()),
            instances: 0,
            instances_total: 0,
            len: 0,
            capacity: 0,
            table_bytes: 0,
            peak: 0,
            inserts: 0,
            replaces: 0,
            removed: Removals::default(),
            misses: 0,
            residue: 0,
            breaches: 0,
            leftovers: 0,
            samples_dropped: 0,
            traces_dropped: 0,
            one_in: SAMPLED_ONE_IN,
            since_ms: 0,
            deviation: None,
            trend: None,
            hashing: None,
            history: Vec::new(),
            after_removal: AfterRemoval::default(),
            max_len: site.contract().max_len.map(|entries| entries as u64),
            max_age_seconds: site.contract().max_age.map(|age| age.as_secs_f64()),
            growth_allowed: site.contract().growth_allowed,
            dead_handles: false,
            follows: site.contract().follows.map(str::to_owned),
            subset_of: site.contract().subset_of.map(str::to_owned),
            locks: None,
            contention: None,
            largest: Vec::new(),
            call_sites: Vec::new(),
        };
        site.record.read_into(&mut report);
        report.deviation = detect::deviation(&report.history);
        report.trend = detect::trend(&report, memory_budget());
        report
            .largest
            .sort_by_key(|instance| (std::cmp::Reverse(instance.len), instance.id));
        report.largest.truncate(LARGEST);
        report.call_sites.sort_by(|a, b| {
            (b.live, b.births, &a.call_site).cmp(&(a.live, a.births, &b.call_site))
        });
        report
    }

    /// What was declared as `max_age`, in milliseconds.
    pub(crate) fn max_age_ms(&self) -> Option<u64> {
        self.max_age_seconds.map(|age| (age * 1000.0) as u64)
    }

    /// The share of entries whose value is vacant, from 0 to 1; 0 for an empty site.
    pub fn residue_share(&self) -> f64 {
        if self.len == 0 {
            0.0
        } else {
            // Read while maps are written, one may be ahead of the other.
            (self.residue as f64 / self.len as f64).min(1.0)
        }
    }
}

/// Every site as it is now, by name.
pub(crate) fn all_sites() -> Vec<SiteReport> {
    let locks = KnownLocks::now();
    let mut sites: Vec<SiteReport> = sites()
        .map(|site| SiteReport {
            locks: locks.of(site),
            ..SiteReport::of(site)
        })
        .collect();
    sites.sort_by(|a, b| (&a.site, &a.declared_at).cmp(&(&b.site, &b.declared_at)));
    sites
}

impl Report {
    fn now() -> Self {
        Self::of(all_sites(), MODE, now_ms(), SAMPLED_ONE_IN)
    }

    /// What a report made at that moment would have said.
    #[cfg(feature = "html")]
    pub(crate) fn of_snapshot(snapshot: &crate::Snapshot) -> Self {
        let one_in = snapshot.sites.iter().map(|site| site.one_in).min();
        let (sites, mode) = (snapshot.sites.clone(), snapshot.mode);
        Self::of(sites, mode, snapshot.at_ms, one_in.unwrap_or(0))
    }

    fn of(sites: Vec<SiteReport>, mode: Mode, at_ms: u64, sampled_one_in: u64) -> Self {
        let now = Circumstances {
            now_ms: at_ms,
            short_lived: mode == Mode::Strict,
        };
        let silence = silence::asked_for();
        let mut silenced = BTreeSet::new();
        let suspects = detect::suspects(&sites, now, &mut |fingerprint| {
            let known = silence.contains_key(fingerprint);
            if known {
                silenced.insert(fingerprint.to_owned());
            }
            known
        });
        Self {
            schema: SCHEMA,
            mode,
            at_ms,
            sampled_one_in,
            sites,
            suspects,
            silenced: silence
                .into_iter()
                .filter(|(fingerprint, _)| silenced.contains(fingerprint))
                .map(|(fingerprint, reason)| Silenced {
                    fingerprint,
                    reason,
                })
                .collect(),
        }
    }

    /// The site of this name; the first one if several modules have one of the same name.
    pub fn site(&self, name: &str) -> Option<&SiteReport> {
        self.sites.iter().find(|site| site.site == name)
    }

    /// The costliest suspect of the site of this name.
    pub fn suspect(&self, site: &str) -> Option<&Suspect> {
        self.suspects.iter().find(|suspect| suspect.site == site)
    }

    /// The first backtrace of a line of a site; empty if there is none.
    fn backtrace(&self, site: &str, call_site: &str) -> &str {
        let sites = self.sites.iter().filter(|row| row.site == site);
        let mut lines = sites.flat_map(|site| &site.call_sites);
        lines
            .find(|line| line.call_site == call_site)
            .and_then(|line| line.backtraces.first())
            .map_or("", String::as_str)
    }

    /// The report as one JSON object; see [the schema](Self#json).
    pub fn to_json(&self) -> String {
        // Only integers, finite floats and strings: nothing JSON cannot hold.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What serde asks of a count that is left out when it is 0.
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self, f)
    }
}

/// Everything known of every site, now. While a map is written, its figures may be one operation apart from each other.
///
/// No lock of the program is waited for. Where one is known ([`SiteReport::locks`]), the report says if it is held now or
/// poisoned.
///
/// Writers go on: only one that registers a map (64 buckets and more; in strict every map), drops such a map, or meets a
/// sampled entry while its map's samples are added up, waits for that.
///
/// O(sites + live registered maps + samples).
///
/// # Examples
/// ```
/// println!("{}", mapkeeper::report());
/// ```
pub fn report() -> Report {
    Report::now()
}
