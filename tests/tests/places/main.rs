//! Where a map can stand: aliases, statics, enums, and what may be around it.
//!
//! A site's figures belong to the whole process, so every test has items of its own.

#![allow(missing_docs)]

mod aliases;
mod around;
mod dynamic;
mod enums;
mod matrix;
mod nested;
mod shards;
mod statics;
mod swapped;
