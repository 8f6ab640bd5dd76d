use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(name = "")]
    open: HashMap<u64, String>,
    #[map(name = orders)]
    closed: HashMap<u64, String>,
}

#[mapkeeper::tracked]
struct Sessions {
    #[map(name = "sessions")]
    open: HashMap<u64, String>,
    #[map(name = "sessions")]
    closed: HashMap<u64, String>,
}

fn main() {}
