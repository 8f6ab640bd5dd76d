//! A plain map is covariant; one in a field under `#[tracked]` is invariant in what its type names.

use std::collections::BTreeMap;

#[mapkeeper::tracked]
struct Orders<'a> {
    #[map]
    open: BTreeMap<u64, &'a str>,
}

fn shorter<'a>(map: mapkeeper::BTreeMap<u64, &'static str>) -> mapkeeper::BTreeMap<u64, &'a str> {
    map
}

fn shorter_kept<'a>(orders: Orders<'static>) -> Orders<'a> {
    orders
}

fn main() {}
