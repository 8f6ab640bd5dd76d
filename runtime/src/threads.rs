//! All that threads share, wait for or own comes from here, so that the same code runs on a model checker.
//!
//! Programs get what it is called: the types of std and parking_lot, named again, at no cost. Built as `mapkeeper-models`
//! (the cfg `mapkeeper_models`, which only that package's build script sets), all of it comes from shuttle, which decides at
//! every one of these steps which thread goes on, and tries many orders.

#[cfg(not(mapkeeper_models))]
mod real;
#[cfg(not(mapkeeper_models))]
pub(crate) use real::*;

#[cfg(mapkeeper_models)]
mod modelled;
#[cfg(mapkeeper_models)]
pub(crate) use modelled::*;

/// Statics of which nobody sees more than the address, as they are written.
#[allow(unused_macros, reason = "not each mode has one")]
macro_rules! addresses {
    ($($item:item)*) => { $($item)* };
}
#[allow(unused_imports, reason = "not each mode has one")]
pub(crate) use addresses;
