//! The flight recorder as a trace of Chrome's JSON trace event format, which Perfetto reads, too. (Duca, Sinclair: Trace
//! Event Format, 2016, <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>.)

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::{FlightRecord, FlightRecorder, MapFlight, Operation};

pub(super) fn write(recorder: &FlightRecorder) -> String {
    let pid = std::process::id();
    let mut events = Vec::new();
    for map in &recorder.maps {
        add(map, recorder.step_ms, pid, &mut events);
    }
    // In a viewer, what begins first has to be told first.
    events.sort_by_key(|(ts, _)| *ts);
    let named = names(recorder, pid);
    let events: Vec<Value> = named
        .into_iter()
        .chain(events.into_iter().map(|(_, event)| event))
        .collect();
    json!({
        "traceEvents": events,
        "displayTimeUnit": "ms",
        "otherData": {
            "schema": recorder.schema,
            "mode": recorder.mode,
            "maps_dropped": recorder.maps_dropped,
            "operations_dropped": recorder.operations_dropped,
        },
    })
    .to_string()
}

/// The names of the process and of its threads.
fn names(recorder: &FlightRecorder, pid: u32) -> Vec<Value> {
    let mut threads: BTreeMap<u16, &str> = BTreeMap::new();
    for record in recorder.maps.iter().flat_map(|map| &map.operations) {
        threads.insert(record.thread, &record.thread_name);
    }
    let named = |what: &str, tid: u16, name: &str| {
        json!({
            "name": what, "ph": "M", "ts": 0, "pid": pid, "tid": tid, "args": { "name": name },
        })
    };
    std::iter::once(named("process_name", 0, "mapkeeper"))
        .chain(
            threads
                .iter()
                .map(|(tid, name)| named("thread_name", *tid, name)),
        )
        .collect()
}

/// Adds the operations of one map, and the lives of its entries, each with its time in microseconds.
fn add(map: &MapFlight, step_ms: u64, pid: u32, events: &mut Vec<(u64, Value)>) {
    let step = step_ms.saturating_mul(1000).max(1);
    let mut last = (u64::MAX, 0);
    let mut born: HashMap<u64, (u64, &FlightRecord)> = HashMap::new();
    for record in &map.operations {
        let nth = if last.0 == record.at_ms {
            last.1 + 1
        } else {
            0
        };
        last = (record.at_ms, nth);
        let ts = record.at_ms.saturating_mul(1000) + nth.min(step - 1);
        events.push((ts, instant(map, record, ts, pid)));
        let Some(hash) = record.key_hash else {
            continue;
        };
        match record.operation {
            Operation::Inserted => {
                born.insert(hash, (ts, record));
            }
            Operation::Removed => {
                if let Some((since, first)) = born.remove(&hash) {
                    for (ph, ts, of) in [("b", since, first), ("e", ts, record)] {
                        events.push((ts, span(map, of, (ph, hash, ts), pid)));
                    }
                }
            }
            _ => {}
        }
    }
}

fn instant(map: &MapFlight, record: &FlightRecord, ts: u64, pid: u32) -> Value {
    json!({
        "name": format!("{} {}", record.operation, map.site),
        "cat": map.site,
        "ph": "i",
        "s": "t",
        "ts": ts,
        "pid": pid,
        "tid": record.thread,
        "args": {
            "map": map.map,
            "key": record.shown_key(),
            "call_site": record.call_site,
            "entries": record.entries,
        },
    })
}

/// One end of an entry's life.
fn span(
    map: &MapFlight,
    record: &FlightRecord,
    (ph, hash, ts): (&str, u64, u64),
    pid: u32,
) -> Value {
    json!({
        "name": record.shown_key(),
        "cat": map.site,
        "ph": ph,
        "id": format!("{:x}.{hash:x}", map.map),
        "ts": ts,
        "pid": pid,
        "tid": record.thread,
        "args": { "call_site": record.call_site },
    })
}
