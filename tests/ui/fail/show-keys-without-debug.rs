use std::collections::HashMap;

#[derive(PartialEq, Eq, Hash)]
struct OrderId(u64);

#[mapkeeper::tracked]
struct Orders {
    #[map(show_keys)]
    open: HashMap<OrderId, String>,
}

fn main() {}
