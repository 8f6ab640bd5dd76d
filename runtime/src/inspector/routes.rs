//! What is found at which address.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, Path, Query, State, rejection::QueryRejection},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT, CONTENT_TYPE},
    },
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use super::{
    access::{self, Access},
    error::Refusal,
    events::events,
    reports::Reports,
    rows::{Asked, Part, rows, site_of},
    snapshots::Snapshots,
};
use crate::{
    MapFlight, SiteReport, Snapshot, Suspect, flight_recorder,
    page::{self, Summary, is_of},
    prometheus::Metrics,
    snapshot::process,
};

const JSON: &str = "application/json";

/// What requests share.
#[derive(Clone, Default)]
struct Shared {
    reports: Arc<Reports>,
    snapshots: Arc<Snapshots>,
    metrics: Metrics,
}

type Answer = Result<Response, Refusal>;
type Asking<T> = Result<Query<T>, QueryRejection>;

pub(super) fn router(access: Access) -> Router {
    let mut router = Router::new()
        .route("/", get(index))
        .route(
            "/page.css",
            get(|| file("text/css; charset=utf-8", page::STYLE)),
        )
        .route("/icon.svg", get(|| file("image/svg+xml", page::ICON)));
    for (name, text) in page::SCRIPTS {
        let script = move || file("text/javascript; charset=utf-8", text);
        router = router.route(&format!("/{name}"), get(script));
    }
    router
        .route(
            "/api/openapi.json",
            get(|| file(JSON, include_str!("openapi.json"))),
        )
        .route("/api/summary", get(summary))
        .route("/api/report", get(report))
        .route("/api/suspects", get(suspects))
        .route("/api/sites", get(sites))
        .route("/api/sites/{id}", get(site))
        .route("/api/sites/{id}/flight", get(flight))
        .route("/api/snapshots", get(snapshots))
        .route("/api/snapshots", post(take))
        .route("/api/snapshots/diff", get(diff))
        .route("/api/snapshots/survivors", get(survivors))
        .route("/api/snapshots/{number}", get(snapshot))
        .route("/api/events", get(stream))
        .route("/metrics", get(metrics))
        .fallback(|| async { Refusal::unknown("there is nothing at this address") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "this address is asked in another way",
            )
        })
        .layer(middleware::from_fn_with_state(access, access::check))
        .with_state(Shared::default())
}

/// The page, whose parts stand beside it wherever the router was nested.
async fn index(OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path().trim_end_matches('/');
    // What is put into the page: nothing that could end an attribute.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte);
    let base = if path.bytes().all(plain) { path } else { "" };
    let head = format!(
        "<link rel=\"icon\" href=\"{base}/icon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"{base}/page.css\">"
    );
    let scripts = page::SCRIPTS
        .map(|(name, _)| format!("<script src=\"{base}/{name}\" defer></script>"))
        .join("\n");
    as_text("text/html; charset=utf-8", page::page(&head, &scripts))
}

async fn file(kind: &'static str, text: &'static str) -> Response {
    as_text(kind, text)
}

fn as_text(kind: &'static str, text: impl Into<Body>) -> Response {
    let mut response = Response::new(text.into());
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// Does what takes a while (a report) where it keeps no other request waiting.
pub(super) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| {
        Err(Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the report could not be made: something in it panicked",
        ))
    })
}

async fn json<T: Serialize>(data: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Answer {
    apart(move || {
        let text = serde_json::to_vec(&data()?);
        let text = text.map_err(|error| Refusal::bad(error.to_string()))?;
        Ok(as_text(JSON, text))
    })
    .await
}

fn asked<T>(query: Asking<T>) -> Result<T, Refusal> {
    let query = query.map_err(|error| Refusal::bad(error.body_text()))?;
    Ok(query.0)
}

async fn summary(State(shared): State<Shared>) -> Answer {
    json(move || Ok(Summary::of(&shared.reports.latest(), process()))).await
}

async fn report(State(shared): State<Shared>) -> Answer {
    apart(move || Ok(as_text(JSON, shared.reports.latest().to_json()))).await
}

async fn suspects(State(shared): State<Shared>, query: Asking<Part>) -> Answer {
    let part = asked(query)?;
    apart(move || {
        let report = shared.reports.latest();
        let text = serde_json::to_vec(&part.page(report.suspects.iter()));
        let text = text.map_err(|error| Refusal::bad(error.to_string()))?;
        Ok(as_text(JSON, text))
    })
    .await
}

async fn sites(State(shared): State<Shared>, query: Asking<Asked>) -> Answer {
    let asked = asked(query)?;
    apart(move || {
        let report = shared.reports.latest();
        let text = serde_json::to_vec(&rows(&report, &asked));
        let text = text.map_err(|error| Refusal::bad(error.to_string()))?;
        Ok(as_text(JSON, text))
    })
    .await
}

/// One site with all that is known of it.
#[derive(Serialize)]
struct OneSite {
    site: SiteReport,
    suspects: Vec<Suspect>,
    at_ms: u64,
}

async fn site(State(shared): State<Shared>, Path(id): Path<String>) -> Answer {
    json(move || {
        let report = shared.reports.latest();
        let site = site_of(&report, &id)?.clone();
        let suspects = report.suspects.iter();
        Ok(OneSite {
            suspects: suspects.filter(|of| is_of(of, &site)).cloned().collect(),
            at_ms: report.at_ms,
            site,
        })
    })
    .await
}

#[derive(Serialize)]
struct Flight {
    maps: Vec<MapFlight>,
}

async fn flight(State(shared): State<Shared>, Path(id): Path<String>) -> Answer {
    json(move || {
        let report = shared.reports.latest();
        let site = site_of(&report, &id)?;
        let recorder = flight_recorder();
        let maps = recorder.maps.into_iter();
        Ok(Flight {
            maps: maps.filter(|map| map.site == site.site).collect(),
        })
    })
    .await
}

async fn snapshots(State(shared): State<Shared>) -> Answer {
    json(move || Ok(shared.snapshots.list())).await
}

async fn take(State(shared): State<Shared>) -> Answer {
    let taken = json(move || Ok(shared.snapshots.take())).await?;
    Ok((StatusCode::CREATED, taken).into_response())
}

async fn snapshot(State(shared): State<Shared>, Path(number): Path<u32>) -> Answer {
    apart(move || Ok(as_text(JSON, shared.snapshots.get(number)?.to_json()))).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Two {
    from: u32,
    to: u32,
}

async fn diff(State(shared): State<Shared>, query: Asking<Two>) -> Answer {
    let Two { from, to } = asked(query)?;
    json(move || {
        let (earlier, later) = (shared.snapshots.get(from)?, shared.snapshots.get(to)?);
        Ok(later.diff(&earlier)?)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Three {
    a: u32,
    b: u32,
    c: u32,
}

async fn survivors(State(shared): State<Shared>, query: Asking<Three>) -> Answer {
    let Three { a, b, c } = asked(query)?;
    json(move || {
        let of = |number| shared.snapshots.get(number);
        Ok(Snapshot::survivors(&*of(a)?, &*of(b)?, &*of(c)?)?)
    })
    .await
}

async fn stream(State(shared): State<Shared>) -> Response {
    events(shared.reports).into_response()
}

/// In the format that is asked for; Prometheus asks for OpenMetrics first.
async fn metrics(State(shared): State<Shared>, headers: HeaderMap) -> Answer {
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    let accepted = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let open = accepted.is_some_and(|accept| accept.contains("application/openmetrics-text"));
    apart(move || {
        let report = shared.reports.latest();
        Ok(if open {
            as_text(OPEN_METRICS, shared.metrics.openmetrics_of(report))
        } else {
            as_text(TEXT, shared.metrics.text_of(report))
        })
    })
    .await
}
