use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(deep = true)]
    flag: HashMap<u64, HashMap<u64, u64>>,
    #[map(deep(max_lenn = 3, residue = Deny))]
    keys: HashMap<u64, HashMap<u64, u64>>,
    #[map(deep(follows = flag, on_remove = f, hooks = H))]
    relation: HashMap<u64, HashMap<u64, u64>>,
    #[map(name = "the same", deep(name = "the same"))]
    names: HashMap<u64, HashMap<u64, u64>>,
    #[map(deep max_len = 3)]
    comma: HashMap<u64, HashMap<u64, u64>>,
}

fn main() {}
