//! What the flight recorder of strict shows: the last operations of maps, for people, for machines and for a timeline
//! viewer. What is recorded and how is the modes' business.

mod history;
mod trace;

use serde::{Serialize, Serializer};

pub use history::History;

use crate::{
    MODE, Mode,
    clock::now_ms,
    mode::{CLOCK_STEP_MS, flight::read_all},
};

/// The version of the JSON that [`FlightRecorder::to_json`] writes.
const SCHEMA: &str = "mapkeeper.flight/1";

/// What happened to a key, or to many entries at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Operation {
    /// The key came.
    Inserted,
    /// Another value, or an equal key, took its place.
    Replaced,
    /// The key was removed.
    Removed,
    /// The key was to be removed, and was not there.
    Missed,
    /// Entries came as copies of another map's.
    Copied,
    /// The map was cleared.
    Cleared,
    /// The map was drained.
    Drained,
    /// A predicate turned entries out.
    Filtered,
    /// The map was consumed and its entries handed over.
    Taken,
    /// The map went with entries in it.
    MapDropped,
}

impl Operation {
    /// Every operation, in the order of their declaration.
    pub const ALL: [Self; 10] = [
        Self::Inserted,
        Self::Replaced,
        Self::Removed,
        Self::Missed,
        Self::Copied,
        Self::Cleared,
        Self::Drained,
        Self::Filtered,
        Self::Taken,
        Self::MapDropped,
    ];

    /// The operation as exports spell it: `inserted`, `replaced`, …
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inserted => "inserted",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
            Self::Missed => "missed",
            Self::Copied => "copied",
            Self::Cleared => "cleared",
            Self::Drained => "drained",
            Self::Filtered => "filtered",
            Self::Taken => "taken",
            Self::MapDropped => "map_dropped",
        }
    }

    /// Whether it is one key's; the others are told by the number of their entries.
    pub const fn is_of_one_key(self) -> bool {
        matches!(
            self,
            Self::Inserted | Self::Replaced | Self::Removed | Self::Missed
        )
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One operation of a map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FlightRecord {
    /// What was done.
    pub operation: Operation,
    /// When, in milliseconds of the process' clock, rounded down to ten.
    pub at_ms: u64,
    /// The number of the thread that did it.
    pub thread: u16,
    /// What that thread called itself, or its id.
    pub thread_name: String,
    /// The line that did it, `path/file.rs:line:column`; absent for a map's end, and if there are more than 4,095 lines.
    pub call_site: Option<String>,
    /// The hash of its key, as 16 hexadecimal digits in JSON; absent if it was not one key's, or the key has none.
    #[serde(serialize_with = "hexadecimal")]
    pub key_hash: Option<u64>,
    /// Its key as text, only where `show_keys` was asked for.
    pub key: Option<String>,
    /// Entries that came or left together; 1 for one key's.
    pub entries: u64,
}

impl FlightRecord {
    /// How the key is shown: as text where that is allowed, else by its hash.
    fn shown_key(&self) -> Option<String> {
        let hash = self.key_hash.map(shown_hash);
        self.key.clone().or(hash)
    }
}

/// A hash as people see it.
fn shown_hash(hash: u64) -> String {
    format!("#{hash:016x}")
}

fn hexadecimal<S: Serializer>(hash: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    hash.map(|hash| format!("{hash:016x}"))
        .serialize(serializer)
}

/// The last operations of one map.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct MapFlight {
    /// The [name](crate::Site::name) of its site.
    pub site: String,
    /// The number of the map, as in [`InstanceReport::id`](crate::InstanceReport::id).
    pub map: u64,
    /// Whether the map went since.
    pub gone: bool,
    /// Earlier operations, which are no longer kept.
    pub dropped: u64,
    /// The oldest first, in the order in which they happened.
    pub operations: Vec<FlightRecord>,
}

/// The last operations of all maps: what strict mode's flight recorder holds.
///
/// Of each map its last 1,023 operations are kept, of at most 256 maps: a map that comes when there are as many takes the
/// place of the one that went first, and goes without a record if all of them live. What is no longer kept is counted.
///
/// # JSON
/// [`to_json`](Self::to_json) writes an object with the fields of this type: `schema` (`"mapkeeper.flight/1"`; a field that
/// changes its meaning changes the number, new fields do not), `mode`, `at_ms`, `step_ms`, `maps_dropped`,
/// `operations_dropped` and `maps`, an array of objects with the fields of [`MapFlight`]; `operations` in these is an array
/// of objects with the fields of [`FlightRecord`]. An `operation` is spelt as [`Operation::as_str`] does; fields named `…_ms` are
/// milliseconds.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FlightRecorder {
    /// The version of this data's shape.
    pub schema: &'static str,
    /// The mode mapkeeper was compiled in.
    pub mode: Mode,
    /// When it was read, in milliseconds of the process' clock.
    pub at_ms: u64,
    /// Times are told apart from so many milliseconds on; the order of a map's operations is exact all the same.
    pub step_ms: u64,
    /// Maps whose operations were not kept, or are no longer.
    pub maps_dropped: u64,
    /// Operations of maps whose record was given to another map.
    pub operations_dropped: u64,
    /// Every map whose record is kept, by number.
    pub maps: Vec<MapFlight>,
}

impl FlightRecorder {
    /// The recorder as one JSON object; see [the schema](Self#json).
    pub fn to_json(&self) -> String {
        // Only integers and strings: nothing JSON cannot hold.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The recorder as a trace that `chrome://tracing` and <https://ui.perfetto.dev> open, in Chrome's JSON trace event
    /// format.
    ///
    /// Each operation is an instant event (`ph` `"i"`) on its thread, named by what was done and where, its line and key in
    /// `args`; each entry whose insertion and removal are both kept is an async span (`"b"`, `"e"`) of its map. `ts` is
    /// in microseconds of the process' clock; operations of one map and one step of the clock follow each other by one
    /// microsecond, so that they are seen in their order.
    ///
    /// O(n log n) in the operations kept.
    pub fn to_chrome_trace(&self) -> String {
        trace::write(self)
    }
}

/// What the flight recorder holds now: the last operations of all maps.
///
/// In strict only; off and observe record none, and answer with no maps. Writers go on meanwhile: an operation that is
/// half-way is left out, and so are old ones that are overwritten while they are read.
///
/// O(operations kept).
///
/// # Examples
/// ```
/// let recorder = mapkeeper::flight_recorder();
/// assert!(recorder.to_json().contains("mapkeeper.flight/1"));
/// // std::fs::write("maps.trace.json", recorder.to_chrome_trace())?;
/// ```
pub fn flight_recorder() -> FlightRecorder {
    let (maps, maps_dropped, operations_dropped) = read_all();
    FlightRecorder {
        schema: SCHEMA,
        mode: MODE,
        at_ms: now_ms(),
        step_ms: CLOCK_STEP_MS,
        maps_dropped,
        operations_dropped,
        maps,
    }
}
