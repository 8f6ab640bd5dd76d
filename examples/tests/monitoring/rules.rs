//! The shipped files, by the tools of Prometheus and Alertmanager.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::{shipped, stack::is_installed};

/// What a tool says about a text, and whether it is content.
#[track_caller]
pub(crate) fn fed(tool: &str, args: &[&str], text: &str) -> (String, bool) {
    let mut tool = Command::new(tool)
        .args(args)
        .current_dir(shipped::folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it is installed");
    let mut stdin = tool.stdin.take().expect("piped");
    stdin.write_all(text.as_bytes()).expect("it reads");
    drop(stdin);
    let output = tool.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    (
        String::from_utf8_lossy(&said).into_owned(),
        output.status.success(),
    )
}

#[test]
fn the_tools_find_nothing_wrong_with_the_files() {
    if !is_installed() {
        return;
    }
    let checks: [&[&str]; 4] = [
        &["promtool", "check", "rules", "rules.yml"],
        &["promtool", "test", "rules", "tests.yml"],
        &["promtool", "check", "config", "prometheus.yml"],
        &["amtool", "check-config", "alertmanager.yml"],
    ];
    for check in checks {
        let (said, succeeded) = fed(check[0], &check[1..], "");
        assert!(succeeded, "{check:?}: {said}");
    }
}

#[test]
fn alerts_go_where_the_route_says() {
    if !is_installed() {
        return;
    }
    let routes: [(&str, &[&str]); 4] = [
        ("maps", &["component=mapkeeper", "severity=warning"]),
        ("maps", &["component=mapkeeper", "severity=critical"]),
        ("maps-to-look-at", &["component=mapkeeper", "severity=info"]),
        ("others", &["component=disk", "severity=warning"]),
    ];
    for (receiver, labels) in routes {
        let verify = format!("--verify.receivers={receiver}");
        let args = [
            &[
                "config",
                "routes",
                "test",
                "--config.file=alertmanager.yml",
                &verify,
            ],
            labels,
        ]
        .concat();
        let (said, succeeded) = fed("amtool", &args, "");
        assert!(succeeded, "{labels:?}: {said}");
    }
}

#[test]
fn every_alert_has_a_test_that_fires_and_one_that_does_not() {
    let alerts: Vec<String> = shipped::text("rules.yml")
        .lines()
        .filter_map(|line| Some(line.trim().strip_prefix("- alert: ")?.to_owned()))
        .collect();
    assert!(alerts.len() >= 8, "{alerts:?}");
    let tests = shipped::text("tests.yml");
    for alert in alerts {
        let quiet = format!("alertname: {alert}, exp_alerts: []");
        let loud = format!("alertname: {alert}\n        exp_alerts:\n          - exp_labels");
        assert!(tests.contains(&quiet), "{alert} is never quiet");
        assert!(tests.contains(&loud), "{alert} never fires");
    }
}
