//! What serde makes of each kind: the bytes of the original, read back by the original and by mapkeeper, in a format that
//! describes itself (JSON) and in one that does not (postcard).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt::Debug,
};

use mapkeeper::{RemovalCause, tracked};
use mapkeeper_tests::sites::{if_recorded, site};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde::{Serialize, de::DeserializeOwned};

/// A format: its bytes, and what it reads from bytes.
trait Format {
    fn write(value: &impl Serialize) -> Vec<u8>;
    fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T>;
}

struct Json;

impl Format for Json {
    fn write(value: &impl Serialize) -> Vec<u8> {
        serde_json::to_vec(value).unwrap()
    }

    fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
        serde_json::from_slice(bytes).ok()
    }
}

struct Postcard;

impl Format for Postcard {
    fn write(value: &impl Serialize) -> Vec<u8> {
        postcard::to_stdvec(value).unwrap()
    }

    fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
        postcard::from_bytes(bytes).ok()
    }
}

/// `ours` and `theirs` hold the same. The order of hash maps is nobody's business: then the bytes are those of what they show,
/// in the order in which they show it.
fn agree<F: Format, Ours, Theirs, Shown>(ours: &Ours, theirs: &Theirs, shown: Option<&[Shown]>)
where
    Ours: Serialize + DeserializeOwned + PartialEq + Debug,
    Theirs: Serialize + DeserializeOwned + PartialEq + Debug,
    Shown: Serialize,
{
    let (bytes, expected) = (F::write(ours), F::write(theirs));
    match shown {
        None => assert_eq!(bytes, expected),
        Some(_) => assert_eq!(bytes.len(), expected.len()),
    }
    assert_eq!(F::read::<Theirs>(&bytes).as_ref(), Some(theirs));
    assert_eq!(F::read::<Ours>(&bytes).as_ref(), Some(ours));
    assert_eq!(F::read::<Ours>(&expected).as_ref(), Some(ours));
    for cut in 0..bytes.len().min(64) {
        assert_eq!(
            F::read::<Ours>(&bytes[..cut]),
            None,
            "cut short after {cut} bytes"
        );
    }
}

fn both<Ours, Theirs, Shown>(ours: &Ours, theirs: &Theirs, shown: Option<&[Shown]>)
where
    Ours: Serialize + DeserializeOwned + PartialEq + Debug,
    Theirs: Serialize + DeserializeOwned + PartialEq + Debug,
    Shown: Serialize,
{
    agree::<Json, _, _, _>(ours, theirs, shown);
    agree::<Postcard, _, _, _>(ours, theirs, shown);
    if let Some(shown) = shown {
        // A map and a sequence of pairs are the same to a format that does not describe itself.
        assert_eq!(Postcard::write(ours), Postcard::write(&shown));
    }
}

type Entry = (u16, Option<String>);

/// Entries at random; keys come again.
fn entries() -> impl Iterator<Item = Vec<Entry>> {
    let mut rng = SmallRng::seed_from_u64(7);
    [0, 1, 2, 3, 17, 100, 700].into_iter().map(move |n| {
        let mut value = || (rng.random_range(0..500), rng.random_range(0..900_u32));
        let entry = |(key, value): (u16, u32)| (key, (value > 99).then(|| value.to_string()));
        (0..n).map(|_| entry(value())).collect()
    })
}

macro_rules! kinds_of_maps {
    ($($test:ident, $site:literal, $theirs:ty, shown: $shown:expr;)+) => {$(
        #[test]
        fn $test() {
            #[tracked(name = $site)]
            type Ours = $theirs;

            for entries in entries() {
                let ours: Ours = entries.iter().cloned().collect();
                let theirs: $theirs = entries.iter().cloned().collect();
                let shown: Vec<_> = ours.iter().collect();
                both(&ours, &theirs, $shown.then_some(&shown[..]));
            }
            read_entries_are_insertions::<Ours>($site, 299);
        }
    )+};
}

macro_rules! kinds_of_sets {
    ($($test:ident, $site:literal, $theirs:ty, shown: $shown:expr;)+) => {$(
        #[test]
        fn $test() {
            #[tracked(name = $site)]
            type Ours = $theirs;

            for entries in entries() {
                let ours: Ours = entries.iter().cloned().collect();
                let theirs: $theirs = entries.iter().cloned().collect();
                let shown: Vec<_> = ours.iter().collect();
                both(&ours, &theirs, $shown.then_some(&shown[..]));
            }
            read_entries_are_insertions::<Ours>($site, 299);
        }
    )+};
}

/// Both for maps of `u16` and for sets of pairs, which postcard writes alike. `when_cut`: of 300 entries whose last byte is
/// missing, how many come in.
fn read_entries_are_insertions<Ours: DeserializeOwned>(name: &str, when_cut: u64) {
    let entries: Vec<Entry> = (0..300).map(|key| (key, None)).collect();
    let before = site(name);
    let read: Ours = Postcard::read(&Postcard::write(&entries)).unwrap();
    let after = site(name);
    assert_eq!(after.inserts - before.inserts, if_recorded(300));
    assert_eq!(after.len - before.len, if_recorded(300));
    drop(read);
    let left = |row: &mapkeeper::SiteReport| row.removed.get(RemovalCause::MapDropped);
    assert_eq!(left(&site(name)) - left(&after), if_recorded(300));
    let bytes = Postcard::write(&entries);
    assert!(Postcard::read::<Ours>(&bytes[..bytes.len() - 1]).is_none());
    let cut = site(name);
    let came = cut.inserts - after.inserts;
    assert_eq!((came, cut.len), (if_recorded(when_cut), before.len));
}

kinds_of_maps! {
    a_hash_map, "HashMap", HashMap<u16, Option<String>>, shown: true;
    a_btree_map, "BTreeMap", BTreeMap<u16, Option<String>>, shown: false;
    hashbrown_s_map, "hashbrown::HashMap", hashbrown::HashMap<u16, Option<String>, std::hash::RandomState>, shown: true;
    an_index_map, "IndexMap", indexmap::IndexMap<u16, Option<String>>, shown: false;
}

kinds_of_sets! {
    a_hash_set, "HashSet", HashSet<Entry>, shown: true;
    a_btree_set, "BTreeSet", BTreeSet<Entry>, shown: false;
    hashbrown_s_set, "hashbrown::HashSet", hashbrown::HashSet<Entry, std::hash::RandomState>, shown: true;
    an_index_set, "IndexSet", indexmap::IndexSet<Entry>, shown: false;
}

/// Its keys are its own: what is read goes where it stood, vacant places included.
#[test]
fn a_slab() {
    #[tracked(name = "Slab")]
    type Ours = slab::Slab<Option<String>>;

    /// Slabs cannot be compared.
    fn shown<T: Clone>(slab: impl IntoIterator<Item = (usize, T)>) -> Vec<(usize, T)> {
        slab.into_iter().collect()
    }

    fn agree<F: Format>(ours: &Ours, theirs: &slab::Slab<Option<String>>) {
        let bytes = F::write(ours);
        assert_eq!(bytes, F::write(theirs));
        let expected = shown(theirs);
        let read: Ours = F::read(&bytes).unwrap();
        assert_eq!(shown(&read), expected);
        assert_eq!(shown(&F::read::<slab::Slab<_>>(&bytes).unwrap()), expected);
        assert_eq!(
            read.vacant_key(),
            F::read::<slab::Slab<Option<String>>>(&bytes)
                .unwrap()
                .vacant_key()
        );
        for cut in 0..bytes.len().min(64) {
            assert!(F::read::<Ours>(&bytes[..cut]).is_none());
        }
    }

    for entries in entries() {
        let (mut ours, mut theirs) = (Ours::default(), slab::Slab::default());
        for (key, value) in entries {
            ours.insert(value.clone());
            theirs.insert(value);
            if key % 3 == 0 && theirs.contains(usize::from(key / 3)) {
                ours.remove(usize::from(key / 3));
                theirs.remove(usize::from(key / 3));
            }
        }
        agree::<Json>(&ours, &theirs);
        agree::<Postcard>(&ours, &theirs);
    }
    read_entries_are_insertions::<Ours>("Slab", 0);
}
