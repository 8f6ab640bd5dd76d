//! `top`: a running program's maps, live on a terminal, once as text, or once as JSON.

mod app;
mod args;
mod chart;
mod client;
mod data;
mod events;
mod live;
mod once;
mod poller;
mod sort;
mod table;
mod view;

use std::io::{self, IsTerminal};

use serde_json::json;

use crate::{
    clean::escaped_json,
    command::{Command, Failure, Verdict},
    output, progress,
};
use args::{Arguments, Shape};
use client::Client;

pub(crate) const COMMAND: Command = Command {
    name: "top",
    about: "a running program's maps, live: suspects first, then what grows",
    help: args::HELP,
    run,
};

fn run(parser: lexopt::Parser) -> Result<Verdict, Failure> {
    let arguments = args::parse(parser)?;
    let client = Client::new(&arguments.url, arguments.token.clone())?;
    match arguments.shape {
        Shape::Live => {
            if !io::stdout().is_terminal() {
                return Err(Failure::Usage(
                    "a live view needs a terminal, and standard output is none: ask for text with --once, or for JSON \
                     with --json"
                        .to_owned(),
                ));
            }
            live::run(client, &arguments)
        }
        Shape::Text => text(&client, &arguments),
        Shape::Json => machine(&client, &arguments),
    }
}

fn asking(client: &Client) -> String {
    format!("asking {}", client.address())
}

fn text(client: &Client, arguments: &Arguments) -> Result<Verdict, Failure> {
    let wanted = arguments.wanted();
    let seen = progress::during(&asking(client), || data::seen(client, &wanted));
    let seen = seen.map_err(|fault| Failure::new(fault.to_string()))?;
    output::write(&once::text(client.address(), &seen, &wanted))?;
    Ok(verdict(arguments, seen.suspects.total))
}

/// As the inspector says it: what is cleaned for people is escaped here.
fn machine(client: &Client, arguments: &Arguments) -> Result<Verdict, Failure> {
    let wanted = arguments.wanted();
    let asked = progress::during(&asking(client), || {
        let summary = client.summary()?;
        let suspects = client.json(data::SUSPECTS)?;
        let sites = client.json(&data::sites_path(&wanted, wanted.sort.asked()))?;
        Ok((summary, suspects, sites))
    });
    let (summary, suspects, sites) =
        asked.map_err(|fault: client::Fault| Failure::new(fault.to_string()))?;
    let found = suspects["total"].as_u64().unwrap_or(0) as usize;
    let all = json!({
        "schema": "mapkeeper.top/1",
        "url": client.address(),
        "summary": summary,
        "suspects": suspects,
        "sites": sites,
    });
    output::write(&format!("{}\n", escaped_json(&all.to_string())))?;
    Ok(verdict(arguments, found))
}

fn verdict(arguments: &Arguments, suspects: usize) -> Verdict {
    if arguments.fail_on_suspects && suspects > 0 {
        let plural = if suspects == 1 { "" } else { "s" };
        output::say(&format!("{suspects} suspect{plural}"));
        return Verdict::Findings;
    }
    Verdict::Fine
}

#[cfg(test)]
mod tests;
