//! From what the runs told to recall, precision and what each kind of finding is worth.
//!
//! Recall counts runs of leaking models; precision counts suspected sites, each once per run. A line is right if the
//! first suspect of the leaking site named it when the site was found, not some hours later.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    service::{Model, Services},
    told::{Run, Told},
};

/// In observe, a leaking site with fewer insertions has too few samples to be held against the detector.
const ENOUGH_TO_SAMPLE: u64 = 100_000;
const LINES: f64 = 0.95;

/// What one run came to.
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    pub(crate) inserts: u64,
    pub(crate) lost: u64,
    pub(crate) found: Option<Find>,
    pub(crate) right_line_at: Option<u64>,
    kinds: Vec<Vec<String>>,
    pub(crate) alarms: Vec<Alarm>,
}

/// The first suspect of the leaking site.
pub(crate) struct Find {
    pub(crate) minute: u64,
    /// All that agreed.
    pub(crate) kinds: Vec<String>,
    pub(crate) right_line: bool,
    call_site: Option<String>,
    sentence: String,
}

pub(crate) struct Alarm {
    pub(crate) minute: u64,
    pub(crate) kind: String,
    pub(crate) site: String,
    pub(crate) sentence: String,
}

pub(crate) struct Score {
    pub(crate) mode: &'static str,
    /// What was judged together.
    pub(crate) services: Vec<Services>,
    /// By model, in the order of the catalogue; a run a seed.
    pub(crate) models: Vec<(&'static Model, Vec<Outcome>)>,
}

/// A part of a whole; 1 if there is no whole.
#[derive(Clone, Copy)]
pub(crate) struct Share {
    pub(crate) of: usize,
    pub(crate) part: usize,
}

impl Share {
    fn count<T>(of: impl IntoIterator<Item = T>, is_part: impl Fn(&T) -> bool) -> Self {
        of.into_iter()
            .fold(Self { of: 0, part: 0 }, |sum, item| Self {
                of: sum.of + 1,
                part: sum.part + usize::from(is_part(&item)),
            })
    }

    pub(crate) fn value(self) -> f64 {
        if self.of == 0 {
            1.0
        } else {
            self.part as f64 / self.of as f64
        }
    }
}

impl Outcome {
    fn of(run: &Run) -> Self {
        let mut outcome = Self {
            seed: run.seed,
            inserts: 0,
            lost: 0,
            found: None,
            right_line_at: None,
            kinds: Vec::new(),
            alarms: Vec::new(),
        };
        for told in run.told.iter().cloned() {
            match told {
                Told::Found {
                    minute,
                    kinds,
                    call_site,
                    right_line,
                    sentence,
                } => {
                    outcome.found = Some(Find {
                        minute,
                        kinds,
                        right_line,
                        call_site,
                        sentence,
                    });
                }
                Told::RightLine { minute } => outcome.right_line_at = Some(minute),
                Told::FalseAlarm {
                    minute,
                    kind,
                    site,
                    sentence,
                } => outcome.alarms.push(Alarm {
                    minute,
                    kind,
                    site,
                    sentence,
                }),
                Told::End {
                    inserts,
                    lost,
                    kinds,
                } => {
                    outcome.inserts = inserts;
                    outcome.lost = lost;
                    outcome.kinds = kinds;
                }
            }
        }
        outcome
    }

    /// Whether some suspect of the leaking site would have been there without this kind.
    fn found_without(&self, kind: &str) -> bool {
        self.kinds
            .iter()
            .any(|kinds| kinds.iter().any(|other| other != kind))
    }

    fn suspected_wrongly(&self) -> usize {
        let sites: BTreeSet<&str> = self
            .alarms
            .iter()
            .map(|alarm| alarm.site.as_str())
            .collect();
        sites.len()
    }
}

impl Score {
    pub(crate) fn of(mode: &'static str, services: &[Services], runs: &[Run]) -> Self {
        let mut by_model: BTreeMap<&str, Vec<Outcome>> = BTreeMap::new();
        for run in runs.iter().filter(|run| run.mode == mode) {
            by_model
                .entry(run.model)
                .or_default()
                .push(Outcome::of(run));
        }
        let models = services
            .iter()
            .flat_map(|services| services.models())
            .filter_map(|model| {
                let mut outcomes = by_model.remove(model.name)?;
                outcomes.sort_by_key(|outcome| outcome.seed);
                Some((model, outcomes))
            })
            .collect();
        Self {
            mode,
            services: services.to_vec(),
            models,
        }
    }

    /// What was judged, in words.
    pub(crate) fn name(&self) -> String {
        let names: Vec<&str> = self.services.iter().map(|of| of.name()).collect();
        names.join(" and ")
    }

    fn outcomes(&self, leaking: bool) -> impl Iterator<Item = &Outcome> {
        self.models
            .iter()
            .filter(move |(model, _)| model.leak().is_some() == leaking)
            .flat_map(|(_, outcomes)| outcomes)
    }

    /// Of the runs that leak, those that were found.
    pub(crate) fn recall(&self) -> Share {
        Share::count(self.outcomes(true), |outcome| outcome.found.is_some())
    }

    /// The same, of those that inserted enough to be sampled.
    pub(crate) fn recall_if_sampled(&self) -> Share {
        Share::count(
            self.outcomes(true)
                .filter(|outcome| outcome.inserts >= ENOUGH_TO_SAMPLE),
            |outcome| outcome.found.is_some(),
        )
    }

    /// Of the sites that were suspected, those that leak.
    pub(crate) fn precision(&self) -> Share {
        let right = self.recall().part;
        let wrong: usize = self
            .outcomes(true)
            .chain(self.outcomes(false))
            .map(Outcome::suspected_wrongly)
            .sum();
        Share {
            of: right + wrong,
            part: right,
        }
    }

    /// Of what was found, what was found with the right line.
    pub(crate) fn lines(&self) -> Share {
        Share::count(
            self.outcomes(true)
                .filter_map(|outcome| outcome.found.as_ref()),
            |find| find.right_line,
        )
    }

    /// The same, at any time of the day.
    pub(crate) fn lines_in_the_end(&self) -> Share {
        Share::count(
            self.outcomes(true)
                .filter(|outcome| outcome.found.is_some()),
            |outcome| outcome.right_line_at.is_some(),
        )
    }

    /// Median minutes until found, of what was found.
    pub(crate) fn minutes(&self) -> Option<u64> {
        median(
            self.outcomes(true)
                .filter_map(|outcome| Some(outcome.found.as_ref()?.minute)),
        )
    }

    /// For each kind: recall without it, and what nothing else found.
    pub(crate) fn ablation(&self) -> Vec<(String, Share, usize)> {
        let kinds: BTreeSet<&String> = self
            .outcomes(true)
            .flat_map(|outcome| outcome.kinds.iter().flatten())
            .collect();
        let found = self.recall().part;
        kinds
            .into_iter()
            .map(|kind| {
                let without =
                    Share::count(self.outcomes(true), |outcome| outcome.found_without(kind));
                (kind.clone(), without, found - without.part)
            })
            .collect()
    }

    pub(crate) fn missed_goals(&self) -> Vec<String> {
        let strict = self.mode == "strict";
        let recall = if strict {
            self.recall()
        } else {
            self.recall_if_sampled()
        };
        let Some((goal, precision)) = floors(&self.services, strict) else {
            return Vec::new();
        };
        let mut missed = Vec::new();
        for (what, share, goal) in [
            ("recall", recall, goal),
            ("precision", self.precision(), precision),
            ("right call site", self.lines(), LINES),
        ] {
            // The goal for lines is strict's.
            let counts = what != "right call site" || strict;
            if counts && share.value() < goal {
                missed.push(format!(
                    "{}, {} services: {what} is {} of {}, less than {:.0} %",
                    self.mode,
                    self.name(),
                    share.part,
                    share.of,
                    goal * 100.0
                ));
            }
        }
        let alarmed = Share::count(self.outcomes(false), |outcome| !outcome.alarms.is_empty());
        if alarmed.part > 0 {
            missed.push(format!(
                "{}, {} services: {} of {} healthy runs were suspected",
                self.mode,
                self.name(),
                alarmed.part,
                alarmed.of
            ));
        }
        missed
    }
}

/// Of recall and precision, what must be reached: the goals, with the tuned services and with all that are known; with those
/// that are held out, of recall what was, less a run or two. (To choose thresholds until it holds there, too, would make these
/// such as the others.)
fn floors(services: &[Services], strict: bool) -> Option<(f64, f64)> {
    match (services, strict) {
        ([Services::Seen], _) => None,
        ([Services::HeldOut], true) => Some((0.93, 0.98)),
        ([Services::HeldOut], false) => Some((0.82, 0.98)),
        (_, true) => Some((0.95, 0.98)),
        (_, false) => Some((0.90, 0.98)),
    }
}

pub(crate) fn median(of: impl Iterator<Item = u64>) -> Option<u64> {
    let mut all: Vec<u64> = of.collect();
    all.sort_unstable();
    all.get(all.len().saturating_sub(1) / 2).copied()
}

/// All scores as one object, times in minutes.
pub(crate) fn json(scores: &[Score]) -> Value {
    let share = |share: Share| json!({ "part": share.part, "of": share.of });
    let run = |(model, outcome): (&Model, &Outcome)| {
        json!({
            "model": model.name,
            "row": model.row.label(),
            "leaks": model.leak().map(|leak| leak.site),
            "seed": outcome.seed,
            "inserts": outcome.inserts,
            "lost": outcome.lost,
            "found": outcome.found.as_ref().map(|find| json!({
                "minute": find.minute,
                "kinds": find.kinds,
                "call_site": find.call_site,
                "right_line": find.right_line,
                "sentence": find.sentence,
            })),
            "right_line_minute": outcome.right_line_at,
            "false_alarms": outcome.alarms.iter().map(|alarm| json!({
                "minute": alarm.minute,
                "kind": alarm.kind,
                "site": alarm.site,
                "sentence": alarm.sentence,
            })).collect::<Vec<_>>(),
        })
    };
    let modes = scores.iter().map(|score| {
        json!({
            "mode": score.mode,
            "services": score.name(),
            "recall": share(score.recall()),
            "recall_from_100k_inserts": share(score.recall_if_sampled()),
            "precision": share(score.precision()),
            "right_line": share(score.lines()),
            "right_line_in_the_end": share(score.lines_in_the_end()),
            "median_minutes": score.minutes(),
            "without_kind": score.ablation().into_iter().map(|(kind, without, only)| json!({
                "kind": kind, "recall": share(without), "only_by_it": only,
            })).collect::<Vec<_>>(),
            "runs": score.models.iter()
                .flat_map(|(model, outcomes)| outcomes.iter().map(move |outcome| (*model, outcome)))
                .map(run)
                .collect::<Vec<_>>(),
        })
    });
    json!({ "modes": modes.collect::<Vec<_>>() })
}
