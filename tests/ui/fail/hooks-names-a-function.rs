use std::collections::HashMap;

use mapkeeper::RemovalCause;

#[mapkeeper::tracked]
struct Orders {
    #[map(hooks = release)]
    open: HashMap<u64, String>,
}

fn release(_id: &u64, _order: &String, _cause: RemovalCause) {}

fn main() {}
