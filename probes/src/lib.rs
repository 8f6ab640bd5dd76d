//! The probes of [mapkeeper](https://docs.rs/mapkeeper) that tools such as bpftrace attach to while a program runs
//! (USDT, user-level statically defined tracing).
//!
//! What mapkeeper itself promises is safe Rust, and a probe is assembly: an instruction that does nothing, and a note in the
//! ELF file that says where it is and in which registers its arguments are. So the probes stand in a crate of their own, all
//! of that in one private module, behind functions that cannot be called wrongly. Each probe is in the program once, whatever
//! it is called from, and has a semaphore: a number in memory that the kernel raises while somebody is attached. While
//! nobody is, a call is a load and a comparison.
//!
//! Notes are made on Linux, on x86-64 and on 64-bit ARM. Elsewhere nobody can attach, and nothing is compiled in.
//!
//! Strings are a pointer and a length: `str(arg0, arg1)` in bpftrace.

#[cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod elf;
#[cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
use elf as probes;

#[cfg(not(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
mod absent;
#[cfg(not(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
use absent as probes;

/// Whether somebody is attached to `mapkeeper:insert`.
#[inline(always)]
pub fn insert_is_watched() -> bool {
    probes::insert_is_watched()
}

/// Whether somebody is attached to `mapkeeper:remove`.
#[inline(always)]
pub fn remove_is_watched() -> bool {
    probes::remove_is_watched()
}

/// Whether somebody is attached to `mapkeeper:breach`.
#[inline(always)]
pub fn breach_is_watched() -> bool {
    probes::breach_is_watched()
}

/// Whether somebody is attached to `mapkeeper:retained`.
#[inline(always)]
pub fn retained_is_watched() -> bool {
    probes::retained_is_watched()
}

/// The probe `mapkeeper:insert`: a key came into a map of `site`, inserted at this file and line, and with it has `len`
/// entries; the hash of the key is `hash`, all ones if it has none.
///
/// Arguments: `site` (0, 1), `file` (2, 3), `line` (4), `len` (5), `hash` (6).
pub fn insert(site: &str, file: &str, line: u32, len: usize, hash: u64) {
    probes::insert(site, file, line.into(), len as u64, hash);
}

/// The probe `mapkeeper:remove`: `entries` left a map of `site` at this file and line, for this cause; the hash of the key is
/// `hash`, all ones if it is not known or they are several.
///
/// Arguments: `site` (0, 1), `file` (2, 3), `line` (4), `entries` (5), `hash` (6), `cause` (7, 8).
pub fn remove(site: &str, file: &str, line: u32, entries: u64, hash: u64, cause: &str) {
    probes::remove(site, file, line.into(), entries, hash, cause);
}

/// The probe `mapkeeper:breach`: what `site` declares by `clause` did not hold at this file and line; `sentence` says what.
///
/// Arguments: `site` (0, 1), `file` (2, 3), `line` (4), `clause` (5, 6), `sentence` (7, 8).
pub fn breach(site: &str, file: &str, line: u32, clause: &str, sentence: &str) {
    probes::breach(site, file, line.into(), clause, sentence);
}

/// The probe `mapkeeper:retained`: `values` that left a map of `site` at `removed_at` are alive, and one of them has `owners`;
/// the first of them left so long ago.
///
/// Arguments: `site` (0, 1), `removed_at` (2, 3), `values` (4), `owners` (5), milliseconds (6).
pub fn retained(site: &str, removed_at: &str, values: u64, owners: u64, ms: u64) {
    probes::retained(site, removed_at, values, owners, ms);
}
