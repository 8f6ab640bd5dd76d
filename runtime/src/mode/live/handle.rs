//! Weak handles whose types are forgotten: they count owners and cannot reach the value.

use std::{
    rc::{self, Rc},
    sync::{self, Arc},
};

/// A weak handle, by who may ask it.
#[derive(Debug)]
pub(crate) enum Handle {
    /// Every thread.
    Shared(Box<dyn Owners + Send>),
    /// The one that made it.
    Local(Box<dyn Owners>),
}

/// What can be asked of a value that was let go.
pub(crate) trait Owners: std::fmt::Debug {
    /// How many owners it has; 0 once it is dropped.
    fn strong_count(&self) -> usize;
}

impl<T: ?Sized> Owners for sync::Weak<T> {
    fn strong_count(&self) -> usize {
        self.strong_count()
    }
}

impl<T: ?Sized> Owners for rc::Weak<T> {
    fn strong_count(&self) -> usize {
        self.strong_count()
    }
}

impl Handle {
    pub(crate) fn shared<T: ?Sized + Send + Sync + 'static>(value: &Arc<T>) -> Self {
        Self::Shared(Box::new(Arc::downgrade(value)))
    }

    pub(crate) fn local<T: ?Sized + 'static>(value: &Rc<T>) -> Self {
        Self::Local(Box::new(Rc::downgrade(value)))
    }

    pub(crate) fn strong_count(&self) -> usize {
        match self {
            Self::Shared(owners) => owners.strong_count(),
            Self::Local(owners) => owners.strong_count(),
        }
    }
}
