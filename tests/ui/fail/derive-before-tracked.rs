use std::collections::HashMap;

#[derive(serde::Deserialize)]
#[mapkeeper::tracked]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
}

fn main() {}
