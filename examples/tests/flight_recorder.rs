//! The flight recorder names the threads and lines that brought a key back.
#![cfg(feature = "strict")]
#![forbid(unsafe_code)]

use std::{env, fs, process::Command};

#[test]
fn it_names_who_brought_the_session_back() {
    let trace = env::temp_dir().join(format!("mapkeeper-{}.trace.json", std::process::id()));
    let out = Command::new(env!("CARGO_BIN_EXE_flight_recorder"))
        .arg(&trace)
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{errors}");
    let history: Vec<&str> = text.lines().take(4).collect();
    assert_eq!(history[0], "Sessions.by_user, key \"ada\"");
    for (line, [did, by]) in history[1..].iter().zip([
        ["inserted", "main"],
        ["removed", "log-out"],
        ["inserted", "heartbeat"],
    ]) {
        assert!(line.contains(did) && line.contains(by), "{text}");
    }
    assert!(text.contains("1 key came back"), "{text}");
    let written = fs::read_to_string(&trace).unwrap();
    fs::remove_file(&trace).unwrap();
    let json: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert!(json["traceEvents"].as_array().unwrap().len() > 5);
}
