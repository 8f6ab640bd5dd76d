use std::collections::HashMap;

#[mapkeeper::tracked(crate = keeper)]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
}

fn main() {}
