pub mod orders {
    use std::collections::HashMap;

    use mapkeeper::{RemovalCause, RemovalHook};

    #[derive(Default)]
    struct Count;

    impl RemovalHook<u64, String> for Count {
        fn on_remove(&mut self, _id: &u64, _order: &String, _cause: RemovalCause) {}
    }

    #[mapkeeper::tracked]
    pub struct Orders {
        #[map(hooks = Count)]
        pub open: HashMap<u64, String>,
    }
}

fn main() {}
