use std::collections::HashMap;

#[mapkeeper::tracked]
#[map(max_len = 10)]
struct Orders {
    open: HashMap<u64, String>,
}

fn main() {}
