//! Where who runs: the service has a processor to itself, its clients and those who watch share another one, as if they were
//! elsewhere. On processors that all of them share the load slows the service down more, and less evenly, than watching does.

use core_affinity::{CoreId, get_core_ids, set_for_current};

pub(crate) struct Apart {
    service: CoreId,
    clients: CoreId,
}

impl Apart {
    /// None of a system that names fewer than two processors, or binds no thread to one.
    pub(crate) fn find() -> Option<Self> {
        let mut cores = get_core_ids()?.into_iter();
        let (service, clients) = (cores.next()?, cores.next()?);
        set_for_current(clients).then_some(Self { service, clients })
    }

    /// What is started in `start` runs on the service's processor; what this thread starts later, on the other one.
    pub(crate) fn service<T>(&self, start: impl FnOnce() -> T) -> T {
        set_for_current(self.service);
        let started = start();
        set_for_current(self.clients);
        started
    }
}
