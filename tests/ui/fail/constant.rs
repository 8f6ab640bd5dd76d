use std::cell::RefCell;
use std::collections::HashMap;

#[mapkeeper::tracked]
const NONE: Option<HashMap<u64, u64>> = None;

thread_local! {
    #[mapkeeper::tracked]
    static SESSIONS: RefCell<HashMap<u64, u64>> = RefCell::default();
}

fn main() {
    assert!(NONE.is_none());
}
