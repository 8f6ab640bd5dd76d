//! Hashes that do not tell keys apart: every lookup compares its key with many others.

use super::Case;
use super::finding::Finding;

pub(super) fn detect(case: &Case<'_>) -> Option<Finding> {
    /// Where hashes are random, a lookup meets its own entry and one in some twenty that looks like it: 1.06 of them.
    const FAR_FROM_IT: f64 = 3.0;
    let site = case.site;
    let hashing = site.hashing?;
    if hashing.candidates < FAR_FROM_IT {
        return None;
    }
    let stuck = hashing.stuck_bits;
    Some(Finding {
        kind: "hashing",
        call_site: None,
        emptied_at: None,
        sentence: format!(
            "the hashes of {} do not tell its keys apart: a lookup compares {:.1} entries, 1.06 are to be expected{}",
            site.site,
            hashing.candidates,
            match stuck {
                0 => String::new(),
                bits => format!(", and {bits} of their 64 bits never change"),
            }
        ),
        advice: "use a hasher that mixes all of the key into all of its bits (std's, or one made for such keys), and hash \
                 every field that `Eq` compares"
            .to_owned(),
        entries: 0.0,
        share: 1.0 - 1.0 / hashing.candidates,
        entries_per_hour: 0.0,
        bytes: 0.0,
        confidence: 0.95,
        figures: vec![
            ("candidates", hashing.candidates),
            ("stuck_bits", f64::from(stuck)),
        ],
    })
}
