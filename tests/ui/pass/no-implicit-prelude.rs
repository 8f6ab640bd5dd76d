//! A crate without the prelude.
#![no_implicit_prelude]

use ::std::collections::HashMap;
use ::std::default::Default;
use ::std::string::String;

#[::mapkeeper::tracked]
#[derive(Debug, Default)]
struct Orders {
    #[map(on_remove = removed, guard = may_remove, residue = vacant, max_age = "1d", show_keys)]
    open: HashMap<u64, String>,
    #[map(hooks = Count, residue = deny)]
    counted: HashMap<u64, ::std::option::Option<u64>>,
    region: String,
}

#[::mapkeeper::tracked]
enum Connection {
    Closed,
    Open {
        #[map]
        pending: HashMap<u64, String>,
        region: String,
    },
}

#[::mapkeeper::tracked(max_len = 10)]
static SESSIONS: ::std::sync::LazyLock<::std::sync::Mutex<HashMap<u64, String>>> =
    ::std::sync::LazyLock::new(Default::default);

#[derive(Default)]
struct Count;

impl ::mapkeeper::RemovalHook<u64, ::std::option::Option<u64>> for Count {
    fn on_remove(&mut self, _: &u64, _: &::std::option::Option<u64>, _: ::mapkeeper::RemovalCause) {
    }
}

fn removed(_: &u64, _: &String, _: ::mapkeeper::RemovalCause) {}

fn may_remove(_: &u64, _: &String) -> ::std::result::Result<(), String> {
    ::std::result::Result::Ok(())
}

fn vacant(text: &String) -> bool {
    text.is_empty()
}

fn main() {
    let _ = (
        Connection::Closed,
        Connection::Open { pending: Default::default(), region: Default::default() },
        &SESSIONS,
    );
    let orders = Orders::default();
    let _ = (orders.open.len(), orders.counted.len(), orders.region.len());
}
