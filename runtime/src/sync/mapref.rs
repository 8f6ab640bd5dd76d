//! The guards and entries under dashmap's paths.

/// Guards of one entry.
pub mod one {
    pub use crate::sync::{MappedRef, MappedRefMut, Ref, RefMut};
}

/// What iterators hand out.
pub mod multiple {
    pub use crate::sync::{RefMulti, RefMutMulti};
}

/// The entry API.
pub mod entry {
    pub use crate::sync::{Entry, OccupiedEntry, VacantEntry};
}
