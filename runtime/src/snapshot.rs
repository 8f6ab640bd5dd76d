//! What is known of every site at one moment, to be kept, saved and compared with another moment.
//!
//! A snapshot is data: taking one costs what a report costs, keeping one holds no map. What cannot be seen in it is
//! which entry is which: entries are told apart by the line that inserted them and by the snapshots they came between.

mod change;
mod diff;
mod error;
mod file;
mod pairs;
mod survivors;
mod taken;
mod text;

use std::{io, path::Path};

use serde::{Deserialize, Serialize};

use crate::{MODE, Mode, SiteReport, report};

pub use change::{Change, Presence};
pub use diff::{CallSiteDiff, Diff, SiteDiff};
pub use error::{Place, SnapshotError};
pub use survivors::{CallSiteSurvivors, SiteSurvivors, Survivors};
#[cfg(feature = "inspector")]
pub(crate) use taken::process;

/// The version of the JSON that [`Snapshot::to_json`] writes.
const SCHEMA: &str = "mapkeeper.snapshot/1";
/// Snapshots back to which entries can be told apart by when they came.
pub(crate) const KEPT: u32 = 8;

/// What is known of every site at one moment: to save, and to compare with what was or will be.
///
/// [`diff`](Self::diff) says what changed since an earlier one; [`survivors`](Self::survivors) which entries that came
/// between two of them are still there at a third.
///
/// # JSON
/// An object of the fields below: `schema` is `"mapkeeper.snapshot/1"` (a field that changes its meaning changes the
/// number, new fields do not), times are milliseconds, `sites` as in [`Report`](crate::Report#json).
///
/// # Examples
/// ```
/// use mapkeeper::Snapshot;
///
/// # #[mapkeeper::tracked]
/// # #[derive(Default)]
/// # struct Shop {
/// #     #[map]
/// #     orders: std::collections::HashMap<u32, u32>,
/// # }
/// let mut shop = Shop::default();
/// let before = Snapshot::now();
/// shop.orders.extend((0..1_000).map(|id| (id, id)));
/// let diff = Snapshot::now().diff(&before)?;
/// println!("{diff}");
/// # if mapkeeper::MODE != mapkeeper::Mode::Off {
/// assert_eq!(diff.sites[0].entries.by(), 1_000);
/// # }
/// # Ok::<(), mapkeeper::SnapshotError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// The version of this data's shape.
    pub schema: String,
    /// The mode mapkeeper was compiled in.
    pub mode: Mode,
    /// Which run of a program it is of: no two runs have the same.
    pub process: String,
    /// How many snapshots that run had taken with it.
    pub number: u32,
    /// When it was taken, in milliseconds of the process' clock.
    pub at_ms: u64,
    /// When it was taken, in milliseconds since 1970.
    pub taken_at_ms: u64,
    /// How often the process' clock had been set back; only a test can do that.
    pub clock_set_back: u64,
    /// Every site, by name.
    pub sites: Vec<SiteReport>,
}

impl Snapshot {
    /// What is known of every site, now.
    ///
    /// Entries that come later are told apart from those that are there: the process' clock goes on to its next tick
    /// (1 ms; 10 ms in strict) if it has not by itself. While a map is written, its figures may be one operation apart
    /// from each other.
    ///
    /// O(sites + live registered maps + samples). Snapshots on several threads wait for each other.
    #[must_use]
    pub fn now() -> Self {
        let moment = taken::take();
        Self {
            schema: SCHEMA.to_owned(),
            mode: MODE,
            process: taken::process().to_owned(),
            number: moment.number,
            at_ms: moment.at_ms,
            taken_at_ms: moment.taken_at_ms,
            clock_set_back: moment.clock_set_back,
            sites: report::all_sites(),
        }
    }

    /// The site of this name; the first one if several modules have one of the same name.
    #[must_use]
    pub fn site(&self, name: &str) -> Option<&SiteReport> {
        self.sites.iter().find(|site| site.site == name)
    }

    /// What changed from an earlier snapshot to this one.
    ///
    /// Snapshots of two runs of a program may be compared; [`Diff::same_process`] is false then, for counters start at
    /// zero in each run and lines that moved count as gone and new.
    ///
    /// # Errors
    /// [`SnapshotError::OtherMode`] if they were taken in different modes; [`SnapshotError::WrongOrder`] if they are of
    /// one run and `earlier` is the later one.
    pub fn diff(&self, earlier: &Self) -> Result<Diff, SnapshotError> {
        Diff::between(earlier, self)
    }

    /// The entries that came between snapshots `a` and `b` and are still there at `c`, by site and line: the three-snapshot
    /// technique. Whatever a warm-up put in came before `a`, and whatever is merely under way at `b` had until `c` to
    /// leave.
    ///
    /// In strict, exact; in observe, where entries are sampled, an estimate that says so and has a standard error. Observe
    /// knows no lines for maps under 64 buckets.
    ///
    /// # Errors
    /// [`SnapshotError`] if they are not of one run and mode, not taken in this order, if more than eight snapshots were
    /// taken from the one after `a` to `c`, or if a test set the clock back in between.
    ///
    /// # Examples
    /// ```
    /// use mapkeeper::Snapshot;
    ///
    /// # #[mapkeeper::tracked]
    /// # #[derive(Default)]
    /// # struct Shop {
    /// #     #[map]
    /// #     orders: std::collections::HashMap<u32, u32>,
    /// # }
    /// let mut shop = Shop::default();
    /// shop.orders.insert(0, 0); // warm-up
    /// let a = Snapshot::now();
    /// for id in 1..=100 {
    ///     shop.orders.insert(id, id);
    ///     if id % 10 != 0 {
    ///         shop.orders.remove(&id);
    ///     }
    /// }
    /// let b = Snapshot::now();
    /// shop.orders.insert(200, 200); // under way
    /// let c = Snapshot::now();
    ///
    /// let survivors = Snapshot::survivors(&a, &b, &c)?;
    /// println!("{survivors}");
    /// # if mapkeeper::MODE == mapkeeper::Mode::Strict {
    /// assert_eq!((survivors.born, survivors.alive), (100, 10));
    /// # }
    /// # Ok::<(), mapkeeper::SnapshotError>(())
    /// ```
    pub fn survivors(a: &Self, b: &Self, c: &Self) -> Result<Survivors, SnapshotError> {
        Survivors::of(a, b, c)
    }

    /// The snapshot as one JSON object; see [the schema](Self#json).
    #[must_use]
    pub fn to_json(&self) -> String {
        // Only integers, finite floats and strings: nothing JSON cannot hold.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`to_json`](Self::to_json) wrote, of this version or a later one with more fields.
    ///
    /// # Errors
    /// [`SnapshotError`] if it is no JSON, cut short, no snapshot, or of another schema; each says where and what to do.
    pub fn from_json(json: &str) -> Result<Self, SnapshotError> {
        file::parse(json.as_bytes(), None)
    }

    /// The snapshot as the inspector's page, in one file that needs no other: suspects as a report of that moment would
    /// have told them, every map with its charts. Whatever names and keys are, they are shown as text.
    ///
    /// Needs the feature `html` (`inspector` has it).
    ///
    /// # Examples
    /// ```
    /// let html = mapkeeper::Snapshot::now().to_html();
    /// assert!(html.starts_with("<!doctype html>"));
    /// ```
    #[cfg(feature = "html")]
    #[must_use]
    pub fn to_html(&self) -> String {
        crate::page::of_snapshot(self)
    }

    /// Writes the snapshot to a file, whole or not at all: into a new file beside it first, which then takes its place.
    ///
    /// # Errors
    /// Whatever kept the file from being written; the message names it.
    ///
    /// # Examples
    /// ```
    /// use mapkeeper::Snapshot;
    ///
    /// let path = std::env::temp_dir().join(format!("{}.snapshot.json", std::process::id()));
    /// Snapshot::now().save(&path)?;
    /// // Later, perhaps in another process:
    /// let before = Snapshot::load(&path)?;
    /// println!("{}", Snapshot::now().diff(&before)?);
    /// # std::fs::remove_file(path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        file::save(&self.to_json(), path.as_ref())
    }

    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json), and [`SnapshotError::Unreadable`] if the file cannot be read.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        file::load(path.as_ref())
    }
}
