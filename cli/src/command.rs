//! What a subcommand is, and how its run may end.

use std::{ffi::OsString, fmt};

use crate::output;

/// A subcommand.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// One line for the list of all.
    pub(crate) about: &'static str,
    pub(crate) help: &'static str,
    pub(crate) run: fn(lexopt::Parser) -> Result<Verdict, Failure>,
}

impl Command {
    /// Runs it with what stands behind its name, or tells what it does.
    pub(crate) fn run(&self, arguments: Vec<OsString>) -> Result<Verdict, Failure> {
        let options = arguments.iter().take_while(|argument| *argument != "--");
        if options.clone().any(|of| of == "--help" || of == "-h") {
            output::write(self.help)?;
            return Ok(Verdict::Fine);
        }
        let result = (self.run)(lexopt::Parser::from_args(arguments));
        result.map_err(|failure| match failure {
            Failure::Usage(sentence) => Failure::Said(format!(
                "{sentence}; `cargo mapkeeper {} --help` tells what it takes",
                self.name
            )),
            said => said,
        })
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Fine,
    /// There is what an option asked to fail on.
    Findings,
    /// It could not be done, and that was said.
    Failed,
    /// Ctrl-C, or another signal to end.
    Interrupted,
}

impl Verdict {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Failed => 2,
            Self::Interrupted => 130,
        }
    }
}

/// Why it could not be done, in one sentence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The command line is at fault.
    Usage(String),
    Said(String),
}

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self::Said(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(sentence) | Self::Said(sentence)) = self;
        f.write_str(sentence)
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}
