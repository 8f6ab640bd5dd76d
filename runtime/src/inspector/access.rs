//! Who may ask: names, origins, the token, and what browsers are told about the page.

use std::{fmt, net::IpAddr};

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{
            AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY,
            WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use subtle::ConstantTimeEq;

use super::error::Refusal;

/// Nothing but what the inspector itself serves: no inline script, no other server, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Who may ask. By default those who say one of loopback's names.
#[derive(Clone, Default)]
pub(super) struct Access {
    pub(super) token: Option<String>,
    pub(super) hosts: Vec<String>,
}

/// Without the token: a builder may be printed.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("has_token", &self.token.is_some())
            .field("hosts", &self.hosts)
            .finish()
    }
}

impl Access {
    /// The address it is served at is a name, too, unless it stands for all addresses.
    pub(super) fn with_address(mut self, address: IpAddr) -> Self {
        if !address.is_unspecified() {
            self.hosts.push(address.to_string());
        }
        self
    }

    /// Whether a `Host` without its port is one that the inspector is known by. With a token any is: who has it is no web
    /// site that was pointed here.
    fn knows(&self, host: &str) -> bool {
        let name = without_port(host).to_ascii_lowercase();
        self.token.is_some()
            || name == "localhost"
            || name
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
            || self.hosts.contains(&name)
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else {
            return true;
        };
        let sent = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        sent.and_then(|sent| sent.strip_prefix(b"Bearer "))
            .is_some_and(|sent| sent.ct_eq(token.as_bytes()).into())
    }
}

/// `[::1]:8080`, `127.0.0.1:8080` or `localhost` without the port and the brackets.
fn without_port(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}

/// What is given to everybody: it tells nothing and asks for the token. All else is for those who have it.
const PAGE: [&str; 6] = [
    "/",
    "/page.css",
    "/page.js",
    "/charts.js",
    "/source.js",
    "/icon.svg",
];

/// Lets a request through or says why not, and says to browsers what the page may do.
pub(super) async fn check(State(access): State<Access>, request: Request, next: Next) -> Response {
    let refused = refusal(&access, &request);
    let mut response = match refused {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    let said: [(HeaderName, &str); 5] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in said {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn refusal(access: &Access, request: &Request) -> Option<Refusal> {
    let headers = request.headers();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host.or_else(|| request.uri().authority().map(|name| name.as_str())) else {
        return Some(Refusal::bad("the request names no host"));
    };
    if !access.knows(host) {
        return Some(Refusal::new(
            StatusCode::FORBIDDEN,
            "this inspector is not known by that host: ask for it by a name of loopback, or name the host with \
             `Inspector::builder().host(…)`",
        ));
    }
    let of_this_page = |origin: &HeaderValue| {
        let origin = origin.to_str().unwrap_or("");
        let origin = origin.split_once("://").map_or(origin, |(_, host)| host);
        origin.eq_ignore_ascii_case(host)
    };
    if headers
        .get(ORIGIN)
        .is_some_and(|origin| !of_this_page(origin))
    {
        return Some(Refusal::new(
            StatusCode::FORBIDDEN,
            "the request comes from another site's page",
        ));
    }
    if ![Method::GET, Method::HEAD, Method::POST].contains(request.method()) {
        return Some(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "only GET, HEAD and POST are known here",
        ));
    }
    if !PAGE.contains(&request.uri().path()) && !access.admits(headers) {
        return Some(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "this inspector wants its token: `Authorization: Bearer …`",
        ));
    }
    None
}
