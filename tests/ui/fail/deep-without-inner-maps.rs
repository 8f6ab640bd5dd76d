use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(deep)]
    open: HashMap<u64, String>,
    region: String,
}

fn main() {}
