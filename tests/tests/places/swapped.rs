//! A map that was replaced in an `ArcSwap` and that somebody still holds.

use std::{collections::HashMap, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use mapkeeper::{MODE, Mode, testing::Clock};
use mapkeeper_tests::sites::{figures, records, site};

#[mapkeeper::tracked]
#[derive(Default)]
struct Config {
    #[map]
    routes: ArcSwap<HashMap<u32, u32>>,
}

#[test]
fn an_old_map_that_is_still_held_is_a_second_instance_with_its_age() {
    let clock = Clock::drive();
    let config = Config::default();
    let rebuild = || Arc::new((0..200).map(|key| (key, key)).collect());
    config.routes.store(rebuild());
    let captured = config.routes.load_full();
    clock.advance(Duration::from_secs(3600));
    config.routes.store(rebuild());
    clock.advance(Duration::from_secs(60));

    assert_eq!(figures(&config).len(), 1, "the current one alone");
    if records() {
        let row = site("Config.routes");
        assert_eq!((row.instances, row.len), (2, 400));
        let mut ages: Vec<f64> = row.largest.iter().map(|map| map.age_seconds).collect();
        ages.sort_by(f64::total_cmp);
        assert_eq!(ages, [60.0, 3660.0]);
    }
    drop(captured);
    let row = site("Config.routes");
    assert_eq!(
        (row.instances, row.len),
        match MODE {
            Mode::Off => (0, 0),
            _ => (1, 200),
        }
    );
}
