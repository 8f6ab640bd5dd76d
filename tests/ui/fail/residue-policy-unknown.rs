use std::collections::HashMap;

#[mapkeeper::tracked]
struct Orders {
    #[map(residue = Deny)]
    open: HashMap<u64, String>,
    #[map(residue = report)]
    closed: HashMap<u64, String>,
    #[map(residue = "allow")]
    held: HashMap<u64, String>,
    #[map(residue = false)]
    sent: HashMap<u64, String>,
}

fn main() {}
