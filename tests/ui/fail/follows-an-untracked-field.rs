use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    open: HashMap<u64, String>,
    #[map(follows = open)]
    timers: HashMap<u64, u32>,
}

fn main() {}
