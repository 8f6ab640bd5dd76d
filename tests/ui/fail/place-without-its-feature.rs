use std::collections::HashMap;

// As it is without the feature of its name.
mod parking_lot {
    pub struct Mutex<T>(pub T);
}

#[mapkeeper::tracked]
struct Orders {
    #[map]
    open: parking_lot::Mutex<HashMap<u64, String>>,
    region: String,
}

fn main() {}
