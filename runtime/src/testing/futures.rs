//! Scopes of futures: the thread that polls is in the scope while it polls, and only then.

use std::{
    borrow::Cow,
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    task::{Context, Poll},
    thread,
};

use super::{
    Leaks,
    leaks::Allowed,
    scope::{Inside, open},
};
use crate::mode::scopes::{Account, Opened};

/// A future in a scope; made by [`Scope::wrap`](super::Scope::wrap) and [`ScopeHandle::wrap`](super::ScopeHandle::wrap).
///
/// Each poll puts its thread into the scope and takes it back out, so it may move between threads.
#[must_use = "futures do nothing unless polled"]
pub struct InScope<F> {
    future: Pin<Box<F>>,
    account: Option<Account>,
    wrapped: bool,
}

impl<F> InScope<F> {
    pub(super) fn new(future: F, account: Option<Account>) -> Self {
        Self {
            future: Box::pin(future),
            wrapped: account.is_some(),
            account,
        }
    }
}

impl<F: Future> Future for InScope<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        // A scope that the future opened itself is current again at the next poll, and not in between.
        let _inside = this.wrapped.then(|| Inside::of(&mut this.account));
        this.future.as_mut().poll(cx)
    }
}

impl<F> fmt::Debug for InScope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InScope").finish_non_exhaustive()
    }
}

/// A future that is a scope of its own; made by [`scoped`].
///
/// # Panics
/// When it is ready, if entries that were born in it are left; or when it is dropped before, unless a panic unwinds.
#[must_use = "futures do nothing unless polled"]
pub struct Scoped<F> {
    /// Gone once it was ready.
    future: Option<InScope<F>>,
    opened: Opened,
    name: Cow<'static, str>,
    made_at: &'static Location<'static>,
    allowed: Allowed,
}

/// Makes a scope of a future: when it is ready, every entry that was born in it must be gone.
///
/// As [`scope`](super::scope), for futures that move between threads: the scope is that of the task, wherever it is
/// polled, and not that of the thread. What the task spawns is in the scope if it is wrapped by
/// [`current_scope`](super::current_scope)`().wrap(…)`.
///
/// # Panics
/// Here, in modes other than strict. When it is ready or dropped, if entries are left.
///
/// # Examples
/// ```
/// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
/// use mapkeeper::testing;
///
/// let test = testing::scoped("checkout", async {
///     let subtask = testing::current_scope().wrap(async { /* … */ }); // for the runtime's `spawn`
///     subtask.await;
/// });
/// # let waker = std::task::Waker::noop();
/// # let mut cx = std::task::Context::from_waker(&waker);
/// # assert!(Box::pin(test).as_mut().poll(&mut cx).is_ready());
/// ```
#[track_caller]
pub fn scoped<F: Future>(name: impl Into<Cow<'static, str>>, future: F) -> Scoped<F> {
    let opened = open();
    Scoped {
        future: Some(InScope::new(future, Some(opened.account()))),
        opened,
        name: name.into(),
        made_at: Location::caller(),
        allowed: Allowed::default(),
    }
}

impl<F> Scoped<F> {
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

    /// The future goes, with the maps it owns, and the scope ends.
    fn end(&mut self) -> Result<(), Leaks> {
        if self.future.take().is_none() {
            return Ok(());
        }
        let left = self.opened.left();
        self.opened.end();
        Leaks::of_scope(&self.name, self.made_at, &left, &self.allowed)
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let future = self
            .future
            .as_mut()
            .expect("a future is not polled again once it was ready");
        let output = std::task::ready!(Pin::new(future).poll(cx));
        if let Err(leaks) = self.end() {
            panic!("{leaks}");
        }
        Poll::Ready(output)
    }
}

/// A task that was cancelled must have cleaned up too.
impl<F> Drop for Scoped<F> {
    fn drop(&mut self) {
        if let Err(leaks) = self.end()
            && !thread::panicking()
        {
            panic!("{leaks}");
        }
    }
}

impl<F> fmt::Debug for Scoped<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
