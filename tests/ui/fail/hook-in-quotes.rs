use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(on_remove = "stock::release")]
    open: HashMap<u64, String>,
}

fn main() {}
