#[mapkeeper::tracked]
struct Orders;

#[mapkeeper::tracked]
struct Empty {}

fn main() {}
