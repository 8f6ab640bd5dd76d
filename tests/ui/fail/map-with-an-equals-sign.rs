use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map = "15m"]
    open: HashMap<u64, String>,
    #[map[max_len = 10]]
    closed: HashMap<u64, String>,
}

fn main() {}
