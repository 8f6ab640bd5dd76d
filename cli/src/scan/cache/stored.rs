//! A file of the cache: a head that says whose it is, an index, and facts one after the other, each with a sum of its bytes.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Read as _,
    ops::Range,
    path::Path,
    sync::LazyLock,
};

use serde::{Deserialize, Serialize};

use super::{Key, hash};
use crate::output;

/// Whoever makes facts in another way, or keeps them in another form, is another version.
static VERSION: LazyLock<u64> = LazyLock::new(|| {
    let made_by = [
        env!("CARGO_PKG_VERSION"),
        include_str!("../allows.rs"),
        include_str!("../facts.rs"),
        include_str!("../lower.rs"),
        include_str!("../lower/exprs.rs"),
        include_str!("../lower/macros.rs"),
        include_str!("../lower/types.rs"),
        include_str!("../read.rs"),
        include_str!("stored.rs"),
    ];
    hash(made_by.concat().as_bytes())
});

/// Length of the head, and its sum.
const START: usize = 16;

/// No head is longer.
const MOST: usize = 16 << 20;

#[derive(Serialize, Deserialize)]
struct Head {
    version: u64,
    owner: String,
    /// Of each its key, how many bytes it has, and their sum.
    entries: Vec<(u64, usize, u64)>,
}

/// All that a file keeps.
#[derive(Default)]
pub(super) struct Stored {
    bytes: Vec<u8>,
    entries: HashMap<Key, (Range<usize>, u64)>,
}

impl Stored {
    pub(super) fn read(path: &Path, owner: &str) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let (start, rest) = bytes.split_at_checked(START)?;
        let len = head_len(start)?;
        let head = head(start, rest.get(..len)?)?;
        if head.owner != owner {
            return None;
        }
        let mut at = START + len;
        let mut entries = HashMap::new();
        for (key, len, sum) in head.entries {
            let end = at.checked_add(len)?;
            entries.insert(Key(key), (at..end, sum));
            at = end;
        }
        Some(Self { bytes, entries })
    }

    /// Its bytes, if they are what was written.
    pub(super) fn get(&self, key: Key) -> Option<&[u8]> {
        let (range, sum) = self.entries.get(&key)?;
        let bytes = self.bytes.get(range.clone())?;
        (hash(bytes) == *sum).then_some(bytes)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// Whose file it is; nobody's if it cannot be told.
pub(super) fn owner(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let mut start = [0; START];
    file.read_exact(&mut start).ok()?;
    let mut bytes = vec![0; head_len(&start)?];
    file.read_exact(&mut bytes).ok()?;
    head(&start, &bytes).map(|head| head.owner)
}

/// If it cannot be written, it is parsed again next time.
pub(super) fn write(path: &Path, owner: &str, parts: &[(Key, &[u8])]) {
    let entries = parts
        .iter()
        .map(|(key, bytes)| (key.0, bytes.len(), hash(bytes)));
    let head = Head {
        version: *VERSION,
        owner: owner.to_owned(),
        entries: entries.collect(),
    };
    let Ok(head) = postcard::to_stdvec(&head) else {
        return;
    };
    let (len, sum) = ((head.len() as u64).to_le_bytes(), hash(&head).to_le_bytes());
    let start: [&[u8]; 3] = [&len, &sum, &head];
    let parts = parts.iter().map(|(_, bytes)| *bytes);
    let all: Vec<&[u8]> = start.into_iter().chain(parts).collect();
    let _ = output::replace(path, &all);
}

fn head_len(start: &[u8]) -> Option<usize> {
    let len = u64::from_le_bytes(start.get(..8)?.try_into().ok()?);
    usize::try_from(len).ok().filter(|len| *len <= MOST)
}

fn head(start: &[u8], bytes: &[u8]) -> Option<Head> {
    let sum = u64::from_le_bytes(start.get(8..)?.try_into().ok()?);
    let head: Head = match hash(bytes) == sum {
        true => postcard::from_bytes(bytes).ok()?,
        false => return None,
    };
    (head.version == *VERSION).then_some(head)
}
