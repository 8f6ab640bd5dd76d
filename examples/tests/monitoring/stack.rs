//! Three order services, a Prometheus and an Alertmanager on ports of loopback, and who is told.

use std::{
    env, fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::{
    http,
    processes::{Process, free_ports, installed},
    queries::{Prometheus, now},
    shipped,
    webhook::{Told, Webhook},
};

const PROMETHEUS: [&str; 1] = ["prometheus"];
/// As Debian calls it, and as it is called elsewhere.
const ALERTMANAGER: [&str; 2] = ["prometheus-alertmanager", "alertmanager"];

/// Whether all that is needed can be run; says so if not.
#[track_caller]
pub(crate) fn is_installed() -> bool {
    let needed: [&[&str]; 4] = [&PROMETHEUS, &ALERTMANAGER, &["promtool"], &["amtool"]];
    let missing = needed.iter().find(|names| installed(names).is_none());
    let Some(missing) = missing else {
        return true;
    };
    assert_ne!(
        env::var("MAPKEEPER_PROMETHEUS").as_deref(),
        Ok("required"),
        "there is no {}",
        missing[0]
    );
    eprintln!(
        "no {}: monitoring was not tested (Debian: prometheus, prometheus-alertmanager)",
        missing[0]
    );
    false
}

/// All of it; ends when it is dropped.
pub(crate) struct Stack {
    pub(crate) steady: Process,
    /// Healthy until [`deploy`](Self::deploy).
    pub(crate) deployed: Process,
    pub(crate) bursty: Process,
    pub(crate) prometheus: Prometheus,
    pub(crate) alertmanager: Process,
    webhook: Webhook,
    /// When all three were first scraped.
    pub(crate) start: f64,
    pub(crate) deployed_at: f64,
    folder: PathBuf,
    _server: Process,
}

impl Stack {
    pub(crate) fn start() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("monitoring");
        // What an earlier run left.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let webhook = Webhook::start();
        let ports: [u16; 5] = free_ports();
        let [steady, deployed, bursty, prometheus, alertmanager] = ports;
        configure(&folder, &ports, webhook.port);

        let service = |name: &str, port, args: &[&str]| order_service(&folder, name, port, args);
        let services = (
            service("steady", steady, &["--traffic", "steady"]),
            service("deployed", deployed, &HEALTHY),
            service("bursty", bursty, &["--traffic", "bursts"]),
        );
        let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let server = Process::start(
            installed(&PROMETHEUS).expect("it is installed"),
            &[
                &format!("--config.file={}", path("prometheus.yml")),
                &format!("--storage.tsdb.path={}", path("prometheus")),
                &format!("--web.listen-address=127.0.0.1:{prometheus}"),
            ],
            prometheus,
            &folder.join("prometheus.log"),
        );
        let alertmanager = Process::start(
            installed(&ALERTMANAGER).expect("it is installed"),
            &[
                &format!("--config.file={}", path("alertmanager.yml")),
                &format!("--storage.path={}", path("alertmanager")),
                &format!("--web.listen-address=127.0.0.1:{alertmanager}"),
                // No cluster.
                "--cluster.listen-address=",
            ],
            alertmanager,
            &folder.join("alertmanager.log"),
        );
        let mut stack = Self {
            steady: services.0,
            deployed: services.1,
            bursty: services.2,
            prometheus: Prometheus {
                address: server.address.clone(),
            },
            alertmanager,
            webhook,
            start: now(),
            deployed_at: now(),
            folder,
            _server: server,
        };
        stack.prometheus_says(20, "count(up == 1) == 3");
        stack.start = now();
        stack
    }

    /// One service goes, and comes again at the same address with the bug.
    pub(crate) fn deploy(&mut self) {
        let address = self.deployed.address.clone();
        let port = address
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        let gone = &mut self.deployed;
        gone.end();
        self.deployed_at = now();
        self.deployed = order_service(
            &self.folder,
            "leaking",
            port.expect("it had a port"),
            &[&HEALTHY[..], &["--release", "2.4"]].concat(),
        );
    }

    #[track_caller]
    pub(crate) fn prometheus_says(&self, seconds: u64, query: &str) {
        self.prometheus.wait_for(seconds, query);
    }

    /// All that the webhook was told, once something of it is what is waited for.
    #[track_caller]
    pub(crate) fn webhook_says(&self, seconds: u64, is_it: impl Fn(&Told) -> bool) -> Vec<Told> {
        let start = Instant::now();
        loop {
            let told = self.webhook.told();
            if told.iter().any(&is_it) {
                return told;
            }
            assert!(
                start.elapsed() < Duration::from_secs(seconds),
                "the webhook was not told within {seconds} s, but: {told:?}; ALERTS: {:?}; Alertmanager: {}",
                self.prometheus.now("ALERTS"),
                http::get_json(&self.alertmanager.address, "/api/v2/alerts"),
            );
            thread::sleep(Duration::from_millis(100));
        }
    }
}

const HEALTHY: [&str; 4] = ["--traffic", "steady", "--rate", "400"];

#[track_caller]
fn order_service(folder: &Path, name: &str, port: u16, args: &[&str]) -> Process {
    let port_text = port.to_string();
    let args = [args, &["--port", &port_text]].concat();
    Process::start(
        env!("CARGO_BIN_EXE_order_service"),
        &args,
        port,
        &folder.join(format!("{name}.log")),
    )
}

/// Writes the shipped configuration, with short durations and these ports.
fn configure(folder: &Path, ports: &[u16; 5], webhook: u16) {
    let address = |port: u16| format!("127.0.0.1:{port}");
    let [steady, deployed, bursty, _, alertmanager] = *ports;
    let files: [(&str, &[(&str, String)]); 3] = [
        ("rules.yml", &[]),
        (
            "prometheus.yml",
            &[
                ("127.0.0.1:9101", address(steady)),
                ("127.0.0.1:9102", address(deployed)),
                ("127.0.0.1:9103", address(bursty)),
                ("127.0.0.1:9093", address(alertmanager)),
            ],
        ),
        (
            "alertmanager.yml",
            &[
                (
                    "127.0.0.1:9094/maps\n",
                    format!("{}/maps\n", address(webhook)),
                ),
                (
                    "127.0.0.1:9094/maps-to",
                    format!("{}/maps-to", address(webhook)),
                ),
            ],
        ),
    ];
    for (name, addresses) in files {
        let copy = shipped::in_a_hurry(name, addresses);
        fs::write(folder.join(name), copy).expect("a file");
    }
}
