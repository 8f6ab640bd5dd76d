//! Where nobody can attach.

pub(crate) const fn insert_is_watched() -> bool {
    false
}

pub(crate) const fn remove_is_watched() -> bool {
    false
}

pub(crate) const fn breach_is_watched() -> bool {
    false
}

pub(crate) const fn retained_is_watched() -> bool {
    false
}

pub(crate) fn insert(_: &str, _: &str, _: u64, _: u64, _: u64) {}

pub(crate) fn remove(_: &str, _: &str, _: u64, _: u64, _: u64, _: u64) {}

pub(crate) fn breach(_: &str, _: &str, _: u64, _: &str) {}

pub(crate) fn retained(_: &str, _: &str, _: u64, _: u64) {}
