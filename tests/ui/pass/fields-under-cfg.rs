//! What is generated for a field is there exactly when the field is.
#![deny(warnings)]

use std::collections::HashMap;

use mapkeeper::TrackedMaps;

#[mapkeeper::tracked]
#[derive(Debug, Default)]
struct Service {
    #[cfg(any())]
    #[map(on_remove = missing_hook, guard = missing_guard)]
    never: HashMap<Missing, Missing>,
    #[cfg(any())]
    #[map(hooks = Missing)]
    stateful: HashMap<Missing, Missing>,
    #[cfg(all())]
    #[map]
    always: HashMap<u64, u64>,
    // Two fields of one name, of which one is there.
    #[cfg(any())]
    #[map]
    either: HashMap<Missing, u64>,
    #[cfg(not(any()))]
    #[map(max_len = 10)]
    either: HashMap<u64, u64>,
    #[cfg_attr(all(), cfg(any()), doc = "Kept apart from the `cfg` beside it.")]
    #[map]
    conditional: HashMap<Missing, u64>,
    #[cfg(any())]
    plain: Missing,
}

#[mapkeeper::tracked]
#[derive(Default)]
#[cfg(any())]
struct Gone {
    #[map]
    never: HashMap<Missing, Missing>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Nothing {
    #[cfg(any())]
    #[map]
    never: HashMap<Missing, Missing>,
}

fn main() {
    let service = Service::default();
    let mut maps = 0;
    service.visit_maps(&mut |_| maps += 1);
    assert_eq!(maps, 2);
    Nothing::default().visit_maps(&mut |_| unreachable!());
    assert_eq!(service.always.len() + service.either.len(), 0);
}
