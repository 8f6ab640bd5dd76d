use std::collections::HashMap;

#[mapkeeper::tracked(max_lenn = 10, residue = Deny, follows = sessions)]
type Orders = HashMap<u64, String>;

#[mapkeeper::tracked(colour = red)]
type Sessions = HashMap<u64, String>;

#[mapkeeper::tracked]
#[map(max_len = 10)]
type Timers = HashMap<u64, String>;

fn main() {
    let _: (Orders, Sessions, Timers) = Default::default();
}
