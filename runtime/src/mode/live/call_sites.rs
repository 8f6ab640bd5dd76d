//! The lines that insert into (or empty entries of) one site's maps, each with a small number.
//!
//! Append-only and lock-free, for at most [`LINES`] − 1 lines; further ones share number 0, so the table is bounded
//! and says so instead of growing.

use std::panic::Location;

use once_cell::race::OnceRef;

/// Numbers a line can have; 0 stands for all lines that found no place.
pub(crate) const LINES: usize = 64;

/// A line's number within its site.
pub(crate) type LineId = u8;

/// Where lines without a number are counted.
pub(crate) const OTHER: LineId = 0;

pub(crate) struct CallSites<const N: usize = LINES>([OnceRef<'static, Location<'static>>; N]);

/// A line is added in one atomic step, so a panic cannot be seen half-way through one. (`OnceRef` does not say so, and
/// without it a map would be less unwind-safe than std's.)
impl<const N: usize> std::panic::RefUnwindSafe for CallSites<N> {}

impl<const N: usize> CallSites<N> {
    /// Places looked at before a line is one of those that found none.
    const TRIES: usize = if N < 64 { N } else { 64 };

    pub(crate) const fn new() -> Self {
        Self([const { OnceRef::new() }; N])
    }

    /// The number of `location`, given now if it had none. A handful of instructions once known.
    #[inline]
    pub(crate) fn id_of(&self, location: &'static Location<'static>) -> usize {
        let address = std::ptr::from_ref(location).addr();
        // A `Location` is 24 bytes: fold the address so that neighbours start at different slots.
        let start = (address >> 3) ^ (address >> 9);
        for step in 0..Self::TRIES {
            let id = (start + step) % N;
            if id == OTHER as usize {
                continue;
            }
            match self.0[id].get() {
                Some(known) if std::ptr::eq(known, location) => return id,
                Some(_) => {}
                None => {
                    if self.0[id].set(location).is_ok()
                        || self.0[id]
                            .get()
                            .is_some_and(|known| std::ptr::eq(known, location))
                    {
                        return id;
                    }
                }
            }
        }
        OTHER.into()
    }

    /// The line with this number; `None` for [`OTHER`].
    pub(crate) fn location(&self, id: usize) -> Option<&'static Location<'static>> {
        self.0[id].get()
    }
}
