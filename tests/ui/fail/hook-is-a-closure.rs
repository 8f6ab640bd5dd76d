use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(on_remove = |_, _, _| {}, max_len = 10)]
    open: HashMap<u64, String>,
}

fn main() {}
