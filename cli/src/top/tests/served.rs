//! An inspector that says what it was recorded to say, and what a test makes it say.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Instant,
};

use ratatui::{Terminal, backend::TestBackend};
use serde_json::Value;

use crate::top::{
    app::App,
    client::Client,
    data::{self, Seen, Wanted},
    sort::Sort,
    view::{self, Palette},
};

/// What is answered to a request: its path, with its query, and its token.
type Says = dyn Fn(&str, Option<&str>) -> (u16, String) + Send + Sync;

/// Answers until the test's process ends.
pub(super) struct Served {
    pub(super) address: SocketAddr,
    says: Arc<Mutex<Box<Says>>>,
}

impl Served {
    pub(super) fn saying(
        says: impl Fn(&str, Option<&str>) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let says: Arc<Mutex<Box<Says>>> = Arc::new(Mutex::new(Box::new(says)));
        let shared = Arc::clone(&says);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let says = Arc::clone(&shared);
                thread::spawn(move || answer(stream, &says));
            }
        });
        Self { address, says }
    }

    /// The recording, with what `edit` makes of each answer.
    pub(super) fn recorded(edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::saying(move |path, _| recorded(path, &edit))
    }

    pub(super) fn says(
        &self,
        says: impl Fn(&str, Option<&str>) -> (u16, String) + Send + Sync + 'static,
    ) {
        *self.says.lock().unwrap() = Box::new(says);
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/debug/maps", self.address)
    }

    pub(super) fn client(&self) -> Client {
        Client::new(&self.url(), None).unwrap()
    }
}

fn answer(stream: TcpStream, says: &Mutex<Box<Says>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut first, mut token) = (String::new(), None);
        reader.read_line(&mut first).ok().filter(|n| *n > 0)?;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
            if line.trim().is_empty() {
                break;
            }
            let lower = line.to_ascii_lowercase();
            if lower.starts_with("authorization:") {
                let sent = line.trim().split_once(": Bearer ")?.1;
                token = Some(sent.to_owned());
            }
        }
        let path = first.split(' ').nth(1)?;
        let (status, body) = says.lock().unwrap()(path, token.as_deref());
        let head = format!(
            "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let stream = reader.get_mut();
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body.as_bytes()).ok()?;
    }
}

/// What was recorded at a path of the API.
pub(super) fn recorded(path: &str, edit: &dyn Fn(&mut Value)) -> (u16, String) {
    let Some((_, path)) = path.split_once("/debug/maps/api/") else {
        return (404, String::new());
    };
    let place = path.split('?').next().unwrap_or("");
    let text = match place {
        "summary" => include_str!("recorded/summary.json"),
        "suspects" => include_str!("recorded/suspects.json"),
        "sites" => include_str!("recorded/sites.json"),
        _ if place.starts_with("sites/") => include_str!("recorded/site.json"),
        _ => {
            return (
                404,
                r#"{"error":"there is nothing at this address"}"#.to_owned(),
            );
        }
    };
    let mut json: Value = serde_json::from_str(text).unwrap();
    edit(&mut json);
    (200, json.to_string())
}

pub(super) fn wanted() -> Wanted {
    Wanted {
        sort: Sort::Suspects,
        ascending: false,
        filter: String::new(),
        site: None,
    }
}

pub(super) fn seen(served: &Served, wanted: &Wanted) -> Seen {
    data::seen(&served.client(), wanted).unwrap()
}

/// A view of what is served, under an address that is the same each time.
pub(super) fn app(served: &Served) -> App {
    let wanted = wanted();
    App::new(
        "http://127.0.0.1:8080/debug/maps",
        seen(served, &wanted),
        wanted,
    )
}

/// The view after what it wants was asked for, as text, a line for each of the terminal's.
pub(super) fn drawn(app: &mut App, (width, height): (u16, u16), now: Instant) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let palette = Palette::new(false);
    terminal
        .draw(|frame| view::draw(frame, app, palette, now))
        .unwrap();
    let buffer = terminal.backend().buffer().clone();
    let mut text = String::new();
    for y in 0..height {
        let mut line = String::new();
        let mut x = 0;
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            // What is wide takes the next cell, too.
            x += unicode_width::UnicodeWidthStr::width(symbol).max(1) as u16;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
