//! Who looks: a Prometheus that scrapes each second, and a browser that has the page open.

use std::{
    hash::{BuildHasher, RandomState},
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How a service is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watch {
    pub(crate) scraped: bool,
    pub(crate) page: bool,
}

const fn watch(scraped: bool, page: bool) -> Watch {
    Watch { scraped, page }
}

pub(crate) const UNWATCHED: Watch = watch(false, false);
pub(crate) const BOTH: Watch = watch(true, true);
pub(crate) const WATCHES: [(&str, Watch); 4] = [
    ("inspector, idle", UNWATCHED),
    ("a scrape each second", watch(true, false)),
    ("the page open", watch(false, true)),
    ("both", BOTH),
];

const SECOND: Duration = Duration::from_secs(1);
/// How long a reader waits before it looks whether it is to end.
const LOOK: Duration = Duration::from_millis(50);

/// Watches until it is dropped.
pub(crate) struct Watching {
    over: Arc<AtomicBool>,
    /// Scrapes and events that came.
    answers: Arc<AtomicU64>,
    watchers: Vec<JoinHandle<()>>,
}

impl Watching {
    pub(crate) fn start(address: SocketAddr, watch: Watch) -> Self {
        let over = Arc::<AtomicBool>::default();
        let answers = Arc::<AtomicU64>::default();
        let mut watchers = Vec::new();
        if watch.scraped {
            let (over, answers) = (Arc::clone(&over), Arc::clone(&answers));
            watchers.push(thread::spawn(move || scrape(address, &over, &answers)));
        }
        if watch.page {
            let (over, answers) = (Arc::clone(&over), Arc::clone(&answers));
            watchers.push(thread::spawn(move || {
                // The inspector ends each connection after ten minutes; the page makes a new one.
                while !over.load(Relaxed) {
                    let _ = have_open(address, &over, &answers);
                }
            }));
        }
        Self {
            over,
            answers,
            watchers,
        }
    }

    /// How many scrapes and events there were so far.
    pub(crate) fn answers(&self) -> u64 {
        self.answers.load(Relaxed)
    }

    /// Ends it and closes its connections; how many scrapes and events there were.
    pub(crate) fn end(mut self) -> u64 {
        self.over.store(true, Relaxed);
        for watcher in self.watchers.drain(..) {
            let _ = watcher.join();
        }
        self.answers.load(Relaxed)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
    }
}

/// The first half a second after the start, then each second.
fn scrape(address: SocketAddr, over: &AtomicBool, answers: &AtomicU64) {
    let mut next = Instant::now() + SECOND / 2;
    while !over.load(Relaxed) {
        if Instant::now() < next {
            thread::sleep(LOOK);
            continue;
        }
        next += SECOND;
        if get(address, "/debug/maps/metrics").is_ok_and(|body| body.ends_with("# EOF\n")) {
            answers.fetch_add(1, Relaxed);
        }
    }
}

/// Another number each time.
pub(crate) fn anything() -> u64 {
    RandomState::new().hash_one(0)
}

/// As `page.js` does: the suspects at first and after every third event. Which one that is differs from page to page, so that pages
/// that are open for a second ask for suspects as often as one that stays.
fn have_open(address: SocketAddr, over: &AtomicBool, answers: &AtomicU64) -> io::Result<()> {
    const SUSPECTS: &str = "/debug/maps/api/suspects?limit=20";
    get(address, SUSPECTS)?;
    let mut events = BufReader::new(ask(address, "/debug/maps/api/events")?);
    events.get_ref().set_read_timeout(Some(LOOK))?;
    let mut line = String::new();
    let mut came = anything() % 3;
    while !over.load(Relaxed) {
        match events.read_line(&mut line) {
            Ok(0) => break,
            Ok(_) => {
                if line.starts_with("data:") {
                    answers.fetch_add(1, Relaxed);
                    came += 1;
                    if came.is_multiple_of(3) {
                        get(address, SUSPECTS)?;
                    }
                }
                line.clear();
            }
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                ) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn ask(address: SocketAddr, path: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(10 * SECOND))?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: application/openmetrics-text, */*\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    Ok(stream)
}

fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut answer = String::new();
    ask(address, path)?.read_to_string(&mut answer)?;
    Ok(answer)
}
