use std::collections::HashMap;

#[derive(Default)]
struct Release;

#[mapkeeper::tracked]
struct Orders {
    #[map(hooks = Release)]
    open: HashMap<u64, String>,
}

fn main() {}
