//! What watching itself takes: processor time of a service that has nothing else to do.

use std::{error::Error, thread, time::Duration};

use crate::{
    load,
    service::Service,
    turns::OPEN_ORDERS,
    watching::{WATCHES, Watching},
};

const LENGTH: Duration = Duration::from_secs(8);

pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    let service = Service::start(&["--traffic", "none"])?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(load::place_orders(service.address, OPEN_ORDERS))?;
    println!(
        "\nprocessor time a second, nothing else to do, {} s each",
        LENGTH.as_secs()
    );
    for (title, watch) in WATCHES {
        let watching = Watching::start(service.address, watch);
        let before = service.cpu()?;
        thread::sleep(LENGTH);
        let spent = service.cpu()?.since(&before);
        watching.end();
        let share = spent.as_secs_f64() / LENGTH.as_secs_f64();
        println!(
            "{title:<22}{:>8.2} ms   {:.3} % of a core",
            share * 1000.0,
            share * 100.0
        );
    }
    Ok(())
}
