use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(on_remove = release_stock(1))]
    open: HashMap<u64, String>,
}

fn main() {}
