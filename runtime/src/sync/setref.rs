//! The guards of a set under dashmap's paths.

/// A guard of one element.
pub mod one {
    pub use crate::sync::SetRef as Ref;
}

/// What iterators hand out.
pub mod multiple {
    pub use crate::sync::SetRef as RefMulti;
}
