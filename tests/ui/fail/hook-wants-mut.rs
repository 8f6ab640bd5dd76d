use std::collections::HashMap;

use mapkeeper::RemovalCause;

#[mapkeeper::tracked]
struct Orders {
    #[map(on_remove = release_stock)]
    open: HashMap<u64, Vec<u32>>,
}

fn release_stock(_id: &u64, order: &mut Vec<u32>, _cause: RemovalCause) {
    order.clear();
}

fn main() {}
