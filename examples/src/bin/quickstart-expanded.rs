//! `quickstart.rs` with the attributes written out by hand, a little simplified: the names that the
//! macro generates are longer, its paths start at the root, and it implements `TrackedMaps` for the
//! struct, so that a test can ask one value for its figures.
#![forbid(unsafe_code)]

use std::hash::RandomState;

use mapkeeper::{
    __private::{Probe, Registered, inventory, probe::*},
    Contract, HashMap, Keeper, Site, Unguarded,
};

#[derive(Default)]
struct Chat {
    guests: HashMap<u32, Option<String>, RandomState, ChatGuests>,
}

/// Tells this map from every other in its type; takes no byte.
struct ChatGuests;

/// What the report knows of the field before any map of it lives.
static SITE: Site = Site::new(
    "Chat.guests",
    module_path!(),
    file!(),
    line!(),
    column!(),
    Contract::NONE,
);

inventory::submit! { Registered(&SITE) }

impl Keeper<u32, Option<String>> for ChatGuests {
    const NEW: Self = Self;
    const TRACKED: bool = true;

    fn site() -> Option<&'static Site> {
        Some(&SITE)
    }

    // An `Option` can be vacant; for a type that cannot, the probe says so. The borrow decides
    // which of its two answers the compiler finds.
    #[allow(clippy::needless_borrow)]
    fn knows_vacancy() -> bool {
        (&Probe::<Option<String>>::NEW).knows_vacancy()
    }

    #[allow(clippy::needless_borrow)]
    fn is_vacant(guest: &Option<String>) -> bool {
        (&Probe::<Option<String>>::NEW).is_vacant(guest)
    }
}

// Its entries may leave unasked: there is no `guard`.
impl Unguarded for ChatGuests {}

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
