use std::collections::HashMap;

#[mapkeeper::tracked]
enum Orders {
    Open { by_id: HashMap<u64, String> },
    Closed,
}

#[mapkeeper::tracked]
enum Nothing {
    Open,
}

fn main() {
    let _ = (Orders::Closed, Nothing::Open);
}
