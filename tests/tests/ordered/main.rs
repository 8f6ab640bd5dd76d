//! The instrumented ordered map against std's: every operation gives the same answer and leaves the same map, every exit
//! runs its hook once with its cause, and the report counts what happened.

#![allow(missing_docs)]

mod behaviour;
mod faults;
mod ops;
