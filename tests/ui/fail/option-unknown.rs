use std::collections::HashMap;

#[mapkeeper::tracked(krate = mapkeeper)]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
}

#[mapkeeper::tracked(max_len = 10)]
struct Sessions {
    #[map]
    open: HashMap<u64, String>,
}

fn main() {}
