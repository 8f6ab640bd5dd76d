use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

#[mapkeeper::tracked(check_on_drop = true)]
struct Orders {
    #[map]
    open: HashMap<u64, String>,
}

#[mapkeeper::tracked(check_on_drop)]
static SESSIONS: LazyLock<Mutex<HashMap<u64, String>>> = LazyLock::new(Default::default);

#[mapkeeper::tracked(check_on_dorp)]
struct Users {
    #[map]
    open: HashMap<u64, String>,
}

fn main() {}
