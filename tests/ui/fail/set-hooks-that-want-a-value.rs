use std::collections::HashSet;

use mapkeeper::{RemovalCause, RemovalHook};

#[derive(Default)]
struct Release;

impl RemovalHook<u64, ()> for Release {
    fn on_remove(&mut self, _key: &u64, _value: &(), _cause: RemovalCause) {}
}

fn release(_key: &u64, _value: &(), _cause: RemovalCause) {}

fn may_remove(_key: &u64, _value: &()) -> Result<(), String> {
    Ok(())
}

#[mapkeeper::tracked]
struct Orders {
    #[map(on_remove = release)]
    open: HashSet<u64>,
    #[map(guard = may_remove)]
    closed: HashSet<u64>,
    #[map(hooks = Release)]
    paid: HashSet<u64>,
}

fn main() {}
