use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(max_len = 10 max_age = "1h")]
    open: HashMap<u64, String>,
    #[map(max_len = 10 * 10, residue = deny)]
    closed: HashMap<u64, String>,
    #[map("15m")]
    held: HashMap<u64, String>,
}

fn main() {}
