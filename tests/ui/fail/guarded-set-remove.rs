use std::collections::HashSet;

#[mapkeeper::tracked]
#[derive(Default)]
struct Orders {
    #[map(guard = may_remove)]
    open: HashSet<u64>,
}

fn may_remove(_id: &u64) -> Result<(), String> {
    Ok(())
}

fn main() {
    let mut orders = Orders::default();
    orders.open.remove(&1);
    orders.open.retain(|_| true);
}
