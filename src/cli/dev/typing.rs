//! The thread that waits for what is typed, so that everything else goes on meanwhile.

use std::io::IsTerminal;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use anyhow::{Context, Result};

use super::Happening;
use super::screen::Screen;
use crate::cli::phone::{Lines, Script, Terminal};

/// How long a thread takes that has nothing to wait for.
const A_MOMENT: Duration = Duration::from_millis(100);
/// How long a terminal is given to become as it was.
const PATIENCE: Duration = Duration::from_secs(1);

pub struct Typing {
    /// Asks for the next line, which may be secret.
    next: Sender<bool>,
    /// Ends when the thread does.
    ended: Receiver<()>,
    may_be_secret: Option<Arc<AtomicBool>>,
}

/// Starts to read, as often as it is asked for; and gives what lines are shown on.
pub fn start(dir: &Path, happens: Sender<Happening>) -> Result<(Screen, Typing)> {
    let (next, asked) = channel();
    let (ends, ended) = channel();
    let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let mut screen = Screen::Plain;
    let mut terminal = None;
    let mut may_be_secret = None;
    if is_terminal {
        let history = dir.join(".ringflow").join("call_history");
        let mut opened = Terminal::new(Some(history))?;
        screen = Screen::Terminal(Box::new(opened.printer()?));
        may_be_secret = Some(opened.may_be_secret());
        terminal = Some(opened);
    }
    let work = move || {
        match terminal {
            Some(terminal) => read(terminal, &asked, &happens),
            None => {
                let script = Script::new(std::io::stdin().lock(), std::io::stdout());
                read(script, &asked, &happens);
            }
        }
        drop(ends);
    };
    std::thread::Builder::new()
        .name("typing".to_owned())
        .spawn(work)
        .context("a thread cannot be started")?;
    let typing = Typing {
        next,
        ended,
        may_be_secret,
    };
    Ok((screen, typing))
}

impl Typing {
    /// Waits for the next line, which is told as a happening.
    pub fn next(&self, may_be_secret: bool) {
        // Where the thread has ended, it has said so.
        let _ = self.next.send(may_be_secret);
    }

    /// What is being typed may have become secret, since a flow was edited.
    pub fn may_be_secret(&self, may_be_secret: bool) {
        if let (true, Some(typed)) = (may_be_secret, &self.may_be_secret) {
            typed.store(true, Ordering::Relaxed);
        }
    }

    /// Ends it. A terminal becomes as it was; a pipe that nobody writes to is left.
    pub fn end(self) {
        drop(self.next);
        let is_over =
            |within| self.ended.recv_timeout(within) == Err(RecvTimeoutError::Disconnected);
        if self.may_be_secret.is_none() || is_over(A_MOMENT) {
            return;
        }
        // It waits for a key, and nothing but a signal keeps it from that.
        let id = std::process::id().to_string();
        let mut interrupt = Command::new("kill");
        interrupt.args(["-INT", &id]).stdin(Stdio::null());
        if interrupt.status().is_ok() {
            is_over(PATIENCE);
        }
    }
}

fn read(mut lines: impl Lines, asked: &Receiver<bool>, happens: &Sender<Happening>) {
    for may_be_secret in asked {
        let (told, is_end) = match lines.next(may_be_secret) {
            Ok(Some(line)) => (Happening::Typed(line), false),
            Ok(None) => (Happening::Closed(None), true),
            Err(error) => (Happening::Closed(Some(error)), true),
        };
        if happens.send(told).is_err() || is_end {
            return;
        }
    }
}
