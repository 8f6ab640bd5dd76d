//! Fields of every visibility, and private types where they may stand.
#![deny(warnings)]

pub mod shop {
    use std::collections::HashMap;

    #[derive(Debug, PartialEq, Eq, Hash)]
    struct PrivateKey(u64);

    #[derive(Default)]
    struct PrivateHook;

    impl mapkeeper::RemovalHook<PrivateKey, u64> for PrivateHook {
        fn on_remove(&mut self, _: &PrivateKey, _: &u64, _: mapkeeper::RemovalCause) {}
    }

    #[mapkeeper::tracked]
    #[derive(Debug, Default)]
    pub struct Orders {
        #[map(hooks = PrivateHook, show_keys)]
        private: HashMap<PrivateKey, u64>,
        #[map]
        pub(super) of_the_parent: HashMap<u64, u64>,
        #[map]
        pub(crate) of_the_crate: HashMap<u64, u64>,
        #[map]
        pub public: HashMap<u64, u64>,
    }

    #[mapkeeper::tracked]
    #[derive(Default)]
    pub(super) struct Hidden(
        #[map] pub(crate) HashMap<u64, u64>,
        #[map] pub HashMap<u64, u64>,
    );

    impl Orders {
        pub fn fill(&mut self) -> usize {
            self.private.insert(PrivateKey(1), 1);
            self.private.len()
        }
    }
}

fn main() {
    let mut orders = shop::Orders::default();
    orders.of_the_parent.insert(1, 1);
    orders.of_the_crate.insert(1, 1);
    orders.public.insert(1, 1);
    assert_eq!(orders.fill(), 1);
    let hidden = shop::Hidden::default();
    assert_eq!(hidden.0.len() + hidden.1.len(), 0);
}
