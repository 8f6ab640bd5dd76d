use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(show_keys = true, max_len = 10)]
    open: HashMap<u64, String>,
    #[map(empty_on_drop(true))]
    closed: HashMap<u64, String>,
}

fn main() {}
