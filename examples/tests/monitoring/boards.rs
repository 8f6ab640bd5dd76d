//! What every dashboard has to have.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    dashboards::{Board, Chosen, all, list, words},
    shipped,
    stack::Stack,
};

/// What is chosen where one value may be.
pub(crate) const WANTED: [(&str, &str); 3] = [
    ("site", "OrderService.orders"),
    ("before", "2.3"),
    ("after", "2.4"),
];

/// What a query has where there is nothing to count.
const ZERO: &str = " or vector(0)";
/// The order service declares no `max_len` and shares no map.
const NOT_THERE: [&str; 2] = ["mapkeeper_limit_entries", "mapkeeper_lock_waits_total"];

/// Each panel and annotation, with all variables replaced by what Prometheus has for them.
#[track_caller]
pub(crate) fn every_query_has_data(board: &Board, stack: &Stack) {
    let chosen = Chosen::of(board, &stack.prometheus, stack.start, &WANTED);
    let mut empty = Vec::new();
    for panel in board.panels() {
        for target in list(&panel["targets"]) {
            let mut asked = target.clone();
            let query = words(&target["expr"]);
            if let Some(counted) = query.strip_suffix(ZERO)
                && !NOT_THERE.iter().any(|name| query.contains(name))
            {
                asked["expr"] = counted.into();
            }
            let found = chosen.ask(&asked);
            if !found.iter().any(|series| series.has_data()) {
                empty.push(format!(
                    "{}: {}: {}",
                    board.file,
                    words(&panel["title"]),
                    chosen.put_into(words(&asked["expr"]))
                ));
            }
        }
    }
    for annotation in list(&board.json["annotations"]["list"]) {
        let query = chosen.put_into(words(&annotation["expr"]));
        if stack.prometheus.since(stack.start, &query).is_empty() {
            empty.push(format!("{}: {query}", board.file));
        }
    }
    assert!(empty.is_empty(), "no data for\n{}", empty.join("\n"));
}

#[test]
fn there_is_a_board_for_each_question() {
    let files: Vec<String> = all().into_iter().map(|board| board.file).collect();
    assert_eq!(
        files,
        ["deploy.json", "fleet.json", "site.json", "suspect.json"]
    );
}

#[test]
fn every_panel_says_what_it_shows() {
    for board in all() {
        assert!(!words(&board.json["description"]).is_empty());
        let mut ids = BTreeSet::new();
        for panel in board.panels() {
            let of = format!("{}: {}", board.file, words(&panel["title"]));
            assert!(!words(&panel["title"]).is_empty(), "{of}");
            assert!(
                words(&panel["description"]).ends_with('.'),
                "{of}: no description"
            );
            let defaults = &panel["fieldConfig"]["defaults"];
            assert!(!words(&defaults["unit"]).is_empty(), "{of}: no unit");
            let steps = list(&defaults["thresholds"]["steps"]);
            assert!(steps.len() > 0, "{of}: no thresholds");
            assert!(list(&panel["targets"]).len() > 0, "{of}: no query");
            assert!(
                ids.insert(panel["id"].as_u64()),
                "{of}: its id is another's"
            );
            let sources = list(&panel["targets"]).map(|target| &target["datasource"]);
            for source in sources.chain([&panel["datasource"]]) {
                assert_eq!(source["uid"], "${datasource}", "{of}");
            }
        }
    }
}

#[test]
fn every_query_is_about_the_chosen_instances() {
    const JOBS: &str = r#"job=~"$job""#;
    const INSTANCES: &str = r#"job=~"$job", instance=~"$instance""#;
    for board in all() {
        let list_of = |name: &str| list(&board.json[name]["list"]);
        // What these two may be narrows what the others may be.
        let variables = list_of("templating")
            .filter(|variable| variable["type"] == "query")
            .filter(|variable| variable["name"] != "job" && variable["name"] != "instance")
            .map(|variable| &variable["query"]["query"]);
        let annotations = list_of("annotations").map(|annotation| &annotation["expr"]);
        let targets = board.panels().flat_map(|panel| list(&panel["targets"]));
        let queries = targets.map(|target| &target["expr"]);
        for query in queries.chain(annotations).chain(variables) {
            let query = words(query);
            let of_jobs = query.matches(JOBS).count();
            assert!(of_jobs > 0, "{}: {query}", board.file);
            // Rules that add up a fleet leave no instance.
            if !query.starts_with("site:") {
                let of_instances = query.matches(INSTANCES).count();
                assert_eq!(of_instances, of_jobs, "{}: {query}", board.file);
            }
        }
    }
}

#[test]
fn panels_lie_beside_one_another() {
    for board in all() {
        let mut taken = BTreeSet::new();
        for panel in board.panels() {
            let at = |name: &str| panel["gridPos"][name].as_u64().expect("a place");
            let (x, y, w, h) = (at("x"), at("y"), at("w"), at("h"));
            assert!(x + w <= 24, "{}: {panel}", board.file);
            for cell in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
                assert!(taken.insert(cell), "{}: {}", board.file, panel["title"]);
            }
        }
    }
}

/// Every `/d/…` in the boards.
fn links(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix("/d/") {
                let uid = rest.split('?').next().unwrap_or(rest);
                found.push(uid.to_owned());
            }
        }
        Value::Array(values) => values.iter().for_each(|value| links(value, found)),
        Value::Object(values) => values.values().for_each(|value| links(value, found)),
        _ => {}
    }
}

#[test]
fn links_lead_to_boards_that_are_there() {
    let boards = all();
    let uids: BTreeSet<&str> = boards
        .iter()
        .map(|board| words(&board.json["uid"]))
        .collect();
    assert_eq!(uids.len(), boards.len());
    for board in &boards {
        let mut found = Vec::new();
        links(&board.json, &mut found);
        assert!(found.len() >= 3, "{}: {found:?}", board.file);
        for uid in found {
            assert!(uids.contains(uid.as_str()), "{}: {uid}", board.file);
        }
    }
}

/// The names of mapkeeper's metrics in a text, without what histograms add to them.
fn metrics(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_:".contains(c);
    text.split(|c| !is_part(c))
        .filter(|word| word.starts_with("mapkeeper_"))
        .map(|word| word.strip_suffix("_bucket").unwrap_or(word))
        .collect()
}

#[test]
fn queries_name_metrics_that_are_documented() {
    let module = include_str!("../../../runtime/src/prometheus.rs");
    let docs: Vec<&str> = module
        .lines()
        .filter(|line| line.starts_with("//!"))
        .collect();
    let docs = docs.join("\n");
    let known = metrics(&docs);
    assert!(known.len() > 20, "{known:?}");
    let rules = shipped::text("rules.yml");
    let boards = all().into_iter().map(|board| board.json.to_string());
    for text in boards.chain([rules]) {
        let unknown: Vec<&str> = metrics(&text).difference(&known).copied().collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
