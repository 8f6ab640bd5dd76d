//! The hunt as its user sees it: the built program, what it prints and its exit codes.
#![forbid(unsafe_code)]

use std::process::Command;

/// A service: its name, its map, its source, the insertion to be blamed, and the advice.
struct Service {
    name: &'static str,
    map: &'static str,
    source: (&'static str, &'static str),
    insertion: &'static str,
    advice: &'static str,
}

const SERVICES: [Service; 4] = [
    Service {
        name: "rpc-client",
        map: "RpcClient.pending",
        source: (
            "rpc_client.rs",
            include_str!("../src/bin/leak_hunt/rpc_client.rs"),
        ),
        insertion: "    self.pending.insert(",
        advice: "`pending.remove(&key)` is forgotten",
    },
    Service {
        name: "presence-hub",
        map: "PresenceHub.subscriptions",
        source: (
            "presence_hub.rs",
            include_str!("../src/bin/leak_hunt/presence_hub.rs"),
        ),
        insertion: "    self.subscriptions.insert(",
        advice: "`subscriptions.remove(&key)` is forgotten",
    },
    Service {
        name: "event-bus",
        map: "EventBus.subscribers",
        source: (
            "event_bus.rs",
            include_str!("../src/bin/leak_hunt/event_bus.rs"),
        ),
        insertion: "    self.subscribers.insert(",
        advice: "`subscribers.remove(&key)`",
    },
    Service {
        name: "order-store",
        map: "OrderStore.by_label",
        source: (
            "order_store.rs",
            include_str!("../src/bin/leak_hunt/order_store.rs"),
        ),
        insertion: "    self.by_label.insert(",
        advice: "wherever a key leaves `orders`, remove its entries here too",
    },
];

/// Exit code, stdout and stderr.
fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_leak_hunt"))
        .args(args)
        .output()
        .expect("leak_hunt starts");
    let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// `FILE:LINE:` of the only line of the source that contains the insertion.
fn place_of(service: &Service) -> String {
    let (file, source) = service.source;
    let mut lines = source
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.contains(service.insertion));
    let (_, number) = lines.next().expect("the insertion is in the source");
    assert_eq!(lines.next(), None, "`{}` is not unique", service.insertion);
    format!("/{file}:{number}:")
}

/// The part of the output that is about this service, without its line breaks.
fn story_of(service: &Service, stdout: &str) -> String {
    let from = stdout.find(&format!("{}: ", service.name));
    let story = &stdout[from.unwrap_or_else(|| panic!("no {} in:\n{stdout}", service.name))..];
    let next = SERVICES
        .iter()
        .filter_map(|other| story.find(&format!("\n{}: ", other.name)))
        .min();
    let words = story[..next.unwrap_or(story.len())].split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn each_leak_is_found_at_its_line_and_its_suspect_goes_with_the_fix() {
    let (code, stdout, stderr) = run(&[]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    for service in &SERVICES {
        let story = story_of(service, &stdout);
        let (_, block) = story.split_once(" SUSPECT ").expect("a suspect is printed");
        assert!(block.contains(service.map), "{story}");
        let (_, inserted) = block
            .split_once(" inserted at ")
            .expect("it names the insertion");
        let place = inserted.split(' ').next().unwrap_or_default();
        let right = place_of(service);
        assert!(place.contains(&right), "{place} instead of {right}");
        let (_, advice) = block.split_once(" fix ").expect("it says what to do");
        assert!(advice.contains(service.advice), "{story}");
        let (_, fixed) = advice.split_once(" min fixed: ").expect("it is fixed");
        assert!(
            fixed.contains(" min suspect gone, and not back "),
            "{story}"
        );
    }
    assert!(stdout.contains("\nLeaks found: 4 of 4,"), "{stdout}");
    assert!(stdout.lines().all(|line| line.chars().count() <= 100));
}

#[cfg(not(feature = "strict"))]
#[test]
fn each_leak_is_told_as_what_it_is() {
    let (_, stdout, _) = run(&[]);
    for (service, sentence) in SERVICES.iter().zip([
        "stays for ever",
        "stays for ever",
        "are handles whose other side is gone",
        "have lost their counterpart",
    ]) {
        let story = story_of(service, &stdout);
        assert!(story.contains(sentence), "no {sentence:?} in: {story}");
    }
}

#[test]
fn one_service_alone_is_the_same_as_among_all() {
    let (_, all, _) = run(&[]);
    let (code, one, _) = run(&["--only", "order-store"]);
    assert_eq!(code, Some(0), "{one}");
    let (story, _) = one
        .split_once("\nLeaks found: 1 of 1,")
        .expect("it is found");
    assert!(all.contains(story), "{one}\nis not in:\n{all}");
    assert!(!one.contains("rpc-client"), "{one}");
}

#[test]
fn a_bad_flag_is_answered_with_a_sentence_and_the_usage() {
    let bad: [&[&str]; 6] = [
        &["--olny", "event-bus"],
        &["--only"],
        &["--only", "event"],
        &["--seed", "-1"],
        &["--seed"],
        &["event-bus"],
    ];
    for args in bad {
        let (code, stdout, stderr) = run(args);
        assert_eq!(code, Some(2), "{args:?}");
        assert_eq!(stdout, "", "{args:?}");
        assert!(stderr.starts_with("error: "), "{args:?}: {stderr}");
        assert!(stderr.contains("Usage: leak_hunt"), "{args:?}: {stderr}");
        for service in &SERVICES {
            assert!(stderr.contains(service.name), "{args:?}: {stderr}");
        }
    }
}

#[test]
fn help_goes_to_stdout() {
    let (code, stdout, stderr) = run(&["--help"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains("--only SERVICE"), "{stdout}");
}
