//! The person on call: looks at the report every five minutes, and has the fix rolled out half an
//! hour after a suspect turned up.

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, time::Duration};

use mapkeeper::{Report, Suspect, testing::Clock};

use crate::{console::Progress, simulated::Hours};

const BETWEEN_LOOKS: Duration = Duration::from_mins(5);
/// A leak that is not suspected within this is not found.
const PATIENCE: Duration = Duration::from_hours(24);
/// From the suspect to the release that fixes it.
const ROLL_OUT: Duration = Duration::from_mins(30);
/// A suspect that is still there so long after the fix stays.
const GRACE: Duration = Duration::from_hours(12);
/// How long it must not come back.
const QUIET: Duration = Duration::from_hours(2);

/// A service with its users.
pub(crate) trait InUse {
    type Event;

    fn opens(hours: &mut Hours<Self::Event>) -> Self;

    fn happens(&mut self, event: Self::Event, hours: &mut Hours<Self::Event>);

    /// Rolls out the release without the leak and cleans up; gives the entries that were left.
    fn fix(&mut self) -> usize;
}

/// A leak to hunt, with the answer: mapkeeper is not told.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) leak: &'static str,
    pub(crate) service: &'static str,
    /// The release that ends it.
    pub(crate) fix: &'static str,
    /// The map, `Struct.field`.
    pub(crate) map: &'static str,
    pub(crate) file: &'static str,
    pub(crate) source: &'static str,
    /// What the line begins with that inserts what stays, and no other line of the source.
    pub(crate) insertion: &'static str,
    pub(crate) hunt: fn(&Case, u64, &Clock, Duration, &Progress) -> Hunt,
}

impl Case {
    /// `/file.rs:LINE:`, which is in the right call site.
    fn place(&self) -> String {
        let mut lines = self
            .source
            .lines()
            .zip(1..)
            .filter(|(line, _)| line.trim_start().starts_with(self.insertion));
        let (_, number) = lines.next().expect("the insertion begins a line");
        assert_eq!(lines.next(), None, "`{}` is not unique", self.insertion);
        format!("/{}:{number}:", self.file)
    }
}

/// How a hunt went. Times are those since the service opened.
pub(crate) struct Hunt {
    pub(crate) found: Option<Found>,
    pub(crate) fixed: Option<Fixed>,
    /// Sentences about other maps, or about this one when its suspect had gone already.
    pub(crate) false_alarms: Vec<String>,
}

pub(crate) struct Found {
    pub(crate) after: Duration,
    pub(crate) suspect: Suspect,
    pub(crate) inserted: u64,
    pub(crate) held: u64,
}

pub(crate) struct Fixed {
    pub(crate) after: Duration,
    pub(crate) purged: usize,
    pub(crate) gone: Option<Duration>,
    pub(crate) quiet_until: Duration,
}

impl Hunt {
    /// What did not go as it should have.
    pub(crate) fn failures(&self, case: &Case) -> Vec<String> {
        let (map, name) = (case.map, case.name);
        let mut failures = Vec::new();
        let Some(found) = &self.found else {
            return vec![format!("{name}: the leak of {map} was not found")];
        };
        let place = case.place();
        let blamed = found.suspect.call_site.as_deref().unwrap_or("no line");
        if !blamed.contains(&place) {
            failures.push(format!("{name}: {blamed} was blamed instead of {place}"));
        }
        if self.fixed.as_ref().is_none_or(|fixed| fixed.gone.is_none()) {
            failures.push(format!("{name}: {map} is still suspected after the fix"));
        }
        let alarms = self.false_alarms.iter();
        failures.extend(alarms.map(|sentence| format!("{name}: a false alarm: {sentence}")));
        failures
    }
}

/// Runs a service until its leak is suspected, has it fixed, and runs it on until the suspect is
/// gone and was not seen again for a while.
pub(crate) fn hunt<S: InUse>(
    case: &Case,
    seed: u64,
    clock: &Clock,
    begin: Duration,
    progress: &Progress,
) -> Hunt {
    clock.set(begin);
    let mut hours = Hours::new(seed);
    let mut watch = Watch {
        service: S::opens(&mut hours),
        hours,
        map: case.map,
        clock,
        begin,
        progress,
        false_alarms: BTreeSet::new(),
    };
    let found = watch.find();
    let fixed = found.is_some().then(|| watch.fix());
    Hunt {
        found,
        fixed,
        false_alarms: watch.false_alarms.into_iter().collect(),
    }
}

struct Watch<'w, S: InUse> {
    service: S,
    hours: Hours<S::Event>,
    map: &'static str,
    clock: &'w Clock,
    begin: Duration,
    progress: &'w Progress,
    false_alarms: BTreeSet<String>,
}

impl<S: InUse> Watch<'_, S> {
    fn run_until(&mut self, end: Duration) {
        while let Some(event) = self.hours.next_before(end) {
            self.clock.set(self.begin + self.hours.now());
            self.service.happens(event, &mut self.hours);
        }
        self.clock.set(self.begin + end);
        self.progress.at(end);
    }

    /// Runs to the next look at the report, and looks.
    fn look(&mut self) -> (Report, Option<Suspect>) {
        self.run_until(self.hours.now() + BETWEEN_LOOKS);
        let report = mapkeeper::report();
        let (mut of_the_map, others): (Vec<Suspect>, _) = report
            .suspects
            .iter()
            .cloned()
            .partition(|suspect| suspect.site == self.map);
        let others = others.into_iter().map(|other: Suspect| other.sentence);
        self.false_alarms.extend(others);
        let suspect = (!of_the_map.is_empty()).then(|| of_the_map.remove(0));
        (report, suspect)
    }

    fn find(&mut self) -> Option<Found> {
        while self.hours.now() < PATIENCE {
            let (report, suspect) = self.look();
            if let Some(suspect) = suspect {
                let site = report.site(self.map);
                return Some(Found {
                    after: self.hours.now(),
                    suspect,
                    inserted: site.map_or(0, |site| site.inserts),
                    held: site.map_or(0, |site| site.len),
                });
            }
        }
        None
    }

    fn fix(&mut self) -> Fixed {
        self.run_until(self.hours.now() + ROLL_OUT);
        let after = self.hours.now();
        let purged = self.service.fix();
        let mut gone = None;
        while self.hours.now() < gone.map_or(after + GRACE, |gone| gone + QUIET) {
            match (self.look().1, gone) {
                (None, None) => gone = Some(self.hours.now()),
                (Some(again), Some(_)) => drop(self.false_alarms.insert(again.sentence)),
                _ => {}
            }
        }
        Fixed {
            after,
            purged,
            gone,
            quiet_until: self.hours.now(),
        }
    }
}
