//! Threads by number, for records that have no room for more.
//!
//! A thread gets its number at its first operation on a map that is recorded, and keeps it; numbers are not given again,
//! so that a record never shows the name of another thread. There are 65,534 of them; threads that come later share one.

use std::cell::Cell;

use crate::threads::{Mutex, MutexGuard, PoisonError, statics, thread, thread_local};

/// Where a record has the number.
pub(super) const SHIFT: u32 = 48;
/// The number of all threads that came when no other was left.
const OTHERS: u64 = u16::MAX as u64;
/// Bytes kept of a thread's name.
const LONGEST: usize = 128;
/// In a test's scope, a token has this bit, which is in no record and in no address of a `Location`.
pub(super) const IN_SCOPE: u64 = 1;

thread_local! {
    static TOKEN: Cell<u64> = const { Cell::new(0) };
}

/// What an operation reads of its thread: its number where a record has it (0 if it has none yet), and a bit more if it is
/// in a test's scope.
#[inline(always)]
pub(super) fn token() -> u64 {
    TOKEN.with(Cell::get)
}

/// Whether the calling thread is in a test's scope.
#[inline(always)]
pub(in super::super) fn in_scope() -> bool {
    TOKEN.with(Cell::get) & IN_SCOPE != 0
}

/// The calling thread enters a test's scope, or leaves the last one.
pub(in super::super) fn set_in_scope(is_inside: bool) {
    let bits = my_bits() | if is_inside { IN_SCOPE } else { 0 };
    TOKEN.with(|token| token.set(bits));
}

/// The calling thread's bits of a record.
pub(super) fn my_bits() -> u64 {
    let bits = TOKEN.with(Cell::get) & !IN_SCOPE;
    if bits == 0 { number_me() } else { bits }
}

#[cold]
fn number_me() -> u64 {
    let me = thread::current();
    let mut names = names();
    // Number 0 is no thread's.
    let number = OTHERS.min(names.len() as u64 + 1);
    if number < OTHERS {
        let name = me.name().map_or_else(
            || format!("{:?}", me.id()),
            |name| name[..name.floor_char_boundary(LONGEST)].to_owned(),
        );
        names.push(name.into());
    }
    drop(names);
    let bits = number << SHIFT;
    TOKEN.with(|token| token.set(bits | (token.get() & IN_SCOPE)));
    bits
}

statics! {
    /// What threads called themselves when they got their numbers, or their ids.
    static NAMES: Mutex<Vec<Box<str>>> = Mutex::new(Vec::new());
}

fn names() -> MutexGuard<'static, Vec<Box<str>>> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The name of the thread of this number.
pub(super) fn name(number: u16) -> String {
    let place = usize::from(number).checked_sub(1);
    match place.and_then(|place| names().get(place).map(ToString::to_string)) {
        Some(name) => name,
        None => "(one of many threads)".to_owned(),
    }
}
