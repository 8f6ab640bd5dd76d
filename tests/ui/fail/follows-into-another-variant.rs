use std::collections::HashMap;

#[mapkeeper::tracked]
enum Orders {
    Open {
        #[map]
        by_id: HashMap<u64, String>,
    },
    Closed {
        #[map(follows = by_id)]
        since: HashMap<u64, u64>,
        #[map(subset_of = sinc)]
        late: HashMap<u64, u64>,
    },
}

fn main() {}
