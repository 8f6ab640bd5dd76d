#[mapkeeper::tracked]
fn orders() {}

#[mapkeeper::tracked]
mod orders {}

fn main() {
    orders();
}
