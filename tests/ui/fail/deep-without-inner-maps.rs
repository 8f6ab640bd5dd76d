use std::collections::{HashMap, HashSet};

#[mapkeeper::tracked]
struct Orders {
    #[map(deep)]
    open: HashMap<u64, String>,
    #[map(deep)]
    closed: HashSet<u64>,
    region: String,
}

fn main() {}
