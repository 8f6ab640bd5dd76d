//! The snapshots that were taken from the page: the last few.

use std::{collections::VecDeque, sync::Arc};

use serde::Serialize;

use super::error::Refusal;
use crate::{
    Snapshot,
    threads::{Mutex, PoisonError},
};

/// Snapshots kept. As many are told apart by entries' births.
const KEPT: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Snapshots(Mutex<VecDeque<Arc<Snapshot>>>);

/// One of them, without what is in it.
#[derive(Serialize)]
pub(super) struct Taken {
    number: u32,
    at_ms: u64,
    taken_at_ms: u64,
    entries: u64,
}

impl Taken {
    fn of(snapshot: &Snapshot) -> Self {
        Self {
            number: snapshot.number,
            at_ms: snapshot.at_ms,
            taken_at_ms: snapshot.taken_at_ms,
            entries: snapshot.sites.iter().map(|site| site.len).sum(),
        }
    }
}

impl Snapshots {
    pub(super) fn take(&self) -> Taken {
        let snapshot = Arc::new(Snapshot::now());
        let taken = Taken::of(&snapshot);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(snapshot);
        taken
    }

    /// The oldest first.
    pub(super) fn list(&self) -> Vec<Taken> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|snapshot| Taken::of(snapshot)).collect()
    }

    pub(super) fn get(&self, number: u32) -> Result<Arc<Snapshot>, Refusal> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|snapshot| snapshot.number == number);
        found.cloned().ok_or_else(|| {
            Refusal::unknown(format!(
                "there is no snapshot {number} here: the last {KEPT} are kept, POST api/snapshots takes one"
            ))
        })
    }
}
