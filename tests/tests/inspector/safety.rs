//! Who may ask, and what nobody is told.

use std::collections::HashMap;

use mapkeeper::{MODE, Mode, inspector::Inspector};

use crate::client::{data, get, inspector, request, send};

/// A `GET` that says it is for this host.
fn asked_as(inspector: &Inspector, host: &str, path: &str) -> u16 {
    let text = format!("GET {path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n");
    send(inspector.local_addr(), text.as_bytes())
        .expect("an answer")
        .status
}

#[test]
fn only_names_of_loopback_are_answered() {
    let inspector = inspector();
    for host in [
        "localhost",
        "LocalHost:8080",
        "127.0.0.1",
        "127.0.0.1:1",
        "[::1]:8080",
        "[::1]",
    ] {
        assert_eq!(
            asked_as(&inspector, &format!("Host: {host}\r\n"), "/api/summary"),
            200,
            "{host}"
        );
    }
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:80",
        "192.168.0.1",
        "[::2]:80",
        "",
    ] {
        for path in ["/", "/api/summary", "/metrics"] {
            assert_eq!(
                asked_as(&inspector, &format!("Host: {host}\r\n"), path),
                403,
                "{host}"
            );
        }
    }
    assert_eq!(asked_as(&inspector, "", "/api/summary"), 400);
}

#[test]
fn a_host_that_was_named_is_answered() {
    let inspector = Inspector::builder()
        .host("Maps.internal")
        .serve("127.0.0.1:0")
        .unwrap();
    assert_eq!(
        asked_as(&inspector, "Host: maps.INTERNAL:80\r\n", "/api/summary"),
        200
    );
    assert_eq!(
        asked_as(&inspector, "Host: other.internal\r\n", "/api/summary"),
        403
    );
}

#[test]
fn pages_of_other_sites_are_refused_whatever_they_ask() {
    let inspector = inspector();
    let to = inspector.local_addr();
    for origin in [
        "http://evil.example",
        "null",
        "http://127.0.0.1:1",
        "https://localhost",
    ] {
        for (method, path) in [("POST", "/api/snapshots"), ("GET", "/api/summary")] {
            let answer = request(&inspector, method, path, &format!("Origin: {origin}\r\n"));
            assert_eq!(answer.status, 403, "{origin} {path}");
            assert_eq!(answer.error(), "the request comes from another site's page");
        }
    }
    assert_eq!(
        data(&inspector, "/api/snapshots").as_array().unwrap().len(),
        0
    );
    let own = request(
        &inspector,
        "POST",
        "/api/snapshots",
        &format!("Origin: http://{to}\r\n"),
    );
    assert_eq!(own.status, 201);
}

#[test]
fn nothing_is_changed_by_asking() {
    let inspector = inspector();
    for path in [
        "/api/snapshots",
        "/api/snapshots?take=1",
        "/api/snapshots/1",
    ] {
        get(&inspector, path);
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        assert_eq!(
            request(&inspector, method, "/api/snapshots", "").status,
            405,
            "{method}"
        );
    }
    assert_eq!(request(&inspector, "POST", "/api/summary", "").status, 405);
    assert_eq!(
        data(&inspector, "/api/snapshots").as_array().unwrap().len(),
        0
    );
}

#[test]
fn data_is_for_those_with_the_token() {
    let inspector = Inspector::builder()
        .token("s3cret")
        .serve("127.0.0.1:0")
        .unwrap();
    let tried = [
        "",
        "Authorization: s3cret\r\n",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer s3cre\r\n",
        "Authorization: Bearer s3cret2\r\n",
        "Authorization: Basic s3cret\r\n",
    ];
    for path in [
        "/api/summary",
        "/api/sites",
        "/api/events",
        "/api/nothing",
        "/metrics",
    ] {
        for headers in tried {
            let answer = request(&inspector, "GET", path, headers);
            assert_eq!(answer.status, 401, "{path} {headers}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
    let headers = "Authorization: Bearer s3cret\r\n";
    assert_eq!(
        request(&inspector, "GET", "/api/summary", headers).status,
        200
    );
    assert_eq!(request(&inspector, "GET", "/metrics", headers).status, 200);
    // Nor is it shown to those who print what was set up.
    let builder = format!("{:?}", Inspector::builder().token("s3cret"));
    assert!(!builder.contains("s3cret"), "{builder}");
    for path in ["/api", "//api/summary", "/%61pi/summary", "/anything"] {
        assert_eq!(get(&inspector, path).status, 401, "{path}");
    }
    // The page tells nothing and asks for the token.
    let page = get(&inspector, "/");
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("s3cret"));
}

#[test]
fn an_open_address_wants_a_token() {
    for address in ["0.0.0.0:0", "[::]:0"] {
        for builder in [Inspector::builder(), Inspector::builder().token("")] {
            let why = builder.serve(address).unwrap_err().to_string();
            assert!(
                why.contains("set a token, `Inspector::builder().token(…)`"),
                "{why}"
            );
        }
    }
    let open = Inspector::builder()
        .token("s3cret")
        .serve("0.0.0.0:0")
        .unwrap();
    let to = ([127, 0, 0, 1], open.local_addr().port()).into();
    let text = "GET /api/summary HTTP/1.1\r\nHost: maps.example\r\nConnection: close\r\nAuthorization: Bearer s3cret\r\n\r\n";
    assert_eq!(send(to, text.as_bytes()).unwrap().status, 200);
    let text = text.replace("s3cret", "guess");
    assert_eq!(send(to, text.as_bytes()).unwrap().status, 401);
}

#[test]
fn browsers_are_told_to_run_nothing_else() {
    let inspector = inspector();
    for path in ["/", "/page.js", "/api/summary", "/api/nothing", "/metrics"] {
        let answer = get(&inspector, path);
        let policy = answer.header("content-security-policy").expect(path);
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Keys {
    #[map]
    hidden: HashMap<String, u64>,
    #[map(show_keys)]
    shown: HashMap<String, u64>,
}

#[test]
fn keys_are_shown_only_where_that_was_declared_and_whatever_they_are() {
    const HOSTILE: &str = "</script><img src=x onerror=alert(1)>\u{202e}\"\\\n";
    let inspector = inspector();
    let mut s = Keys::default();
    s.hidden.insert(format!("hunter2 {HOSTILE}"), 1);
    s.shown.insert(format!("hunter2 {HOSTILE}"), 1);
    let flight = |name: &str| {
        let id = data(&inspector, &format!("/api/sites?q={name}"))["items"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let one = get(&inspector, &format!("/api/sites/{id}")).body;
        assert!(!one.contains("hunter2"));
        get(&inspector, &format!("/api/sites/{id}/flight"))
    };
    assert!(!flight("Keys.hidden").body.contains("hunter2"));
    assert!(!get(&inspector, "/metrics").body.contains("hunter2"));
    assert!(!get(&inspector, "/api/report").body.contains("hunter2"));
    let shown = flight("Keys.shown");
    assert_eq!(shown.body.contains("hunter2"), MODE == Mode::Strict);
    // As JSON, with a type that no browser takes for a page.
    shown.json();
    assert_eq!(shown.header("content-type"), Some("application/json"));
}
