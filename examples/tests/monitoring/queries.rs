//! Prometheus, asked over its HTTP API.

use std::{
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

use crate::http::{encoded, get_json};

pub(crate) struct Prometheus {
    pub(crate) address: String,
}

/// One series, or one row of a table: its labels, and values by time in seconds.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Series {
    fn of(result: &Value) -> Self {
        let labels = result["metric"].as_object().into_iter().flatten();
        let label = |(name, value): (&String, &Value)| {
            (name.clone(), value.as_str().unwrap_or("").to_owned())
        };
        let points = result["values"].as_array().cloned();
        let points = points.unwrap_or_else(|| vec![result["value"].clone()]);
        let number = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
        Self {
            labels: labels.map(label).collect(),
            points: points
                .iter()
                .filter_map(|point| Some((point[0].as_f64()?, number(&point[1])?)))
                .collect(),
        }
    }

    pub(crate) fn label(&self, name: &str) -> &str {
        let mut labels = self.labels.iter();
        labels
            .find(|(label, _)| label == name)
            .map_or("", |(_, value)| value)
    }

    pub(crate) fn last(&self) -> f64 {
        self.points.last().map_or(f64::NAN, |(_, value)| *value)
    }

    /// Whether there is something to be drawn.
    pub(crate) fn has_data(&self) -> bool {
        self.points.iter().any(|(_, value)| value.is_finite())
    }
}

pub(crate) fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("it is after 1970").as_secs_f64()
}

impl Prometheus {
    #[track_caller]
    fn ask(&self, path: &str) -> Value {
        let answer = get_json(&self.address, path);
        assert_eq!(answer["status"], "success", "{path}: {answer}");
        answer["data"].clone()
    }

    /// What a query says now.
    #[track_caller]
    pub(crate) fn now(&self, query: &str) -> Vec<Series> {
        let data = self.ask(&format!("/api/v1/query?query={}", encoded(query)));
        all(&data)
    }

    /// What it said from then until now, twice a second.
    #[track_caller]
    pub(crate) fn since(&self, start: f64, query: &str) -> Vec<Series> {
        let data = self.ask(&format!(
            "/api/v1/query_range?query={}&start={start}&end={}&step=0.5",
            encoded(query),
            now()
        ));
        all(&data)
    }

    /// The values of a label of the series that are selected.
    #[track_caller]
    pub(crate) fn label_values(&self, start: f64, selector: &str, label: &str) -> Vec<String> {
        let values = self.ask(&format!(
            "/api/v1/label/{label}/values?match[]={}&start={start}&end={}",
            encoded(selector),
            now()
        ));
        serde_json::from_value(values).expect("a list of texts")
    }

    /// Asks again until a query says something.
    #[track_caller]
    pub(crate) fn wait_for(&self, seconds: u64, query: &str) -> Vec<Series> {
        let start = Instant::now();
        loop {
            let found = self.now(query);
            if !found.is_empty() {
                return found;
            }
            assert!(
                start.elapsed() < Duration::from_secs(seconds),
                "{query}: nothing within {seconds} s; ALERTS: {:?}",
                self.now("ALERTS")
            );
            thread::sleep(Duration::from_millis(200));
        }
    }
}

fn all(data: &Value) -> Vec<Series> {
    let results = data["result"].as_array().expect("a list of series");
    results.iter().map(Series::of).collect()
}
