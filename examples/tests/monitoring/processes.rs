//! Programs that end with the test, however it ends.

use std::{
    fs::File,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Starts the program after it and ends it once nobody holds the other end of its input: not even a test that was killed
/// leaves one behind. Signals of a terminal are for the test; the shell's turn comes after that.
const UNTIL_INPUT_ENDS: &str =
    r#"trap '' INT TERM HUP; "$@" & child=$!; read -r _; kill -9 $child; wait $child 2>/dev/null"#;

/// A program that listens at a port of loopback.
pub(crate) struct Process {
    shell: Child,
    pub(crate) address: String,
}

impl Process {
    /// Started, with what it says in a file beside its data; returns when it listens.
    #[track_caller]
    pub(crate) fn start(program: &str, args: &[&str], port: u16, log: &Path) -> Self {
        let said = File::create(log).expect("a file for what it says");
        let shell = Command::new("sh")
            .args(["-c", UNTIL_INPUT_ENDS, "sh", program])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(said.try_clone().expect("a file"))
            .stderr(said)
            .spawn()
            .expect("there is a shell");
        let process = Self {
            shell,
            address: format!("127.0.0.1:{port}"),
        };
        let start = Instant::now();
        while TcpStream::connect(&process.address).is_err() {
            if start.elapsed() > Duration::from_secs(20) {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                panic!("{program} does not listen at {}:\n{said}", process.address);
            }
            thread::sleep(Duration::from_millis(50));
        }
        process
    }
}

impl Process {
    pub(crate) fn end(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// Ports that were free a moment ago, all different.
pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    let listeners: [TcpListener; N] =
        std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}

/// The first of these programs that can be run.
pub(crate) fn installed(names: &[&'static str]) -> Option<&'static str> {
    names.iter().copied().find(|name| {
        let mut version = Command::new(name);
        version.arg("--version").stdin(Stdio::null());
        version.output().is_ok_and(|output| output.status.success())
    })
}
