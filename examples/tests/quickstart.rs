//! The quickstart and its expanded twin are one program.
#![forbid(unsafe_code)]

use std::process::Command;

fn output_of(program: &str) -> String {
    let output = Command::new(program).output().expect("the example starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

/// Its words, without what differs between two sources or two runs: places, the fingerprint made
/// of them, estimates, ages; and the row of what came before the map was sampled, which one run in five has, with the
/// errors that estimates have then.
fn words(report: &str) -> Vec<&str> {
    let differs = |word: &str| {
        word.contains("quickstart")
            || word.starts_with('~')
            || word.parse::<f64>().is_ok()
            || (word.len() == 16 && word.chars().all(|c| c.is_ascii_hexdigit()))
    };
    let mut words = Vec::new();
    for line in report.lines().map(str::trim_start) {
        if line.starts_with("(unknown)") || line.starts_with('±') {
            continue;
        }
        let mut of_line = line.split_whitespace();
        while let Some(word) = of_line.next() {
            if word.starts_with('±') {
                assert_eq!(of_line.next(), Some("%"), "{line}");
            } else {
                words.push(if differs(word) { "…" } else { word });
            }
        }
    }
    words
}

/// `FILE:LINE:` of the only line of the source that contains `statement`.
fn place_of(statement: &str, file: &str, source: &str) -> String {
    let line = source.lines().position(|line| line.contains(statement));
    format!("{file}:{}:", 1 + line.expect("the statement is there"))
}

#[test]
fn both_print_the_same() {
    let written = output_of(env!("CARGO_BIN_EXE_quickstart"));
    let expanded = output_of(env!("CARGO_BIN_EXE_quickstart-expanded"));
    assert_eq!(words(&written), words(&expanded), "{written}\n{expanded}");
}

#[test]
fn the_report_names_the_field_and_both_lines() {
    let report = output_of(env!("CARGO_BIN_EXE_quickstart"));
    assert!(report.contains("Chat.guests"), "{report}");
    let source = include_str!("../src/bin/quickstart.rs");
    for statement in ["insert(id, Some(", "insert(id, None)"] {
        let place = place_of(statement, "quickstart.rs", source);
        assert!(report.contains(&place), "{place} not in:\n{report}");
    }
}
