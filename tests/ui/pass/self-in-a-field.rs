//! `Self` in a field's type and in an attribute means the struct.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use mapkeeper::RemovalCause;

trait Family {
    type Member;
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Node<T: Family> {
    #[map(on_remove = Self::removed, guard = Self::may_remove)]
    children: HashMap<u64, Option<Box<Self>>>,
    #[map]
    shared: HashMap<u64, Arc<Mutex<Self>>>,
    #[map]
    members: HashMap<u64, <Self as Family>::Member>,
    parent: Option<Box<Self>>,
    value: T,
}

impl<T: Family> Family for Node<T> {
    type Member = T::Member;
}

impl<T: Family> Node<T> {
    fn removed(_: &u64, _: &Option<Box<Self>>, _: RemovalCause) {}

    fn may_remove(_: &u64, _: &Option<Box<Self>>) -> Result<(), String> {
        Ok(())
    }
}

#[derive(Default)]
struct Unit;

impl Family for Unit {
    type Member = u8;
}

fn main() {
    let mut node = Node::<Unit>::default();
    node.children.insert(1, None);
    node.shared.insert(1, Arc::default());
    node.members.insert(1, 1_u8);
    let Unit = node.value;
    assert!(node.parent.is_none());
}
