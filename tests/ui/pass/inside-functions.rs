//! Structs of one name in several scopes, and structs inside functions, methods and constants.

use std::collections::HashMap;

use mapkeeper::TrackedMaps;

#[mapkeeper::tracked]
#[derive(Default)]
struct Orders {
    #[map]
    open: HashMap<u64, u64>,
}

mod inner {
    use std::collections::HashMap;

    #[mapkeeper::tracked]
    #[derive(Default)]
    pub struct Orders {
        #[map]
        pub open: HashMap<u64, u64>,
    }
}

fn first() -> usize {
    fn removed(_: &u64, _: &u64, _: mapkeeper::RemovalCause) {}

    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Local {
        #[map(on_remove = removed)]
        open: HashMap<u64, u64>,
    }
    Local::default().open.len()
}

fn second<T>(_: T) -> usize {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Local {
        #[map(hooks = Hook)]
        open: HashMap<u64, u64>,
        nested: Nested,
    }

    #[derive(Default)]
    struct Hook;

    impl mapkeeper::RemovalHook<u64, u64> for Hook {
        fn on_remove(&mut self, _: &u64, _: &u64, _: mapkeeper::RemovalCause) {}
    }

    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Nested {
        #[map]
        open: HashMap<u64, u64>,
    }

    let mut maps = 0;
    let local = Local::default();
    local.visit_maps(&mut |_| maps += 1);
    maps + local.open.len() + local.nested.open.len()
}

const _: () = {
    #[mapkeeper::tracked]
    #[derive(Default)]
    #[allow(dead_code)]
    struct Orders {
        #[map]
        open: HashMap<u64, u64>,
    }
};

fn main() {
    assert_eq!(
        Orders::default().open.len() + inner::Orders::default().open.len(),
        0
    );
    assert_eq!(first(), 0);
    assert_eq!(second("text"), 2, "the nested struct's map is found");
}
