//! A scenario that is run again and again must not leave something behind each time.

use std::{future::Future, panic::Location};

use super::{
    Leaks,
    leaks::Allowed,
    scope::{ScopeHandle, open},
};
use crate::mode::scopes::Opened;

/// Runs `f` `n` times; fails when some line of the program leaves entries in some map on every trip.
///
/// Each trip is a scope of its own, and what counts is what is left when all of them are over: a cache that was filled
/// on the first trip passes, and so does a map that always keeps the latest trip's entry. A cache that is bounded but
/// not yet full grows on every trip: make more trips than it holds, or allow it ([`RoundTrips`]). A line that leaks on
/// some trips only is for [`scope`](super::scope) to find.
///
/// # Panics
/// If entries are left by every trip; with less than two trips, which cannot tell growth from warm-up; in modes other
/// than strict.
///
/// # Examples
/// ```should_panic
/// use std::collections::HashMap;
///
/// #[mapkeeper::tracked]
/// #[derive(Default)]
/// struct Shop {
///     #[map]
///     orders: HashMap<u32, u32>,
///     last_id: u32,
/// }
///
/// let mut shop = Shop::default();
/// mapkeeper::testing::round_trips(3, || {
///     shop.last_id += 1;
///     shop.orders.insert(shop.last_id, 100); // and nobody removes it
/// });
/// ```
#[track_caller]
pub fn round_trips(n: usize, f: impl FnMut()) {
    RoundTrips::new(n).run(f);
}

/// [`round_trips`] with an allow-list, for futures, or without a panic.
///
/// # Examples
/// ```
/// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
/// use mapkeeper::testing::RoundTrips;
///
/// RoundTrips::new(5).allow_site("Sessions.by_token").run(|| { /* log in, log out */ });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing runs before `run`, `run_async` or `check`"]
pub struct RoundTrips {
    n: usize,
    made_at: &'static Location<'static>,
    allowed: Allowed,
}

impl RoundTrips {
    /// `n` trips.
    ///
    /// # Panics
    /// If `n` is less than two.
    #[track_caller]
    pub fn new(n: usize) -> Self {
        assert!(
            n >= 2,
            "{n} round trips cannot tell growth from warm-up: make at least 2"
        );
        Self {
            n,
            made_at: Location::caller(),
            allowed: Allowed::default(),
        }
    }

    /// Same as [`Scope::allow_site`](super::Scope::allow_site).
    pub fn allow_site(mut self, site: &str) -> Self {
        self.allowed.site(site);
        self
    }

    /// Same as [`Scope::allow`](super::Scope::allow).
    pub fn allow(mut self, fingerprint: &str) -> Self {
        self.allowed.fingerprint(fingerprint);
        self
    }

    /// Makes the trips.
    ///
    /// # Panics
    /// As [`round_trips`].
    #[track_caller]
    pub fn run(self, f: impl FnMut()) {
        if let Err(leaks) = self.check(f) {
            panic!("{leaks}");
        }
    }

    /// Makes the trips without a panic about leaks.
    ///
    /// # Errors
    /// What every trip left, if it is not allowed.
    ///
    /// # Panics
    /// In modes other than strict.
    ///
    /// # Examples
    /// ```
    /// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
    /// use mapkeeper::testing::RoundTrips;
    ///
    /// let mut trips = 0;
    /// RoundTrips::new(5).check(|| trips += 1).unwrap();
    /// assert_eq!(trips, 5);
    /// ```
    #[track_caller]
    pub fn check(self, mut f: impl FnMut()) -> Result<(), Leaks> {
        let mut trips = Vec::with_capacity(self.n);
        for _ in 0..self.n {
            let trip = open();
            ScopeHandle::of(&trip).run(&mut f);
            trip.end();
            trips.push(trip);
        }
        self.judge(&trips)
    }

    /// Makes the trips one after the other, each a future that `make` hands over; it may move between threads.
    ///
    /// # Panics
    /// As [`round_trips`]; about entries that are left when the future is ready.
    ///
    /// # Examples
    /// ```
    /// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
    /// use mapkeeper::testing::RoundTrips;
    ///
    /// let test = RoundTrips::new(5).run_async(|| async { /* log in, log out */ });
    /// # let waker = std::task::Waker::noop();
    /// # let mut cx = std::task::Context::from_waker(&waker);
    /// # assert!(Box::pin(test).as_mut().poll(&mut cx).is_ready());
    /// ```
    #[track_caller]
    pub fn run_async<F: Future<Output = ()>>(
        self,
        mut make: impl FnMut() -> F,
    ) -> impl Future<Output = ()> {
        // Now, so that the wrong mode is told at the caller's line.
        let mut first = Some(open());
        async move {
            let mut trips = Vec::with_capacity(self.n);
            for _ in 0..self.n {
                let trip = first.take().unwrap_or_else(open);
                let scope = ScopeHandle::of(&trip);
                let future = scope.run(&mut make);
                scope.wrap(future).await;
                trip.end();
                trips.push(trip);
            }
            if let Err(leaks) = self.judge(&trips) {
                panic!("{leaks}");
            }
        }
    }

    fn judge(&self, trips: &[Opened]) -> Result<(), Leaks> {
        let left: Vec<_> = trips.iter().map(Opened::left).collect();
        Leaks::of_trips(self.made_at, &left, &self.allowed)
    }
}
