//! Deprecated structs, fields and field types: generated code uses them without a warning.
#![deny(warnings)]

use std::collections::HashMap;

#[deprecated]
#[derive(Debug, Default)]
pub struct OldKey;

#[deprecated = "use `Sessions`"]
#[mapkeeper::tracked]
#[derive(Debug, Default)]
pub struct Old {
    #[map(max_len = 10)]
    pub open: HashMap<u64, u64>,
}

#[mapkeeper::tracked]
#[derive(Debug, Default)]
pub struct Orders {
    #[deprecated]
    #[map(show_keys)]
    pub open: HashMap<u64, u64>,
    #[map]
    #[allow(deprecated)]
    pub closed: HashMap<u64, Option<OldKey>>,
    #[deprecated]
    pub region: String,
}

fn main() {
    let orders = Orders::default();
    assert_eq!(orders.closed.len(), 0);
}
