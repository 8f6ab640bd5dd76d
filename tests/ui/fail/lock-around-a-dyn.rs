use std::sync::{Arc, Mutex};

use mapkeeper::TrackedMaps;

trait Plugin: TrackedMaps {}

fn check(plugin: &Arc<Mutex<dyn Plugin>>) {
    TrackedMaps::visit_maps(plugin, &mut |map| assert!(map.len < 1_000));
}

fn main() {}
