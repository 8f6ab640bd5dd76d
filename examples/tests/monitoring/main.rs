//! The monitoring that is shipped, run: Prometheus and Alertmanager watch three order services, of which one leaks.
//!
//! Needs Debian's `prometheus` and `prometheus-alertmanager`. Where they are not installed it says so and is content, unless
//! `MAPKEEPER_PROMETHEUS=required` asks for them. Grafana itself is not needed: its dashboards' queries are asked as it would.

#![cfg(unix)]
#![forbid(unsafe_code)]

mod boards;
mod dashboards;
mod http;
mod picture;
mod processes;
mod queries;
mod rules;
mod shipped;
mod stack;
mod webhook;

use std::{path::Path, thread, time::Duration};

use queries::Series;
use stack::{Stack, is_installed};

/// What the rules' hour is in the copies, and more: by then each instance has learnt what is usual for it.
const LEARNING: Duration = Duration::from_secs(20);
/// How long the leaking release has been running when all is looked at.
const LEAKING: Duration = Duration::from_secs(14);

#[test]
fn the_one_that_leaks_is_told_and_the_bursty_one_is_left_alone() {
    if !is_installed() {
        return;
    }
    let mut stack = Stack::start();
    thread::sleep(LEARNING);
    assert_eq!(fired(&stack), [] as [(String, String); 0]);
    stack.deploy();
    let leaking = stack.deployed.address.clone();

    the_webhook_is_told(&stack, &leaking);
    stack.prometheus_says(
        20,
        "max_over_time(ALERTS{alertname='MapUnusuallyLarge', alertstate='firing'}[1m])",
    );
    thread::sleep(LEAKING);
    let alerts = fired(&stack);
    assert!(
        alerts.iter().all(|(_, instance)| *instance == leaking),
        "{leaking} leaks alone: {alerts:?}"
    );
    for alert in ["MapLeakSuspected", "MapResidue", "MapUnusuallyLarge"] {
        assert!(
            alerts.iter().any(|(name, _)| name == alert),
            "{alert} did not fire: {alerts:?}"
        );
    }
    the_suspect_stands_for_what_else_is_seen(&stack);
    the_bursts_would_have_been_taken_for_a_leak(&stack);
    promtool_has_nothing_to_say(&stack);
    for board in dashboards::all() {
        boards::every_query_has_data(&board, &stack);
    }
    let drawn = Path::new(env!("CARGO_TARGET_TMPDIR")).join("grafana-style.svg");
    std::fs::write(drawn, picture::of_the_fleet(&stack)).expect("a file");
}

/// The alerts that ever fired, with the instances they were about.
fn fired(stack: &Stack) -> Vec<(String, String)> {
    let ever = stack
        .prometheus
        .now("max by (alertname, instance) (max_over_time(ALERTS{alertstate='firing'}[10m]))");
    let names = |one: &Series| {
        (
            one.label("alertname").to_owned(),
            one.label("instance").to_owned(),
        )
    };
    ever.iter().map(names).collect()
}

#[track_caller]
fn the_webhook_is_told(stack: &Stack, leaking: &str) {
    let suspect = |told: &webhook::Told| {
        told.each("alertname")
            .contains(&"MapLeakSuspected".to_owned())
    };
    let told = stack.webhook_says(30, suspect);
    let suspects = told.iter().find(|told| suspect(told)).expect("it is there");
    assert_eq!(suspects.path, "/maps");
    let group = &suspects.body["groupLabels"];
    assert_eq!(group["site"], "OrderService.orders", "{group}");
    assert_eq!(group["job"], "orders", "{group}");
    assert!(
        suspects
            .each("call_site")
            .iter()
            .any(|line| line.contains("order_service/service.rs:")),
        "{suspects:?}"
    );
    for told in told {
        assert!(
            told.each("instance").iter().all(|of| of == leaking),
            "only {leaking} leaks: {told:?}"
        );
    }
}

/// Alertmanager knows of the other alerts and tells nobody.
#[track_caller]
fn the_suspect_stands_for_what_else_is_seen(stack: &Stack) {
    let alerts = http::get_json(&stack.alertmanager.address, "/api/v2/alerts");
    let residue: Vec<_> = dashboards::list(&alerts)
        .filter(|alert| alert["labels"]["alertname"] == "MapResidue")
        .collect();
    assert_eq!(residue.len(), 1, "{alerts}");
    assert_eq!(residue[0]["status"]["state"], "suppressed", "{alerts}");
    assert_ne!(
        residue[0]["status"]["inhibitedBy"],
        serde_json::json!([]),
        "{alerts}"
    );
}

/// The quiet is not for want of bursts: each was longer than the alert waits, and larger than what the leak had come to when it
/// was told.
#[track_caller]
fn the_bursts_would_have_been_taken_for_a_leak(stack: &Stack) {
    let bursts = format!(
        "mapkeeper_entries{{site='OrderService.orders', instance='{}'}}",
        stack.bursty.address
    );
    let for_as_long = format!("max_over_time(min_over_time({bursts}[3s])[2m:500ms])");
    let lasting = stack.prometheus.now(&for_as_long)[0].last();
    let usual = stack
        .prometheus
        .now(&format!("min_over_time({bursts}[1m])"))[0]
        .last();
    assert!(
        lasting > usual + 1_000.0,
        "{lasting} for as long as the alert waits, {usual} between bursts"
    );
    let threshold =
        "min_over_time(instance:mapkeeper_entries:threshold{site='OrderService.orders'}[5s])";
    let thresholds = stack.prometheus.now(threshold);
    let of_the_bursty = thresholds
        .iter()
        .find(|one| one.label("instance") == stack.bursty.address)
        .expect("it has learnt");
    let most = stack
        .prometheus
        .now(&format!("max_over_time({bursts}[2m])"))[0]
        .last();
    assert!(of_the_bursty.last() > most, "{thresholds:?}, {most}");
}

#[track_caller]
fn promtool_has_nothing_to_say(stack: &Stack) {
    for service in [&stack.steady, &stack.deployed, &stack.bursty] {
        let metrics = http::get(&service.address, "/debug/maps/metrics");
        let (said, succeeded) = rules::fed("promtool", &["check", "metrics"], &metrics);
        assert!(succeeded && said.is_empty(), "{said}\n{metrics}");
    }
}
