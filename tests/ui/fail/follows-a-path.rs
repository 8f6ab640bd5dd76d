use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
    #[map(follows = "open")]
    timers: HashMap<u64, u32>,
    #[map(follows = self.open)]
    notes: HashMap<u64, u32>,
}

fn main() {}
