//! The columns that maps can be sorted by, and their orders.

use std::cmp::Ordering;

use super::data::Row;

/// What maps are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Those with suspects first, then by growth, then by entries.
    Suspects,
    Growth,
    Entries,
    Vacant,
    Tables,
    Maps,
    Inserted,
    Name,
}

impl Sort {
    pub(crate) const ALL: [Self; 8] = [
        Self::Suspects,
        Self::Growth,
        Self::Entries,
        Self::Vacant,
        Self::Tables,
        Self::Maps,
        Self::Inserted,
        Self::Name,
    ];

    /// As people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Suspects => "suspects",
            Self::Growth => "growth",
            Self::Entries => "entries",
            Self::Vacant => "vacant",
            Self::Tables => "tables",
            Self::Maps => "maps",
            Self::Inserted => "inserted",
            Self::Name => "name",
        }
    }

    /// As the inspector calls it.
    pub(crate) fn asked(self) -> &'static str {
        match self {
            Self::Suspects => "suspects",
            Self::Growth => "growth",
            Self::Entries => "entries",
            Self::Vacant => "residue",
            Self::Tables => "bytes",
            Self::Maps => "instances",
            Self::Inserted => "inserted",
            Self::Name => "site",
        }
    }

    /// Names start at A, figures with the largest.
    pub(crate) fn is_ascending_first(self) -> bool {
        self == Self::Name
    }

    pub(crate) fn next(self) -> Self {
        self.moved(1)
    }

    pub(crate) fn previous(self) -> Self {
        self.moved(Self::ALL.len() - 1)
    }

    fn moved(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|sort| *sort == self);
        Self::ALL[(at.unwrap_or(0) + by) % Self::ALL.len()]
    }

    fn compare(self, a: &Row, b: &Row) -> Ordering {
        let growth = |row: &Row| row.growth_per_hour.unwrap_or(0.0);
        match self {
            Self::Suspects => (a.suspects > 0)
                .cmp(&(b.suspects > 0))
                .then(growth(a).total_cmp(&growth(b)))
                .then(a.entries.cmp(&b.entries)),
            Self::Growth => growth(a).total_cmp(&growth(b)),
            Self::Entries => a.entries.cmp(&b.entries),
            Self::Vacant => a.residue_share.total_cmp(&b.residue_share),
            Self::Tables => a.table_bytes.cmp(&b.table_bytes),
            Self::Maps => a.instances.cmp(&b.instances),
            Self::Inserted => a.inserted.cmp(&b.inserted),
            Self::Name => (&a.site, &a.module).cmp(&(&b.site, &b.module)),
        }
    }

    /// Equal ones stay in the order of their names.
    pub(crate) fn apply(self, rows: &mut [Row], ascending: bool) {
        let named = |a: &Row, b: &Row| {
            (&a.site, &a.module, &a.declared_at).cmp(&(&b.site, &b.module, &b.declared_at))
        };
        rows.sort_by(|a, b| {
            let order = self.compare(a, b);
            let order = if ascending { order } else { order.reverse() };
            order.then_with(|| named(a, b))
        });
    }
}
