//! One instrument for each family, all of them told from the same report.

use std::sync::Arc;

use ::opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, Meter},
};

use super::names;
use crate::{
    families::{
        self, Ages, Bounds, Description, FAMILIES, Family, Figure, HighWater, Kind, Labels,
    },
    report,
    threads::{Mutex, PoisonError},
};

/// What instruments tell until one of them is asked again: then a collection is over, and a new report is made.
struct Reading {
    bounds: Bounds,
    now: Mutex<Now>,
}

#[derive(Default)]
struct Now {
    families: Arc<Vec<Family>>,
    /// Which of them were told already.
    told: Vec<bool>,
    seen: HighWater,
}

impl Reading {
    /// The families of a report of which this one was not told yet.
    fn families(&self, place: usize) -> Arc<Vec<Family>> {
        let (families, report) = {
            let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = now.told.get(place).is_none_or(|told| *told).then(|| {
                let report = report();
                let mut families = families::of(&report, self.bounds);
                let Now { seen, .. } = &mut *now;
                families.iter_mut().for_each(|family| seen.raise(family));
                now.families = Arc::new(families);
                now.told = vec![false; FAMILIES.len()];
                report
            });
            now.told[place] = true;
            (Arc::clone(&now.families), fresh)
        };
        if let Some(report) = report {
            report.tell_suspects();
        }
        families
    }

    fn each(&self, place: usize, mut tell: impl FnMut(&Labels, &Figure)) {
        let families = self.families(place);
        let family = families.get(place).into_iter();
        for (labels, figure) in family.flat_map(|family| &family.samples) {
            tell(labels, figure);
        }
    }
}

/// Makes an instrument of each family.
pub(super) fn make(meter: &Meter, bounds: Bounds) {
    let reading = Arc::new(Reading {
        bounds,
        now: Mutex::default(),
    });
    for (place, what) in FAMILIES.iter().enumerate() {
        make_one(meter, what, place, Arc::clone(&reading));
    }
}

fn make_one(meter: &Meter, what: &'static Description, place: usize, reading: Arc<Reading>) {
    let (name, unit) = (names::instrument(what), names::unit(what));
    // The SDK keeps the instrument, and what it asks.
    match what.kind {
        Kind::Counter | Kind::Histogram => drop(
            meter
                .u64_observable_counter(name)
                .with_unit(unit)
                .with_description(what.help)
                .with_callback(move |to| {
                    reading.each(place, |labels, figure| count(to, labels, figure));
                })
                .build(),
        ),
        Kind::Sum => drop(
            meter
                .i64_observable_up_down_counter(name)
                .with_unit(unit)
                .with_description(what.help)
                .with_callback(move |to| {
                    reading.each(place, |labels, figure| {
                        if let Figure::Whole(n) = figure {
                            let n = i64::try_from(*n).unwrap_or(i64::MAX);
                            to.observe(n, &attributes(labels));
                        }
                    });
                })
                .build(),
        ),
        Kind::Gauge => drop(
            meter
                .f64_observable_gauge(name)
                .with_unit(unit)
                .with_description(what.help)
                .with_callback(move |to| {
                    reading.each(place, |labels, figure| match figure {
                        Figure::Whole(n) => to.observe(*n as f64, &attributes(labels)),
                        Figure::Part(x) => to.observe(*x, &attributes(labels)),
                        Figure::Count(_) | Figure::Ages(_) => {}
                    });
                })
                .build(),
        ),
    }
}

fn count(to: &dyn AsyncInstrument<u64>, labels: &Labels, figure: &Figure) {
    match figure {
        Figure::Count(n) => to.observe(*n, &attributes(labels)),
        Figure::Ages(ages) => buckets(to, labels, ages),
        Figure::Whole(_) | Figure::Part(_) => {}
    }
}

/// The entries of each bucket, by its end in seconds.
fn buckets(to: &dyn AsyncInstrument<u64>, labels: &Labels, ages: &Ages) {
    let attributes = attributes(labels);
    for (end, entries) in ages.buckets() {
        let end = if end.is_finite() {
            end.to_string()
        } else {
            "+Inf".to_owned()
        };
        let mut attributes = attributes.clone();
        attributes.push(KeyValue::new(names::UP_TO, end));
        to.observe(entries, &attributes);
    }
}

fn attributes(labels: &Labels) -> Vec<KeyValue> {
    let attributes = labels.iter();
    attributes
        .flat_map(|(label, value)| names::attributes(label, value))
        .collect()
}
