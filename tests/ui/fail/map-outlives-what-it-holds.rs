//! A map must not outlive what its entries borrow: the originals may, because they
//! promise not to look at what they drop.
#![allow(unused_assignments)]

fn hash_map() {
    let _map;
    let text = String::new();
    _map = mapkeeper::HashMap::<u8, &String>::from([(1, &text)]);
}

fn hash_set() {
    let _map;
    let text = String::new();
    _map = mapkeeper::HashSet::<&String>::from([&text]);
}

fn btree_map() {
    let _map;
    let text = String::new();
    _map = mapkeeper::BTreeMap::<u8, &String>::from([(1, &text)]);
}

fn btree_set() {
    let _map;
    let text = String::new();
    _map = mapkeeper::BTreeSet::<&String>::from([&text]);
}

fn index_map() {
    let _map;
    let text = String::new();
    _map = mapkeeper::IndexMap::<u8, &String>::from([(1, &text)]);
}

fn index_set() {
    let _map;
    let text = String::new();
    _map = mapkeeper::IndexSet::<&String>::from([&text]);
}

fn slab() {
    let _map;
    let text = String::new();
    _map = mapkeeper::Slab::<&String>::from_iter([(0, &text)]);
}

fn originals() {
    let _maps;
    let text = String::new();
    _maps = (
        std::collections::HashMap::from([(1, &text)]),
        std::collections::BTreeMap::from([(1, &text)]),
        indexmap::IndexMap::from([(1, &text)]),
        slab::Slab::from_iter([(0, &text)]),
    );
}

fn main() {
    originals();
    hash_map();
    hash_set();
    btree_map();
    btree_set();
    index_map();
    index_set();
    slab();
}
