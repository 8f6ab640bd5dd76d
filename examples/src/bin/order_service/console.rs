//! What the run prints: a progress bar per phase and, at the end, the phases side by side.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use crate::load::Outcome;

/// The map's figures at the end of a phase.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) entries: u64,
    pub(crate) residue: u64,
    pub(crate) table_bytes: u64,
}

/// One column of the table.
#[derive(Debug)]
pub(crate) struct Phase {
    pub(crate) title: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) figures: Figures,
}

/// A phase's bar on stderr; drawn on a terminal only.
pub(crate) struct Progress {
    title: &'static str,
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new(title: &'static str, length: Duration) -> Self {
        let style = ProgressStyle::with_template("{prefix:14} [{bar:32}] {msg}")
            .expect("the template is valid")
            .progress_chars("=> ");
        let bar = ProgressBar::new(length.as_millis() as u64)
            .with_style(style)
            .with_prefix(title);
        Self { title, bar }
    }

    /// Follows the load; never ends by itself.
    pub(crate) async fn follow(&self, answered: &AtomicU64) {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        loop {
            tick.tick().await;
            self.bar.set_position(self.bar.elapsed().as_millis() as u64);
            self.bar
                .set_message(format!("{} requests", count(answered.load(Relaxed))));
        }
    }

    /// Replaces the bar by a line, which appears where no bar was drawn too.
    pub(crate) fn finish(self, outcome: &Outcome) {
        self.bar.finish_and_clear();
        let rate = count(outcome.requests_per_second() as u64);
        eprintln!("{:14} {rate:>7} requests/s", self.title);
    }
}

/// The phases as columns.
pub(crate) fn table(phases: &[Phase]) -> String {
    let mut text = String::new();
    let mut row = |label: &str, cell: &dyn Fn(&Phase) -> String| {
        let cells = phases.iter().map(|phase| format!("{:>16}", cell(phase)));
        text += &format!("{label:<14}{}\n", cells.collect::<String>());
    };
    row("", &|phase| phase.title.to_owned());
    row("QPS", &|phase| {
        count(phase.outcome.requests_per_second() as u64)
    });
    row("P50", &|phase| latency(phase, 0.50));
    row("P99", &|phase| latency(phase, 0.99));
    row("entries", &|phase| count(phase.figures.entries));
    row("residue share", &|phase| {
        share(phase.figures.residue, phase.figures.entries)
    });
    row("table bytes", &|phase| count(phase.figures.table_bytes));
    if phases.iter().any(|phase| phase.outcome.errors > 0) {
        row("errors", &|phase| count(phase.outcome.errors));
    }
    text
}

fn count(number: u64) -> String {
    HumanCount(number).to_string()
}

fn latency(phase: &Phase, quantile: f64) -> String {
    let micros = phase.outcome.latency.value_at_quantile(quantile);
    format!("{:.2} ms", micros as f64 / 1000.0)
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    format!("{:.1} %", 100.0 * part as f64 / whole as f64)
}
