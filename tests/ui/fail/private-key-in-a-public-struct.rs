#![deny(private_interfaces)]

pub mod orders {
    use std::collections::HashMap;

    #[derive(PartialEq, Eq, Hash)]
    struct OrderId(u64);

    #[mapkeeper::tracked]
    #[derive(Default)]
    pub struct Orders {
        #[map]
        pub open: HashMap<OrderId, String>,
    }
}

fn main() {}
