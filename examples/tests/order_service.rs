//! The incident as its user sees it: the built program, its output and its exit codes.
//!
//! Speed is not judged here; a busy machine would make the verdict.
#![forbid(unsafe_code)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const SERVICE: &str = include_str!("../src/bin/order_service/service.rs");

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_order_service"));
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A started program; ended with the test, however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Running {
    fn start(command: &mut Command) -> Self {
        Self(command.spawn().expect("order_service starts"))
    }

    /// Its exit code; panics after a minute.
    fn exit_code(&mut self) -> Option<i32> {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(status) = self.0.try_wait().expect("the child can be waited for") {
                return status.code();
            }
            assert!(
                Instant::now() < deadline,
                "order_service did not end within a minute"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Exit code, stdout and stderr of a whole run.
fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let mut child = Running::start(&mut program(args));
    let code = child.exit_code();
    let text = |stream: &mut dyn Read| {
        let mut text = String::new();
        stream
            .read_to_string(&mut text)
            .expect("the output is UTF-8");
        text
    };
    let stdout = text(child.0.stdout.as_mut().expect("stdout is a pipe"));
    let stderr = text(child.0.stderr.as_mut().expect("stderr is a pipe"));
    (code, stdout, stderr)
}

/// `service.rs:LINE:` of the only line that contains `statement`.
fn place_of(statement: &str) -> String {
    let mut lines = SERVICE
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.contains(statement));
    let (_, number) = lines.next().expect("the statement is in service.rs");
    assert_eq!(lines.next(), None, "`{statement}` is not unique");
    format!("service.rs:{number}:")
}

/// The cells of the table's row with this label, one per phase.
fn row<'a>(stdout: &'a str, label: &str) -> Vec<&'a str> {
    let line = stdout.lines().rfind(|line| line.starts_with(label));
    let cells = line.unwrap_or_else(|| panic!("no row {label:?} in:\n{stdout}"));
    cells[label.len()..]
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect()
}

fn count(cell: &str) -> u64 {
    cell.replace(',', "")
        .parse()
        .unwrap_or_else(|_| panic!("{cell:?} is no count"))
}

#[test]
fn the_report_names_the_field_and_both_lines_and_the_table_compares_three_phases() {
    let (code, stdout, stderr) = run(&["--seconds", "1"]);
    assert_eq!(code, Some(0), "{stdout}\n{stderr}");

    assert!(stdout.contains("OrderService.orders"), "{stdout}");
    let inserted = place_of("self.orders.insert(id, Some(order))");
    let vacated = place_of("self.orders.insert(id, None)");
    assert!(
        stdout.contains(&inserted),
        "no insertion at {inserted} in:\n{stdout}"
    );
    assert!(
        stdout.contains(&vacated),
        "no vacating write at {vacated} in:\n{stdout}"
    );

    assert!(
        stdout.contains("healthy    with the bug   after the fix"),
        "{stdout}"
    );
    for label in [
        "QPS",
        "P50",
        "P99",
        "entries",
        "residue share",
        "table bytes",
    ] {
        assert_eq!(row(&stdout, label).len(), 3, "{label} in:\n{stdout}");
    }
    assert!(!stdout.contains("\nerrors"), "{stdout}");

    let entries: Vec<_> = row(&stdout, "entries").into_iter().map(count).collect();
    assert_eq!(
        (entries[0], entries[2]),
        (2_000, 2_000),
        "the open orders stay constant"
    );
    assert!(entries[1] > 2_000, "{stdout}");
    assert_eq!(row(&stdout, "residue share")[0], "0.0 %");
    assert_eq!(row(&stdout, "residue share")[2], "0.0 %");
}

#[test]
fn a_bad_flag_is_answered_with_a_sentence_and_the_usage() {
    let bad: [&[&str]; 15] = [
        &["--secnds", "3"],
        &["--seconds"],
        &["--seconds", "0"],
        &["--seconds", "soon"],
        &["--serve=yes"],
        &["now"],
        &["--traffic"],
        &["--traffic", "heavy"],
        &["--traffic", "steady", "--rate", "0"],
        &["--traffic", "steady", "--release", "2.5"],
        &["--traffic", "steady", "--port", "0"],
        &["--traffic", "steady", "--port", "65536"],
        &["--traffic", "steady", "--serve"],
        &["--port", "9101"],
        &["--no-inspector"],
    ];
    for args in bad {
        let (code, stdout, stderr) = run(args);
        assert_eq!(code, Some(2), "{args:?}");
        assert_eq!(stdout, "", "{args:?}");
        assert!(stderr.starts_with("error: "), "{args:?}: {stderr}");
        assert!(
            stderr.contains("Usage: order_service"),
            "{args:?}: {stderr}"
        );
    }
}

#[test]
fn help_goes_to_stdout() {
    let (code, stdout, stderr) = run(&["--help"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(
        stdout.contains("--seconds N") && stdout.contains("Examples:"),
        "{stdout}"
    );
}

#[test]
fn a_port_that_is_taken_is_one_clear_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let (code, stdout, stderr) = run(&["--traffic", "none", "--port", &port]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    let sentence = format!(
        "error: port {port} of 127.0.0.1 is taken: choose another one with --port, or leave --port out for a free one\n"
    );
    assert_eq!(stderr, sentence);
}

/// The body of an answer to `GET`; empty if it is none of success.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a timeout");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    if answer.starts_with("HTTP/1.1 200") {
        answer
    } else {
        String::new()
    }
}

/// A service under traffic, and where it serves.
fn serving(args: &[&str]) -> (Running, String, impl Sized) {
    let mut child = Running::start(program(args).stderr(Stdio::null()));
    // The pipe's reader stays open until the program is gone.
    let mut lines = BufReader::new(child.0.stdout.take().expect("piped"))
        .lines()
        .map_while(Result::ok);
    let address = lines
        .find_map(|line| {
            let rest = line.strip_prefix("Serving on http://")?;
            Some(rest.split(',').next()?.to_owned())
        })
        .expect("it says where it serves");
    (child, address, lines)
}

#[test]
fn traffic_goes_on_and_says_which_release_it_meets() {
    let (_child, address, _lines) = serving(&["--traffic", "steady", "--release", "2.4"]);
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let metrics = get(&address, "/debug/maps/metrics");
        assert!(
            metrics.contains("mapkeeper_release_info{release=\"2.4\"} 1\n"),
            "{metrics}"
        );
        // 2.4 keeps what was completed.
        if metrics.contains("mapkeeper_suspect{module=\"order_service::service\"") {
            break;
        }
        assert!(
            Instant::now() < deadline,
            "no residue in a minute: {metrics}"
        );
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn without_the_inspector_there_is_no_page_and_no_metrics() {
    let (_child, address, _lines) = serving(&["--traffic", "none", "--no-inspector"]);
    assert!(get(&address, "/maps").contains("mapkeeper report"));
    assert_eq!(get(&address, "/debug/maps/"), "");
    assert_eq!(get(&address, "/debug/maps/metrics"), "");
}

#[cfg(unix)]
#[test]
fn it_keeps_serving_until_interrupted() {
    let mut child = Running::start(program(&["--seconds", "1", "--serve"]).stderr(Stdio::null()));
    // The pipe's reader stays open until the program is gone.
    let mut lines = BufReader::new(child.0.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let address = lines
        .find_map(|line| {
            let rest = line.strip_prefix("Still serving on http://")?;
            Some(rest.split(',').next()?.to_owned())
        })
        .expect("it says where it serves");

    let mut stream = TcpStream::connect(&address).expect("it listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let request = format!("GET /maps HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("OrderService.orders"), "{answer}");

    let interrupt = Command::new("kill")
        .args(["-INT", &child.0.id().to_string()])
        .status();
    assert!(interrupt.expect("`kill` can be run").success());
    assert_eq!(child.exit_code(), Some(0));
    drop(lines);
}
