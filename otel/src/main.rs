//! A service that forgets to remove, its figures and its suspect as they arrive at a receiver of OTLP.
//!
//! `cargo run -p mapkeeper-otel`, or with `-- 127.0.0.1:4318` to a collector of yours.

#![forbid(unsafe_code)]

use std::{collections::HashMap, env, error::Error, time::Duration};

use mapkeeper_otel::{Pipeline, Receiver};
use opentelemetry::trace::{Tracer, TracerProvider};

#[mapkeeper::tracked]
#[derive(Default)]
struct Checkout {
    #[map]
    carts: HashMap<u64, Vec<u64>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let receiver = Receiver::start()?;
    let address = match env::args().nth(1) {
        Some(address) => address.parse()?,
        None => receiver.address(),
    };
    let pipeline = Pipeline::to(address, Duration::from_secs(5));

    // Each request is a span; those that forget are among them.
    let tracer = pipeline.tracers.tracer("checkout");
    let mut checkout = Checkout::default();
    for id in 0..20_000 {
        tracer.in_span("POST /carts", |_| checkout.carts.insert(id, vec![id]));
        if id % 3 == 0 {
            // Meant to remove: the key stays, its value is empty.
            checkout.carts.insert(id, Vec::new());
        } else {
            checkout.carts.remove(&id);
        }
    }

    if !pipeline.flush() {
        println!("not all of it arrived at {address}");
    }
    let arrived = receiver.arrived();
    for series in &arrived.series {
        if series
            .attributes
            .get("mapkeeper.site")
            .is_some_and(|site| site == "Checkout.carts")
        {
            println!("{} = {} {}", series.metric, series.value, series.unit);
        }
    }
    for record in &arrived.records {
        println!("\n{} {}: {}", record.severity, record.event, record.body);
        for (key, value) in &record.attributes {
            println!("  {key}: {value}");
        }
        println!(
            "  inserted in trace {}, span {}",
            record.trace_id, record.span_id
        );
    }
    for span in arrived
        .spans
        .iter()
        .filter(|span| span.name.starts_with("mapkeeper."))
    {
        println!(
            "\nspan {}, linked to {} insertions",
            span.name,
            span.links.len()
        );
    }
    Ok(())
}
