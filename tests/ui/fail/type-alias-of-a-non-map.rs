#[mapkeeper::tracked]
type Backlog = Vec<u64>;

#[mapkeeper::tracked]
type Lines<K> = std::sync::Arc<K>;

fn main() {}
