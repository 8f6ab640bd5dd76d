//! Derives behind `#[tracked]` see the tracked maps.

use std::collections::HashMap;

/// Documented.
#[mapkeeper::tracked]
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Orders {
    /// Documented as well.
    #[map]
    #[serde(rename = "Open")]
    open: HashMap<u64, String>,
    region: String,
}

#[mapkeeper::tracked]
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(bound(deserialize = "K: Eq + std::hash::Hash + serde::Deserialize<'de>"))]
struct Keyed<K>
where
    K: Eq + std::hash::Hash,
{
    #[map]
    open: HashMap<K, String>,
}

fn main() {
    let mut orders = Orders::default();
    orders.open.insert(1, "one".to_owned());
    assert_eq!(orders, orders.clone());
    assert_eq!(
        format!("{orders:?}"),
        r#"Orders { open: {1: "one"}, region: "" }"#
    );
    let json = serde_json::to_string(&orders).unwrap();
    assert_eq!(json, r#"{"Open":{"1":"one"},"region":""}"#);
    assert_eq!(serde_json::from_str::<Orders>(&json).unwrap(), orders);

    let mut keyed = Keyed::<u64>::default();
    keyed.open.insert(1, "one".to_owned());
    let json = serde_json::to_string(&keyed.clone()).unwrap();
    assert_eq!(serde_json::from_str::<Keyed<u64>>(&json).unwrap(), keyed);
}
