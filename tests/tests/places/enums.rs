//! The variants of a tracked enum have sites of their own.

use std::{
    collections::HashMap,
    fmt::Debug,
    hash::Hash,
    sync::{Arc, Mutex},
};

use mapkeeper::{Clause, RemovalCause, TrackedMaps};
use mapkeeper_tests::sites::{exits, figures, if_recorded, records, site};

fn names(value: &impl TrackedMaps) -> Vec<(&'static str, usize)> {
    figures(value)
        .iter()
        .map(|map| (map.site.name(), map.len))
        .collect()
}

#[mapkeeper::tracked]
#[derive(Clone, Debug, Default, PartialEq)]
enum Connection {
    #[default]
    Closed,
    /// Waits for an answer to each of these.
    Open {
        #[map(max_len = 10)]
        pending: HashMap<u32, Option<u32>>,
        #[map]
        shared: Arc<HashMap<u32, u32>>,
        retries: u32,
    },
    Draining(u8, #[map] HashMap<u32, u32>),
}

#[test]
fn named_and_tuple_variants_are_told_apart() {
    let mut open = Connection::Open {
        pending: HashMap::new().into(),
        shared: Arc::default(),
        retries: 0,
    };
    if let Connection::Open {
        pending, retries, ..
    } = &mut open
    {
        pending.insert(1, None);
        *retries += 1;
    }
    let draining = Connection::Draining(7, [(1, 1), (2, 2)].into());
    assert_eq!(names(&Connection::default()), []);
    assert_eq!(
        names(&open),
        [
            ("Connection::Open.pending", 1),
            ("Connection::Open.shared", 0)
        ]
    );
    assert_eq!(names(&draining), [("Connection::Draining.1", 2)]);
    assert_eq!(site("Connection::Open.pending").residue, if_recorded(1));
    assert_eq!(site("Connection::Draining.1").len, if_recorded(2));
    assert_eq!(open.clone(), open);
    assert_ne!(draining, open);

    assert_eq!(open.reset_maps().entries(), 1);
    assert!(open.check_maps().is_empty());
    if records() {
        assert_eq!(
            exits("Connection::Open.pending"),
            [(RemovalCause::Cleared, 1), (RemovalCause::MapDropped, 1)]
        );
    }
}

#[test]
fn relations_hold_within_a_variant() {
    #[mapkeeper::tracked]
    enum Store {
        Split {
            #[map]
            all: HashMap<u32, u32>,
            #[map(subset_of = all)]
            some: HashMap<u32, u32>,
        },
        Whole(
            #[map] HashMap<u32, u32>,
            #[map(follows = 0)] Mutex<HashMap<u32, u32>>,
        ),
    }

    let split = Store::Split {
        all: [(1, 1)].into(),
        some: [(1, 1), (2, 2)].into(),
    };
    let found = split.check_maps();
    assert_eq!((found[0].clause, found[0].entries), (Clause::SubsetOf, 1));
    assert_eq!(found[0].site.name(), "Store::Split.some");
    let whole = Store::Whole([(1, 1)].into(), Mutex::new([(3, 3)].into()));
    let found = whole.check_maps();
    assert_eq!((found[0].clause, found.len()), (Clause::Follows, 1));
}

#[test]
fn generic_enums_and_nested_tracked_values_are_walked() {
    #[mapkeeper::tracked]
    enum Tree<'a, K: Eq + Hash, V: Debug = u8>
    where
        V: Clone,
    {
        Leaf(#[map] HashMap<K, V>),
        Node {
            #[map]
            names: HashMap<&'a str, K>,
            below: Vec<Self>,
        },
    }

    let tree: Tree<'_, u32> = Tree::Node {
        names: [("a", 1)].into(),
        below: vec![
            Tree::Leaf([(1, 1), (2, 2)].into()),
            Tree::Node {
                names: HashMap::new().into(),
                below: Vec::new(),
            },
        ],
    };
    assert_eq!(
        names(&tree),
        [
            ("Tree::Node.names", 1),
            ("Tree::Leaf.0", 2),
            ("Tree::Node.names", 0)
        ]
    );
}
