//! Retained values by line and cause, while they are counted for a report.

use std::{collections::BTreeMap, panic::Location};

use super::Exit;
use crate::{
    RemovalCause,
    report::{Retained, UNKNOWN},
};

#[derive(Default)]
pub(super) struct Groups(BTreeMap<(Option<&'static Location<'static>>, RemovalCause), Group>);

#[derive(Default)]
struct Group {
    values: u64,
    owners: usize,
    oldest_ms: u64,
}

impl Groups {
    pub(super) fn add(&mut self, exit: &Exit, owners: usize, age_ms: u64) {
        let group = self.0.entry((exit.at, exit.cause)).or_default();
        group.values += exit.weight;
        group.owners = group.owners.max(owners);
        group.oldest_ms = group.oldest_ms.max(age_ms);
    }

    pub(super) fn into_retained(self) -> Vec<Retained> {
        let mut retained: Vec<Retained> = self
            .0
            .into_iter()
            .map(|((at, cause), group)| Retained {
                removed_at: at.map_or_else(|| UNKNOWN.to_owned(), ToString::to_string),
                cause,
                values: group.values,
                strong_count_max: group.owners as u64,
                oldest_seconds: group.oldest_ms as f64 / 1000.0,
            })
            .collect();
        retained.sort_by_key(|group| std::cmp::Reverse(group.values));
        retained
    }
}
