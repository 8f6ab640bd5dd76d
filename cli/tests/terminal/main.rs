//! `top` on a real terminal, of a live inspector.

#![allow(missing_docs)]
#![cfg(unix)]

mod pty;
mod svg;

use std::{
    collections::HashMap,
    env, fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use mapkeeper::inspector::{Inspector, serve};
use pty::Terminal;
use rustix::process::Signal;

#[mapkeeper::tracked]
#[derive(Default)]
struct Shop {
    #[map]
    orders: HashMap<u64, Option<u64>>,
    #[map]
    baskets: HashMap<u64, u64>,
}

/// Sites are the whole process': one test at a time has maps of them.
fn leaking() -> (Shop, MutexGuard<'static, ()>) {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut shop = Shop::default();
    for n in 0..4_000 {
        shop.orders.insert(n, Some(n));
    }
    for n in 0..3_000 {
        shop.orders.insert(n, None);
    }
    shop.baskets.extend((0..20).map(|n| (n, n)));
    (shop, alone)
}

/// A view that shows the first screen.
fn view(inspector: &Inspector, environment: &[(&str, &str)], size: (u16, u16)) -> Terminal {
    let url = format!("http://{}", inspector.local_addr());
    let arguments = ["mapkeeper", "top", &url, "--interval", "0.2"];
    let terminal = Terminal::run(&arguments, environment, size);
    terminal.shows("the first screen", |text| {
        text.contains("Shop.orders") && text.contains("live")
    });
    terminal
}

#[test]
fn a_leak_is_looked_at_and_q_gives_the_terminal_back() {
    let (mut shop, _alone) = leaking();
    let inspector = serve("127.0.0.1:0").unwrap();
    let mut terminal = view(&inspector, &[], (80, 24));
    assert!(terminal.screen().screen().alternate_screen());
    let text = terminal.shows("the suspect", |text| {
        text.contains("% of Shop.orders is residue")
    });
    assert!(text.contains("Maps (2), by suspects"), "{text}");
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("top.svg");
    fs::write(picture, svg::drawn(terminal.screen().screen())).unwrap();
    // It is live.
    shop.orders.extend((10_000..12_000).map(|n| (n, Some(n))));
    terminal.shows("2,000 more", |text| text.contains("6,000"));
    terminal.types("\r");
    let text = terminal.shows("its particulars", |text| text.contains("What it rests on"));
    assert!(
        text.contains("inserted at") && text.contains("fix"),
        "{text}"
    );
    terminal.types("\r");
    terminal.shows("its map", |text| text.contains("Lines that inserted"));
    terminal.types("\u{1b}");
    terminal.shows("the suspect again", |text| {
        text.contains("What it rests on")
    });
    terminal.types("\u{1b}");
    terminal.shows("the first screen again", |text| text.contains("Maps (2)"));
    terminal.types("/bask\r");
    terminal.shows("one map", |text| {
        text.contains("Maps (1)") && text.contains("Shop.baskets") && text.contains("with “bask”")
    });
    terminal.types("q");
    assert_eq!(terminal.ends().code(), Some(0));
}

#[test]
fn another_size_is_followed_and_one_too_small_is_told() {
    let _shop = leaking();
    let inspector = serve("127.0.0.1:0").unwrap();
    let mut terminal = view(&inspector, &[], (80, 24));
    terminal.resize((120, 40));
    terminal.shows("more columns", |text| text.contains("inserted"));
    terminal.resize((40, 10));
    terminal.shows("a request", |text| text.contains("Please make it"));
    terminal.resize((80, 24));
    terminal.shows("all of it again", |text| text.contains("Maps (2)"));
    terminal.types("q");
    assert_eq!(terminal.ends().code(), Some(0));
}

#[test]
fn control_c_and_signals_give_the_terminal_back() {
    let _shop = leaking();
    let inspector = serve("127.0.0.1:0").unwrap();
    let mut terminal = view(&inspector, &[], (80, 24));
    terminal.types("\u{3}");
    assert_eq!(terminal.ends().code(), Some(130));
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let mut terminal = view(&inspector, &[], (80, 24));
        terminal.signal(signal);
        assert_eq!(terminal.ends().code(), Some(130), "{signal:?}");
    }
}

#[test]
fn a_terminal_that_vanished_ends_it_and_so_does_a_signal_then() {
    let _shop = leaking();
    let inspector = serve("127.0.0.1:0").unwrap();
    let mut terminal = view(&inspector, &[], (80, 24));
    terminal.vanishes();
    assert_eq!(terminal.ends_somehow().code(), Some(2));
    for signal in [Signal::HUP, Signal::TERM] {
        let mut terminal = view(&inspector, &[], (80, 24));
        terminal.vanishes();
        terminal.signal(signal);
        // Whichever it hears of first.
        let code = terminal.ends_somehow().code();
        assert!(matches!(code, Some(2 | 130)), "{signal:?}: {code:?}");
    }
}

#[test]
fn keys_that_come_no_more_end_it_and_give_the_terminal_back() {
    let _shop = leaking();
    let inspector = serve("127.0.0.1:0").unwrap();
    let url = format!("http://{}", inspector.local_addr());
    let (keys, input) = pty::opened();
    let arguments = ["top", &url, "--interval", "0.2"];
    let mut terminal = Terminal::with_keys_of(input, &arguments, (80, 24));
    terminal.shows("the first screen", |text| text.contains("Shop.orders"));
    drop(keys);
    assert_eq!(terminal.ends().code(), Some(2));
    let text = terminal.screen().screen().contents();
    assert!(text.contains("cannot go on with this terminal"), "{text}");
}

#[test]
fn a_second_signal_ends_it_whatever_it_waits_for() {
    let _shop = leaking();
    let inspector = serve("127.0.0.1:0").unwrap();
    let mut terminal = view(&inspector, &[], (80, 24));
    terminal.stalls();
    // It draws ten times a second, and waits by then.
    thread::sleep(Duration::from_millis(500));
    terminal.signal(Signal::TERM);
    thread::sleep(Duration::from_millis(100));
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.ends_somehow().code(), Some(130));
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_gives_the_terminal_back_before_it_says_anything() {
    let _shop = leaking();
    let inspector = serve("127.0.0.1:0").unwrap();
    let mut terminal = view(
        &inspector,
        &[("MAPKEEPER_TOP_PANICS", "1"), ("RUST_BACKTRACE", "0")],
        (80, 24),
    );
    terminal.types("!");
    assert_eq!(terminal.ends().code(), Some(101));
    let text = terminal.screen().screen().contents();
    assert!(text.contains("a test asked for this panic"), "{text}");
    let recorded = String::from_utf8_lossy(&terminal.recorded()).into_owned();
    let place = |what: &str| recorded.rfind(what).unwrap();
    assert!(
        place("\u{1b}[?1049l") < place("a test asked"),
        "{recorded:?}"
    );
}

/// Stops the inspector, and frees its address.
fn stopped(inspector: Inspector) -> SocketAddr {
    let address = inspector.local_addr();
    drop(inspector);
    address
}

#[test]
fn a_server_that_vanished_is_told_and_waited_for() {
    let _shop = leaking();
    let inspector = serve("127.0.0.1:0").unwrap();
    let mut terminal = view(&inspector, &[], (80, 24));
    let address = stopped(inspector);
    let text = terminal.shows("that it is lost", |text| {
        text.contains("trying again") && text.contains("nobody listens")
    });
    assert!(text.contains("Shop.orders"), "what was seen stays: {text}");
    // It comes back where it was; this is the same run of the program.
    let inspector = serve(address).unwrap();
    terminal.shows("that it is back", |text| {
        text.contains("live") && !text.contains("trying again")
    });
    stopped(inspector);
    terminal.shows("that it is lost again", |text| {
        text.contains("trying again")
    });
    terminal.types("q");
    assert_eq!(terminal.ends().code(), Some(0));
}

/// Another run of the program, which serves its maps at an address until it is dropped.
struct OtherProcess(Child);

const SERVES_AT: &str = "MAPKEEPER_TEST_SERVES_AT";

impl OtherProcess {
    fn serving_at(address: SocketAddr) -> Self {
        let program = env::current_exe().unwrap();
        let mut child = Command::new(program)
            .args(["--exact", "serves_where_another_test_says", "--nocapture"])
            .env(SERVES_AT, address.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        assert!(out.lines().any(|line| line.unwrap().ends_with("serving")));
        Self(child)
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// No test of its own, but the program that another one watches: it serves until its input ends.
#[test]
fn serves_where_another_test_says() {
    let Ok(address) = env::var(SERVES_AT) else {
        return;
    };
    let _shop = leaking();
    let _inspector = serve(address).unwrap();
    println!("serving");
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn a_program_that_was_restarted_is_watched_again() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let first = OtherProcess::serving_at(address);
    let url = format!("http://{address}");
    let arguments = ["top", &url, "--interval", "0.2"];
    let mut terminal = Terminal::run(&arguments, &[], (80, 24));
    terminal.shows("the first run", |text| text.contains("live"));
    drop(first);
    terminal.shows("that it is lost", |text| text.contains("trying again"));
    let _second = OtherProcess::serving_at(address);
    terminal.shows("that it is another run", |text| {
        text.contains("live") && text.contains("the program was restarted")
    });
    terminal.types("q");
    assert_eq!(terminal.ends().code(), Some(0));
}

#[test]
fn without_an_inspector_the_terminal_is_not_taken() {
    let mut terminal = Terminal::run(&["top", "http://127.0.0.1:1"], &[], (80, 24));
    assert_eq!(terminal.ends().code(), Some(2));
    let recorded = String::from_utf8(terminal.recorded()).unwrap();
    assert!(recorded.contains("nobody listens"), "{recorded}");
    assert!(!recorded.contains("\u{1b}[?1049h"), "{recorded:?}");
}

/// Which colours the cells have, but for the terminal's own.
fn colours(terminal: &Terminal) -> usize {
    let parser = terminal.screen();
    let screen = parser.screen();
    let cells = (0..24).flat_map(|row| (0..80).map(move |column| (row, column)));
    cells
        .filter_map(|(row, column)| screen.cell(row, column))
        .filter(|cell| cell.fgcolor() != vt100::Color::Default)
        .count()
}

#[test]
fn no_color_means_none() {
    let _shop = leaking();
    let inspector = serve("127.0.0.1:0").unwrap();
    for (environment, has_colours) in [
        (&[][..], true),
        (&[("NO_COLOR", "")][..], true),
        (&[("NO_COLOR", "1")][..], false),
    ] {
        let mut terminal = view(&inspector, environment, (80, 24));
        assert_eq!(colours(&terminal) > 0, has_colours, "{environment:?}");
        terminal.types("q");
        terminal.ends();
    }
}
