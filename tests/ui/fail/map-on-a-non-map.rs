use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map]
    backlog: Vec<u64>,
    #[map]
    open: HashMap<u64, String>,
}

fn main() {}
