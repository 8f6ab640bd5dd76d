//! A breach in strict mode ends the program at the line of the caller.
#![cfg(feature = "strict")]
#![forbid(unsafe_code)]

use std::process::Command;

#[test]
fn the_panic_names_the_line_that_broke_the_contract() {
    let source = include_str!("../src/bin/strict_breach.rs");
    let line = 1 + source
        .lines()
        .position(|line| line.contains("insert(slot, None)"))
        .unwrap();

    let output = Command::new(env!("CARGO_BIN_EXE_strict_breach"))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(101), "{stderr}");
    assert!(
        stderr.contains(&format!("strict_breach.rs:{line}:")),
        "line {line} not in:\n{stderr}"
    );
    assert!(stderr.contains("ParkingLot.slots"), "{stderr}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("not reached"));
}
