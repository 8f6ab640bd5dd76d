use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[cfg_attr(debug_assertions, map(max_len = 10))]
    open: HashMap<u64, String>,
    #[map]
    closed: HashMap<u64, String>,
}

fn main() {}
