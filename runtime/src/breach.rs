//! Contracts that do not hold, found by looking at the maps themselves; the same in every mode.
//!
//! What operations find on their own (a value emptied, an entry too old, a map that goes with entries in it) is told
//! where it happens; here is what [`TrackedMaps::check_maps`](crate::TrackedMaps::check_maps) finds on request.

use std::fmt;

use crate::Site;

/// Keys shown of a breach.
const KEYS_SHOWN: usize = 8;

/// What was declared and does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Clause {
    /// `subset_of = field`: every key is a key of the other map.
    SubsetOf,
    /// `follows = field`: entries live only while those of the other map do.
    Follows,
    /// `max_len = N`: never more entries than this.
    MaxLen,
    /// `residue = deny`: no vacant values.
    Residue,
}

impl Clause {
    /// The key of `#[map(…)]` that declares it: `subset_of`, `follows`, `max_len`, `residue`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SubsetOf => "subset_of",
            Self::Follows => "follows",
            Self::MaxLen => "max_len",
            Self::Residue => "residue",
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One declaration of one map that does not hold.
///
/// Its text ([`Display`](fmt::Display)) is the sentence, with the keys if they may be shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Breach {
    /// What was declared.
    pub clause: Clause,
    /// The map that declared it.
    pub site: &'static Site,
    /// The map it was compared with (`subset_of`, `follows`).
    pub other: Option<&'static Site>,
    /// Entries in breach: at least so many where only sizes could be compared, else exactly.
    pub entries: usize,
    /// Some of their keys, at most eight; none unless the map declares `show_keys`.
    pub sample_keys: Vec<String>,
    /// What does not hold, where, and how to fix it.
    pub sentence: String,
}

impl Breach {
    fn new(
        clause: Clause,
        site: &'static Site,
        entries: usize,
        sentence: String,
        sample_keys: Vec<String>,
    ) -> Self {
        Self {
            clause,
            site,
            other: None,
            entries,
            sample_keys,
            sentence,
        }
    }

    /// More entries than `max_len` allows.
    pub(crate) fn of_max_len(site: &'static Site, max: usize, len: usize) -> Self {
        let sentence = format!(
            "{} holds {len} entries, but declares `max_len = {max}`: remove entries before inserting more, or raise the \
             limit",
            site.name()
        );
        Self::new(Clause::MaxLen, site, len - max, sentence, Vec::new())
    }

    /// Vacant values where there must be none.
    pub(crate) fn of_residue(site: &'static Site, vacant: Culprits) -> Self {
        let sentence = format!(
            "{} holds {} whose value is vacant, but declares `residue = deny`: remove the key instead of emptying its \
             value, or when its other side is gone",
            site.name(),
            keys(vacant.entries),
        );
        let Culprits { entries, keys } = vacant;
        Self::new(Clause::Residue, site, entries, sentence, keys)
    }

    /// Keys that the other map does not have.
    pub(crate) fn of_keys(
        clause: Clause,
        [site, other]: [&'static Site; 2],
        strays: Culprits,
    ) -> Self {
        let (name, theirs) = (site.name(), other.name());
        let n = strays.entries;
        let sentence = match clause {
            Clause::Follows => format!(
                "{name} holds {} that {theirs} does not hold, but declares that it follows {theirs}: remove a key from \
                 {name} wherever it leaves {theirs}",
                keys(n)
            ),
            _ => format!(
                "{name} holds {} that {theirs} does not hold, but declares `subset_of` {theirs}: remove a key from \
                 {name} before it leaves {theirs}, and insert it after it came there",
                keys(n)
            ),
        };
        let breach = Self::new(clause, site, n, sentence, strays.keys);
        breach.with(other)
    }

    /// More entries than the other map has, where keys cannot be compared.
    pub(crate) fn of_sizes([site, other]: [&'static Site; 2], [len, theirs]: [usize; 2]) -> Self {
        let (name, other_name) = (site.name(), other.name());
        let sentence = format!(
            "{name} holds {len} entries and {other_name} only {theirs}, but {name} declares `subset_of` {other_name}: \
             remove a key from {name} before it leaves {other_name}"
        );
        let breach = Self::new(Clause::SubsetOf, site, len - theirs, sentence, Vec::new());
        breach.with(other)
    }

    fn with(mut self, other: &'static Site) -> Self {
        self.other = Some(other);
        self
    }

    /// Counts it, and says so if nothing was said of this site for a minute.
    pub(crate) fn tell(&self) {
        self.site.record.breached(self);
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        if self.sample_keys.is_empty() {
            return Ok(());
        }
        let more = if self.entries > self.sample_keys.len() {
            ", …"
        } else {
            ""
        };
        write!(f, " ({}{more})", self.sample_keys.join(", "))
    }
}

fn keys(n: usize) -> String {
    if n == 1 {
        "1 key".to_owned()
    } else {
        format!("{n} keys")
    }
}

/// Entries in breach: how many, and some of their keys.
#[derive(Default)]
pub(crate) struct Culprits {
    pub(crate) entries: usize,
    keys: Vec<String>,
}

impl Culprits {
    /// One more; its key is asked for only while there is room for it.
    pub(crate) fn add(&mut self, show: impl FnOnce() -> Option<String>) {
        self.entries += 1;
        if self.keys.len() < KEYS_SHOWN {
            self.keys.extend(show());
        }
    }
}
