//! What may cross threads: the map as dashmap's, and guards as its do with the feature `send_guard`, else they stay.

use std::{cell::Cell, rc::Rc, sync::MutexGuard};

use mapkeeper::sync::{Entry, HashMap, Iter, IterMut, MappedRef, MappedRefMut, Ref, RefMut};

/// `$type` is `$trait` if and only if `$expected`.
macro_rules! is {
    ($type:ty: $trait:ident == $expected:expr) => {{
        #[allow(dead_code, reason = "who has the trait does not ask")]
        trait Otherwise {
            const IS: bool = false;
        }
        impl<T: ?Sized> Otherwise for T {}
        struct Probe<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code, reason = "who has not the trait does not ask")]
        impl<T: ?Sized + $trait> Probe<T> {
            const IS: bool = true;
        }
        assert_eq!(
            <Probe<$type>>::IS,
            $expected,
            concat!(stringify!($type), ": ", stringify!($trait))
        );
    }};
}

#[test]
fn a_map_crosses_threads_as_its_keys_and_values_do() {
    is!(HashMap<u8, u8>: Send == true);
    is!(HashMap<u8, u8>: Sync == true);
    is!(HashMap<u8, Cell<u8>>: Send == true);
    is!(HashMap<u8, Cell<u8>>: Sync == false);
    is!(HashMap<u8, Rc<u8>>: Send == false);
    is!(HashMap<u8, Rc<u8>>: Sync == false);
    is!(HashMap<u8, u8>: Unpin == true);
    is!(dashmap::DashMap<u8, u8>: Sync == true);
    is!(dashmap::DashMap<u8, Cell<u8>>: Sync == false);
    is!(Iter<'static, u8, u8, u8, mapkeeper::Untracked>: Send == true);
    is!(IterMut<'static, u8, u8, u8, mapkeeper::Untracked>: Send == true);
}

#[test]
fn guards_stay_on_their_thread_and_may_be_looked_at_from_others() {
    is!(dashmap::mapref::one::Ref<'static, u8, u8>: Send == true);
    is!(Ref<'static, u8, u8>: Send == cfg!(feature = "send_guard"));
    is!(RefMut<'static, u8, u8>: Send == cfg!(feature = "send_guard"));
    is!(MappedRef<'static, u8, u8, u8>: Send == cfg!(feature = "send_guard"));
    is!(MappedRefMut<'static, u8, u8, u8>: Send == cfg!(feature = "send_guard"));
    is!(Entry<'static, u8, u8>: Send == cfg!(feature = "send_guard"));
    is!(Ref<'static, u8, Cell<u8>>: Send == false);
    is!(Ref<'static, u8, u8>: Sync == true);
    is!(RefMut<'static, u8, u8>: Sync == true);
    // As those of std's locks.
    is!(MutexGuard<'static, u8>: Send == false);
    is!(MutexGuard<'static, u8>: Sync == true);
}
