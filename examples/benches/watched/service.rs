//! An order service of its own process, and what the system says about it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    io::{self, BufRead, BufReader},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

pub(crate) struct Service {
    process: Child,
    pub(crate) address: SocketAddr,
    /// Open until the service is gone: it may say something.
    _said: BufReader<ChildStdout>,
}

impl Service {
    pub(crate) fn start(args: &[&str]) -> io::Result<Self> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_order_service"))
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let said = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut said = BufReader::new(said);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let address = line
            .strip_prefix("Serving on http://")
            .and_then(|rest| rest.split(',').next()?.parse().ok());
        let Some(address) = address else {
            let _ = process.kill();
            return Err(io::Error::other(format!(
                "the order service did not say where it serves, but {line:?}"
            )));
        };
        Ok(Self {
            process,
            address,
            _said: said,
        })
    }

    fn told(&self, file: &str) -> io::Result<String> {
        fs::read_to_string(format!("/proc/{}/{file}", self.process.id()))
    }

    /// What each of its threads spent on a processor so far.
    pub(crate) fn cpu(&self) -> io::Result<Spent> {
        let mut nanos = BTreeMap::new();
        for thread in fs::read_dir(format!("/proc/{}/task", self.process.id()))? {
            let thread = thread?;
            // One that ended meanwhile is not asked.
            if let Ok(spent) = fs::read_to_string(thread.path().join("schedstat")) {
                let first = spent.split(' ').next().and_then(|text| text.parse().ok());
                nanos.insert(thread.file_name(), first.unwrap_or(0));
            }
        }
        Ok(Spent(nanos))
    }

    /// How many sockets it has open: its own and those of its clients.
    pub(crate) fn sockets(&self) -> io::Result<usize> {
        let files = fs::read_dir(format!("/proc/{}/fd", self.process.id()))?;
        let is_socket = |file: &fs::DirEntry| {
            let to = fs::read_link(file.path());
            to.is_ok_and(|to| to.as_os_str().as_encoded_bytes().starts_with(b"socket:"))
        };
        Ok(files.flatten().filter(is_socket).count())
    }

    /// Bytes in memory.
    pub(crate) fn resident(&self) -> io::Result<u64> {
        let status = self.told("status")?;
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        let kilobytes = kilobytes.ok_or_else(|| io::Error::other("the system tells no VmRSS"))?;
        Ok(kilobytes * 1024)
    }
}

/// Nanoseconds by thread.
pub(crate) struct Spent(BTreeMap<OsString, u64>);

impl Spent {
    /// Of threads that are still there; those that a runtime keeps for blocking work end when nobody needs them.
    pub(crate) fn since(&self, earlier: &Self) -> Duration {
        let nanos = self.0.iter().map(|(thread, now)| {
            let before = earlier.0.get(thread).copied().unwrap_or(0);
            now.saturating_sub(before)
        });
        Duration::from_nanos(nanos.sum())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
