use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(on_remove)]
    open: HashMap<u64, String>,
    #[map(max_len, max_age = )]
    closed: HashMap<u64, String>,
    #[map(max_age("15m"))]
    held: HashMap<u64, String>,
}

fn main() {}
