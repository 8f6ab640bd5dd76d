use std::collections::HashMap;

use mapkeeper::{RemovalCause, RemovalHook};

struct Release(u64);

impl RemovalHook<u64, String> for Release {
    fn on_remove(&mut self, key: &u64, _value: &String, _cause: RemovalCause) {
        self.0 += key;
    }
}

#[mapkeeper::tracked]
struct Orders {
    #[map(hooks = Release)]
    open: HashMap<u64, String>,
}

fn main() {}
