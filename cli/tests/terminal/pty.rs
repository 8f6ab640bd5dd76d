//! A program on a terminal of its own: what it writes is recorded and read as a terminal reads it.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    num::NonZeroU16,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Termios, Winsize, tcgetattr, tcsetwinsize},
};

pub(crate) struct Terminal {
    /// What the person at the terminal holds.
    person: File,
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
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap();
        let side = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        let person = File::from(person);
        set_size(&person, size);
        let before = tcgetattr(&side).unwrap();
        let stdio = || Stdio::from(side.try_clone().unwrap());
        let program = Command::new(env!("CARGO_BIN_EXE_cargo-mapkeeper"))
            .args(arguments)
            .env_remove("NO_COLOR")
            .env("TERM", "xterm-256color")
            .envs(environment.iter().copied())
            .stdin(stdio())
            .stdout(stdio())
            .stderr(stdio())
            .spawn()
            .expect("it runs");
        let recorded = Arc::new(Mutex::new(Vec::new()));
        let (mut reads, writes) = (person.try_clone().unwrap(), Arc::clone(&recorded));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reads.read(&mut buffer) {
                writes.lock().unwrap().extend_from_slice(&buffer[..n]);
            }
        });
        Self {
            person,
            side,
            program,
            recorded,
            size,
            before,
        }
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.person.write_all(keys.as_bytes()).unwrap();
    }

    /// The terminal has another size; the program hears of it as it would from a window.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        set_size(&self.person, size);
        self.size = size;
        self.signal(Signal::WINCH);
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

    /// Waits for the end of the program; the terminal has to be as it was.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> ExitStatus {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.program.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "it does not end");
            thread::sleep(Duration::from_millis(20));
        };
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

fn set_size(person: &File, (width, height): (u16, u16)) {
    let size = Winsize {
        ws_row: height,
        ws_col: width,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(person, size).unwrap();
}
