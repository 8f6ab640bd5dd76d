//! A client that sends what it is told to, byte for byte.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use mapkeeper::inspector::Inspector;
use serde_json::Value;

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {}", self.body))
    }

    /// The one sentence of a refusal.
    #[track_caller]
    pub(crate) fn error(&self) -> String {
        self.json()["error"]
            .as_str()
            .expect("a sentence")
            .to_owned()
    }
}

/// Sends a request's text and reads until the end of the connection; `None` if there was no answer.
pub(crate) fn send(to: SocketAddr, request: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(to).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    // Who is turned away early may not read all of it.
    let _ = stream.write_all(request);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// A request with these headers besides `Host`.
#[track_caller]
pub(crate) fn request(to: &Inspector, method: &str, path: &str, headers: &str) -> Answer {
    let to = to.local_addr();
    let text = format!(
        "{method} {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n"
    );
    send(to, text.as_bytes()).expect("an answer")
}

#[track_caller]
pub(crate) fn get(from: &Inspector, path: &str) -> Answer {
    request(from, "GET", path, "")
}

/// The data at a path.
#[track_caller]
pub(crate) fn data(from: &Inspector, path: &str) -> Value {
    let answer = get(from, path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

pub(crate) fn inspector() -> Inspector {
    mapkeeper::inspector::serve("127.0.0.1:0").unwrap()
}
