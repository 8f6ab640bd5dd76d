use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(max_len = 10, max_age = "1h", max_len = 20)]
    open: HashMap<u64, String>,
}

fn main() {}
