//! Questions about a type, answered by autoref specialisation where generated code knows the type.
//!
//! `(&Probe::<V>::NEW).is_vacant(value)` finds the method on `Probe<V>` if `V: Vacant`, else the one on `&Probe<V>`,
//! which answers "no". On a bare type parameter the answer is always "no".
//!
//! Not public API: named by generated code.

use std::{
    hash::{BuildHasher, Hash},
    marker::PhantomData,
    rc::Rc,
    sync::Arc,
};

use rustc_hash::FxBuildHasher;

use crate::{
    Breach, LockState, MapFigures, Reset, TrackedMaps, Vacant, WeakValue,
    tracked_maps::reset_shared,
};

/// A question about `T`.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<fn(&T)>);

impl<T: ?Sized> Probe<T> {
    /// The question.
    pub const NEW: Self = Self(PhantomData);
}

/// Is a value vacant? The type says how to tell.
pub trait VacancyKnown<T> {
    /// Yes.
    fn knows_vacancy(&self) -> bool;
    /// Whether vacant means that the other side is gone.
    fn is_handle(&self) -> bool;
    /// What the type says.
    fn is_vacant(&self, value: &T) -> bool;
}

impl<T: Vacant> VacancyKnown<T> for Probe<T> {
    #[inline]
    fn knows_vacancy(&self) -> bool {
        true
    }

    #[inline]
    fn is_handle(&self) -> bool {
        T::is_handle()
    }

    #[inline]
    fn is_vacant(&self, value: &T) -> bool {
        value.is_vacant()
    }
}

/// Is a value vacant? Nobody knows.
pub trait VacancyUnknown<T: ?Sized> {
    /// No.
    fn knows_vacancy(&self) -> bool;
    /// Nobody knows.
    fn is_handle(&self) -> bool;
    /// Never.
    fn is_vacant(&self, value: &T) -> bool;
}

impl<T: ?Sized> VacancyUnknown<T> for &Probe<T> {
    #[inline]
    fn knows_vacancy(&self) -> bool {
        false
    }

    #[inline]
    fn is_handle(&self) -> bool {
        false
    }

    #[inline]
    fn is_vacant(&self, _: &T) -> bool {
        false
    }
}

/// Has a key a hash? The type says how.
pub trait Hashed<T: ?Sized> {
    /// Its hash.
    fn key_hash(&self, key: &T) -> Option<u64>;
}

impl<T: Hash + ?Sized> Hashed<T> for Probe<T> {
    #[inline]
    fn key_hash(&self, key: &T) -> Option<u64> {
        // Without its last step, which turns the good bits to where a table looks: the sampler multiplies once more, and two
        // products are one where a key is one number. (A turn by another number than the hasher's is as good a hash.)
        Some(FxBuildHasher.hash_one(key).rotate_right(26))
    }
}

/// Has a key a hash? None.
pub trait Unhashed<T: ?Sized> {
    /// None.
    fn key_hash(&self, key: &T) -> Option<u64>;
}

impl<T: ?Sized> Unhashed<T> for &Probe<T> {
    #[inline]
    fn key_hash(&self, _: &T) -> Option<u64> {
        None
    }
}

/// How many owners has a value? The type counts them.
pub trait Shared<T: ?Sized> {
    /// The number of owners.
    fn strong_count(&self, value: &T) -> Option<usize>;
}

impl<T: ?Sized> Shared<Arc<T>> for Probe<Arc<T>> {
    #[inline]
    fn strong_count(&self, value: &Arc<T>) -> Option<usize> {
        Some(Arc::strong_count(value))
    }
}

impl<T: ?Sized> Shared<Rc<T>> for Probe<Rc<T>> {
    #[inline]
    fn strong_count(&self, value: &Rc<T>) -> Option<usize> {
        Some(Rc::strong_count(value))
    }
}

/// How many owners has a value? One.
pub trait Owned<T: ?Sized> {
    /// Not a shared value.
    fn strong_count(&self, value: &T) -> Option<usize>;
}

impl<T: ?Sized> Owned<T> for &Probe<T> {
    #[inline]
    fn strong_count(&self, _: &T) -> Option<usize> {
        None
    }
}

/// Can a value be watched when it leaves? The type knows how.
#[diagnostic::on_unimplemented(
    message = "`watch` is for values that are an `Arc` or an `Rc`, which `{T}` is not",
    label = "nobody else can own these values: leave `watch` out",
    note = "values of other types are followed by `remove_tracked`, whose guard reports when it is dropped"
)]
pub trait Outlives<T: ?Sized> {
    /// How.
    fn watcher(&self) -> Option<fn(&T) -> Option<WeakValue>>;
}

impl<T: ?Sized + Send + Sync + 'static> Outlives<Arc<T>> for Probe<Arc<T>> {
    #[inline]
    fn watcher(&self) -> Option<fn(&Arc<T>) -> Option<WeakValue>> {
        Some(WeakValue::of_arc)
    }
}

impl<T: ?Sized + Send + Sync + 'static> Outlives<Option<Arc<T>>> for Probe<Option<Arc<T>>> {
    #[inline]
    fn watcher(&self) -> Option<fn(&Option<Arc<T>>) -> Option<WeakValue>> {
        Some(|value| value.as_ref().and_then(WeakValue::of_arc))
    }
}

impl<T: ?Sized + 'static> Outlives<Rc<T>> for Probe<Rc<T>> {
    #[inline]
    fn watcher(&self) -> Option<fn(&Rc<T>) -> Option<WeakValue>> {
        Some(WeakValue::of_rc)
    }
}

impl<T: ?Sized + 'static> Outlives<Option<Rc<T>>> for Probe<Option<Rc<T>>> {
    #[inline]
    fn watcher(&self) -> Option<fn(&Option<Rc<T>>) -> Option<WeakValue>> {
        Some(|value| value.as_ref().and_then(WeakValue::of_rc))
    }
}

/// Can a value be watched when it leaves? No.
pub trait Unwatched<T: ?Sized> {
    /// Not at all.
    fn watcher(&self) -> Option<fn(&T) -> Option<WeakValue>>;
}

impl<T: ?Sized> Unwatched<T> for &Probe<T> {
    #[inline]
    fn watcher(&self) -> Option<fn(&T) -> Option<WeakValue>> {
        None
    }
}

/// Are there tracked maps inside? The type visits them.
pub trait HasMaps<T: ?Sized> {
    /// Visits them.
    fn visit_maps(&self, value: &T, visit: &mut dyn FnMut(&MapFigures));
    /// Visits what is around them.
    fn visit_locks(&self, value: &T, visit: &mut dyn FnMut(&LockState));
    /// Checks them.
    fn check_maps(&self, value: &T, found: &mut Vec<Breach>);
    /// Resets them.
    fn reset_maps(&self, value: &mut T, reset: &mut Reset);
    /// Resets those behind locks and cells.
    fn reset_maps_shared(&self, value: &T, reset: &mut Reset);
}

impl<T: TrackedMaps + ?Sized> HasMaps<T> for Probe<T> {
    fn visit_maps(&self, value: &T, visit: &mut dyn FnMut(&MapFigures)) {
        value.visit_maps(visit);
    }

    fn visit_locks(&self, value: &T, visit: &mut dyn FnMut(&LockState)) {
        value.visit_locks(visit);
    }

    fn check_maps(&self, value: &T, found: &mut Vec<Breach>) {
        value.check_maps_into(found);
    }

    fn reset_maps(&self, value: &mut T, reset: &mut Reset) {
        value.reset_maps_into(reset);
    }

    fn reset_maps_shared(&self, value: &T, reset: &mut Reset) {
        reset_shared(value, reset);
    }
}

/// Are there tracked maps inside? None that we can see.
pub trait HasNoMaps<T: ?Sized> {
    /// Visits nothing.
    fn visit_maps(&self, value: &T, visit: &mut dyn FnMut(&MapFigures));
    /// Visits nothing.
    fn visit_locks(&self, value: &T, visit: &mut dyn FnMut(&LockState));
    /// Checks nothing.
    fn check_maps(&self, value: &T, found: &mut Vec<Breach>);
    /// Resets nothing.
    fn reset_maps(&self, value: &mut T, reset: &mut Reset);
    /// Resets nothing.
    fn reset_maps_shared(&self, value: &T, reset: &mut Reset);
}

impl<T: ?Sized> HasNoMaps<T> for &Probe<T> {
    fn visit_maps(&self, _: &T, _: &mut dyn FnMut(&MapFigures)) {}

    fn visit_locks(&self, _: &T, _: &mut dyn FnMut(&LockState)) {}

    fn check_maps(&self, _: &T, _: &mut Vec<Breach>) {}

    fn reset_maps(&self, _: &mut T, _: &mut Reset) {}

    fn reset_maps_shared(&self, _: &T, _: &mut Reset) {}
}
