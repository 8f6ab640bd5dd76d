use std::collections::HashMap;

#[derive(Default)]
struct Release;

#[mapkeeper::tracked]
struct Orders {
    #[map(on_remove = release, hooks = Release)]
    open: HashMap<u64, String>,
}

fn main() {}
