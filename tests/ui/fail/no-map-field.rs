use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    open: HashMap<u64, String>,
    region: String,
}

fn main() {}
