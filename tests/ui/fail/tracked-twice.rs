use std::collections::HashMap;

use mapkeeper::tracked;

#[tracked]
#[tracked]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
}

fn main() {}
