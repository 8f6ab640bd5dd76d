//! Samples while the buckets of their table move.

use hashbrown::HashTable;

use super::{
    Watch,
    samples::{Detail, Sample, SiteDetail, spread},
};

/// Samples of a table whose buckets moved: those that were found again take the place of all in the end, the others are lost.
pub(super) struct Moved<'a> {
    pub(super) detail: &'a Detail,
    pub(super) watch: &'a Watch,
    pub(super) after: HashTable<Sample>,
}

impl Drop for Moved<'_> {
    fn drop(&mut self) {
        let site = &self.detail.state.detail;
        let mut samples = self.detail.samples();
        // Another map may have made the site keep fewer, and may do so now.
        let halvings = site.halvings();
        let keeps = |sample: &Sample| SiteDetail::keeps_after(halvings, sample.hash);
        samples.take_if(site, |sample| !keeps(sample));
        self.after.retain(|sample| keeps(sample));
        let all = samples.by_place.len();
        samples
            .by_place
            .retain(|sample| self.watch.bucket_of(sample.place).is_none());
        let lost = all - samples.by_place.len() - self.after.len();
        site.went(lost);
        samples.dropped += lost as u64;
        if samples.by_place.is_empty() {
            samples.by_place = std::mem::take(&mut self.after);
        }
        for sample in self.after.drain() {
            let place = spread(sample.place);
            samples
                .by_place
                .insert_unique(place, sample, |known| spread(known.place));
        }
    }
}
