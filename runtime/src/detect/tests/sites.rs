//! Detectors that judge whole sites: what is vacant, what drifts, what misses, what is held.

use super::story::{
    HOUR, LINE, MINUTE, OTHER_LINE, SECOND, entry, found, line, nothing, one, silent, told,
    with_history,
};
use crate::{Point, RemovalCause, Retained, SiteReport};

/// A map whose entries came evenly over `life`, of which `vacant` are vacant.
fn with_residue(len: u64, vacant: u64, life: u64) -> SiteReport {
    // As many are removed at once, so that nothing but residue is odd.
    let entries: Vec<_> = (0..len)
        .map(|i| entry(life - MINUTE + i * MINUTE / len, None))
        .collect();
    let mut site = told(&entries, life);
    site.residue = vacant;
    site.call_sites[0].residue = vacant;
    site.call_sites.push(line(OTHER_LINE));
    site.call_sites[1].emptied = vacant;
    with_history(site, |part, point| {
        point.residue = (vacant as f64 * part) as u64;
    })
}

#[test]
fn vacant_values_are_residue_above_30_percent() {
    let suspect = one(&with_residue(200, 100, HOUR));
    assert_eq!(suspect.kind, "residue");
    assert_eq!(suspect.call_site.as_deref(), Some(LINE));
    assert_eq!(suspect.emptied_at.as_deref(), Some(OTHER_LINE));
    assert!(suspect.advice.contains("open.remove(&key)"));
    assert_eq!((suspect.entries, suspect.share), (100, 0.5));
    assert_eq!(suspect.entries_per_hour, 100.0);
    silent(&with_residue(1_000, 300, HOUR));
    // Fewer than 64 are nobody's leak.
    silent(&with_residue(70, 63, HOUR));
}

#[test]
fn dead_handles_are_told_above_20_percent() {
    let mut site = with_residue(400, 100, HOUR);
    silent(&site);
    site.dead_handles = true;
    assert_eq!(one(&site).kind, "dead_handles");
    let mut site = with_residue(500, 100, HOUR);
    site.dead_handles = true;
    silent(&site);
}

#[test]
fn residue_that_is_swept_is_no_leak() {
    let site = with_residue(200, 100, HOUR);
    let swept = with_history(site.clone(), |part, point| {
        point.len = 200;
        point.residue = ((part * 64.0) as u64 % 10) * 15;
    });
    silent(&swept);
    // Swept once, long ago, and not since.
    let forgotten = with_history(site, |part, point| {
        point.len = 200;
        point.residue = if (0.3..0.35).contains(&part) { 0 } else { 100 };
    });
    assert_eq!(one(&forgotten).kind, "residue");
}

/// A site with this many entries at each part of its life.
fn with_len(name: &str, len: impl Fn(f64) -> u64) -> SiteReport {
    let mut site = told(&[entry(0, Some(SECOND))], 8 * HOUR);
    site.site = name.to_owned();
    site.len = len(1.0);
    site.inserts = 2 * site.len;
    with_history(site, |part, point| {
        point.len = len(part);
        point.inserts = 2 * point.len;
    })
}

#[test]
fn a_subset_with_more_keys_than_the_whole_drifts() {
    let orders = with_len("Orders.open", |_| 1_000);
    let index = |len: fn(f64) -> u64| {
        let mut index = with_len("Orders.by_user", len);
        index.subset_of = Some("Orders.open".to_owned());
        index
    };
    let drifts = index(|part| 1_000 + (2_000.0 * part) as u64);
    let suspects = found(&[orders.clone(), drifts.clone()]);
    assert_eq!(suspects.len(), 1, "{suspects:#?}");
    assert_eq!((suspects[0].kind, suspects[0].entries), ("drift", 2_000));
    assert_eq!(suspects[0].site, "Orders.by_user");
    assert!((suspects[0].entries_per_hour - 250.0).abs() < 1.0);
    for healthy in [
        index(|_| 1_000),
        // A few more than the whole: the maps are written one after the other.
        index(|_| 1_050),
        // Too many, and getting fewer.
        index(|part| 6_000 - (3_000.0 * part) as u64),
        // Too many at this moment only.
        index(|part| if part < 0.9 { 1_000 } else { 3_000 }),
    ] {
        let suspects = found(&[orders.clone(), healthy]);
        assert!(suspects.is_empty(), "{suspects:#?}");
    }
    // A map of the same name in another module is another map.
    let mut stranger = orders;
    stranger.module = "elsewhere".to_owned();
    assert!(found(&[stranger, drifts]).is_empty());
}

#[test]
fn a_follower_drifts_when_it_outgrows_what_was_usual() {
    let orders = with_len("Orders.open", |part| 500 + (500.0 * part) as u64);
    let lines = |each: fn(f64) -> f64| {
        let mut lines = with_len("Orders.lines", |_| 0);
        let len = |part: f64| ((500.0 + 500.0 * part) * each(part)) as u64;
        lines.len = len(1.0);
        lines.inserts = lines.len;
        lines.follows = Some("Orders.open".to_owned());
        with_history(lines, |part, point| point.len = len(part))
    };
    // Three lines to each order, all along.
    assert!(found(&[orders.clone(), lines(|_| 3.0)]).is_empty());
    let suspects = found(&[orders, lines(|part| 3.0 + 4.0 * part)]);
    assert_eq!(suspects.len(), 1, "{suspects:#?}");
    assert_eq!(suspects[0].kind, "drift");
}

/// Entries that came within six hours, of which `stay` are removed with a wrong key.
fn with_misses(misses: u64, stay: u64, removed: u64) -> SiteReport {
    let life = 6 * HOUR;
    let entries: Vec<_> = (0..stay).map(|i| entry(i * life / stay, None)).collect();
    let mut site = told(&entries, life);
    site.misses = misses;
    site.inserts += removed;
    site.removed.0[RemovalCause::Removed as usize] = removed;
    with_history(site, |part, point| {
        point.misses = (misses as f64 * part) as u64;
    })
}

#[test]
fn removals_that_find_nothing_while_entries_stay_are_told() {
    let suspect = one(&with_misses(900, 1_000, 100));
    assert_eq!(suspect.kind, "remove_miss");
    assert_eq!(suspect.share, 0.9);
    assert!((suspect.entries_per_hour - 1_000.0 / 6.0).abs() < 0.1);
    // Removed twice, or by two paths: nothing stays.
    silent(&with_misses(1_000, 150, 1_000));
    // Most removals find something.
    let mostly_found = found(&[with_misses(900, 1_000, 20_000)]);
    // That nothing of so many leaves is another matter.
    assert!(
        mostly_found
            .iter()
            .all(|suspect| !suspect.kinds().contains(&"remove_miss"))
    );
    silent(&with_misses(150, 250, 10));
    let mut allowed = with_misses(900, 1_000, 100);
    allowed.growth_allowed = true;
    silent(&allowed);
}

/// Small maps, one to each owner: so many alive at each part of the site's life, ten thousand in all.
fn with_instances(alive: impl Fn(f64) -> u64, life: u64) -> SiteReport {
    let mut site = told(&[entry(0, Some(SECOND))], life);
    site.instances = alive(1.0);
    site.instances_total = 10_000;
    with_history(site, |part, point| {
        point.instances = alive(part);
        point.instances_total = (10_000.0 * part) as u64;
    })
}

#[test]
fn maps_that_come_and_do_not_go_are_told() {
    let grows = |part: f64| 10 + (900.0 * part) as u64;
    let suspect = one(&with_instances(grows, 8 * HOUR));
    assert_eq!(suspect.kind, "instances");
    let per_hour = suspect.figures["instances_per_hour"];
    assert!((per_hour - 900.0 / 8.0).abs() < 1.0, "{per_hour}");
    silent(&with_instances(grows, 3 * HOUR));
    silent(&with_instances(|_| 900, 8 * HOUR));
    // Connections by day: they come and go.
    let day = |part: f64| (500.0 - 400.0 * (part * 12.0).cos()) as u64;
    silent(&with_instances(day, 24 * HOUR));
    // It fills up.
    silent(&with_instances(
        |part| (900.0 * (1.0 - (-6.0 * part).exp())) as u64,
        24 * HOUR,
    ));
}

#[test]
fn more_maps_that_stay_than_came_are_a_share_of_one() {
    let site = with_instances(|part| 10 + (900.0 * part) as u64, 8 * HOUR);
    let wrong = with_history(site, |_, point| point.instances_total = 10_000);
    assert_eq!(one(&wrong).share, 1.0);
}

/// A burst of a hundred thousand entries at the beginning, then a few.
fn after_a_burst(len: impl Fn(f64) -> u64, life: u64) -> SiteReport {
    let mut site = told(&[entry(0, Some(SECOND))], life);
    site.len = len(1.0);
    site.capacity = 114_688;
    site.table_bytes = 131_072 * 48;
    let (capacity, table_bytes) = (site.capacity, site.table_bytes);
    with_history(site, |part, point| {
        *point = Point {
            len: if part < 0.1 { 100_000 } else { len(part) },
            capacity,
            table_bytes,
            ..*point
        }
    })
}

#[test]
fn room_that_a_burst_left_is_told() {
    let suspect = one(&after_a_burst(|_| 50, 4 * HOUR));
    assert_eq!(suspect.kind, "capacity");
    assert!(suspect.share > 0.99 && suspect.share <= 1.0);
    silent(&after_a_burst(|_| 50, 9 * MINUTE));
    silent(&after_a_burst(|_| 60_000, 4 * HOUR));
    // It comes back from time to time.
    let again = |part: f64| {
        if ((part * 64.0) as u64).is_multiple_of(8) {
            90_000
        } else {
            50
        }
    };
    silent(&after_a_burst(again, 4 * HOUR));
    let mut small = after_a_burst(|_| 50, 4 * HOUR);
    small.table_bytes = 1 << 16;
    silent(&small);
}

/// Values that left and are alive, and others that were dropped.
fn with_retained(alive: u64, dropped: u64, oldest_seconds: f64) -> SiteReport {
    let mut site = told(&[entry(0, Some(SECOND))], HOUR);
    site.after_removal.watched = alive;
    site.after_removal.finalised = dropped;
    if alive > 0 {
        site.after_removal.retained.push(Retained {
            removed_at: OTHER_LINE.to_owned(),
            cause: RemovalCause::Removed,
            values: alive,
            strong_count_max: 2,
            oldest_seconds,
        });
    }
    site
}

#[test]
fn values_that_left_and_live_on_are_told() {
    let suspect = one(&with_retained(90, 10, 30.0));
    assert_eq!(suspect.kind, "retained");
    assert_eq!(suspect.call_site.as_deref(), Some(OTHER_LINE));
    assert_eq!((suspect.entries, suspect.share), (90, 0.9));
    silent(&with_retained(0, 100, 0.0));
    silent(&with_retained(7, 0, 3_000.0));
    // A request still uses them.
    silent(&with_retained(20, 180, 20.0));
    assert_eq!(one(&with_retained(20, 180, 90.0)).kind, "retained");
    silent(&with_retained(20, 980, 90.0));
}

#[test]
fn a_few_of_many_are_told_when_no_more_of_them_are_dropped() {
    // Three in a hundred live on, one each minute for eight hours; the others are dropped at once.
    let few = |youngest: u64| {
        let mut site = with_retained(480, 16_000, 8.0 * 3_600.0);
        site.after_removal.latency.add(5, 16_000);
        for minute in youngest..480 {
            site.after_removal.alive.add(minute * MINUTE, 1);
        }
        site
    };
    let suspect = one(&few(0));
    assert_eq!(suspect.kind, "retained");
    assert!((0.02..0.04).contains(&suspect.share));
    // As many that are all young may be in use.
    let mut young = few(480);
    young.after_removal.alive.add(30 * MINUTE, 480);
    silent(&young);
    // Others went at those ages.
    let mut dropped = few(0);
    dropped.after_removal.latency.add(3 * HOUR, 400);
    silent(&dropped);
}

#[test]
fn eight_samples_are_needed_whatever_each_stands_for() {
    let mut site = with_retained(7 * 256, 0, 3_000.0);
    site.after_removal.watched = 7;
    silent(&site);
    let mut site = with_retained(8 * 256, 0, 3_000.0);
    site.after_removal.watched = 8;
    assert_eq!(one(&site).entries, 8 * 256);
}

#[test]
fn a_site_of_one_entry_or_none_is_silent() {
    silent(&nothing());
    for life in [1, SECOND, HOUR, 1_000 * HOUR] {
        silent(&told(&[entry(0, None)], life));
        silent(&told(&[entry(0, Some(0))], life));
    }
}
