//! A crate whose own names are those of std and of the macro.

mod core {}
mod std {}
mod alloc {}
mod mapkeeper {}
mod serde {}

struct Option;
struct Result;
struct String;
struct Vec;
struct Box;
struct HashMap;
struct PhantomData;
struct Site;
struct Keeper;
struct Probe;
struct Untracked;
trait Default {}
trait ToString {}
trait Display {}
trait Sized {}
trait FnMut {}
#[allow(non_camel_case_types)]
struct bool;
#[allow(non_camel_case_types)]
struct usize;
#[allow(non_camel_case_types)]
struct str;
#[allow(non_snake_case, dead_code)]
fn Some() {}
#[allow(non_snake_case, dead_code)]
fn Ok() {}
#[allow(non_snake_case, dead_code)]
fn Err() {}
#[allow(non_upper_case_globals, dead_code)]
const key: u8 = 0;
#[allow(non_upper_case_globals, dead_code)]
const value: u8 = 0;

#[allow(unused_macros)]
macro_rules! format {
    ($($any:tt)*) => {
        compile_error!("the crate's own `format!`")
    };
}
#[allow(unused_macros)]
macro_rules! file {
    ($($any:tt)*) => {
        compile_error!("the crate's own `file!`")
    };
}

#[::mapkeeper::tracked]
#[derive(Debug, Default)]
struct Orders<K> {
    #[map(on_remove = removed, guard = guarded, residue = vacant, show_keys, max_age = "1m", max_len = 3)]
    open: ::std::collections::HashMap<u64, ::std::string::String>,
    #[map(hooks = Count)]
    counted: ::std::collections::HashMap<u64, u64>,
    other: ::core::marker::PhantomData<K>,
}

#[derive(Default)]
struct Count;

impl ::mapkeeper::RemovalHook<u64, u64> for Count {
    fn on_remove(&mut self, _: &u64, _: &u64, _: ::mapkeeper::RemovalCause) {}
}

fn removed(_: &u64, _: &::std::string::String, _: ::mapkeeper::RemovalCause) {}

fn guarded(_: &u64, _: &::std::string::String) -> ::core::result::Result<(), u8> {
    ::core::result::Result::Ok(())
}

fn vacant(text: &::std::string::String) -> ::core::primitive::bool {
    text.is_empty()
}

fn main() {
    let orders: Orders<u8> = ::core::default::Default::default();
    let _ = (orders.open.len(), orders.counted.len(), orders.other);
    let _ = (
        Option,
        Result,
        String,
        Vec,
        Box,
        HashMap,
        PhantomData,
        Site,
        Keeper,
        Probe,
        Untracked,
    );
    let _ = (bool, usize, str);
}
