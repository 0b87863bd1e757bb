//! The command line, one file a verb. Results go to stdout, the log to stderr; the
//! exit code is 0 for good, 1 for something found, 2 for wrong use or a broken set-up.

mod check;
mod serve;
mod test;

use std::process::ExitCode;

use clap::Parser;

use crate::settings::{Command, Settings};

/// Something was found that is not as it should be.
const FOUND: u8 = 1;
/// Wrong use, or a set-up that cannot work.
const BROKEN: u8 = 2;

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    let settings = Settings::parse();
    let result = match &settings.command {
        Command::Serve(settings) => serve::run(settings),
        Command::Check(settings) => check::run(settings),
        Command::Test(settings) => test::run(settings),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(BROKEN)
    })
}
