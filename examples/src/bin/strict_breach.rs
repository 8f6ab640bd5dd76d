//! A declared contract that breaks, and the line that broke it.
//!
//! ```text
//! cargo run -p mapkeeper-examples --features strict --bin strict_breach
//! ```
//!
//! ends with a panic (exit code 101) that names the line of `leave` below that emptied the slot,
//! not a line inside mapkeeper. Without `strict` the same mistake is counted and reported, and the
//! program goes on.
#![forbid(unsafe_code)]

use std::collections::HashMap;

#[mapkeeper::tracked]
#[derive(Default)]
struct ParkingLot {
    /// A slot with nobody in it is removed, never left as `None`.
    #[map(residue = deny)]
    slots: HashMap<u16, Option<String>>,
}

impl ParkingLot {
    fn park(&mut self, slot: u16, plate: &str) {
        self.slots.insert(slot, Some(plate.to_owned()));
    }

    fn leave(&mut self, slot: u16) {
        self.slots.insert(slot, None);
    }
}

fn main() {
    let mut lot = ParkingLot::default();
    lot.park(12, "B-MK 2024");
    println!("slot 12 is taken, now the car leaves");
    lot.leave(12);
    println!("not reached in strict mode");
}
