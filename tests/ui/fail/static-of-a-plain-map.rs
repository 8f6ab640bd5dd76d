use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

#[mapkeeper::tracked]
static SESSIONS: LazyLock<Mutex<HashMap<u64, u64>>> =
    LazyLock::new(|| Mutex::new(HashMap::new()));

fn main() {}
