//! `crate = path` for a crate that reaches mapkeeper through another one, also from a macro of that crate.

mod facade {
    pub mod reexport {
        pub use mapkeeper::*;
    }

    #[macro_export]
    macro_rules! tracked_pair {
        ($name:ident) => {
            #[mapkeeper::tracked(crate = $crate::facade::reexport)]
            #[derive(Default)]
            struct $name(#[map] std::collections::HashMap<u64, u64>, u8);
        };
    }
}

// Whatever would still be looked for in `::mapkeeper` by a relative path is not there.
mod shop {
    mod mapkeeper {}

    use std::collections::HashMap;

    #[super::facade::reexport::tracked(crate = super::facade::reexport)]
    #[derive(Default)]
    pub struct Orders {
        #[map(max_len = 10, residue = deny, show_keys)]
        pub open: HashMap<u64, u64>,
    }
}

tracked_pair!(Pair);

fn main() {
    let pair = Pair::default();
    assert_eq!(
        shop::Orders::default().open.len() + pair.0.len() + usize::from(pair.1),
        0
    );
}
