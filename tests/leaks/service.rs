//! What a model is: a service, its load, and the truth about its maps.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::BuildHasherDefault,
};

use crate::{
    healthy, held_out, models, seen,
    sim::{self, Sim},
};

/// Std's map with std's hash function, keyed alike in every process, so that a seed is a run.
pub(crate) type StdMap<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// What went wrong, as the study of real leaks sorted them; or what kind of healthy map it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    NeverRemoved,
    ErrorPath,
    Disconnect,
    Timeout,
    Capacity,
    Residue,
    Index,
    Retained,
    WrongMoment,
    Healthy(&'static str),
}

impl Row {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::NeverRemoved => "nothing removes",
            Self::ErrorPath => "a path forgets",
            Self::Disconnect => "disconnect",
            Self::Timeout => "timeout, cancel",
            Self::Capacity => "capacity",
            Self::Residue => "residue",
            Self::Index => "index, refcount",
            Self::Retained => "kept by an Arc",
            Self::WrongMoment => "overwrite, race, key",
            Self::Healthy(group) => group,
        }
    }
}

/// What a leak loses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loses {
    /// Entries that nothing will remove; the line that inserted them is the one to name.
    Entries,
    /// Values that left the map and live on. Which line inserted them is not the point: any is right.
    Values,
    /// Room in tables, for entries long gone. Any line is right.
    Room,
    /// Whole maps with what is in them. Any line is right.
    Maps,
}

/// The truth about a leaking model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leak {
    /// The site to suspect, `Struct.field`.
    pub(crate) site: &'static str,
    /// Sites that lose entries too: they may be suspected, and need not be.
    pub(crate) also: &'static [&'static str],
    pub(crate) loses: Loses,
    /// What is lost, as a share of what is inserted at the site in the 24 hours.
    pub(crate) share: f64,
    /// Before this hour nothing is lost: a suspect then is a false alarm.
    pub(crate) since_hour: u64,
}

impl Leak {
    /// Entries of `site` that stay for ever, from the start.
    pub(crate) const fn of(site: &'static str, share: f64) -> Self {
        Self {
            site,
            also: &[],
            loses: Loses::Entries,
            share,
            since_hour: 0,
        }
    }

    pub(crate) const fn losing(mut self, what: Loses) -> Self {
        self.loses = what;
        self
    }

    pub(crate) const fn since_hour(mut self, hour: u64) -> Self {
        self.since_hour = hour;
        self
    }

    pub(crate) const fn and_also(mut self, sites: &'static [&'static str]) -> Self {
        self.also = sites;
        self
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Truth {
    Leaks(Leak),
    /// Nothing is lost, and all its maps together never hold more entries than this.
    Healthy {
        at_most: u64,
    },
}

/// A service of one model.
pub(crate) trait Service: Sized {
    /// What happens to it.
    type Event;
    const NAME: &'static str;
    const ROW: Row;
    const TRUTH: Truth;

    /// Starts it and its load.
    fn open(sim: &mut Sim<Self::Event>) -> Self;
    fn handle(&mut self, event: Self::Event, sim: &mut Sim<Self::Event>);
    /// Entries in all its maps.
    fn held(&self) -> usize;
    /// Entries that stay for a good reason when the load has stopped and all that was begun has ended.
    fn stays(&self) -> u64 {
        0
    }
    /// What else must hold then; panics if it does not.
    fn audit(&self) {}
}

/// A set of services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Services {
    /// Thresholds were chosen by these.
    Tuned,
    /// No threshold was, and then detectors were changed on their account.
    Seen,
    /// Nothing was.
    HeldOut,
}

impl Services {
    pub(crate) const ALL: [Self; 3] = [Self::Tuned, Self::Seen, Self::HeldOut];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tuned => "tuned",
            Self::Seen => "seen",
            Self::HeldOut => "held-out",
        }
    }

    /// The leaking ones first.
    pub(crate) fn models(self) -> impl Iterator<Item = &'static Model> {
        let groups: Vec<&[Model]> = match self {
            Self::Tuned => [&models::LEAKING[..], &healthy::HEALTHY].concat(),
            Self::Seen => seen::MODELS.to_vec(),
            Self::HeldOut => held_out::MODELS.to_vec(),
        };
        let mut all: Vec<&Model> = groups.into_iter().flatten().collect();
        all.sort_by_key(|model| model.leak().is_none());
        all.into_iter()
    }
}

/// One model of the catalogue.
pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) row: Row,
    pub(crate) truth: Truth,
    pub(crate) run: fn(&'static Model, u64),
}

impl Model {
    pub(crate) const fn of<S: Service>() -> Self {
        Self {
            name: S::NAME,
            row: S::ROW,
            truth: S::TRUTH,
            run: sim::run::<S>,
        }
    }

    pub(crate) fn leak(&self) -> Option<Leak> {
        match self.truth {
            Truth::Leaks(leak) => Some(leak),
            Truth::Healthy { .. } => None,
        }
    }
}
