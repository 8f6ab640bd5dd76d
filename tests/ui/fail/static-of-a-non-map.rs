use std::sync::Mutex;

#[mapkeeper::tracked]
static BACKLOG: Mutex<Vec<u64>> = Mutex::new(Vec::new());

fn main() {}
