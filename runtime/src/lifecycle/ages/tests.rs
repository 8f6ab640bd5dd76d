use super::*;
use crate::detect::random::Random;

/// Every age at which something may change, and those beside it.
fn boundaries() -> Vec<u64> {
    let mut ages = vec![0, u64::MAX];
    for doubling in 0..64 {
        for start in [1_u64 << doubling, (1_u64 << doubling) + (1 << doubling) / 2] {
            ages.extend([start - 1, start, start.saturating_add(1)]);
        }
    }
    ages.sort_unstable();
    ages.dedup();
    ages
}

#[test]
fn an_age_is_in_the_bucket_that_starts_at_or_below_it() {
    for age in boundaries() {
        let bucket = bucket_of(age);
        assert!(bucket < BUCKETS);
        assert!(bucket_start(bucket) <= age, "{age}");
        if bucket + 1 < BUCKETS {
            assert!(age < bucket_start(bucket + 1), "{age}");
        }
    }
}

#[test]
fn a_bucket_is_the_one_of_its_start() {
    for bucket in 0..BUCKETS {
        assert_eq!(bucket_of(bucket_start(bucket)), bucket);
        assert_eq!(bucket_of(bucket_start(bucket + 1) - 1), bucket);
    }
}

#[test]
fn older_ages_are_in_later_buckets() {
    for two in boundaries().windows(2) {
        assert!(bucket_of(two[0]) <= bucket_of(two[1]), "{two:?}");
    }
    for bucket in 0..BUCKETS {
        assert!(bucket_start(bucket) < bucket_start(bucket + 1));
    }
}

#[test]
fn there_are_two_buckets_to_each_doubling_from_8_ms_to_70_years() {
    const YEAR_MS: u64 = 365 * 86_400_000;
    assert_eq!(bucket_start(1), 8);
    for bucket in 1..BUCKETS - 2 {
        assert_eq!(bucket_start(bucket + 2), 2 * bucket_start(bucket));
    }
    assert_eq!(bucket_start(BUCKETS), 1 << 41);
    assert_eq!(bucket_start(BUCKETS) / YEAR_MS, 69);
    assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
}

#[test]
fn a_bucket_is_right_to_a_third() {
    for bucket in 1..BUCKETS {
        let (from, to) = (bucket_start(bucket) as f64, bucket_start(bucket + 1) as f64);
        assert!((to - from) / to <= 1.0 / 3.0 + 1e-12, "{from} to {to}");
    }
}

#[test]
fn a_quantile_is_the_end_of_the_bucket_of_the_sorted_lists() {
    let mut random = Random::seeded(61);
    for n in 1..200 {
        let mut ages: Vec<u64> = (0..n)
            .map(|_| random.log_normal(60_000.0, 3.0) as u64)
            .collect();
        let mut histogram = AgeHistogram::default();
        for age in &ages {
            histogram.add(*age, 1);
        }
        ages.sort_unstable();
        for percent in 0..=100 {
            // The smallest age that so many percent of all do not exceed.
            let rank = (percent * ages.len()).div_ceil(100).max(1);
            let expected = bucket_start(bucket_of(ages[rank - 1]) + 1);
            let found = histogram.quantile(percent as f64 / 100.0);
            // 0.07 × 100 is more than 7 in floating point: there the next one may be meant.
            let next = bucket_start(bucket_of(ages[rank.min(ages.len() - 1)]) + 1);
            let exact = (percent * ages.len()).is_multiple_of(100);
            assert!(
                found == Some(expected) || exact && found == Some(next),
                "{percent} % of {n}: {found:?}, {expected}"
            );
        }
    }
}

#[test]
fn any_share_of_any_count_is_a_quantile() {
    assert_eq!(AgeHistogram::default().quantile(0.5), None);
    for entries in [1, 1 << 40, (1 << 53) + 3, u64::MAX / 2, u64::MAX] {
        let mut histogram = AgeHistogram::default();
        histogram.add(1_000, entries);
        for share in [-1.0, 0.0, 0.5, 1.0, 7.0, f64::INFINITY, f64::NAN] {
            let found = histogram.quantile(share);
            assert_eq!(found, Some(1_024), "{share} of {entries}");
        }
    }
}

#[test]
fn counts_add_up_and_stop_at_the_most() {
    let mut random = Random::seeded(62);
    let (mut all, mut halves) = (
        AgeHistogram::default(),
        [(); 2].map(|()| AgeHistogram::default()),
    );
    let mut total = 0;
    for _ in 0..1_000 {
        let (age, entries) = (random.bits() >> random.below(64), random.below(1 << 40));
        all.add(age, entries);
        halves[random.below(2) as usize].add(age, entries);
        total += entries;
    }
    assert_eq!(all.total(), total);
    assert_eq!(
        all.buckets().map(|(_, _, entries)| entries).sum::<u64>(),
        total
    );
    let [mut merged, other] = halves;
    merged.merge(&other);
    assert_eq!(merged, all);
    merged.add(0, u64::MAX);
    merged.add(1 << 50, u64::MAX);
    assert_eq!(merged.total(), u64::MAX);
}

#[test]
fn scaled_counts_are_whole_and_never_wrong_by_more_than_half() {
    let mut histogram = AgeHistogram::default();
    histogram.add(10, 3);
    histogram.add(1_000, 1 << 40);
    let scaled = histogram.scaled(2.5);
    assert_eq!(scaled.counts()[bucket_of(10)], 8);
    assert_eq!(scaled.counts()[bucket_of(1_000)], 5 << 39);
    assert!(histogram.scaled(0.0).is_empty());
    assert!(histogram.scaled(f64::NAN).is_empty());
    assert_eq!(histogram.scaled(f64::INFINITY).total(), u64::MAX);
}

#[test]
fn a_histogram_is_the_same_after_json() {
    let mut random = Random::seeded(63);
    for n in 0..50 {
        let mut histogram = AgeHistogram::default();
        for _ in 0..n {
            histogram.add(
                random.bits() >> random.below(64),
                random.bits() >> random.below(64),
            );
        }
        let json = serde_json::to_string(&histogram).unwrap();
        let read: AgeHistogram = serde_json::from_str(&json).unwrap();
        assert_eq!(read, histogram, "{json}");
    }
    let mut histogram = AgeHistogram::default();
    histogram.add(1_500, 2);
    histogram.add(5, 7);
    let json = serde_json::to_string(&histogram).unwrap();
    assert_eq!(json, "[[0,7],[1024,2]]");
}
