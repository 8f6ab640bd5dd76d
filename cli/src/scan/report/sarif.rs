//! SARIF 2.1.0 (OASIS), as code scanning takes it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::scan::{
    analyzers,
    finding::{Confidence, Finding},
};

pub(super) fn log(found: &[Finding], said: &[String]) -> Value {
    let rules = analyzers::ALL.iter().map(|of| {
        let first = of.explanation.lines().next().unwrap_or_default();
        let short = first.split_once(": ").map_or(first, |(_, text)| text);
        json!({
            "id": of.kind,
            "shortDescription": { "text": short },
            "help": { "text": of.explanation },
            "defaultConfiguration": { "level": "warning" },
        })
    });
    let notifications = said
        .iter()
        .map(|sentence| json!({ "level": "warning", "message": { "text": sentence } }));
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-mapkeeper",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications.collect::<Vec<_>>(),
            }],
            "columnKind": "unicodeCodePoints",
            "results": found.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn result(of: &Finding) -> Value {
    let rule = analyzers::ALL
        .iter()
        .position(|analyzer| analyzer.kind == of.kind);
    let text: Vec<&str> = std::iter::once(&of.message)
        .chain(&of.notes)
        .map(String::as_str)
        .collect();
    let mut location = location(&of.file, of.line, of.column, of.width);
    location["logicalLocations"] = json!([{ "fullyQualifiedName": of.field, "kind": "member" }]);
    let places = of.places.iter().map(|spot| {
        let mut at = self::location(&spot.file, spot.line, spot.column, spot.width);
        at["message"] = json!({ "text": spot.what });
        at
    });
    let locations: Vec<Value> = std::iter::once(location).chain(places).collect();
    let related = of.related.iter().enumerate().map(|(id, spot)| {
        let mut at = self::location(&spot.file, spot.line, spot.column, spot.width);
        at["id"] = json!(id);
        at["message"] = json!({ "text": spot.what });
        at
    });
    json!({
        "ruleId": of.kind,
        "ruleIndex": rule,
        "level": match of.confidence {
            Confidence::Low => "note",
            Confidence::Medium | Confidence::High => "warning",
        },
        "message": { "text": text.join("; ") },
        "locations": locations,
        "relatedLocations": related.collect::<Vec<_>>(),
        // Lines are no part of it: they move with every edit.
        "partialFingerprints": { "mapkeeper/v1": format!("{} {}", of.kind, of.field) },
        "properties": { "confidence": of.confidence.name() },
    })
}

fn location(file: &str, line: u32, column: u32, width: usize) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(file) },
        "region": {
            "startLine": line,
            "startColumn": column,
            "endColumn": column as usize + width.max(1),
        },
    } })
}

/// A relative reference, or a `file` URI (RFC 3986).
fn uri(file: &str) -> String {
    let mut text = match file.starts_with('/') {
        true => "file://".to_owned(),
        false => String::new(),
    };
    for byte in file.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            byte => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}
