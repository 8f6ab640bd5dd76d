//! A scope of a test: what is born in it must be gone at its end.

use std::{borrow::Cow, fmt, future::Future, marker::PhantomData, panic::Location, thread};

use super::{InScope, Leaks, leaks::Allowed};
use crate::{
    MODE,
    mode::scopes::{self, Account, Opened},
};

/// Opens an account, where entries are known.
///
/// # Panics
/// Where they are not: an assertion that cannot fail must not pass.
#[track_caller]
pub(super) fn open() -> Opened {
    match Opened::begin() {
        Some(opened) => opened,
        None => panic!(
            "mapkeeper::testing knows the entries of maps in strict mode only, and this program was built with \
             mapkeeper's mode `{MODE}`: put `mapkeeper = {{ version = \"{}.{}\", features = [\"strict\"] }}` under \
             [dev-dependencies] in Cargo.toml",
            env!("CARGO_PKG_VERSION_MAJOR"),
            env!("CARGO_PKG_VERSION_MINOR"),
        ),
    }
}

/// Makes a thread's entries those of an account while it lives.
pub(super) struct Inside<'a> {
    /// The account that is current inside; when it ends, what was current at that moment.
    inside: &'a mut Option<Account>,
    outside: Option<Account>,
}

impl<'a> Inside<'a> {
    pub(super) fn of(inside: &'a mut Option<Account>) -> Self {
        let outside = scopes::swap(inside.take());
        Self { inside, outside }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        *self.inside = scopes::swap(self.outside.take());
    }
}

/// Asserts at its end that every entry born in it is gone; made by [`scope`].
///
/// It is the scope of the thread that made it, from there to its end, and stays on that thread.
///
/// # Panics
/// When it is dropped while entries that were born in it are left; [`check`](Self::check) hands them over instead. While
/// a panic unwinds, it says nothing.
#[must_use = "a scope ends where it is dropped: name it, `let _leaks = testing::scope(…);`"]
pub struct Scope {
    opened: Opened,
    name: Cow<'static, str>,
    made_at: &'static Location<'static>,
    allowed: Allowed,
    checked: bool,
    /// It is about one thread.
    _stays: PhantomData<*const ()>,
}

/// Begins a scope: at its end, every entry that was born in it must be gone.
///
/// `name` is for the message. See [the module](super) for which entries are meant, and how scopes nest.
///
/// Locals are dropped in the reverse order of their declaration: maps declared after the scope are gone when it ends,
/// maps declared before it are looked at with what is left in them.
///
/// # Panics
/// Here, in modes other than strict. At the end of the [`Scope`], if entries are left.
///
/// # Examples
/// ```
/// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
/// use std::collections::HashMap;
/// use mapkeeper::testing;
///
/// #[mapkeeper::tracked]
/// #[derive(Default)]
/// struct Shop {
///     #[map]
///     orders: HashMap<u32, u32>,
/// }
///
/// let mut shop = Shop::default();
/// let leaks = testing::scope("checkout");
/// shop.orders.insert(1, 100);
/// shop.orders.insert(2, 250);
/// shop.orders.remove(&1);
///
/// let leaks = leaks.check().unwrap_err(); // dropping it instead fails the test
/// assert_eq!(leaks.leftovers()[0].site, "Shop.orders");
/// assert_eq!(leaks.leftovers()[0].entries, 1);
/// ```
#[track_caller]
pub fn scope(name: impl Into<Cow<'static, str>>) -> Scope {
    let opened = open();
    scopes::swap(Some(opened.account()));
    Scope {
        opened,
        name: name.into(),
        made_at: Location::caller(),
        allowed: Allowed::default(),
        checked: false,
        _stays: PhantomData,
    }
}

impl Scope {
    /// What the map of this name (`Struct.field`) keeps is fine.
    ///
    /// # Examples
    /// ```
    /// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
    /// let _leaks = mapkeeper::testing::scope("login").allow_site("Users.cache");
    /// ```
    pub fn allow_site(mut self, site: &str) -> Self {
        self.allowed.site(site);
        self
    }

    /// The leftover with this fingerprint, which the message of a failure shows, is fine: one line's entries in one map.
    /// It changes when the line moves.
    ///
    /// # Examples
    /// ```
    /// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
    /// let _leaks = mapkeeper::testing::scope("login").allow("bfd9bce9fe4b1985");
    /// ```
    pub fn allow(mut self, fingerprint: &str) -> Self {
        self.allowed.fingerprint(fingerprint);
        self
    }

    /// Ends the scope without a panic.
    ///
    /// # Errors
    /// What is left, if it is not allowed.
    ///
    /// # Examples
    /// ```
    /// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
    /// let leaks = mapkeeper::testing::scope("nothing happens");
    /// assert!(leaks.check().is_ok());
    /// ```
    pub fn check(mut self) -> Result<(), Leaks> {
        self.end()
    }

    /// The scope for other threads and tasks.
    ///
    /// # Examples
    /// ```
    /// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
    /// let scope = mapkeeper::testing::scope("two threads");
    /// let handle = scope.handle();
    /// std::thread::spawn(move || handle.run(|| { /* inserts */ })).join().unwrap();
    /// ```
    pub fn handle(&self) -> ScopeHandle {
        ScopeHandle::of(&self.opened)
    }

    /// A future whose entries belong to this scope, on whichever thread it is polled.
    ///
    /// A task that only the scope's own thread polls (a current-thread runtime) is in the scope without.
    ///
    /// # Examples
    /// ```
    /// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
    /// let scope = mapkeeper::testing::scope("upload");
    /// let task = scope.wrap(async { /* … */ }); // hand it to the runtime's `spawn`
    /// # drop(task);
    /// ```
    pub fn wrap<F: Future>(&self, future: F) -> InScope<F> {
        self.handle().wrap(future)
    }

    fn end(&mut self) -> Result<(), Leaks> {
        self.checked = true;
        let left = self.opened.left();
        self.opened.end();
        Leaks::of_scope(&self.name, self.made_at, &left, &self.allowed)
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        if !self.checked
            && let Err(leaks) = self.end()
            && !thread::panicking()
        {
            panic!("{leaks}");
        }
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A scope for other threads and tasks: what they insert in its name must be gone at its end too.
///
/// It does not keep the scope open. What is inserted in its name after the end belongs to the scope around it, if that
/// is still open, else to none.
///
/// # Examples
/// ```
/// # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
/// use std::thread;
///
/// let scope = mapkeeper::testing::scope("two threads");
/// let handle = scope.handle();
/// thread::spawn(move || handle.run(|| { /* inserts */ })).join().unwrap();
/// scope.check().unwrap();
/// ```
#[derive(Clone)]
pub struct ScopeHandle(Option<Account>);

/// The scope this thread is in, for a thread or task about to be started; without one, a handle that does nothing.
///
/// Works in every mode, so a program's own helpers can use it.
///
/// # Examples
/// ```
/// use std::{future::Future, thread};
///
/// fn spawn<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> thread::JoinHandle<R> {
///     let scope = mapkeeper::testing::current_scope();
///     thread::spawn(move || scope.run(f))
/// }
/// assert_eq!(spawn(|| 7).join().unwrap(), 7);
/// ```
#[must_use]
pub fn current_scope() -> ScopeHandle {
    ScopeHandle(scopes::current())
}

impl ScopeHandle {
    pub(super) fn of(opened: &Opened) -> Self {
        Self(Some(opened.account()))
    }

    /// Runs `f` on this thread, its entries those of the scope.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(mapkeeper::testing::current_scope().run(|| 7), 7);
    /// ```
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        let mut account = self.0.clone();
        if account.is_none() {
            return f();
        }
        let _inside = Inside::of(&mut account);
        f()
    }

    /// A future whose entries belong to the scope, on whichever thread it is polled.
    ///
    /// # Examples
    /// ```
    /// let task = mapkeeper::testing::current_scope().wrap(async { 7 });
    /// # drop(task);
    /// ```
    pub fn wrap<F: Future>(&self, future: F) -> InScope<F> {
        InScope::new(future, self.0.clone())
    }
}

impl fmt::Debug for ScopeHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopeHandle").finish_non_exhaustive()
    }
}
