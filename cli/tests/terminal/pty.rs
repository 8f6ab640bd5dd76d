//! A program on a terminal of its own: what it writes is recorded and read as a terminal reads it.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    num::NonZeroU16,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, Weak},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{FdFlags, fcntl_setfd},
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Action, Termios, Winsize, tcflow, tcgetattr, tcsetwinsize},
};

pub(crate) struct Terminal {
    /// What the person at the terminal holds, until that is gone.
    person: Option<Arc<File>>,
    /// The program's side, kept open so that its settings can be looked at when the program is gone.
    side: File,
    program: Child,
    recorded: Arc<Mutex<Vec<u8>>>,
    size: (u16, u16),
    /// As it was before the program ran.
    before: Termios,
}

impl Terminal {
    pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)], size: (u16, u16)) -> Self {
        Self::start(None, arguments, environment, size)
    }

    /// Its keys come from elsewhere.
    pub(crate) fn with_keys_of(input: File, arguments: &[&str], size: (u16, u16)) -> Self {
        Self::start(Some(input), arguments, &[], size)
    }

    fn start(
        input: Option<File>,
        arguments: &[&str],
        environment: &[(&str, &str)],
        size: (u16, u16),
    ) -> Self {
        let (person, side) = opened();
        let person = Arc::new(person);
        set_size(&person, size);
        let before = tcgetattr(&side).unwrap();
        let stdio = || Stdio::from(side.try_clone().unwrap());
        let program = Command::new(env!("CARGO_BIN_EXE_cargo-mapkeeper"))
            .args(arguments)
            .env_remove("NO_COLOR")
            .env("TERM", "xterm-256color")
            .envs(environment.iter().copied())
            .stdin(input.map_or_else(stdio, Stdio::from))
            .stdout(stdio())
            .stderr(stdio())
            .spawn()
            .expect("it runs");
        let recorded = Arc::new(Mutex::new(Vec::new()));
        let (person_there, writes) = (Arc::downgrade(&person), Arc::clone(&recorded));
        thread::spawn(move || record(&person_there, &writes));
        Self {
            person: Some(person),
            side,
            program,
            recorded,
            size,
            before,
        }
    }

    fn person(&self) -> &File {
        self.person.as_ref().expect("somebody is there")
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.person().write_all(keys.as_bytes()).unwrap();
    }

    /// The terminal has another size; the program hears of it as it would from a window.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        set_size(self.person(), size);
        self.size = size;
        self.signal(Signal::WINCH);
    }

    /// The window is closed, the connection lost: who held the terminal is gone, and the program is told by nothing else.
    pub(crate) fn vanishes(&mut self) {
        self.person = None;
        let mut waits = [PollFd::new(&self.side, PollFlags::empty())];
        poll(&mut waits, Some(&seconds(20, 0))).unwrap();
        let seen = waits[0].revents();
        assert!(seen.contains(PollFlags::HUP), "it is there: {seen:?}");
    }

    /// Takes nothing more from the program.
    pub(crate) fn stalls(&self) {
        tcflow(&self.side, Action::OOff).unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.program), signal).unwrap();
    }

    pub(crate) fn recorded(&self) -> Vec<u8> {
        self.recorded.lock().unwrap().clone()
    }

    /// What is to be seen.
    pub(crate) fn screen(&self) -> vt100::Parser {
        let of = |n: u16| NonZeroU16::new(n).unwrap();
        let mut parser = vt100::Parser::new(of(self.size.1), of(self.size.0), 0);
        parser.process(&self.recorded());
        parser
    }

    /// Waits until the text that is seen is as it should be.
    #[track_caller]
    pub(crate) fn shows(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let text = self.screen().screen().contents();
            if is_so(&text) {
                return text;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{what}:\n{text}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the end of the program.
    #[track_caller]
    pub(crate) fn ends_somehow(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.program.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "it does not end");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the end of the program; the terminal has to be as it was.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> ExitStatus {
        let status = self.ends_somehow();
        // What was written last is read by then.
        thread::sleep(Duration::from_millis(100));
        let after = tcgetattr(&self.side).unwrap();
        assert_eq!(
            after.local_modes, self.before.local_modes,
            "echo, lines, signals"
        );
        assert_eq!(after.input_modes, self.before.input_modes);
        assert_eq!(after.output_modes, self.before.output_modes);
        let parser = self.screen();
        assert!(
            !parser.screen().alternate_screen(),
            "the screen of before is back"
        );
        assert!(!parser.screen().hide_cursor(), "the cursor is there");
        status
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// A terminal: what a person holds of it, and what a program does.
pub(crate) fn opened() -> (File, File) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    // Else a program has it as well, and it never vanishes.
    fcntl_setfd(&person, FdFlags::CLOEXEC).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap();
    let side = OpenOptions::new()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    (person.into(), side)
}

/// What the program writes, as long as somebody holds the terminal: it would stay if this held it as well while it waits.
fn record(person: &Weak<File>, recorded: &Mutex<Vec<u8>>) {
    let look = seconds(0, 10_000_000);
    let mut buffer = [0; 4096];
    while let Some(person) = person.upgrade() {
        let mut waits = [PollFd::new(&person, PollFlags::IN)];
        if poll(&mut waits, Some(&look)) != Ok(0) {
            let Ok(n @ 1..) = (&*person).read(&mut buffer) else {
                return;
            };
            recorded.lock().unwrap().extend_from_slice(&buffer[..n]);
        }
    }
}

fn seconds(tv_sec: i64, tv_nsec: i64) -> Timespec {
    Timespec { tv_sec, tv_nsec }
}

fn set_size(person: &File, (width, height): (u16, u16)) {
    let size = Winsize {
        ws_row: height,
        ws_col: width,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(person, size).unwrap();
}
