use std::collections::HashMap;

const LIMIT: usize = 10;

#[mapkeeper::tracked]
struct Orders {
    #[map(max_len = "10")]
    open: HashMap<u64, String>,
    #[map(max_len = -1)]
    closed: HashMap<u64, String>,
    #[map(max_len = LIMIT)]
    held: HashMap<u64, String>,
}

fn main() {}
