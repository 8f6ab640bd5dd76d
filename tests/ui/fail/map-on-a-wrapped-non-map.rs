use std::sync::{Arc, Mutex};

#[mapkeeper::tracked]
struct Orders {
    #[map(max_len = 10)]
    backlog: Arc<Mutex<Vec<u64>>>,
    region: String,
}

fn main() {}
