//! What was left at the end of a scope, as data and as the text of a failed test.

use std::{
    collections::{BTreeMap, BTreeSet},
    error,
    fmt::{self, Formatter},
    panic::Location,
    time::Duration,
};

use crate::{
    Site,
    detect::fingerprint,
    report::{UNKNOWN, count, seconds},
    sites,
};

/// Entries of one line, map and moment that are left.
pub(crate) struct Left {
    pub(crate) site: &'static Site,
    /// The line that inserted them.
    pub(crate) at: Option<&'static Location<'static>>,
    /// The number of their map.
    pub(crate) map: u64,
    pub(crate) entries: u64,
    pub(crate) age_ms: u64,
}

/// The entries of one site and call site that a scope left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leftover {
    /// The map's name, `Struct.field`.
    pub site: &'static str,
    /// The module the field stands in.
    pub module: &'static str,
    /// The line that inserted them, `path/file.rs:line:column`; `(unknown)` for the lines of a site beyond its 63rd.
    pub call_site: String,
    /// How many.
    pub entries: u64,
    /// In how many maps.
    pub maps: u64,
    /// The age of the oldest, to 10 ms.
    pub oldest: Duration,
    /// The same leftover has the same fingerprint in every run; see [`Scope::allow`](super::Scope::allow).
    pub fingerprint: String,
}

/// Which leftovers are fine.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    sites: BTreeSet<String>,
    fingerprints: BTreeSet<String>,
}

impl Allowed {
    pub(super) fn site(&mut self, name: &str) {
        self.sites.insert(name.to_owned());
    }

    pub(super) fn fingerprint(&mut self, fingerprint: &str) {
        self.fingerprints.insert(fingerprint.to_owned());
    }

    /// Only what is not allowed.
    fn rest(&self, mut leftovers: Vec<Leftover>) -> Vec<Leftover> {
        leftovers.retain(|left| {
            !self.sites.contains(left.site) && !self.fingerprints.contains(&left.fingerprint)
        });
        leftovers
    }

    /// Names that allow nothing, because no map has them.
    fn mistaken(&self) -> Vec<String> {
        let exists = |name: &&String| sites().any(|site| site.name() == *name);
        self.sites
            .iter()
            .filter(|name| !exists(name))
            .cloned()
            .collect()
    }
}

/// Leftovers by site and call site, most entries first. The compiler may make several `Location`s of one place.
fn leftovers(left: &[Left]) -> Vec<Leftover> {
    let mut by_place: BTreeMap<_, (Leftover, BTreeSet<u64>)> = BTreeMap::new();
    for one in left {
        let (site, module) = (one.site.name(), one.site.module_path());
        let call_site = one
            .at
            .map_or_else(|| UNKNOWN.to_owned(), ToString::to_string);
        let fingerprint = fingerprint(&["leftover", module, site, &call_site]);
        let (row, maps) = by_place
            .entry((site, module, call_site.clone()))
            .or_insert_with(|| {
                let row = Leftover {
                    site,
                    module,
                    call_site,
                    entries: 0,
                    maps: 0,
                    oldest: Duration::ZERO,
                    fingerprint,
                };
                (row, BTreeSet::new())
            });
        maps.insert(one.map);
        row.maps = maps.len() as u64;
        row.entries += one.entries;
        row.oldest = row.oldest.max(Duration::from_millis(one.age_ms));
    }
    let mut rows: Vec<Leftover> = by_place.into_values().map(|(row, _)| row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.entries));
    rows
}

/// The entries that a scope, or every trip of a [`RoundTrips`](super::RoundTrips), left behind.
///
/// Its text, which is what a failed test prints, lists them by map and line and says what to do.
///
/// # Examples
/// ```
/// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
/// if let Err(leaks) = mapkeeper::testing::scope("upload").check() {
///     for left in leaks.leftovers() {
///         println!("{} entries of {} from {}", left.entries, left.site, left.call_site);
///     }
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Leaks {
    headline: String,
    leftovers: Vec<Leftover>,
    mistaken: Vec<String>,
}

impl Leaks {
    /// What is left of a scope, if that is not all allowed.
    pub(super) fn of_scope(
        name: &str,
        made_at: &Location<'_>,
        left: &[Left],
        allowed: &Allowed,
    ) -> Result<(), Self> {
        Self::unless_none(allowed.rest(leftovers(left)), allowed, |entries| {
            format!("{entries} born in the scope \"{name}\" ({made_at}) still there at its end")
        })
    }

    /// What every one of `trips` left, if that is not all allowed.
    pub(super) fn of_trips(
        made_at: &Location<'_>,
        trips: &[Vec<Left>],
        allowed: &Allowed,
    ) -> Result<(), Self> {
        let place = |row: &Leftover| (row.site, row.module, row.call_site.clone());
        let mut growing: BTreeMap<_, u64> = BTreeMap::new();
        for trip in trips {
            for row in leftovers(trip) {
                *growing.entry(place(&row)).or_default() += 1;
            }
        }
        let all: Vec<Left> = trips.iter().flatten().map(Left::again).collect();
        let mut rows = leftovers(&all);
        rows.retain(|row| growing[&place(row)] == trips.len() as u64);
        let n = trips.len();
        Self::unless_none(allowed.rest(rows), allowed, |entries| {
            format!("{entries} left by {n} round trips ({made_at}), by every one of them")
        })
    }

    fn unless_none(
        leftovers: Vec<Leftover>,
        allowed: &Allowed,
        headline: impl FnOnce(&str) -> String,
    ) -> Result<(), Self> {
        let entries: u64 = leftovers.iter().map(|row| row.entries).sum();
        if entries == 0 {
            return Ok(());
        }
        let entries = match entries {
            1 => "1 entry".to_owned(),
            n => format!("{} entries", count(n)),
        };
        Err(Self {
            headline: headline(&entries),
            leftovers,
            mistaken: allowed.mistaken(),
        })
    }

    /// What was left and not allowed, most entries first.
    pub fn leftovers(&self) -> &[Leftover] {
        &self.leftovers
    }
}

impl Left {
    fn again(&self) -> Self {
        Self { ..*self }
    }
}

impl fmt::Display for Leaks {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:\n", self.headline)?;
        let head = [
            "map",
            "inserted at",
            "entries",
            "maps",
            "oldest",
            "fingerprint",
        ];
        let mut rows = vec![head.map(str::to_owned)];
        rows.extend(self.leftovers.iter().map(|row| {
            [
                row.site.to_owned(),
                row.call_site.clone(),
                count(row.entries),
                count(row.maps),
                seconds(u64::try_from(row.oldest.as_millis()).unwrap_or(u64::MAX)),
                row.fingerprint.clone(),
            ]
        }));
        write_aligned(f, &rows)?;
        for name in &self.mistaken {
            write!(
                f,
                "\nNo map is named {name:?}, so allowing it allows nothing; these are:"
            )?;
            let mut known: Vec<&str> = sites().map(Site::name).collect();
            known.sort_unstable();
            writeln!(f, " {}", known.join(", "))?;
        }
        let Some(most) = self.leftovers.first() else {
            return Ok(());
        };
        let field = most.site.rsplit('.').next().unwrap_or(most.site);
        write!(
            f,
            "\nRemove them (`{field}.remove(&key)`) on every path out, errors and early returns too, or drop the map \
             first. What may\nstay is allowed by map, `.allow_site(\"{}\")`, or by line, `.allow(\"{}\")`.",
            most.site, most.fingerprint
        )
    }
}

/// Names to the left, figures to the right.
fn write_aligned<const N: usize>(f: &mut Formatter<'_>, rows: &[[String; N]]) -> fmt::Result {
    const NAMES: usize = 2;
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = width(column).unwrap_or(0);
            line += &if column < NAMES {
                format!("{cell:<width$}  ")
            } else {
                format!("{cell:>width$}  ")
            };
        }
        writeln!(f, "  {}", line.trim_end())?;
    }
    Ok(())
}

/// The same text: it is what `unwrap` prints.
impl fmt::Debug for Leaks {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for Leaks {}
