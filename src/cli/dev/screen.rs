//! Where lines are shown: above the one that is being typed, or behind each other.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context, Result};
use rustyline::ExternalPrinter;

/// A terminal, or whatever the output is.
pub enum Screen {
    Terminal(Box<dyn ExternalPrinter + Send>),
    Plain,
}

impl Screen {
    pub fn print(&mut self, lines: &[String]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut text = lines.join("\n");
        text.push('\n');
        match self {
            Screen::Terminal(printer) => {
                let printed = printer.print(text);
                printed.context("the terminal cannot be written to")
            }
            Screen::Plain => {
                let mut out = io::stdout().lock();
                match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
                    // A reader that has seen enough and closed the pipe is no failure.
                    Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
                    _ => Ok(()),
                }
            }
        }
    }
}
