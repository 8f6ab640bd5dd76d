use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(max_age = "soon")]
    open: HashMap<u64, String>,
    #[map(max_age = "15")]
    closed: HashMap<u64, String>,
    #[map(max_age = "15min")]
    held: HashMap<u64, String>,
    #[map(max_age = "30m1h")]
    sent: HashMap<u64, String>,
    #[map(max_age = "0s")]
    paid: HashMap<u64, String>,
}

fn main() {}
