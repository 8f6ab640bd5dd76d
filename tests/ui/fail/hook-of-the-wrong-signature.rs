use std::collections::HashMap;

mod stock {
    pub fn release(_id: &u64, _order: &u32, _cause: mapkeeper::RemovalCause) {}
    pub fn count(_id: &u64) {}
}

#[mapkeeper::tracked]
struct Orders {
    #[map(on_remove = stock::release)]
    open: HashMap<u64, String>,
    #[map(on_remove = stock::count)]
    closed: HashMap<u64, String>,
}

fn main() {}
