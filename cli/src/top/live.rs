//! The live view: takes the terminal, draws, answers keys, and gives the terminal back however it ends.

use std::{
    io,
    mem::ManuallyDrop,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use ratatui::{
    DefaultTerminal,
    crossterm::{
        event::Event,
        execute,
        terminal::{LeaveAlternateScreen, disable_raw_mode},
    },
};

use super::{
    app::{App, Then},
    args::Arguments,
    asking,
    client::Client,
    data,
    events::Events,
    poller::Poller,
    view::{self, Palette},
};
use crate::{
    command::{Failure, Verdict},
    progress,
};

/// How long a key may wait for what the inspector says.
const TICK: Duration = Duration::from_millis(100);

pub(super) fn run(client: Client, arguments: &Arguments) -> Result<Verdict, Failure> {
    let wanted = arguments.wanted();
    let seen = progress::during(&asking(&client), || data::seen(&client, &wanted));
    let seen = seen.map_err(|fault| Failure::new(fault.to_string()))?;
    let mut app = App::new(client.address(), seen, wanted.clone());
    let poller = Poller::start(client, wanted, arguments.interval);
    let is_to_end = signals().map_err(|error| failed("listen to signals", &error))?;
    let mut screen = Screen::take().map_err(|error| failed("take the terminal", &error))?;
    let ended = go_on(&mut screen.0, &mut app, &poller, &is_to_end);
    drop(screen);
    ended
}

fn failed(what: &str, error: &io::Error) -> Failure {
    Failure::new(format!(
        "cannot {what}: {error}; --once asks for text instead"
    ))
}

/// The terminal, until it is dropped. A panic has given it back by then, before it said anything (ratatui's hook).
/// Of its own it would say on standard error, and panic where that is the terminal, that one which has vanished shows no cursor: so it
/// has no end of its own.
struct Screen(ManuallyDrop<DefaultTerminal>);

impl Screen {
    fn take() -> io::Result<Self> {
        ratatui::try_init().map(ManuallyDrop::new).map(Self)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing. Where keys come from may be another one.
        let _ = self.0.show_cursor();
        if !thread::panicking() {
            let _ = disable_raw_mode();
            let _ = execute!(io::stdout(), LeaveAlternateScreen);
        }
    }
}

/// Set by the signals that ask a program to end. The second one ends it, whatever it waits for: a terminal that takes nothing more.
fn signals() -> io::Result<Arc<AtomicBool>> {
    let is_to_end = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    for signal in [
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGHUP,
    ] {
        let code = Verdict::Interrupted.code().into();
        signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&is_to_end))?;
        signal_hook::flag::register(signal, Arc::clone(&is_to_end))?;
    }
    Ok(is_to_end)
}

fn go_on(
    terminal: &mut DefaultTerminal,
    app: &mut App,
    poller: &Poller,
    is_to_end: &AtomicBool,
) -> Result<Verdict, Failure> {
    let palette = Palette::of_environment();
    let events = Events::start();
    let lost = |error: io::Error| failed("go on with this terminal", &error);
    loop {
        if is_to_end.load(Relaxed) {
            return Ok(Verdict::Interrupted);
        }
        while let Some(news) = poller.news().map_err(Failure::new)? {
            app.news(news, Instant::now());
        }
        // It fails if the terminal has vanished: something is written each time, if nothing else that there is no cursor.
        terminal
            .draw(|frame| view::draw(frame, app, palette, Instant::now()))
            .map_err(lost)?;
        let mut asks = false;
        let mut wait = TICK;
        while let Some(event) = events.next(wait).map_err(lost)? {
            wait = Duration::ZERO;
            let Event::Key(key) = event else {
                // A new size is drawn as any other.
                continue;
            };
            #[cfg(debug_assertions)]
            fail_if_a_test_asks_for_it(key);
            match app.key(key) {
                Then::Nothing => {}
                Then::Ask => asks = true,
                Then::Quit => return Ok(Verdict::Fine),
                Then::Interrupt => return Ok(Verdict::Interrupted),
            }
        }
        if asks {
            poller.want(app.wanted.clone());
        }
    }
}

/// Not in a release: a panic in the midst of drawing, to see what becomes of the terminal.
#[cfg(debug_assertions)]
fn fail_if_a_test_asks_for_it(key: ratatui::crossterm::event::KeyEvent) {
    use ratatui::crossterm::event::KeyCode;

    let asked = std::env::var_os("MAPKEEPER_TOP_PANICS").is_some();
    assert!(
        !(asked && key.code == KeyCode::Char('!')),
        "a test asked for this panic"
    );
}
