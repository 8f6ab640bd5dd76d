//! A request and its answer.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// The body of a `GET`.
#[track_caller]
pub(crate) fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).expect("a timeout");
    // Nobody answers HTTP 1.0 in chunks.
    let request =
        format!("GET {path} HTTP/1.0\r\nHost: {address}\r\nAccept: text/plain, */*\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(
        head.lines()
            .next()
            .is_some_and(|line| line.contains(" 200")),
        "{path}: {answer}"
    );
    body.to_owned()
}

#[track_caller]
pub(crate) fn get_json(address: &str, path: &str) -> Value {
    let body = get(address, path);
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
}

/// A text as part of a URL's query.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
