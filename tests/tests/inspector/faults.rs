//! Clients that misbehave, and addresses that are taken.

use std::{
    collections::HashMap,
    io::{ErrorKind, Write},
    net::TcpStream,
};

use crate::client::{data, get, inspector, request, send};

#[mapkeeper::tracked]
#[derive(Default)]
struct Busy {
    #[map]
    map: HashMap<u64, u64>,
}

#[test]
fn a_taken_port_is_an_error() {
    let first = inspector();
    let error = mapkeeper::inspector::serve(first.local_addr()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

#[test]
fn it_stops_when_it_is_dropped() {
    let inspector = inspector();
    let to = inspector.local_addr();
    // A client that listens to events does not keep it.
    let mut events = TcpStream::connect(to).unwrap();
    write!(events, "GET /api/events HTTP/1.1\r\nHost: {to}\r\n\r\n").unwrap();
    assert_eq!(get(&inspector, "/api/summary").status, 200);
    drop(inspector);
    assert_eq!(
        TcpStream::connect(to).unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
}

#[test]
fn several_inspectors_stand_beside_each_other() {
    let (one, other) = (inspector(), inspector());
    assert_eq!(request(&one, "POST", "/api/snapshots", "").status, 201);
    assert_eq!(data(&one, "/api/snapshots").as_array().unwrap().len(), 1);
    assert_eq!(data(&other, "/api/snapshots").as_array().unwrap().len(), 0);
}

#[test]
fn a_request_that_is_too_large_is_turned_away() {
    let inspector = inspector();
    let to = inspector.local_addr();
    let long = "x".repeat(1 << 20);
    let many: String = (0..1_000).map(|n| format!("X-{n}: y\r\n")).collect();
    for request in [
        format!("GET /{long} HTTP/1.1\r\nHost: {to}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {to}\r\nX-Long: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {to}\r\n{many}\r\n"),
        "this is no request\r\n\r\n".to_owned(),
    ] {
        if let Some(answer) = send(to, request.as_bytes()) {
            assert!([400, 414, 431].contains(&answer.status), "{}", answer.head);
        }
        assert_eq!(get(&inspector, "/api/summary").status, 200);
    }
}

#[test]
fn a_body_that_nobody_asked_for_is_not_read_to_its_end() {
    let inspector = inspector();
    let to = inspector.local_addr();
    let head = format!(
        "POST /api/snapshots HTTP/1.1\r\nHost: {to}\r\nContent-Length: 1000000000\r\nConnection: close\r\n\r\n"
    );
    let answer = send(to, head.as_bytes()).expect("an answer before the body");
    assert_eq!(answer.status, 201);
}

/// More clients than there are places for, each with half a request. Then the program goes on, and the inspector as soon
/// as some of them go.
#[test]
fn clients_that_hang_keep_nobody_waiting_but_each_other() {
    let inspector = inspector();
    let to = inspector.local_addr();
    let mut hanging: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut client = TcpStream::connect(to).unwrap();
            let _ = client.write_all(b"GET /api/report HTT");
            client
        })
        .collect();
    let mut s = Busy::default();
    for n in 0..100_000 {
        s.map.insert(n, n);
    }
    assert_eq!(s.map.len(), 100_000);
    hanging.clear();
    let answered = (0..200).any(|_| {
        let text = format!("GET /api/summary HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n\r\n");
        send(to, text.as_bytes()).is_some_and(|answer| answer.status == 200)
    });
    assert!(answered, "no place was given back");
}

/// A client that asks for much and reads nothing: others are served meanwhile.
#[test]
fn a_client_that_does_not_read_keeps_nobody_waiting() {
    let inspector = inspector();
    let to = inspector.local_addr();
    let slow: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut client = TcpStream::connect(to).unwrap();
            for _ in 0..200 {
                if write!(client, "GET /api/report HTTP/1.1\r\nHost: {to}\r\n\r\n").is_err() {
                    break;
                }
            }
            client
        })
        .collect();
    assert_eq!(get(&inspector, "/api/summary").status, 200);
    drop(slow);
}
