//! The person on call: asks for a report once a minute in the first hour, every five minutes after, and notes what is
//! suspected.

use std::collections::{BTreeMap, BTreeSet};

use mapkeeper::{MODE, Mode, Report, Suspect};

use crate::{
    service::{Leak, Loses, Model},
    sim::{DAY, HOUR, MINUTE, leaking_line},
    told::Told,
};

pub(crate) struct Watch {
    leak: Option<Leak>,
    next: u64,
    found: bool,
    right_line: bool,
    /// Site and kind of the false alarms so far.
    alarms: BTreeSet<(String, String)>,
    /// The kinds that agreed on a suspect of the leaking site.
    kinds: BTreeSet<Vec<&'static str>>,
    inserts: BTreeMap<String, u64>,
}

impl Watch {
    pub(crate) fn new(model: &Model) -> Self {
        let leak = model.leak();
        for site in leak
            .iter()
            .flat_map(|leak| leak.also.iter().chain([&leak.site]))
        {
            let of_this_name = mapkeeper::sites().filter(|known| known.name() == *site);
            assert_eq!(of_this_name.count(), 1, "sites of the name {site}");
        }
        Self {
            leak,
            next: MINUTE,
            found: false,
            right_line: false,
            alarms: BTreeSet::new(),
            kinds: BTreeSet::new(),
            inserts: BTreeMap::new(),
        }
    }

    /// When the next report is due; `None` after the day.
    pub(crate) fn due(&self) -> Option<u64> {
        (self.next <= DAY).then_some(self.next)
    }

    pub(crate) fn look(&mut self) {
        let now = self.next;
        self.next += if now < HOUR { MINUTE } else { 5 * MINUTE };
        let report = mapkeeper::report();
        for suspect in &report.suspects {
            self.note(suspect, now);
        }
        if self.due().is_none() {
            self.last(&report);
        }
    }

    fn note(&mut self, suspect: &Suspect, now: u64) {
        let minute = now / MINUTE;
        match self.leak.filter(|leak| leak.since_hour * HOUR <= now) {
            Some(leak) if suspect.site == leak.site => {
                let right_line = match leak.loses {
                    Loses::Entries => names_the_line(suspect),
                    Loses::Values | Loses::Room | Loses::Maps => true,
                };
                let kinds = suspect.kinds();
                if !self.found {
                    self.found = true;
                    tell(&Told::Found {
                        minute,
                        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
                        call_site: suspect.call_site.clone(),
                        right_line,
                        sentence: suspect.sentence.clone(),
                    });
                }
                if right_line && !self.right_line {
                    self.right_line = true;
                    tell(&Told::RightLine { minute });
                }
                self.kinds.insert(kinds);
            }
            Some(leak) if leak.also.contains(&suspect.site.as_str()) => {}
            _ => {
                let what = (suspect.site.to_owned(), suspect.kind.to_owned());
                if self.alarms.insert(what) {
                    tell(&Told::FalseAlarm {
                        minute,
                        kind: suspect.kind.to_owned(),
                        site: suspect.site.to_owned(),
                        sentence: suspect.sentence.clone(),
                    });
                }
            }
        }
    }

    /// Keeps what the last report of the day says of inserts, and looks whether the line that is held for the leaking
    /// one inserted anything.
    fn last(&mut self, report: &Report) {
        self.inserts = report
            .sites
            .iter()
            .map(|site| (site.site.clone(), site.inserts))
            .collect();
        let Some(leak) = self.leak.filter(|leak| leak.loses == Loses::Entries) else {
            return;
        };
        let line = leaking_line().expect("no line is marked as leaking");
        let site = report.site(leak.site).expect("the site is known");
        let seen = site
            .call_sites
            .iter()
            .any(|row| row.call_site.starts_with(&line) && row.births > 0);
        assert!(
            seen || MODE != Mode::Strict,
            "{line} inserted nothing; there are {:?}",
            site.call_sites
        );
    }

    pub(crate) fn end(&self, lost: u64) {
        let inserts = match self.leak {
            Some(leak) => self.inserts[leak.site],
            None => self.inserts.values().sum(),
        };
        if let Some(leak) = self.leak {
            let share = lost as f64 / inserts as f64;
            assert!(
                (leak.share * 0.7..=leak.share * 1.3).contains(&share),
                "{lost} of {inserts} were lost, {share:.4} instead of {:.4}",
                leak.share
            );
        }
        tell(&Told::End {
            inserts,
            lost,
            kinds: self
                .kinds
                .iter()
                .map(|kinds| kinds.iter().map(|kind| (*kind).to_owned()).collect())
                .collect(),
        });
    }
}

fn names_the_line(suspect: &Suspect) -> bool {
    let line = leaking_line();
    suspect
        .call_site
        .as_ref()
        .zip(line.as_ref())
        .is_some_and(|(named, line)| named.starts_with(line.as_str()))
}

fn tell(what: &Told) {
    println!("{}", serde_json::to_string(what).expect("plain data"));
}
