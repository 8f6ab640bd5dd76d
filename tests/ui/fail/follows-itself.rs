use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
    #[map(follows = timers)]
    timers: HashMap<u64, u32>,
    #[map(subset_of = notes)]
    notes: HashMap<u64, u32>,
}

fn main() {}
