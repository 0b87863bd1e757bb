//! The command line, one file a verb. Results go to stdout, the log to stderr; the
//! exit code is 0 for good, 1 for something found, 2 for wrong use or a broken set-up.

mod call;
mod check;
mod dev;
mod dial;
mod doctor;
mod emulate;
mod explain;
mod graph;
mod hours;
mod load;
mod mock;
mod new;
mod numbers;
pub mod phone;
mod prompts;
mod recordings;
mod schema;
mod serve;
mod server;
mod table;
mod test;
mod voices;
mod webhooks;

use std::future::Future;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Context;
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
        Command::Dev(settings) => dev::run(settings),
        Command::Serve(settings) => serve::run(settings),
        Command::Check(settings) => check::run(settings),
        Command::Call(settings) => call::run(settings),
        Command::Dial(settings) => dial::run(settings),
        Command::Emulate(settings) => emulate::run(settings),
        Command::Mock(settings) => mock::run(settings),
        Command::Load(settings) => load::run(settings),
        Command::Explain(settings) => explain::run(settings),
        Command::Graph(settings) => graph::run(settings),
        Command::Hours(settings) => hours::run(settings),
        Command::Prompts(settings) => prompts::run(settings),
        Command::Schema(settings) => schema::run(settings),
        Command::New(settings) => new::run(settings),
        Command::Test(settings) => test::run(settings),
        Command::Webhooks(settings) => webhooks::run(settings),
        Command::Voices(settings) => voices::run(settings),
        Command::Numbers(settings) => numbers::run(settings),
        Command::Recordings(settings) => recordings::run(settings),
        Command::Doctor(settings) => doctor::run(settings),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(BROKEN)
    })
}

/// Writes a result. A reader that has seen enough and closed the pipe is no failure.
fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// What comes of something that is asked over HTTP.
fn asking<T>(what: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no connection can be set up")?;
    Ok(runtime.block_on(what))
}

/// A number of things, in words.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
