use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map]
    backlog: Vec<u64>,
    #[map(subset_of = open)]
    names: Box<String>,
    #[map(subset_of = backlog, follows = names)]
    open: HashMap<u64, String>,
}

fn main() {}
