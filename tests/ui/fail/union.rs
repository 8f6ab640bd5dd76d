use std::mem::ManuallyDrop;
use std::collections::HashMap;

#[mapkeeper::tracked]
union Orders {
    #[map]
    open: ManuallyDrop<HashMap<u64, String>>,
    count: u64,
}

fn main() {}
