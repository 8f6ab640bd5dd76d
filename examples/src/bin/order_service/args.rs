//! The command line.

use std::time::Duration;

use lexopt::prelude::*;

use crate::{service::Release, traffic::Traffic};

pub(crate) const USAGE: &str = "\
Usage: order_service [--seconds N] [--serve]
       order_service --traffic KIND [--rate N] [--release NAME] [--port N] [--no-inspector]

An HTTP order service under load: healthy, with a bug that fills its map with
residue, and after the fix was switched on while it runs. With --traffic it
replays nothing, but serves until Ctrl-C: something to be monitored.

Options:
      --seconds N     length of each of the three phases, 1 to 600 [default: 4]
      --serve         keep serving after the run, until Ctrl-C
      --traffic KIND  steady: orders are placed and delivered, 2,000 wait
                      bursts: the same, and for 5 of each 10 s 6,000 more wait
                      none: what others ask for, only
      --rate N        orders a second of that traffic, 1 to 1000 [default: 100]
      --release NAME  2.3, or 2.4, which has the bug [default: 2.3]
      --port N        where to serve, on 127.0.0.1 [default: a free port]
      --no-inspector  without /debug/maps/ (the page and the metrics)
  -h, --help          this text

Examples:
  cargo run
  cargo run -- --seconds 10
  cargo run -- --serve        then: curl -s http://127.0.0.1:PORT/maps
  cargo run -- --traffic steady --port 9101
  cargo run -- --traffic steady --port 9102 --release 2.4
  cargo run -- --traffic bursts --port 9103
";

#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// The incident, and then, with `serve`, nothing until Ctrl-C.
    Replay {
        phase: Duration,
        serve: bool,
    },
    Serve(Serving),
    Help,
}

/// A service that goes on until Ctrl-C.
#[derive(Debug, PartialEq)]
pub(crate) struct Serving {
    pub(crate) traffic: Traffic,
    /// Orders a second.
    pub(crate) rate: u32,
    pub(crate) release: Release,
    /// 0: a free one.
    pub(crate) port: u16,
    pub(crate) inspector: bool,
}

pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut seconds = None;
    let mut serve = false;
    let mut traffic = None;
    let (mut rate, mut release, mut port) = (None, None, None);
    let mut inspector = true;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("seconds") => seconds = Some(parser.value()?.parse_with(seconds_in_range)?),
            Long("serve") => serve = true,
            Long("traffic") => traffic = Some(parser.value()?.parse_with(traffic_of)?),
            Long("rate") => rate = Some(parser.value()?.parse_with(rate_in_range)?),
            Long("release") => release = Some(parser.value()?.parse_with(release_of)?),
            Long("port") => port = Some(parser.value()?.parse_with(port_of)?),
            Long("no-inspector") => inspector = false,
            Short('h') | Long("help") => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    let Some(traffic) = traffic else {
        if rate.is_some() || release.is_some() || port.is_some() || !inspector {
            return Err(
                "--rate, --release, --port and --no-inspector go with --traffic: add \
                 `--traffic steady`, or leave them out"
                    .into(),
            );
        }
        return Ok(Command::Replay {
            phase: Duration::from_secs(seconds.unwrap_or(4)),
            serve,
        });
    };
    if seconds.is_some() || serve {
        return Err("--traffic serves until Ctrl-C: leave out --seconds and --serve".into());
    }
    Ok(Command::Serve(Serving {
        traffic,
        rate: rate.unwrap_or(100),
        release: release.unwrap_or(Release::Healthy),
        port: port.unwrap_or(0),
        inspector,
    }))
}

fn seconds_in_range(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .ok()
        .filter(|seconds| (1..=600).contains(seconds))
        .ok_or("--seconds takes a whole number from 1 to 600")
}

fn traffic_of(text: &str) -> Result<Traffic, &'static str> {
    match text {
        "steady" => Ok(Traffic::Steady),
        "bursts" => Ok(Traffic::Bursts),
        "none" => Ok(Traffic::None),
        _ => Err("--traffic takes `steady`, `bursts` or `none`"),
    }
}

fn rate_in_range(text: &str) -> Result<u32, &'static str> {
    text.parse()
        .ok()
        .filter(|rate| (1..=1_000).contains(rate))
        .ok_or("--rate takes a whole number from 1 to 1000")
}

fn release_of(text: &str) -> Result<Release, &'static str> {
    Release::of(text).ok_or("--release takes `2.3` or `2.4`")
}

fn port_of(text: &str) -> Result<u16, &'static str> {
    text.parse()
        .ok()
        .filter(|port| *port > 0)
        .ok_or("--port takes a whole number from 1 to 65535")
}
