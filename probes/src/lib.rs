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
//! Each has six arguments, which is what every tool can read. Strings are a pointer and a length: `str(arg0, arg1)` in bpftrace, which shows 64 bytes of them unless `BPFTRACE_STRLEN`
//! says more.
//!
//! # Questions
//! Each with the program's file in the place of `./app`, or with `-p PID` for one process.
//!
//! Which lines insert most, each second:
//! ```text
//! bpftrace -e 'usdt:./app:mapkeeper:insert { @[str(arg0, arg1), str(arg2, arg3 & 0xffff), arg3 >> 32] = count(); } interval:s:1 { print(@, 10); clear(@); }'
//! ```
//! Who removes, and why (the number of the cause):
//! ```text
//! bpftrace -e 'usdt:./app:mapkeeper:remove { @[str(arg0, arg1), arg4 >> 32, str(arg2, arg3 & 0xffff), arg3 >> 32] = sum(arg4 & 0xffffffff); }'
//! ```
//! How long entries live that are removed by their key (of maps of hashes; others do not tell the hash again):
//! ```text
//! bpftrace -e 'usdt:./app:mapkeeper:insert { @born[arg0, arg5] = nsecs; } usdt:./app:mapkeeper:remove /@born[arg0, arg5]/ { @ms[str(arg0, arg1)] = hist((nsecs - @born[arg0, arg5]) / 1000000); delete(@born[arg0, arg5]); }'
//! ```
//! Breaches as they happen, each of them:
//! ```text
//! bpftrace -e 'usdt:./app:mapkeeper:breach { printf("%s: %s\n", str(arg0, arg1), str(arg4, arg5)); }'
//! ```
//! What is alive after it left, whenever the program makes a report:
//! ```text
//! bpftrace -e 'usdt:./app:mapkeeper:retained { printf("%s: %d values removed at %s, for %d ms\n", str(arg0, arg1), arg4, str(arg2, arg3), arg5); }'
//! ```

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
/// Arguments: site and its bytes (0, 1), file (2), its bytes in the lower half and the line in the upper (3), `len` (4), hash (5).
pub fn insert(site: &str, file: &str, line: u32, len: usize, hash: u64) {
    probes::insert(site, file, line.into(), len as u64, hash);
}

/// The probe `mapkeeper:remove`: `entries` left a map of `site` at this file and line; the hash of the key is `hash`, all ones
/// if it is not known or they are several. The cause is its number in mapkeeper's `RemovalCause::ALL`, from zero.
///
/// Arguments: site and its bytes (0, 1), file (2), its bytes and the line (3), entries in the lower half and the cause in the upper (4), hash (5).
pub fn remove(site: &str, file: &str, line: u32, entries: u64, hash: u64, cause: u8) {
    probes::remove(site, file, line.into(), entries, hash, cause.into());
}

/// The probe `mapkeeper:breach`: what `site` declares did not hold at this file and line; `sentence` says what.
///
/// Arguments: site and its bytes (0, 1), file (2), its bytes and the line (3), sentence and its bytes (4, 5).
pub fn breach(site: &str, file: &str, line: u32, sentence: &str) {
    probes::breach(site, file, line.into(), sentence);
}

/// The probe `mapkeeper:retained`: `values` that left a map of `site` at `removed_at` are alive; the first of them left so long
/// ago.
///
/// Arguments: site and its bytes (0, 1), place and its bytes (2, 3), values (4), milliseconds (5).
pub fn retained(site: &str, removed_at: &str, values: u64, ms: u64) {
    probes::retained(site, removed_at, values, ms);
}
