use std::collections::HashMap;

#[mapkeeper::tracked(crate = "mapkeeper")]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
}

#[mapkeeper::tracked(crate)]
struct Sessions {
    #[map]
    open: HashMap<u64, String>,
}

fn main() {}
