//! Two maps as a service writes them, each overwriting looked at one by one, against the balance of counts.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::{random::Random, tests::story};
use crate::{Point, SiteReport, Suspect, report::CallSiteReport};
use story::{HOUR, LINE, MINUTE, OTHER_LINE, SECOND, START};

/// What a service does with its devices and their connections.
#[derive(Clone, Copy)]
struct World {
    hours: u64,
    /// Of the devices that come, those that connect a second time before they go.
    again: f64,
    /// Of the connections that are overwritten, those that nobody removes.
    forgotten: f64,
    /// How long after an overwriting the others are removed.
    removed_after: u64,
    /// Whether only the first connection of a device has an entry in the other map.
    first_only: bool,
}

const WORLD: World = World {
    hours: 12,
    again: 0.1,
    forgotten: 1.0,
    removed_after: 0,
    first_only: false,
};

struct Told {
    connections: SiteReport,
    by_device: SiteReport,
    /// Connections that no device has and that nobody is going to remove, looked at one by one.
    orphans: usize,
}

/// Plays it with two of std's maps, and counts as mapkeeper counts.
fn play(world: World, seed: u64) -> Told {
    let mut random = Random::seeded(seed);
    let end = world.hours * HOUR;
    let mut events = BTreeMap::new();
    let mut number = 0_u64;
    let mut plan = |events: &mut BTreeMap<(u64, u64), (u8, u64)>, at, what| {
        number += 1;
        events.insert((at, number), what);
    };
    let mut at = 0.0;
    for device in 0.. {
        at += random.exponential(4.0 * SECOND as f64);
        if at as u64 >= end {
            break;
        }
        let (born, lasts) = (at as u64, random.exponential(120.0 * SECOND as f64) as u64);
        plan(&mut events, born, (0, device));
        if random.share() < world.again {
            plan(&mut events, born + lasts / 2, (0, device));
        }
        plan(&mut events, born + lasts, (1, device));
    }
    let (mut connections, mut by_device) = (HashMap::new(), HashMap::new());
    let mut condemned = HashSet::new();
    let (mut came, mut keys, mut replaced) = (0, 0, 0);
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    let mut next_point = 0;
    while let Some(((now, _), (what, id))) = events.pop_first() {
        while next_point <= now.min(end) {
            let point = |inserts, replaces, len: usize| Point {
                at_ms: START + next_point,
                instances: 1,
                instances_total: 1,
                len: len as u64,
                capacity: 2 * len as u64,
                table_bytes: 96 * len as u64,
                inserts,
                replaces,
                ..Point::default()
            };
            mine.push(point(came, 0, connections.len()));
            theirs.push(point(keys, replaced, by_device.len()));
            next_point += end / 64;
        }
        if now > end {
            break;
        }
        match what {
            0 => {
                let connection = now << 20 | id;
                let old = by_device.insert(id, connection);
                if old.is_none() || !world.first_only {
                    connections.insert(connection, id);
                    came += 1;
                }
                match old {
                    None => keys += 1,
                    Some(old) => {
                        replaced += 1;
                        if random.share() >= world.forgotten {
                            condemned.insert(old);
                            plan(&mut events, now + world.removed_after, (2, old));
                        }
                    }
                }
            }
            1 => {
                if let Some(connection) = by_device.remove(&id) {
                    connections.remove(&connection);
                }
            }
            _ => drop(connections.remove(&id)),
        }
    }
    let current: HashSet<u64> = by_device.values().copied().collect();
    let orphans = connections
        .keys()
        .filter(|connection| !current.contains(connection) && !condemned.contains(connection));
    Told {
        orphans: orphans.count(),
        connections: site("Gateway.connections", LINE, mine),
        by_device: site("Gateway.by_device", OTHER_LINE, theirs),
    }
}

/// A site of which nothing is known but its counts and its line.
fn site(name: &str, call_site: &str, history: Vec<Point>) -> SiteReport {
    let mut site = story::nothing();
    site.site = name.to_owned();
    if let Some(last) = history.last() {
        site.inserts = last.inserts;
        site.replaces = last.replaces;
        site.len = last.len;
        site.capacity = last.capacity;
        site.table_bytes = last.table_bytes;
    }
    site.call_sites.push(CallSiteReport {
        births: site.inserts,
        live: site.len,
        ..story::line(call_site)
    });
    site.history = history;
    site
}

impl Told {
    fn sites(&self) -> [SiteReport; 2] {
        [self.connections.clone(), self.by_device.clone()]
    }

    fn suspects(&self) -> Vec<Suspect> {
        story::found(&self.sites())
            .into_iter()
            .filter(|suspect| suspect.kinds().contains(&"replace"))
            .collect()
    }

    /// As many as there are, within what is on its way at the moment.
    #[track_caller]
    fn is_found(&self) -> Suspect {
        let mut suspects = self.suspects();
        assert_eq!(suspects.len(), 1, "{suspects:#?}");
        let suspect = suspects.remove(0);
        let off = suspect.entries.abs_diff(self.orphans as u64);
        assert!(
            off <= 8 + self.orphans as u64 / 20,
            "{} orphans: {suspect:#?}",
            self.orphans
        );
        suspect
    }

    #[track_caller]
    fn is_quiet(&self) {
        let suspects = self.suspects();
        assert!(
            suspects.is_empty(),
            "{} orphans: {suspects:#?}",
            self.orphans
        );
    }
}

#[test]
fn as_many_entries_are_told_as_lost_their_partner() {
    for seed in 0..20 {
        let told = play(WORLD, seed);
        let suspect = told.is_found();
        assert_eq!(suspect.kind, "replace");
        assert_eq!(suspect.site, "Gateway.connections");
        assert_eq!(suspect.call_site.as_deref(), Some(LINE));
        assert!(
            suspect.sentence.contains(OTHER_LINE),
            "{}",
            suspect.sentence
        );
        assert!(
            suspect.advice.contains("by_device.insert"),
            "{}",
            suspect.advice
        );
        let hourly = told.orphans as f64 / WORLD.hours as f64;
        let rate = suspect.entries_per_hour / hourly;
        assert!((0.7..1.3).contains(&rate), "{rate}");
    }
}

#[test]
fn any_share_of_overwritings_and_of_forgotten_ones_is_found() {
    for (seed, (again, forgotten)) in [(0.02, 1.0), (0.3, 1.0), (0.9, 1.0), (0.1, 0.8), (0.3, 0.7)]
        .into_iter()
        .enumerate()
    {
        let world = World {
            again,
            forgotten,
            ..WORLD
        };
        play(world, 100 + seed as u64).is_found();
    }
}

#[test]
fn overwriting_that_somebody_cleans_up_after_is_quiet() {
    for (seed, removed_after) in [0, SECOND, 20 * MINUTE, HOUR].into_iter().enumerate() {
        let world = World {
            forgotten: 0.0,
            removed_after,
            again: 0.5,
            ..WORLD
        };
        let told = play(world, 200 + seed as u64);
        assert_eq!(told.orphans, 0);
        told.is_quiet();
    }
}

#[test]
fn overwriting_is_no_leak_where_the_other_map_gets_no_entry() {
    let world = World {
        first_only: true,
        again: 0.5,
        ..WORLD
    };
    play(world, 300).is_quiet();
}

#[test]
fn it_takes_two_hours_two_maps_of_one_struct_and_going_on() {
    let short = World { hours: 1, ..WORLD };
    play(short, 400).is_quiet();
    let told = play(WORLD, 401);
    let elsewhere = |change: fn(&mut SiteReport)| {
        let mut sites = told.sites();
        change(&mut sites[1]);
        let kinds: Vec<_> = story::found(&sites)
            .iter()
            .flat_map(Suspect::kinds)
            .collect();
        assert!(!kinds.contains(&"replace"), "{kinds:?}");
    };
    elsewhere(|site| site.site = "Registry.by_device".to_owned());
    elsewhere(|site| site.module = "another".to_owned());
    // It was put right in the last quarter.
    elsewhere(|site| {
        let last = site.history.len() * 3 / 4;
        let (replaces, inserts) = (site.history[last].replaces, site.history[last].inserts);
        for point in &mut site.history[last..] {
            point.inserts = inserts + (point.inserts - inserts) + (point.replaces - replaces);
            point.replaces = replaces;
        }
    });
    let mut allowed = told.sites();
    allowed[0].growth_allowed = true;
    let kinds: Vec<_> = story::found(&allowed)
        .iter()
        .flat_map(Suspect::kinds)
        .collect();
    assert!(!kinds.contains(&"replace"), "{kinds:?}");
}

/// The last value of each sensor, and all values of the last day: they come in pairs, and none of them has left yet.
#[test]
fn a_log_that_nothing_has_left_yet_is_quiet() {
    let points = |log: bool| -> Vec<Point> {
        (0..=64)
            .map(|i| Point {
                at_ms: START + 6 * HOUR * i / 64,
                inserts: if log { 500 * i + 400 } else { 400 },
                replaces: if log { 0 } else { 500 * i },
                len: if log { 500 * i + 400 } else { 400 },
                ..Point::default()
            })
            .collect()
    };
    let sites = [
        site("Sensors.readings", LINE, points(true)),
        site("Sensors.latest", OTHER_LINE, points(false)),
    ];
    let kinds: Vec<_> = story::found(&sites)
        .iter()
        .flat_map(Suspect::kinds)
        .collect();
    assert!(!kinds.contains(&"replace"), "{kinds:?}");
}

/// Caches, gauges and tables of last values beside a map that lives its own life.
#[test]
fn maps_that_overwrite_all_the_time_beside_others_are_quiet() {
    for seed in 0..200 {
        let mut random = Random::seeded(500 + seed);
        let life = (4 + random.below(44)) * HOUR;
        let rate = |random: &mut Random| random.exponential(20_000.0);
        let (keys, puts, came) = (random.below(5_000), rate(&mut random), rate(&mut random));
        let level = random.below(4_000) as f64;
        let swing = random.share();
        let points = |figures: &dyn Fn(f64) -> (f64, f64, f64)| -> Vec<Point> {
            (0..=64)
                .map(|i| {
                    let part = f64::from(i) / 64.0;
                    let (inserts, replaces, len) = figures(part);
                    Point {
                        at_ms: START + (life as f64 * part) as u64,
                        inserts: inserts as u64,
                        replaces: replaces as u64,
                        len: len as u64,
                        ..Point::default()
                    }
                })
                .collect()
        };
        let hours = life as f64 / HOUR as f64;
        let gauge = points(&|part| {
            let put = puts * hours * part;
            let known = (keys as f64) * (1.0 - (-put / keys.max(1) as f64).exp());
            (known, put - known, known)
        });
        let other = points(&|part| {
            let wave = 1.0 + swing * (part * 40.0).sin();
            (came * hours * part, 0.0, level * wave)
        });
        let sites = [
            site("Gateway.connections", LINE, other),
            site("Gateway.by_device", OTHER_LINE, gauge),
        ];
        let kinds: Vec<_> = story::found(&sites)
            .iter()
            .flat_map(Suspect::kinds)
            .collect();
        assert!(!kinds.contains(&"replace"), "{kinds:?}");
    }
}
