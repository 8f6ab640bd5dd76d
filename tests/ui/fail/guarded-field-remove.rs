use std::collections::HashMap;

#[mapkeeper::tracked]
#[derive(Default)]
struct Orders {
    #[map(guard = may_remove)]
    open: HashMap<u64, String>,
}

fn may_remove(_id: &u64, _order: &String) -> Result<(), String> {
    Ok(())
}

fn main() {
    let mut orders = Orders::default();
    orders.open.remove(&1);
}
