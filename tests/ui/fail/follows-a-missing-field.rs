use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
    #[map(follows = opened)]
    timers: HashMap<u64, u32>,
    #[map(follows = customers)]
    notes: HashMap<u64, u32>,
}

#[mapkeeper::tracked]
struct Pair(#[map] HashMap<u64, String>, #[map(follows = 2)] HashMap<u64, u32>);

fn main() {}
