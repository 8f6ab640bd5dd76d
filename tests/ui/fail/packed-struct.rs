use std::collections::HashMap;

#[mapkeeper::tracked]
#[repr(C, packed(2))]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
}

fn main() {}
