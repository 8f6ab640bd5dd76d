use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(max_len = 0)]
    open: HashMap<u64, String>,
}

fn main() {}
