use std::collections::HashMap;

// The size of a struct depends on its last field, so the compiler names the struct as well.
#[mapkeeper::tracked]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
    #[map]
    region: String,
}

fn main() {}
