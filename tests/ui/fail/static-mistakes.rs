use std::collections::HashMap;
use std::sync::LazyLock;

#[mapkeeper::tracked(max_age = 15, subset_of = OTHER)]
#[map]
static SESSIONS: LazyLock<HashMap<u64, u64>> = LazyLock::new(Default::default);

fn main() {
    assert!(SESSIONS.is_empty());
}
