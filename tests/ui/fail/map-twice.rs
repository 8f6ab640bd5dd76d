use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(max_len = 10)]
    #[map(max_age = "1h")]
    open: HashMap<u64, String>,
    #[map]
    #[map]
    closed: HashMap<u64, String>,
}

fn main() {}
