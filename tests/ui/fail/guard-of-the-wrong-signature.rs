use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(guard = is_paid)]
    open: HashMap<u64, String>,
    #[map(guard = may_close)]
    closed: HashMap<u64, String>,
}

fn is_paid(_id: &u64, _order: &String) -> bool {
    true
}

fn may_close(_order: &String) -> Result<(), String> {
    Ok(())
}

fn main() {}
