//! Lookups by what is no key, and what no key can be borrowed as: a type of one's own that is `Equivalent` to the keys. And that
//! std's maps keep std's rule, by which the compiler finds out more.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher, RandomState},
};

use hashbrown::Equivalent;
use mapkeeper::hash_map::EntryRef;
use mapkeeper_tests::sites::{if_recorded, site};

/// Where an order comes from, and its number there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Order(String, u32);

/// The same, borrowed.
#[derive(Clone, Copy, Debug, Hash)]
struct Named<'a>(&'a str, u32);

impl Equivalent<Order> for Named<'_> {
    fn equivalent(&self, order: &Order) -> bool {
        self.0 == order.0 && self.1 == order.1
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Orders {
    #[map]
    set: hashbrown::HashSet<Order, RandomState>,
    #[map]
    in_order: indexmap::IndexMap<Order, u8>,
    #[map]
    all_in_order: indexmap::IndexSet<Order>,
}

fn order(named: Named<'_>) -> Order {
    Order(named.0.to_owned(), named.1)
}

fn orders() -> Orders {
    let mut orders = Orders::default();
    for n in 0..100 {
        let order = order(Named("web", n));
        orders.set.insert(order.clone());
        orders.in_order.insert(order.clone(), n as u8);
        orders.all_in_order.insert(order);
    }
    orders
}

const KNOWN: Named<'static> = Named("web", 7);
const OTHER: Named<'static> = Named("shop", 7);

#[test]
fn every_lookup_of_a_map_takes_what_is_equivalent() {
    #[mapkeeper::tracked]
    type Lookups = hashbrown::HashMap<Order, u8, RandomState>;

    let mut map: Lookups = (0..100)
        .map(|n| (order(Named("web", n)), n as u8))
        .collect();
    assert_eq!((map.get(&KNOWN), map.get(&OTHER)), (Some(&7), None));
    assert!(map.contains_key(&KNOWN) && !map.contains_key(&OTHER));
    assert_eq!(map[&KNOWN], 7);
    assert_eq!(map.get_key_value(&KNOWN), Some((&order(KNOWN), &7)));
    *map.get_mut(&KNOWN).unwrap() += 1;
    *map.get_key_value_mut(&KNOWN).unwrap().1 += 1;
    let [known, other] = map.get_disjoint_mut([&KNOWN, &OTHER]);
    assert_eq!((known, other), (Some(&mut 9), None));
    let [known] = map.get_disjoint_key_value_mut([&KNOWN]);
    assert_eq!(known, Some((&order(KNOWN), &mut 9)));
    assert!(matches!(map.entry_ref(&KNOWN), EntryRef::Occupied(entry) if *entry.get() == 9));
    let EntryRef::Vacant(entry) = map.entry_ref(&OTHER) else {
        panic!("it is not there");
    };
    entry.insert_with_key(order(OTHER), 1);
    assert_eq!(
        map.lifecycle(&OTHER).is_some(),
        mapkeeper::MODE == mapkeeper::Mode::Strict
    );
    let known = map.history(&OTHER).operations.len();
    assert_eq!(
        known,
        usize::from(mapkeeper::MODE == mapkeeper::Mode::Strict)
    );

    assert_eq!((map.remove(&OTHER), map.remove(&OTHER)), (Some(1), None));
    assert_eq!(map.remove_entry(&KNOWN), Some((order(KNOWN), 9)));
    assert_eq!(map.try_remove(&Named("web", 8)), Ok(Some(8)));
    assert_eq!(
        map.remove_tracked(&Named("web", 9)).unwrap().into_inner(),
        9
    );
    let two = [Named("web", 10), Named("web", 11)];
    assert_eq!(map.remove_many(&two).len(), 2);
    assert_eq!(map.len(), 95);
    let row = site("Lookups");
    assert_eq!(row.inserts, if_recorded(101));
    assert_eq!(row.removed.entries(), if_recorded(6));
}

#[test]
fn every_lookup_of_a_set_takes_what_is_equivalent() {
    let mut set = orders().set;
    assert!(set.contains(&KNOWN) && !set.contains(&OTHER));
    assert_eq!(
        (set.get(&KNOWN), set.get(&OTHER)),
        (Some(&order(KNOWN)), None)
    );
    assert_eq!(
        *set.get_or_insert_with(&OTHER, |other| order(*other)),
        order(OTHER)
    );
    assert_eq!(set.take(&OTHER), Some(order(OTHER)));
    assert!(set.remove(&KNOWN) && !set.remove(&KNOWN));
    assert_eq!(set.try_remove(&Named("web", 8)), Ok(true));
    assert_eq!(
        set.try_take(&Named("web", 9)),
        Ok(Some(order(Named("web", 9))))
    );
    assert_eq!(set.remove_many(&[Named("web", 10), OTHER]).len(), 1);
    assert_eq!(set.len(), 96);
}

#[test]
fn so_does_every_lookup_of_the_kinds_that_remember_an_order() {
    let Orders {
        mut in_order,
        mut all_in_order,
        ..
    } = orders();
    assert_eq!(
        (in_order.get(&KNOWN), in_order.get_index_of(&OTHER)),
        (Some(&7), None)
    );
    assert_eq!(in_order[&KNOWN], 7);
    assert_eq!(in_order.shift_remove(&KNOWN), Some(7));
    assert_eq!(
        in_order
            .swap_remove_full(&Named("web", 8))
            .map(|(index, ..)| index),
        Some(7)
    );
    assert!(all_in_order.contains(&KNOWN) && !all_in_order.contains(&OTHER));
    assert_eq!(all_in_order.get_full(&KNOWN), Some((7, &order(KNOWN))));
    assert_eq!(all_in_order.shift_take(&KNOWN), Some(order(KNOWN)));
}

#[test]
fn a_key_of_a_std_map_is_known_by_the_map() {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Numbered {
        #[map]
        map: HashMap<u64, &'static str>,
        #[map]
        set: std::collections::HashSet<u64>,
    }

    let mut numbered = Numbered::default();
    numbered.map.insert(5, "five");
    numbered.set.insert(5);
    // By hashbrown's rule, nobody would know what to parse, or what to convert to.
    assert_eq!(numbered.map.get(&"5".parse().unwrap()), Some(&"five"));
    assert_eq!(numbered.map[&5_u32.into()], "five");
    assert!(numbered.set.contains(&5_u8.into()));
    assert_eq!(numbered.map.remove(&"5".parse().unwrap()), Some("five"));
}

/// Equal to the keys whose numbers are the same modulo 10, and has the hash of one of them: that one is found.
struct OneOfTen(u32);

impl Hash for OneOfTen {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Equivalent<u32> for OneOfTen {
    fn equivalent(&self, key: &u32) -> bool {
        self.0 % 10 == key % 10
    }
}

#[test]
fn what_is_equivalent_to_several_keys_finds_as_in_the_original() {
    #[mapkeeper::tracked]
    type Tens = hashbrown::HashMap<u32, u32, rustc_hash::FxBuildHasher>;

    let entries = || (0..1_000).map(|n| (n, n));
    let mut ours: Tens = entries().collect();
    let mut theirs: hashbrown::HashMap<_, _, rustc_hash::FxBuildHasher> = entries().collect();
    for n in 0..1_000 {
        assert_eq!(ours.get(&OneOfTen(n)), theirs.get(&OneOfTen(n)));
        assert_eq!(ours.remove(&OneOfTen(n)), theirs.remove(&OneOfTen(n)));
    }
    assert_eq!(ours.len(), theirs.len());
}
