use std::collections::HashMap;

#[mapkeeper::tracked(color = blue)]
#[derive(Default)]
struct Orders {
    #[map(max_len = 0, residu = deny, max_age = "15 minutes", show_keys = true)]
    open: HashMap<u64, String>,
    #[map(follows = opne, max_len = ten, max_len = 12)]
    timers: HashMap<u64, u32>,
}

fn main() {
    let mut orders = Orders::default();
    orders.open.insert(1, String::new());
}
