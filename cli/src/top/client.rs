//! Asks an inspector over HTTP, and says in one sentence what went wrong.

use std::{fmt, io, time::Duration};

use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::{
    Agent,
    http::{HeaderValue, Uri},
};

use crate::{
    clean::{clean, clean_json},
    command::Failure,
};

/// In which an answer has to be here, all of it.
const WITHIN: Duration = Duration::from_secs(10);
/// Bytes of an answer at most.
const MOST: u64 = 64 * 1024 * 1024;

/// Where to ask, and how.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    /// Without a slash at its end.
    base: String,
    token: Option<HeaderValue>,
}

/// Why there is no answer, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    sentence: String,
    /// Whether somebody answered that there is nothing at this address.
    pub(crate) is_unknown: bool,
}

impl Fault {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self {
            sentence: clean(&sentence.into()),
            is_unknown: false,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Client {
    pub(crate) fn new(url: &str, token: Option<String>) -> Result<Self, Failure> {
        let base = base_of(url)?;
        let token = token.map(|token| {
            let value = HeaderValue::from_str(&format!("Bearer {token}"));
            value.map_err(|_| {
                Failure::new(
                    "the token has characters that cannot be sent: give it as the program's `Inspector::builder()\
                     .token(…)` has it",
                )
            })
        });
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(WITHIN))
            // A token is for the inspector alone.
            .proxy(None)
            .user_agent(concat!("cargo-mapkeeper/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config.into(),
            base,
            token: token.transpose()?,
        })
    }

    pub(crate) fn address(&self) -> &str {
        &self.base
    }

    /// The summary: what is no mapkeeper has none.
    pub(crate) fn summary(&self) -> Result<Value, Fault> {
        let summary = self.json("api/summary")?;
        let has = |field: &str| summary.get(field).is_some();
        if has("mode") && has("sites") && has("suspects") {
            return Ok(summary);
        }
        Err(self.no_mapkeeper("it answers with other data"))
    }

    /// What is at a path, cleaned for a terminal.
    pub(crate) fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, Fault> {
        self.typed(path, self.json(path)?)
    }

    /// JSON as what it is read as.
    pub(crate) fn typed<T: DeserializeOwned>(&self, path: &str, json: Value) -> Result<T, Fault> {
        serde_json::from_value(clean_json(json)).map_err(|error| {
            Fault::new(format!(
                "the inspector at {} says in {path} what this version ({}) does not understand ({error}): use the \
                 cargo-mapkeeper of the program's mapkeeper",
                self.base,
                env!("CARGO_PKG_VERSION")
            ))
        })
    }

    /// What is at a path, as it is.
    pub(crate) fn json(&self, path: &str) -> Result<Value, Fault> {
        let mut request = self
            .agent
            .get(format!("{}/{path}", self.base))
            .header("Accept", "application/json");
        if let Some(token) = &self.token {
            request = request.header("Authorization", token);
        }
        let mut answer = request.call().map_err(|error| self.unreachable(&error))?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(MOST).read_to_vec();
        let body = body.map_err(|error| self.unreachable(&error))?;
        let json = serde_json::from_slice::<Value>(&body);
        if status == 200 {
            return json.map_err(|_| self.no_mapkeeper("what it answers is not JSON"));
        }
        let said = json.as_ref().ok().and_then(|json| json["error"].as_str());
        Err(Fault {
            is_unknown: status == 404,
            ..self.refused(status, said)
        })
    }

    fn refused(&self, status: u16, said: Option<&str>) -> Fault {
        let base = &self.base;
        Fault::new(match (status, said) {
            (401, _) if self.token.is_some() => format!(
                "the inspector at {base} does not accept this token: give the one that the program's \
                 `Inspector::builder().token(…)` was given, with --token or in MAPKEEPER_TOKEN"
            ),
            (401, _) => format!(
                "the inspector at {base} wants its token: give it with --token or in MAPKEEPER_TOKEN"
            ),
            // Its own words, if it is one.
            (_, Some(said)) if status != 404 => format!("the inspector at {base} refuses: {said}"),
            (300..=399, _) => {
                return self.no_mapkeeper(&format!("it points elsewhere, status {status}"));
            }
            _ => return self.no_mapkeeper(&format!("it answers with status {status}")),
        })
    }

    fn no_mapkeeper(&self, why: &str) -> Fault {
        Fault::new(format!(
            "there is no mapkeeper inspector at {} ({why}): give the address of its page, such as \
             http://127.0.0.1:8080/debug/maps",
            self.base
        ))
    }

    fn unreachable(&self, error: &ureq::Error) -> Fault {
        let base = &self.base;
        Fault::new(match error {
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => format!(
                "nobody listens at {base} (connection refused): is the program running, and is that the port of its \
                 inspector?"
            ),
            ureq::Error::Timeout(_) => format!(
                "{base} does not answer within {} s: is that its inspector, and can it be reached from here?",
                WITHIN.as_secs()
            ),
            ureq::Error::HostNotFound => unknown_host(base),
            ureq::Error::Io(error) if error.to_string().contains("lookup address") => {
                unknown_host(base)
            }
            ureq::Error::Protocol(_) | ureq::Error::BodyExceedsLimit(_) => {
                return self.no_mapkeeper(&format!("it does not speak as one: {error}"));
            }
            error => format!("{base} cannot be asked: {error}"),
        })
    }
}

fn unknown_host(base: &str) -> String {
    format!("the host of {base} is not known: is its name written correctly?")
}

/// The address that the API's paths stand under; as people copy it from a browser, or without `http://`.
fn base_of(url: &str) -> Result<String, Failure> {
    let bad = |why: &str| {
        Failure::new(format!(
            "{url:?} is no address to ask ({why}): give that of the inspector's page, such as \
             http://127.0.0.1:8080/debug/maps"
        ))
    };
    let text = url.split(['#', '?']).next().unwrap_or("").trim();
    let text = match text.split_once("://") {
        Some(("http", rest)) => rest,
        Some(("https", _)) => {
            return Err(Failure::new(format!(
                "{url:?} wants TLS, which this program does not speak: ask the inspector itself by http, through a \
                 tunnel such as `ssh -L 8080:127.0.0.1:8080 HOST` if it is elsewhere"
            )));
        }
        Some(_) => return Err(bad("it is neither http nor a host")),
        None => text,
    };
    let base = format!("http://{}", text.trim_end_matches('/'));
    let uri: Uri = base.parse().map_err(|_| bad("it cannot be read"))?;
    let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
    if authority.host().is_empty() || authority.as_str().contains('@') {
        return Err(bad("it names no host, or more than one"));
    }
    let port = authority.as_str().strip_prefix(authority.host());
    if port.is_some_and(|port| !port.is_empty()) && uri.port_u16().is_none() {
        return Err(bad("its port is none"));
    }
    Ok(base)
}
