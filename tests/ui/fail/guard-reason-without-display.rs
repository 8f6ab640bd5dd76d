use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(guard = may_remove)]
    open: HashMap<u64, String>,
}

struct Unpaid;

fn may_remove(_id: &u64, _order: &String) -> Result<(), Unpaid> {
    Err(Unpaid)
}

fn main() {}
