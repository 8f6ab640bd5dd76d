//! Probes as ELF notes (the third version of SystemTap's format, which bpftrace, perf, gdb and bcc read).
//!
//! The only assembly of the project. Each `asm!` is one `nop`; everything else in it is data for other sections of the file.

#![allow(
    unsafe_code,
    reason = "a probe is an instruction at a place that is known"
)]

use std::{
    arch::asm,
    sync::atomic::{AtomicU16, Ordering::Relaxed},
};

/// A probe: its semaphore, and where it is.
macro_rules! probes {
    ($($name:ident, $watched:ident, $semaphore:ident: ($($arg:ident: $type:ty),*) [$($value:expr),*];)*) => {$(
        // SAFETY: a section of data that can be written, as this is; whoever attaches finds the number there, and counts in it.
        #[unsafe(link_section = ".probes")]
        static $semaphore: AtomicU16 = AtomicU16::new(0);

        #[inline(always)]
        pub(crate) fn $watched() -> bool {
            $semaphore.load(Relaxed) != 0
        }

        #[cold]
        #[inline(never)]
        pub(crate) fn $name($($arg: $type),*) {
            // SAFETY: the instruction does nothing, and nothing is written; what is in the registers is read by the kernel, if by
            // anyone, while they are as they were handed over. The rest is a note, which is in no segment that is loaded.
            unsafe {
                probe!($name, $semaphore, $($value),*);
            }
        }
    )*};
}

/// One `nop`, with its note: its name, its arguments' places, its semaphore.
macro_rules! probe {
    ($name:ident, $semaphore:ident, $($value:expr),*) => {
        #[cfg(target_arch = "x86_64")]
        note!($name, $semaphore, options(att_syntax, readonly, nostack, preserves_flags), $($value),*);
        #[cfg(target_arch = "aarch64")]
        note!($name, $semaphore, options(readonly, nostack, preserves_flags), $($value),*);
    };
}

macro_rules! note {
    ($name:ident, $semaphore:ident, options($($option:ident),*), $($value:expr),*) => {
        asm!(
            "990: nop",
            ".pushsection .note.stapsdt, \"?\", \"note\"",
            ".balign 4",
            ".4byte 992f-991f, 994f-993f, 3",
            "991: .asciz \"stapsdt\"",
            "992: .balign 4",
            "993: .8byte 990b",
            ".8byte _.stapsdt.base",
            ".8byte {semaphore}",
            ".asciz \"mapkeeper\"",
            concat!(".asciz \"", stringify!($name), "\""),
            // Six numbers of eight bytes, without a sign.
            ".asciz \"8@{0} 8@{1} 8@{2} 8@{3} 8@{4} 8@{5}\"",
            "994: .balign 4",
            ".popsection",
            // Where the sections were when the file was linked, for tools that know where they are now.
            ".ifndef _.stapsdt.base",
            ".pushsection .stapsdt.base, \"aGR\", \"progbits\", .stapsdt.base, comdat",
            ".weak _.stapsdt.base",
            ".hidden _.stapsdt.base",
            "_.stapsdt.base: .space 1",
            ".size _.stapsdt.base, 1",
            ".popsection",
            ".endif",
            $(in(reg) $value,)*
            semaphore = sym $semaphore,
            options($($option),*),
        )
    };
}

fn start(of: &str) -> u64 {
    of.as_ptr().addr() as u64
}

fn bytes(of: &str) -> u64 {
    of.len() as u64
}

/// One number in the upper half, one in the lower: more than six arguments are not what every tool can read.
fn both(upper: u64, lower: u64) -> u64 {
    upper << 32 | lower.min(u32::MAX.into())
}

probes! {
    insert, insert_is_watched, INSERT:
        (site: &str, file: &str, line: u64, len: u64, hash: u64)
        [start(site), bytes(site), start(file), both(line, bytes(file)), len, hash];
    remove, remove_is_watched, REMOVE:
        (site: &str, file: &str, line: u64, entries: u64, hash: u64, cause: u64)
        [start(site), bytes(site), start(file), both(line, bytes(file)), both(cause, entries), hash];
    breach, breach_is_watched, BREACH:
        (site: &str, file: &str, line: u64, sentence: &str)
        [start(site), bytes(site), start(file), both(line, bytes(file)), start(sentence), bytes(sentence)];
    retained, retained_is_watched, RETAINED:
        (site: &str, removed_at: &str, values: u64, ms: u64)
        [start(site), bytes(site), start(removed_at), bytes(removed_at), values, ms];
}
