//! Whether the memory of a service that is watched stays as it is.

use std::{error::Error, thread, time::Duration};

use crate::{
    service::Service,
    stats::{median, slope},
    watching::{BOTH, Watching},
};

const EVERY: Duration = Duration::from_secs(5);
const A_MINUTE: usize = 12;
const MIB: f64 = 1024.0 * 1024.0;

pub(crate) fn print(minutes: u32) -> Result<(), Box<dyn Error>> {
    const TRAFFIC: [&str; 4] = ["--traffic", "steady", "--rate", "200"];
    let without = Service::start(&[&TRAFFIC[..], &["--no-inspector"]].concat())?;
    let with = Service::start(&TRAFFIC)?;
    let watching = Watching::start(with.address, BOTH);
    println!("resident memory, medians of each minute (200 orders a second)\n");
    println!("{:<8}{:>14}{:>14}", "minute", "no inspector", "watched");
    let mut medians = Vec::new();
    for minute in 1..=minutes {
        let mut figures = [const { Vec::new() }; 2];
        for _ in 0..A_MINUTE {
            thread::sleep(EVERY);
            for (service, figures) in [&without, &with].into_iter().zip(&mut figures) {
                figures.push(service.resident()? as f64);
            }
        }
        let [none, watched] = figures.map(median);
        let (of_none, of_watched) = (none / MIB, watched / MIB);
        println!("{minute:<8}{of_none:>10.2} MiB{of_watched:>10.2} MiB");
        medians.push((none, watched));
    }
    let answers = watching.end();
    // The first minute is that of its start.
    let later = &medians[1..];
    let rise = |figure: fn(&(f64, f64)) -> f64| {
        let figures: Vec<f64> = later.iter().map(figure).collect();
        if figures.len() < 2 {
            return 0.0;
        }
        slope(&figures) / 1024.0
    };
    println!(
        "\nafter the first minute: {:+.1} KiB a minute without an inspector, {:+.1} KiB watched ({answers} scrapes and events)",
        rise(|(none, _)| *none),
        rise(|(_, watched)| *watched),
    );
    Ok(())
}
