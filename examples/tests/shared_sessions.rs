//! What tasks of several threads did to one map adds up.
#![forbid(unsafe_code)]

use std::process::Command;

#[test]
fn every_message_and_every_exit_is_counted() {
    let output = Command::new(env!("CARGO_BIN_EXE_shared_sessions")).output();
    let output = output.expect("the example starts");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("the output is UTF-8");
    // 200 users say 0 to 4 messages each; a fifth of the half that leaves said none.
    assert!(
        text.contains("400 messages; 100 users left, 100 are still here"),
        "{text}"
    );
    let silent = text
        .lines()
        .filter(|line| line.ends_with("said nothing (removed)"));
    assert_eq!(silent.count(), 20, "{text}");
    let row = text.lines().find(|line| line.starts_with("Chat.sessions "));
    let words: Vec<&str> = row.expect("the map has a row").split_whitespace().collect();
    assert_eq!(words[1..4], ["1", "100", "200"], "{text}");
    assert_eq!(words[6..8], ["200", "100"], "{text}");
}
