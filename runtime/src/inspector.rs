//! The inspector: a page that shows the maps of the running program, and the same as JSON.
//!
//! [`serve`] gives it a thread and an address of its own; [`router`] is for nesting in the program's own axum server. The page
//! stands at `/`, the data under `/api/` (described by `/api/openapi.json`), Prometheus' metrics at `/metrics`.
//!
//! # Safety
//! On a loopback address everybody on the machine may look; requests whose `Host` is another name are refused, so that no
//! web site can ask through a browser (DNS rebinding). Any other address needs a [token](Builder::token). Nothing is changed by
//! a `GET`; what a `POST` does (a snapshot is taken) asks for the page's own `Origin`. Keys are shown as reports show them:
//! only where `show_keys` was declared. Requests are bounded in size, number and time, and served by a thread that the program
//! never waits for: a client that is slow or hangs stalls the inspector at most.
//!
//! # Examples
//! ```
//! let inspector = mapkeeper::inspector::serve("127.0.0.1:0")?;
//! println!("maps: http://{}/", inspector.local_addr());
//! # Ok::<(), std::io::Error>(())
//! ```
//! In a server of one's own:
//! ```
//! let app: axum::Router = axum::Router::new().nest_service("/debug/maps", mapkeeper::inspector::router());
//! ```

mod access;
mod error;
mod events;
mod reports;
mod routes;
mod rows;
mod server;
mod snapshots;

use std::{
    io,
    net::{SocketAddr, TcpListener, ToSocketAddrs},
};

use access::Access;

/// A running inspector, made by [`serve`]. It stops when this is dropped.
#[derive(Debug)]
#[must_use = "the inspector stops when this is dropped"]
pub struct Inspector {
    server: server::Server,
}

impl Inspector {
    /// An inspector that is yet to be set up.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.server.local_addr
    }
}

/// How an inspector is set up.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    access: Access,
}

impl Builder {
    /// Data is given to those only who send this token: `Authorization: Bearer …`. The page asks for it.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.access.token = Some(token.into());
        self
    }

    /// Requests may also come under this name (a `Host` without its port), besides those of loopback.
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.access.hosts.push(name.into().to_ascii_lowercase());
        self
    }

    /// Serves on a thread of its own. Port 0 takes a free one.
    ///
    /// # Errors
    /// If the address cannot be listened at, or is not one of loopback and there is no [token](Self::token).
    pub fn serve(self, address: impl ToSocketAddrs) -> io::Result<Inspector> {
        let listener = TcpListener::bind(address)?;
        let local = listener.local_addr()?;
        let has_token = self
            .access
            .token
            .as_ref()
            .is_some_and(|token| !token.is_empty());
        if !local.ip().is_loopback() && !has_token {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!(
                    "the inspector would be open to everybody at {local}: set a token, \
                     `Inspector::builder().token(…)`, or serve on a loopback address such as 127.0.0.1:0"
                ),
            ));
        }
        let access = self.access.with_address(local.ip());
        let server = server::Server::start(listener, routes::router(access))?;
        Ok(Inspector { server })
    }

    /// The same as a router, to be nested in an axum server. Who reaches it under another name than that of loopback needs
    /// [`host`](Self::host) or a [token](Self::token).
    pub fn router(self) -> axum::Router {
        routes::router(self.access)
    }
}

/// Serves the inspector at a loopback address, on a thread of its own, until what is returned is dropped.
///
/// # Errors
/// As [`Builder::serve`].
pub fn serve(address: impl ToSocketAddrs) -> io::Result<Inspector> {
    Inspector::builder().serve(address)
}

/// The inspector as a router, to be nested in an axum server; see [`Builder::router`].
pub fn router() -> axum::Router {
    Inspector::builder().router()
}
