use std::collections::HashMap;

#[mapkeeper::tracked]
struct Service {
    #[map(growth = deny)]
    orders: HashMap<u64, String>,
    #[map(growth)]
    customers: HashMap<u64, String>,
    #[map(growth = "allow")]
    sessions: HashMap<u64, String>,
}

fn main() {}
