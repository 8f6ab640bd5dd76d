//! What a map of hashes may be asked for besides its own keys. std and hashbrown have different rules, and one map serves both:
//! so the rule is a part of its type, which the type of a `#[map]` field decides.
//!
//! hashbrown's rule has all that std's has. But std's tells the compiler more: `map.get(&text.parse()?)` compiles because a key
//! that can be borrowed in one way only says what to parse. So std's maps keep std's rule.

use std::borrow::Borrow;

use hashbrown::Equivalent;

/// Whether a key can be found by a `Q`; implemented for the two rules, [`ByBorrow`] and [`ByEquivalent`].
///
/// A `Q` must have the hash of the keys that it matches.
#[diagnostic::on_unimplemented(
    message = "keys of type `{K}` cannot be looked up by a `{Q}`",
    label = "needs `{K}: Borrow<{Q}>` and `{Q}: Eq` (std's maps) or `{Q}: Equivalent<{K}>` (hashbrown's)"
)]
pub trait Lookup<K: ?Sized, Q: ?Sized> {
    /// Whether it is this key that `like` stands for.
    fn matches(key: &K, like: &Q) -> bool;
}

/// std's rule: keys are found by what they can be borrowed as.
#[derive(Debug)]
pub enum ByBorrow {}

/// hashbrown's rule: keys are found by whatever is [`Equivalent`] to them. The maps that take the places of hashbrown's have it.
#[derive(Debug)]
pub enum ByEquivalent {}

impl<K: Borrow<Q> + ?Sized, Q: Eq + ?Sized> Lookup<K, Q> for ByBorrow {
    #[inline(always)]
    fn matches(key: &K, like: &Q) -> bool {
        like.eq(key.borrow())
    }
}

impl<K: ?Sized, Q: Equivalent<K> + ?Sized> Lookup<K, Q> for ByEquivalent {
    #[inline(always)]
    fn matches(key: &K, like: &Q) -> bool {
        like.equivalent(key)
    }
}
