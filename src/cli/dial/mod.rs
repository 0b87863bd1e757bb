//! `ringflow dial`: has the running server call somebody, or all numbers of a file, and
//! follows that to its end.

mod job;
mod one;

use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use serde::de::DeserializeOwned;

use super::server::{left_in, not_running};
use super::{FOUND, asking, print};
use crate::platform::{Delivered, Operator};
use crate::settings::DialSettings;

pub fn run(settings: &DialSettings) -> Result<ExitCode> {
    let server = Server::of(settings)?;
    asking(async {
        match (&settings.csv, &settings.job) {
            (None, None) => one::run(settings, &server).await,
            _ => job::run(settings, &server).await,
        }
    })?
}

/// The server that is asked.
struct Server<'a> {
    operator: Operator,
    settings: &'a DialSettings,
}

/// What it says.
enum Said {
    Good(Vec<u8>),
    /// No, and why.
    Refused(String),
}

impl<'a> Server<'a> {
    fn of(settings: &'a DialSettings) -> Result<Self> {
        let operator = match (&settings.server, &settings.token) {
            (Some(address), Some(token)) => {
                Operator::at(address, token).map_err(|error| anyhow!(error))?
            }
            _ => left_in(&settings.dir).map_err(|error| self::named(&error, settings))?,
        };
        Ok(Server { operator, settings })
    }

    async fn post(&self, path: &str, json: String) -> Result<Said> {
        self.said(self.operator.post(path, json).await)
    }

    async fn get(&self, path: &str) -> Result<Said> {
        self.said(self.operator.get(path).await)
    }

    fn said(&self, answered: Result<Option<Delivered>, String>) -> Result<Said> {
        let Some(Delivered { status, body }) = answered.map_err(|error| anyhow!(error))? else {
            bail!(self.gone());
        };
        match status {
            200..=299 => Ok(Said::Good(body)),
            401 if self.settings.server.is_some() => {
                bail!(
                    "the server does not take `--token`; it leaves its own in `.ringflow/admin.json`"
                )
            }
            // Another server, of a later start, listens there.
            401 => bail!(self.gone()),
            _ => {
                let why = String::from_utf8_lossy(&body).trim().to_owned();
                let why = match why.is_empty() {
                    true => format!("the server answers HTTP {status}; its log may say why"),
                    false => why,
                };
                Ok(Said::Refused(why))
            }
        }
    }

    fn gone(&self) -> String {
        match &self.settings.server {
            Some(address) => format!("no server answers at `{address}`"),
            None => start(self.settings),
        }
    }
}

/// What to start, so that there is somebody to ask.
fn start(settings: &DialSettings) -> String {
    let dir = settings.dir.display();
    format!(
        "{}, or with `ringflow dev {dir}` for calls to the phone in its terminal",
        not_running(&settings.dir)
    )
}

fn named(error: &anyhow::Error, settings: &DialSettings) -> anyhow::Error {
    match error.to_string() == not_running(&settings.dir) {
        true => anyhow!(start(settings)),
        false => anyhow!("{error:#}"),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).context("the server's answer cannot be read")
}

fn refused(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(FOUND)
}

fn print_line(line: &str) -> Result<()> {
    print(&format!("{line}\n"))
}
