//! Derives that call methods of the fields and do not name their types also work in front of `#[tracked]`.

use std::collections::HashMap;

#[derive(Debug, Clone, Default, PartialEq)]
#[mapkeeper::tracked]
struct Orders {
    #[map(max_len = 10)]
    open: HashMap<u64, String>,
}

fn main() {
    let mut orders = Orders::default();
    orders.open.insert(1, "one".to_owned());
    assert_eq!(orders, orders.clone());
    assert_eq!(format!("{orders:?}"), r#"Orders { open: {1: "one"} }"#);
}
