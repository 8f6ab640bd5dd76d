use std::collections::HashMap;

#[mapkeeper::tracked]
enum Orders {
    Open {
        #[map]
        by_id: HashMap<u64, String>,
    },
    Closed(#[map] HashMap<u64, String>),
    #[map]
    None,
}

fn main() {}
