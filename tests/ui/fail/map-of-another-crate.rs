mod hashbrown {
    pub struct HashMap<K, V>(pub K, pub V);
}

mod indexmap {
    pub struct IndexMap<K, V>(pub K, pub V);
}

mod dashmap {
    pub struct DashMap<K, V>(pub K, pub V);
}

mod slab {
    pub struct Slab<T>(pub T);
}

#[mapkeeper::tracked]
struct Orders {
    #[map]
    open: hashbrown::HashMap<u64, String>,
    #[map]
    in_order: indexmap::IndexMap<u64, String>,
    #[map]
    concurrent: dashmap::DashMap<u64, String>,
    #[map]
    numbered: slab::Slab<String>,
    region: String,
}

fn main() {}
