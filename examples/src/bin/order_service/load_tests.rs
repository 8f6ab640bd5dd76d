use std::time::Duration;

use crate::load::{Outcome, PATIENCE};

fn assert_close(measured_us: u64, expected: Duration) {
    let expected = expected.as_micros() as f64;
    let error = (measured_us as f64 - expected).abs() / expected;
    assert!(error < 0.002, "{measured_us} us, not {expected} us");
}

#[test]
fn slow_answers_stay_slow_in_the_percentiles() {
    let (quick, slow) = (Duration::from_micros(400), Duration::from_millis(35));
    let mut total = Outcome::new();
    for _ in 0..4 {
        let mut courier = Outcome::new();
        for _ in 0..40 {
            courier.record(quick);
        }
        for _ in 0..60 {
            courier.record(slow);
        }
        total.absorb(courier);
    }
    assert_eq!(total.latency.len(), 400);
    assert_close(total.latency.value_at_quantile(0.25), quick);
    assert_close(total.latency.value_at_quantile(0.50), slow);
    assert_close(total.latency.value_at_quantile(0.99), slow);
}

#[test]
fn the_slowest_possible_answer_is_not_cut_short() {
    let mut outcome = Outcome::new();
    outcome.record(PATIENCE);
    assert_close(outcome.latency.max(), PATIENCE);
}
