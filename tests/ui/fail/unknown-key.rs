use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(max_agee = "15m")]
    open: HashMap<u64, String>,
    #[map(onRemove = release, colour = "red")]
    closed: HashMap<u64, String>,
    #[map(ttl = "15m")]
    held: HashMap<u64, String>,
}

fn main() {}
