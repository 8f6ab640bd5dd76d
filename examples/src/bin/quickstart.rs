//! One attribute on the struct, one on the map; then ask for the report.
//! `quickstart-expanded.rs` shows what the attributes make of it.
#![forbid(unsafe_code)]

use std::collections::HashMap;

#[mapkeeper::tracked]
#[derive(Default)]
struct Chat {
    #[map]
    guests: HashMap<u32, Option<String>>,
}

fn main() {
    let mut chat = Chat::default();
    for id in 0..20_000 {
        chat.guests.insert(id, Some(format!("guest {id}")));
    }
    for id in 0..15_000 {
        chat.guests.insert(id, None); // meant to remove: the key stays
    }
    println!("{}", mapkeeper::report());
}
