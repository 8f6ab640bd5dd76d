//! The scores for people.

use crate::{
    score::{Find, Outcome, Score, Share, median},
    service::Model,
};

pub(crate) fn print(score: &Score) {
    if score.models.is_empty() {
        return;
    }
    println!("\n{}, {} services", score.mode, score.name());
    if score.services.len() > 1 {
        // Each of them was told on its own.
        return print_totals(score);
    }
    println!(
        "{:<24} {:<20} {:>7} {:>10}  {:<5} {:<18} {:<5} {:>7} {:>6}",
        "model", "pattern", "lost", "inserts", "found", "kind", "line", "minutes", "alarms"
    );
    for (model, outcomes) in &score.models {
        print_model(model, outcomes);
    }
    print_totals(score);
    print_ablation(score);
    print_alarms(score);
}

fn print_model(model: &Model, outcomes: &[Outcome]) {
    let runs = outcomes.len() as u64;
    let inserts = outcomes.iter().map(|outcome| outcome.inserts).sum::<u64>() / runs.max(1);
    let lost = outcomes.iter().map(|outcome| outcome.lost).sum::<u64>() / runs.max(1);
    let alarms: usize = outcomes.iter().map(|outcome| outcome.alarms.len()).sum();
    let found: Vec<&Find> = outcomes
        .iter()
        .filter_map(|outcome| outcome.found.as_ref())
        .collect();
    let mut kinds: Vec<&str> = Vec::new();
    for kind in found.iter().flat_map(|find| &find.kinds) {
        if !kinds.contains(&kind.as_str()) {
            kinds.push(kind);
        }
    }
    let leaks = model.leak().is_some();
    let share = if leaks {
        format!("{:.1} %", 100.0 * lost as f64 / inserts.max(1) as f64)
    } else {
        "-".to_owned()
    };
    println!(
        "{:<24} {:<20} {:>7} {:>10}  {:<5} {:<18} {:<5} {:>7} {:>6}",
        model.name,
        model.row.label(),
        share,
        thousands(inserts),
        if leaks {
            of_runs(found.len(), outcomes.len())
        } else {
            dash()
        },
        if kinds.is_empty() {
            dash()
        } else {
            kinds.join("+")
        },
        line(&found, outcomes),
        median(found.iter().map(|find| find.minute)).map_or_else(dash, |m| m.to_string()),
        if alarms == 0 {
            dash()
        } else {
            alarms.to_string()
        },
    );
}

fn dash() -> String {
    "-".to_owned()
}

/// `yes`, `no`, or how many of the runs.
fn of_runs(part: usize, of: usize) -> String {
    match part {
        0 => "no".to_owned(),
        _ if part == of => "yes".to_owned(),
        _ => format!("{part}/{of}"),
    }
}

/// Whether the right line was named at once, later, or in how many of the runs that found something.
fn line(found: &[&Find], outcomes: &[Outcome]) -> String {
    let later = outcomes
        .iter()
        .filter(|outcome| outcome.right_line_at.is_some());
    let later = later.count();
    if found.is_empty() {
        dash()
    } else if found.iter().all(|find| find.right_line) {
        "yes".to_owned()
    } else if later == found.len() {
        "later".to_owned()
    } else {
        of_runs(later, found.len())
    }
}

fn print_totals(score: &Score) {
    let share = |share: Share| {
        format!(
            "{:>5.1} % ({} of {})",
            share.value() * 100.0,
            share.part,
            share.of
        )
    };
    println!();
    println!("recall            {}", share(score.recall()));
    println!("  of 100k inserts {}", share(score.recall_if_sampled()));
    println!("precision         {}", share(score.precision()));
    println!("right line        {}", share(score.lines()));
    println!("  in the end      {}", share(score.lines_in_the_end()));
    if let Some(minutes) = score.minutes() {
        println!("minutes to found  {minutes:>5} (median)");
    }
}

fn print_ablation(score: &Score) {
    let rows = score.ablation();
    if rows.is_empty() {
        return;
    }
    println!("\n{:<18} {:>14} {:>10}", "without", "recall", "only by it");
    for (kind, without, only) in rows {
        println!("{kind:<18} {:>12.1} % {only:>10}", without.value() * 100.0);
    }
}

fn print_alarms(score: &Score) {
    let mut heading = "\nfalse alarms\n";
    for (model, outcomes) in &score.models {
        for outcome in outcomes {
            for alarm in &outcome.alarms {
                print!("{heading}");
                heading = "";
                println!(
                    "{} (seed {}) after {} min, {}: {}",
                    model.name, outcome.seed, alarm.minute, alarm.kind, alarm.sentence
                );
            }
        }
    }
}

/// `1,234,567`.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
