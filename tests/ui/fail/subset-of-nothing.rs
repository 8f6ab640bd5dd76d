use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(subset_of)]
    open: HashMap<u64, String>,
    #[map(subset_of = )]
    closed: HashMap<u64, String>,
    #[map(subset_of = everything)]
    held: HashMap<u64, String>,
}

fn main() {}
