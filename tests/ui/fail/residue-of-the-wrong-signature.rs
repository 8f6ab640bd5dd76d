use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(residue = is_done)]
    open: HashMap<u64, String>,
}

fn is_done(_id: &u64, order: &String) -> bool {
    order.is_empty()
}

fn main() {}
