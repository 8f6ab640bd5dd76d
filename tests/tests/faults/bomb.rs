//! Keys, values and a hook that all burn one fuse, and the ledger of who was told to go.

use std::{
    borrow::Borrow,
    cell::{Cell, RefCell},
    collections::BTreeMap,
    hash::{Hash, Hasher},
    thread,
};

use mapkeeper::RemovalCause;

thread_local! {
    static FUSE: Cell<Option<u32>> = const { Cell::new(None) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
    static TOLD: RefCell<BTreeMap<u64, Vec<RemovalCause>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The next `steps` steps of user code go well, the one after panics; `None` lets all go well.
pub(crate) fn light(steps: Option<u32>) {
    FUSE.set(steps);
}

/// Whether the fuse went off since it was lit.
pub(crate) fn went_off() -> bool {
    FUSE.get().is_none()
}

fn burn(what: &str) {
    match FUSE.get() {
        None => {}
        Some(0) => {
            FUSE.set(None);
            panic!("the fuse went off in {what}");
        }
        Some(steps) => FUSE.set(Some(steps - 1)),
    }
}

/// Which causes each entry's hook was told since the last call.
pub(crate) fn told() -> BTreeMap<u64, Vec<RemovalCause>> {
    TOLD.take()
}

#[derive(Debug)]
pub(crate) struct Key(pub(crate) u32);

/// The identity of an entry is that of its value: a replaced value is an entry that went.
#[derive(Debug)]
pub(crate) struct Value(pub(crate) u64);

impl Value {
    pub(crate) fn new() -> Self {
        Self(NEXT.replace(NEXT.get() + 1))
    }
}

/// A key with the identity of a value, looked up by its key.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    key: Key,
    value: Value,
}

impl Element {
    pub(crate) fn new(key: u32) -> Self {
        Self {
            key: Key(key),
            value: Value::new(),
        }
    }

    pub(crate) fn key(&self) -> u32 {
        self.key.0
    }

    pub(crate) fn id(&self) -> u64 {
        self.value.0
    }
}

impl Hash for Element {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Element {}

impl Borrow<Key> for Element {
    fn borrow(&self) -> &Key {
        &self.key
    }
}

/// The hook of every set under test.
pub(crate) fn tell_element(element: &Element, cause: RemovalCause) {
    tell(&element.key, &element.value, cause);
}

/// The hook of every map under test.
pub(crate) fn tell(_: &Key, value: &Value, cause: RemovalCause) {
    TOLD.with_borrow_mut(|told| told.entry(value.0).or_default().push(cause));
    burn("the hook");
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        burn("Hash");
        self.0.hash(state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        burn("Eq");
        self.0 == other.0
    }
}

impl Eq for Key {}

impl Clone for Key {
    fn clone(&self) -> Self {
        burn("the key's Clone");
        Self(self.0)
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        burn("the value's Clone");
        Self::new()
    }
}

// A second panic from a destructor aborts in any program, so destructors hold back while one unwinds.
impl Drop for Key {
    fn drop(&mut self) {
        if !thread::panicking() {
            burn("the key's Drop");
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        if !thread::panicking() {
            burn("the value's Drop");
        }
    }
}

/// Runs `f` with the fuse out, and lights it again as it was.
pub(crate) fn unlit<R>(f: impl FnOnce() -> R) -> R {
    let fuse = FUSE.take();
    let out = f();
    FUSE.set(fuse);
    out
}
