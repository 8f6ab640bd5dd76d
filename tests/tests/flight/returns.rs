//! Keys that come back soon after they were removed: counted and shown with both lines, threads and times.

use std::{thread, time::Duration};

use mapkeeper::{CallSiteReport, MODE, Mode, Snapshot, testing::Clock};
use mapkeeper_tests::sites::site;
use rustc_hash::FxHashMap;

use super::KNOWN;

macro_rules! sites {
    ($($site:ident),+ $(,)?) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            // Hashed the same in every run: two keys may share the place where one that left is remembered.
            #[map]
            map: FxHashMap<u32, u32>,
        }
    )+};
}

sites!(Race, Late, Once, Fallen, Clones);

/// The row of a line of this file.
fn line_of(name: &str, line: u32) -> CallSiteReport {
    let row = site(name);
    let start = format!("{}:{line}:", file!());
    let mut lines = row.call_sites.into_iter();
    let line = lines.find(|line| line.call_site.starts_with(&start));
    line.unwrap_or_else(|| panic!("{start} is not there"))
}

#[test]
fn a_key_that_comes_back_is_told_with_both_lines_threads_and_times() {
    if !KNOWN {
        return;
    }
    let clock = Clock::drive();
    let mut race = Race::default();
    race.map.extend((0..10).map(|key| (key, 0)));
    let removes = line!() + 2;
    let remove = |mut race: Race, key: u32| {
        race.map.remove(&key);
        race
    };
    let mut removed_ms = 0;
    for key in 0..7 {
        removed_ms = clock.now().as_millis() as u64;
        let remover = thread::Builder::new().name(format!("remover {key}"));
        let removed = remover.spawn(move || remove(race, key)).unwrap();
        race = removed.join().unwrap();
        clock.advance(Duration::from_millis(40));
    }
    let inserts = line!() + 2;
    for key in 0..5 {
        race.map.insert(key, 1);
    }
    race.map.insert(11, 1); // was never there
    let inserted_ms = clock.now().as_millis() as u64;
    let line = line_of("Race.map", inserts);
    assert_eq!((line.births, line.returned), (5, 5));
    assert_eq!(line.returns.len(), 1, "{:?}", line.returns);
    let told = &line.returns[0];
    assert!(
        told.removed_at
            .starts_with(&format!("{}:{removes}:", file!())),
        "{told:?}"
    );
    assert_eq!(told.times, 5);
    assert_eq!(told.removed_by, "remover 4");
    assert_eq!(Some(told.inserted_by.as_str()), thread::current().name());
    assert_eq!(told.inserted_ms, inserted_ms / 10 * 10);
    assert_eq!(told.removed_ms, (removed_ms - 80) / 10 * 10);
    let text = mapkeeper::report().to_string();
    assert!(text.contains("5 keys came back"), "{text}");
    // What a file holds is what was there.
    let snapshot = Snapshot::now();
    let loaded = Snapshot::from_json(&snapshot.to_json()).unwrap();
    assert_eq!(loaded.to_json(), snapshot.to_json());
    // And it stays known when the map is gone.
    drop(race);
    let line = line_of("Race.map", inserts);
    assert_eq!((line.returned, line.returns[0].times), (5, 5));
}

#[test]
fn a_key_that_comes_back_late_or_a_second_time_is_another_story() {
    if !KNOWN {
        return;
    }
    let clock = Clock::drive();
    let mut late = Late::default();
    late.map.insert(1, 1);
    late.map.remove(&1);
    clock.advance(Duration::from_millis(10_020));
    let at = line!() + 1;
    late.map.insert(1, 2);
    assert_eq!(line_of("Late.map", at).returned, 0);
    late.map.remove(&1);
    clock.advance(Duration::from_millis(9_980));
    let at = line!() + 1;
    late.map.insert(1, 2);
    assert_eq!(line_of("Late.map", at).returned, 1);
    // Overwritten, it did not leave.
    let mut once = Once::default();
    let at = line!() + 2;
    for value in 0..9 {
        once.map.insert(1, value);
    }
    assert_eq!(line_of("Once.map", at).returned, 0);
}

#[test]
fn what_was_cleared_or_filtered_out_may_come_again() {
    if !KNOWN {
        return;
    }
    let mut fallen = Fallen::default();
    let at = line!() + 2;
    for round in 0..4 {
        fallen.map.extend((0..10).map(|key| (key, round)));
        if round % 2 == 0 {
            fallen.map.clear();
        } else {
            fallen.map.retain(|_, _| false);
        }
    }
    assert_eq!(line_of("Fallen.map", at).returned, 0);
}

#[test]
fn a_clone_has_a_past_of_its_own() {
    if !KNOWN {
        return;
    }
    let mut clones = Clones::default();
    clones.map.insert(1, 1);
    clones.map.insert(2, 1);
    clones.map.remove(&1);
    let mut copy = clones.map.clone();
    let at = line!() + 1;
    copy.insert(1, 1);
    assert_eq!(line_of("Clones.map", at).returned, 0);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Lobby {
    #[map]
    players: FxHashMap<u64, u64>,
}

impl Lobby {
    /// A late update inserts where it should look first.
    fn update(&mut self, player: u64) {
        self.players.insert(player, 0);
    }
}

/// Players leave after half a minute; a late update brings one of twenty back a second later, for ever.
#[test]
fn late_updates_that_bring_keys_back_for_ever_are_a_resurrection() {
    if MODE == Mode::Off {
        return;
    }
    let clock = Clock::drive();
    let mut lobby = Lobby::default();
    // In observe one key in 256 is known, so there are as many more.
    let each = if KNOWN { 20 } else { 20 * 64 };
    let mut removes = 0;
    for round in 0..8 * 60 {
        let these = round * each..(round + 1) * each;
        these.clone().for_each(|player| lobby.update(player));
        clock.advance(Duration::from_secs(30));
        for player in these.clone() {
            removes = line!() + 1;
            lobby.players.remove(&player);
        }
        clock.advance(Duration::from_secs(1));
        let late = these.filter(|player| player % 20 == 0);
        late.for_each(|player| lobby.update(player));
        clock.advance(Duration::from_secs(29));
    }
    let report = mapkeeper::report();
    let suspect = report.suspect("Lobby.players").expect("is suspected");
    assert_eq!(suspect.kind, "resurrection", "{suspect}");
    if KNOWN {
        assert_eq!(suspect.figures["returned"], 480.0);
        let removed = format!("(most at {}:{removes}:", file!());
        assert!(suspect.sentence.contains(&removed), "{suspect}");
    }
}
