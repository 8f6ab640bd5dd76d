//! A hunt that goes wrong says so. Each test has a service of its own: what mapkeeper knows of a map
//! outlives the map.

use std::time::Duration;

use mapkeeper::testing::Clock;

use super::{Case, InUse, hunt};
use crate::{
    console::Progress,
    order_store::{self, Delivery, Shop},
    presence_hub::{self, Chat, Users},
    rpc_client,
    simulated::Hours,
};

fn failures_of(case: &Case) -> Vec<String> {
    let clock = Clock::drive();
    let begin = Duration::from_hours(1);
    (case.hunt)(case, 1, &clock, begin, &Progress::new(case)).failures(case)
}

#[test]
fn a_suspect_that_names_another_line_is_a_failure() {
    let case = Case {
        insertion: "self.pending.retain(",
        ..rpc_client::CASE
    };
    let failures = failures_of(&case);
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(
        failures[0].contains("was blamed instead of"),
        "{failures:?}"
    );
}

/// A release that changes nothing.
struct Unfixed(Users);

impl InUse for Unfixed {
    type Event = Chat;

    fn opens(hours: &mut Hours<Chat>) -> Self {
        Self(Users::opens(hours))
    }

    fn happens(&mut self, event: Chat, hours: &mut Hours<Chat>) {
        self.0.happens(event, hours);
    }

    fn fix(&mut self) -> usize {
        0
    }
}

#[test]
fn a_suspect_that_outlives_the_fix_is_a_failure() {
    let case = Case {
        hunt: hunt::<Unfixed>,
        ..presence_hub::CASE
    };
    assert_eq!(
        failures_of(&case),
        ["presence-hub: PresenceHub.subscriptions is still suspected after the fix"]
    );
}

/// Without the leak from the start.
struct Healthy(Shop);

impl InUse for Healthy {
    type Event = Delivery;

    fn opens(hours: &mut Hours<Delivery>) -> Self {
        let mut shop = Shop::opens(hours);
        shop.fix();
        Self(shop)
    }

    fn happens(&mut self, event: Delivery, hours: &mut Hours<Delivery>) {
        self.0.happens(event, hours);
    }

    fn fix(&mut self) -> usize {
        0
    }
}

#[test]
fn a_service_that_does_not_leak_is_not_suspected() {
    let case = Case {
        hunt: hunt::<Healthy>,
        ..order_store::CASE
    };
    assert_eq!(
        failures_of(&case),
        ["order-store: the leak of OrderStore.by_label was not found"]
    );
}
