//! Every way out of a set, under the fuse.

use std::collections::HashSet;

use mapkeeper::TrackedMaps;
use mapkeeper_tests::hashers::Clumped;

use crate::{
    Collection, Set,
    bomb::{Element, Key, tell_element, unlit},
    paths::{light_later, paths},
};

fn fresh(keys: std::ops::Range<u32>) -> Vec<Element> {
    keys.map(Element::new).collect()
}

paths! {
    HashSet<Element, Clumped>, Set, [Element, ()], tell_element;
    remove_of_a_set SetRemove Removed set => {
        set.remove(&Key(3));
    };
    take SetTake Removed set => drop(set.take(&Key(3)));
    try_remove_of_a_set SetTryRemove Removed set => drop(set.try_remove(&Key(3)));
    try_take SetTryTake Removed set => drop(set.try_take(&Key(3)));
    remove_many_of_a_set SetRemoveMany Removed set => {
        drop(set.remove_many(&[Key(1), Key(70), Key(3), Key(3), Key(200), Key(2)]));
    };
    // The element that is there stays, the other one was never in.
    insert_known SetInsertKnown Removed set => {
        set.insert(Element::new(3));
    };
    insert_new_into_a_set SetInsertNew Removed set => {
        set.insert(Element::new(500));
    };
    insert_until_a_set_grows SetGrow Removed set => {
        for key in 0..set.capacity() as u32 + 2 {
            set.insert(Element::new(1_000 + key));
        }
    };
    replace SetReplace Replaced set => {
        drop(set.replace(Element::new(3)));
        drop(set.replace(Element::new(700)));
    };
    extend_a_set SetExtend Removed set => set.extend(fresh(2..90));
    clear_a_set SetClear Cleared set => set.clear();
    drain_a_set SetDrain Drained set => set.drain().for_each(drop);
    retain_of_a_set SetRetain Filtered set => set.retain(|element| element.key().is_multiple_of(3));
    try_retain_of_a_set SetTryRetain Filtered set => {
        set.try_retain(|element| element.key().is_multiple_of(3));
    };
    extract_from_a_set SetExtract Filtered set => {
        set.extract_if(|element| element.key().is_multiple_of(2)).for_each(drop);
    };
    into_iter_of_a_set SetIntoIter Taken set => std::mem::take(set).into_iter().for_each(drop);
    into_std_set SetIntoStd Taken set => drop(HashSet::from(std::mem::take(set)));
    clone_a_set SetClone MapDropped set => drop(set.clone());
    clone_from_a_set SetCloneFrom Cleared set => {
        light_later(|| Set::<T>::filled(50), |source| set.clone_from(&source));
    };
    overwrite_by_an_operator SetOperator MapDropped set => {
        let other: Set<T> = unlit(|| fresh(3..50).into_iter().collect());
        let union = &*set | &other;
        *set = union;
        unlit(|| drop(other));
    };
    reset_a_set SetReset Cleared set => drop(set.reset_maps());
    dropped_set SetDropped MapDropped set => drop(std::mem::take(set));
}
