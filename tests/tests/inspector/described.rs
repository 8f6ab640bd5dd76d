//! The OpenAPI document against the server: every path it names is there and answers as it says.

use std::collections::HashMap;

use serde_json::Value;

use crate::client::{data, get, inspector, request};

#[mapkeeper::tracked]
#[derive(Default)]
struct Described {
    #[map(max_len = 100_000)]
    map: HashMap<u64, Option<u64>>,
}

/// Whether `value` is as `schema` says; panics with the place if not.
fn check(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let named = document.pointer(name.trim_start_matches('#')).expect(name);
        return check(document, named, value, place);
    }
    if let Some(allowed) = schema["enum"].as_array() {
        assert!(
            allowed.contains(value),
            "{place}: {value} is none of {allowed:?}"
        );
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(some) => some.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let is = |name: &&str| match *name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("{place}: a type {other}"),
    };
    assert!(
        types.is_empty() || types.iter().any(is),
        "{place}: {value} is none of {types:?}"
    );
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        assert!(value.get(name).is_some(), "{place}: no {name}");
    }
    if let (Some(properties), Some(object)) = (schema["properties"].as_object(), value.as_object())
    {
        for (name, schema) in properties {
            if let Some(value) = object.get(name) {
                check(document, schema, value, &format!("{place}.{name}"));
            }
        }
    }
    for (i, value) in value.as_array().into_iter().flatten().enumerate() {
        check(document, &schema["items"], value, &format!("{place}[{i}]"));
    }
}

#[test]
fn every_address_answers_as_the_document_says() {
    let inspector = inspector();
    let mut s = Described::default();
    s.map.extend((0..20_000).map(|n| (n, Some(n))));
    for n in 0..10_000 {
        s.map.insert(n, None);
    }
    let document = data(&inspector, "/api/openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    let take = || request(&inspector, "POST", "/api/snapshots", "").json()["number"].clone();
    let numbers = [take(), take(), take()].map(|number| number.to_string());
    let id = data(&inspector, "/api/sites?q=Described")["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let filled = path.replace("{id}", &id).replace("{number}", &numbers[0]);
        let query = match path.as_str() {
            "/api/snapshots/diff" => format!("?from={}&to={}", numbers[0], numbers[1]),
            "/api/snapshots/survivors" => {
                format!("?a={}&b={}&c={}", numbers[0], numbers[1], numbers[2])
            }
            // It does not end.
            "/api/events" => continue,
            _ => String::new(),
        };
        let get_it = &methods["get"];
        let answer = get(&inspector, &format!("{filled}{query}"));
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let content = get_it["responses"]["200"]["content"]
            .as_object()
            .expect(path);
        let (kind, described) = content.iter().next().expect("a type");
        assert!(
            answer.header("content-type").unwrap().starts_with(kind),
            "{path}"
        );
        if kind == "application/json" {
            check(&document, &described["schema"], &answer.json(), path);
        }
        // What the page may be asked for is told: another parameter is a mistake.
        if get_it["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|of| of["in"] == "query"))
        {
            let more = if query.is_empty() { "?" } else { "&" };
            let refused = get(&inspector, &format!("{filled}{query}{more}colour=red"));
            assert_eq!(refused.status, 400, "{path}");
            check(
                &document,
                &document["components"]["schemas"]["Error"],
                &refused.json(),
                path,
            );
        }
        asked += 1;
    }
    assert!(asked >= 11, "{asked}");
    let unknown = get(&inspector, "/api/nothing");
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.error(), "there is nothing at this address");
}

#[test]
fn the_page_is_small_and_asks_no_other_server() {
    let inspector = inspector();
    let mut bytes = 0;
    for (path, kind) in [
        ("/", "text/html"),
        ("/page.css", "text/css"),
        ("/page.js", "text/javascript"),
        ("/charts.js", "text/javascript"),
        ("/source.js", "text/javascript"),
        ("/icon.svg", "image/svg+xml"),
    ] {
        let answer = get(&inspector, path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            answer.header("content-type").unwrap().starts_with(kind),
            "{path}"
        );
        let elsewhere = answer.body.replace("http://www.w3.org/2000/svg", "");
        assert!(
            !elsewhere.contains("http://") && !elsewhere.contains("https://"),
            "{path}"
        );
        assert!(!elsewhere.contains("innerHTML"), "{path}");
        bytes += answer.body.len();
    }
    assert!(bytes <= 150 * 1024, "{bytes} bytes");
}
