//! Snapshots that come from somewhere: whole, cut, changed, of another version, and places nothing can be written to.

use std::{collections::HashMap, error::Error, fs, path::PathBuf};

use mapkeeper::{Snapshot, SnapshotError};
use proptest::prelude::*;

use crate::{alone, edited, fits};

#[mapkeeper::tracked]
#[derive(Default)]
struct Kept {
    #[map]
    map: HashMap<u32, Option<u32>>,
}

/// A folder of this test alone, which is gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("mapkeeper-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A snapshot of one site with a little of everything, and another one after it.
fn two() -> (Snapshot, Snapshot) {
    let _clock = alone();
    let mut s = Kept::default();
    s.map.insert(1, Some(1));
    let first = Snapshot::now();
    s.map
        .extend((0..100).map(|n| (n, (n % 3 == 0).then_some(n))));
    s.map.remove(&7);
    let one_site = |snapshot: &Snapshot| {
        edited(snapshot, |json| {
            let sites = json["sites"].as_array_mut().unwrap();
            sites.retain(|site| site["site"] == "Kept.map");
            if let Some(points) = sites[0]["history"].as_array_mut() {
                points.truncate(1);
            }
        })
    };
    (one_site(&first), one_site(&Snapshot::now()))
}

#[test]
fn json_brings_back_the_same_snapshot() {
    let (_, snapshot) = two();
    let json = snapshot.to_json();
    assert_eq!(Snapshot::from_json(&json).unwrap().to_json(), json);
    // Fields of a later version are not ours to understand.
    let more = json
        .replacen('{', r#"{"later":{"x":[1,null]},"#, 1)
        .replace(
            r#""site":"Kept.map""#,
            r#""site":"Kept.map","colour":"blue""#,
        );
    assert_eq!(Snapshot::from_json(&more).unwrap().to_json(), json);
}

#[test]
fn a_file_is_written_whole_and_read_back() {
    let folder = Folder::new("whole");
    let path = folder.0.join("before.json");
    let (first, second) = two();
    for snapshot in [&first, &second] {
        snapshot.save(&path).unwrap();
        assert_eq!(Snapshot::load(&path).unwrap().to_json(), snapshot.to_json());
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(Snapshot::from_json(&text).unwrap().to_json(), text);
        assert_eq!(folder.names(), ["before.json"], "nothing else is left");
    }
    let diff = second.diff(&Snapshot::load(&path).unwrap()).unwrap();
    assert!(diff.is_empty());
}

#[test]
fn a_snapshot_cut_anywhere_is_an_error_that_says_where() {
    let (_, snapshot) = two();
    let json = snapshot.to_json();
    assert!(json.is_ascii());
    for end in 0..json.len() {
        let error = Snapshot::from_json(&json[..end]).unwrap_err();
        let SnapshotError::CutShort { place } = &error else {
            panic!("{end}: {error:?}");
        };
        assert_eq!(place.column, end);
        let text = error.to_string();
        assert!(text.contains(&format!("column {end}")), "{text}");
    }
}

#[test]
fn what_is_no_snapshot_is_told_so() {
    let (_, snapshot) = two();
    let json = snapshot.to_json();
    for schema in ["mapkeeper.snapshot/2", "mapkeeper.report/1", ""] {
        // Another version may have other fields altogether.
        for text in [
            json.replace("mapkeeper.snapshot/1", schema),
            format!(r#"{{"schema":{schema:?},"elsewhere":[]}}"#),
        ] {
            let error = Snapshot::from_json(&text).unwrap_err();
            let SnapshotError::OtherSchema { found, .. } = &error else {
                panic!("{error:?}");
            };
            assert_eq!(found, schema);
            let text = error.to_string();
            assert!(
                text.contains("mapkeeper.snapshot/1") && text.contains(&format!("{schema:?}")),
                "{text}"
            );
        }
    }
    for (field, what) in [
        ("schema", "missing field `schema`"),
        ("process", "missing field `process`"),
        ("sites", "missing field `sites`"),
    ] {
        let mut without: serde_json::Value = serde_json::from_str(&json).unwrap();
        without.as_object_mut().unwrap().remove(field);
        let error = Snapshot::from_json(&without.to_string()).unwrap_err();
        assert!(matches!(error, SnapshotError::NotASnapshot { .. }));
        assert!(error.to_string().contains(what), "{error}");
    }
    for text in ["null", "[]", "7", r#""snapshot""#, "{}", r#"{"schema":1}"#] {
        let error = Snapshot::from_json(text).unwrap_err();
        let told = matches!(error, SnapshotError::NotASnapshot { .. });
        assert!(told, "{text}: {error:?}");
    }
    for text in [
        "mapkeeper",
        "{]",
        "{\"schema\":\"x\"}}",
        "{'schema':1}",
        "\0",
    ] {
        let error = Snapshot::from_json(text).unwrap_err();
        assert!(
            matches!(error, SnapshotError::NotJson { .. }),
            "{text}: {error:?}"
        );
        assert!(error.to_string().contains("line 1, column"), "{error}");
    }
    let deep = "[".repeat(100_000);
    assert!(Snapshot::from_json(&deep).is_err());
    assert!(Snapshot::from_json(&format!(r#"{{"x":{deep}"#)).is_err());
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = Folder::new("unreadable");
    let path = folder.0.join("cut.json");
    let (_, snapshot) = two();
    let error = Snapshot::load(&path).unwrap_err();
    assert!(matches!(error, SnapshotError::Unreadable { .. }));
    assert!(error.source().is_some());
    assert!(error.to_string().contains("cut.json"), "{error}");
    for text in [
        &snapshot.to_json().as_bytes()[..100],
        b"\xff\xfe",
        br#"{"schema":"mapkeeper.snapshot/9"}"#,
        b"{}",
    ] {
        fs::write(&path, text).unwrap();
        let error = Snapshot::load(&path).unwrap_err();
        assert!(error.to_string().contains("cut.json"), "{error}");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_named_and_left_as_it_was() {
    let folder = Folder::new("unwritable");
    let (_, snapshot) = two();
    let in_the_way = folder.0.join("folder");
    fs::create_dir(&in_the_way).unwrap();
    fs::write(in_the_way.join("full"), "").unwrap();
    for path in [
        folder.0.join("missing/before.json"),
        in_the_way.clone(),
        in_the_way.join("full/before.json"),
        PathBuf::from("/"),
        PathBuf::from(""),
    ] {
        let error = snapshot.save(&path).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("cannot save the snapshot"), "{text}");
        assert!(text.contains(path.to_str().unwrap()), "{text}");
        assert_eq!(folder.names(), ["folder"]);
        assert_eq!(fs::read_dir(&in_the_way).unwrap().count(), 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever a file says, what is read from it can be compared and shown.
    #[test]
    fn a_snapshot_with_absurd_figures_can_be_compared(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize), 1..8),
    ) {
        let (first, second) = two();
        let mut json = second.to_json();
        for (index, what) in changes {
            let digits: Vec<usize> = json
                .match_indices(|c: char| c.is_ascii_digit())
                .map(|(at, _)| at)
                .collect();
            let at = digits[index.index(digits.len())];
            let new = ["18446744073709551615", "0", "1e308", "-1"][what];
            json.replace_range(at..=at, new);
        }
        if let Ok(absurd) = Snapshot::from_json(&json) {
            for other in [&first, &second] {
                for diff in [absurd.diff(other), other.diff(&absurd)].into_iter().flatten() {
                    fits(&diff.to_string());
                    let json = serde_json::to_string(&diff).unwrap();
                    prop_assert!(!json.contains(":null"), "{}", json);
                }
                for three in [[other, &second, &absurd], [other, &absurd, &second], [&absurd, other, &second]] {
                    if let Ok(survivors) = Snapshot::survivors(three[0], three[1], three[2]) {
                        fits(&survivors.to_string());
                    }
                }
            }
        }
    }
}
