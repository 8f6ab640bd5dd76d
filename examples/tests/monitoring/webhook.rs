//! Who is told: a server that keeps what Alertmanager sends to it.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use serde_json::Value;

/// One notification: a group of alerts.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// Where it was sent to: `/maps`.
    pub(crate) path: String,
    pub(crate) body: Value,
}

impl Told {
    /// A label of each of its alerts.
    pub(crate) fn each(&self, label: &str) -> Vec<String> {
        let alerts = self.body["alerts"].as_array().into_iter().flatten();
        alerts
            .map(|alert| alert["labels"][label].as_str().unwrap_or("").to_owned())
            .collect()
    }
}

pub(crate) struct Webhook {
    pub(crate) port: u16,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Webhook {
    /// Serves for as long as the test's process lives.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let told = Arc::<Mutex<Vec<Told>>>::default();
        let kept = Arc::clone(&told);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // Who breaks off has said nothing.
                if let Ok(one) = receive(connection) {
                    kept.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(one);
                }
            }
        });
        Self { port, told }
    }

    pub(crate) fn told(&self) -> Vec<Told> {
        self.told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn receive(connection: TcpStream) -> io::Result<Told> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or("").to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    reader
        .get_mut()
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    Ok(Told {
        path,
        body: serde_json::from_slice(&body)?,
    })
}
