use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(max_len = 10)]
    open: HashMap<OrderId, String>,
    region: Region,
}

fn main() {}
