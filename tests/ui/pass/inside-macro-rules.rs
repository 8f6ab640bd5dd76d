//! Structs written by `macro_rules!`, with all that can vary passed in.

use std::collections::HashMap;

macro_rules! service {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident<$($lifetime:lifetime,)* $($param:ident),*> {
            $first:ident: $ty:ty,
            $second:ident: $value:ty,
        }
        hook: $hook:path, guard: $guard:ident, limit: $limit:literal, age: $age:expr,
    ) => {
        #[mapkeeper::tracked]
        $(#[$meta])*
        $vis struct $name<$($lifetime,)* $($param),*> {
            #[map(on_remove = $hook, max_len = $limit, max_age = $age)]
            $first: $ty,
            #[map(guard = $guard, follows = $first)]
            $second: HashMap<u64, $value>,
            // A field of the macro's own.
            #[map(subset_of = $first)]
            own: HashMap<u64, u64>,
            plain: std::marker::PhantomData<($(&$lifetime (),)* $($param,)*)>,
        }

        impl<$($lifetime,)* $($param),*> $name<$($lifetime,)* $($param),*> {
            $vis fn count(&self) -> usize {
                self.$first.len() + self.$second.len() + self.own.len()
            }
        }
    };
}

macro_rules! one {
    ($name:ident, $index:tt) => {
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $name(
            #[map] HashMap<u64, u64>,
            #[map(follows = $index)] HashMap<u64, u64>,
        );
    };
}

mod hooks {
    pub fn removed(_: &u64, _: &String, _: mapkeeper::RemovalCause) {}
}

fn may_remove(_: &u64, _: &&str) -> Result<(), String> {
    Ok(())
}

service! {
    /// Documented.
    #[derive(Debug, Default)]
    pub struct Orders<'a, T> {
        open: HashMap<u64, String>,
        notes: &'a str,
    }
    hook: hooks::removed, guard: may_remove, limit: 10, age: "15m",
}

one!(First, 0);
one!(Second, 0);

fn main() {
    let mut orders = Orders::<u8>::default();
    orders.open.insert(1, "one".to_owned());
    orders.notes.insert(1, "note");
    orders.own.insert(1, 1);
    assert_eq!(orders.count(), 3);
    assert_eq!(First::default().0.len() + Second::default().1.len(), 0);
}
