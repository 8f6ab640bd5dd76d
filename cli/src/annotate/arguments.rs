//! What `annotate` is asked for.

use std::path::PathBuf;

use lexopt::prelude::*;

use crate::command::Failure;

pub(super) const HELP: &str = "\
Puts mapkeeper's attributes on maps, by the names that `cargo mapkeeper scan` tells: the
attribute on the struct and on its field, what constructors and uses of the map need, and
the dependency with its features in Cargo.toml. Nothing else of a file changes, and nothing
is built: sources are read and edited, all of them or none.

Usage: cargo mapkeeper annotate FIELD… [OPTIONS]

A FIELD is
  Struct.field, Struct.0   a field
  Enum::Variant.field      a variant's field
  STATIC                   a static
  Alias                    a type alias: all maps made through it
Where there are several of that name, a file or a package stands in front of it:
  src/chat.rs:Room.guests, server:Room.guests

What cannot be known to compile is said, one sentence for each place with what to do by
hand, and nothing is changed.

Options:
      --path PATH  the workspace's, the crate's or any folder, or a file; without it, the
                   current folder
      --all        all maps that `scan` finds something about
      --dry-run    shows what would be changed, as a unified diff
      --partly     changes what is known to be right, and says what is left to do by hand
  -h, --help       this text

Examples:
  cargo mapkeeper annotate OrderService.orders
  cargo mapkeeper annotate SESSIONS Connection::Open.pending --dry-run
  cargo mapkeeper annotate --all --path ../service --dry-run | less
  cargo mapkeeper annotate src/room.rs:Room.guests --partly

Exit codes: 0 if it is done, or was done before, 2 if it could not be done.
";

pub(super) struct Options {
    pub(super) path: PathBuf,
    pub(super) fields: Vec<String>,
    pub(super) all: bool,
    pub(super) dry_run: bool,
    pub(super) partly: bool,
}

pub(super) fn parse(mut parser: lexopt::Parser) -> Result<Options, Failure> {
    let mut options = Options {
        path: PathBuf::from("."),
        fields: Vec::new(),
        all: false,
        dry_run: false,
        partly: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("path") => options.path = parser.value()?.into(),
            Long("all") => options.all = true,
            Long("dry-run") => options.dry_run = true,
            Long("partly") => options.partly = true,
            Value(of) => {
                let name = of.string()?;
                if !options.fields.contains(&name) {
                    options.fields.push(name);
                }
            }
            other => return Err(other.unexpected().into()),
        }
    }
    match (options.fields.is_empty(), options.all) {
        (true, false) => Err(Failure::Usage(
            "name a field, such as `OrderService.orders`, or give --all".to_owned(),
        )),
        (false, true) => Err(Failure::Usage("give names or --all, not both".to_owned())),
        _ => Ok(options),
    }
}
