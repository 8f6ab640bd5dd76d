//! The dashboards, read and asked as Grafana does.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use crate::{
    queries::{Prometheus, Series, now},
    shipped,
};

pub(crate) struct Board {
    pub(crate) file: String,
    pub(crate) json: Value,
}

/// All of them, by the names of their files.
pub(crate) fn all() -> Vec<Board> {
    let folder = shipped::folder().join("grafana");
    let files = fs::read_dir(folder).expect("a folder of dashboards");
    let mut boards: Vec<Board> = files
        .map(|file| {
            let path = file.expect("a file").path();
            let file = path.file_name().expect("a name").to_string_lossy();
            let json = fs::read_to_string(&path).expect("a text");
            Board {
                file: file.into_owned(),
                json: serde_json::from_str(&json).expect("JSON"),
            }
        })
        .collect();
    boards.sort_by(|a, b| a.file.cmp(&b.file));
    boards
}

/// The elements of a list.
pub(crate) fn list(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().map_or(&[][..], Vec::as_slice).iter()
}

pub(crate) fn words(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

impl Board {
    pub(crate) fn panels(&self) -> std::slice::Iter<'_, Value> {
        list(&self.json["panels"])
    }

    fn variables(&self) -> impl Iterator<Item = &Value> {
        list(&self.json["templating"]["list"]).filter(|variable| variable["type"] == "query")
    }
}

/// What variables stand for.
pub(crate) struct Chosen<'p> {
    prometheus: &'p Prometheus,
    start: f64,
    by_name: BTreeMap<String, String>,
}

impl<'p> Chosen<'p> {
    /// Every variable of the board, from Prometheus: all values where several may be chosen, else the one that is wanted, or
    /// the first.
    #[track_caller]
    pub(crate) fn of(
        board: &Board,
        prometheus: &'p Prometheus,
        start: f64,
        wanted: &[(&str, &str)],
    ) -> Self {
        let range = format!("{:.0}s", (now() - start).max(1.0));
        // What Grafana has by itself; its rate interval is four scrapes.
        let own = [
            ("__rate_interval", "2s".to_owned()),
            ("__interval", "500ms".to_owned()),
            ("__range", range),
        ];
        let mut chosen = Self {
            prometheus,
            start,
            by_name: own
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        };
        for variable in board.variables() {
            let name = words(&variable["name"]);
            let query = words(&variable["query"]["query"]);
            let asked = query
                .strip_prefix("label_values(")
                .and_then(|rest| rest.strip_suffix(')'))
                .and_then(|rest| rest.rsplit_once(", "));
            let (selector, label) =
                asked.unwrap_or_else(|| panic!("{}: {name}: {query}", board.file));
            let values = prometheus.label_values(start, &chosen.put_into(selector), label);
            assert!(
                !values.is_empty(),
                "{}: {name} has nothing to choose",
                board.file
            );
            let value = if variable["multi"] == true {
                let escaped: Vec<String> = values.iter().map(|value| escaped(value)).collect();
                format!("({})", escaped.join("|"))
            } else {
                let wanted = wanted.iter().find(|(variable, _)| *variable == name);
                let value = wanted.map_or(values[0].as_str(), |(_, value)| *value);
                assert!(
                    values.iter().any(|found| found == value),
                    "{name}: {values:?}"
                );
                value.replace('\\', "\\\\")
            };
            chosen.by_name.insert(name.to_owned(), value);
        }
        chosen
    }

    /// The text with variables replaced, the longest names first.
    #[track_caller]
    pub(crate) fn put_into(&self, text: &str) -> String {
        let mut names: Vec<&String> = self.by_name.keys().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let text = names.iter().fold(text.to_owned(), |text, name| {
            text.replace(&format!("${name}"), &self.by_name[*name])
        });
        assert!(!text.contains('$'), "a variable that nobody knows: {text}");
        text
    }

    /// What a panel's query says, at once or over time as the panel has it.
    #[track_caller]
    pub(crate) fn ask(&self, target: &Value) -> Vec<Series> {
        let query = self.put_into(words(&target["expr"]));
        if target["instant"] == true {
            self.prometheus.now(&query)
        } else {
            self.prometheus.since(self.start, &query)
        }
    }
}

/// As a part of a regular expression in a query's string.
fn escaped(value: &str) -> String {
    let special = |c: char| r"\.+*?()|[]{}^$".contains(c);
    value
        .chars()
        .flat_map(|c| {
            special(c)
                .then_some(r"\\")
                .into_iter()
                .flat_map(str::chars)
                .chain([c])
        })
        .collect()
}
