//! Keys as text, of maps whose keys may be shown: the last few of each map, cut where they get long.

/// Texts kept of each map. A power of two.
const MANY: usize = 256;
/// Bytes kept of each.
const LONGEST: usize = 64;

/// See the [module](self).
#[derive(Default)]
pub(super) struct Texts {
    /// Each in the place that the lowest bits of its hash say.
    by_hash: Vec<Option<(u64, Box<str>)>>,
}

impl Texts {
    pub(super) fn get(&self, hash: u64) -> Option<&str> {
        let (known, text) = self.by_hash.get(hash as usize % MANY)?.as_ref()?;
        (*known == hash).then_some(text)
    }

    /// Keeps a text; the one that has its place gives way.
    pub(super) fn put(&mut self, hash: u64, text: &str) {
        if self.by_hash.is_empty() {
            self.by_hash.resize_with(MANY, || None);
        }
        let text = if text.len() <= LONGEST {
            text.to_owned()
        } else {
            let end = text.floor_char_boundary(LONGEST);
            format!("{}…", &text[..end])
        };
        self.by_hash[hash as usize % MANY] = Some((hash, text.into()));
    }
}
