use std::collections::HashMap;

struct Session;

#[mapkeeper::tracked]
struct Sessions {
    #[map(watch)]
    by_id: HashMap<u64, Session>,
}

fn main() {}
