//! `top` without a terminal, of a served inspector.

use std::{collections::HashMap, net::TcpListener, process::Command};

use serde_json::Value;

use super::run;

#[mapkeeper::tracked]
#[derive(Default)]
struct Watched {
    #[map]
    orders: HashMap<u64, Option<u64>>,
    #[map]
    sessions: HashMap<u64, u64>,
}

fn leaking() -> Watched {
    let mut s = Watched::default();
    s.orders.extend((0..3_000).map(|n| (n, Some(n))));
    for n in 0..2_000 {
        s.orders.insert(n, None);
    }
    s.sessions.insert(1, 1);
    s
}

#[test]
fn one_frame_is_text_or_json() {
    let _s = leaking();
    let inspector = mapkeeper::inspector::serve("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", inspector.local_addr());
    let once = run(["mapkeeper", "top", &url, "--once", "--filter", "watched"]);
    assert_eq!((once.code, &*once.err), (0, ""));
    assert!(
        once.out
            .contains("SUSPECT      67 % of Watched.orders is residue"),
        "{}",
        once.out
    );
    let place = |text: &str| once.out.rfind(text).unwrap();
    assert!(place("! Watched.orders") < place("  Watched.sessions"));
    let json = run(["top", &url, "--json"]);
    assert_eq!((json.code, &*json.err), (0, ""));
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["schema"], "mapkeeper.top/1");
    let suspects = json["suspects"]["items"].as_array().unwrap();
    assert!(suspects.iter().any(|of| of["site"] == "Watched.orders"));
    let failing = run(["top", &url, "--once", "--fail-on-suspects"]);
    assert_eq!(failing.code, 1);
    assert!(failing.err.contains("suspect"), "{}", failing.err);
}

#[test]
fn without_a_terminal_a_live_view_is_refused() {
    run(["top", "http://127.0.0.1:1"]).is_refused(&["needs a terminal", "--once", "--json"]);
    run(["top", "http://127.0.0.1:1", "--fail-on-suspects"]).is_refused(&["--once"]);
}

#[test]
fn who_cannot_be_asked_is_told_why() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    run(["top", &format!("http://{port}"), "--once"]).is_refused(&["nobody listens"]);
    run(["top", "--once"]).is_refused(&["no inspector is named"]);
    run(["top", "https://x", "--json"]).is_refused(&["TLS"]);
    run(["top", "nowhere.invalid", "--once"]).is_refused(&["nowhere.invalid"]);
    let inspector = mapkeeper::inspector::serve("127.0.0.1:0").unwrap();
    let beside = format!("http://{}/elsewhere", inspector.local_addr());
    run(["top", &beside, "--once"]).is_refused(&["there is no mapkeeper inspector"]);
    for (option, value, says) in [
        ("--interval", "0", "0.2 to 3600"),
        ("--interval", "soon", "0.2 to 3600"),
        ("--sort", "colour", "one of suspects, growth"),
        ("--token", "a\nb", "cannot be sent"),
    ] {
        run(["top", &beside, "--once", option, value]).is_refused(&[says]);
    }
}

#[test]
fn a_token_comes_as_an_option_or_from_the_environment() {
    let inspector = mapkeeper::inspector::Inspector::builder()
        .token("s3cret")
        .serve("127.0.0.1:0")
        .unwrap();
    let url = format!("http://{}", inspector.local_addr());
    run(["top", &url, "--once"]).is_refused(&["wants its token", "MAPKEEPER_TOKEN"]);
    run(["top", &url, "--once", "--token", "guess"]).is_refused(&["does not accept this token"]);
    assert_eq!(run(["top", &url, "--once", "--token", "s3cret"]).code, 0);
    let by_environment = Command::new(env!("CARGO_BIN_EXE_cargo-mapkeeper"))
        .args(["top", &url, "--json"])
        .env("MAPKEEPER_TOKEN", "s3cret")
        .output()
        .unwrap();
    assert!(by_environment.status.success());
}
