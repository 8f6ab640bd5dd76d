use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(max_age = 900)]
    open: HashMap<u64, String>,
    #[map(max_age = 15m)]
    closed: HashMap<u64, String>,
}

fn main() {}
