use std::collections::HashMap;

struct Orders {
    #[map]
    open: HashMap<u64, String>,
}

fn main() {}
