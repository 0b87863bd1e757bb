//! `ringflow dev`, with somebody at its keyboard.

use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::Receiver;

use super::program::{PATIENCE, lines, ringflow, wait_until};

/// The program, with somebody at its keyboard. It is killed when this is dropped.
pub struct Desk {
    pub child: Child,
    pub keyboard: Option<ChildStdin>,
    pub shown: Receiver<String>,
}

impl Desk {
    pub fn at(dir: &Path) -> Self {
        Desk::with(dir, &[])
    }

    pub fn with(dir: &Path, args: &[&str]) -> Self {
        let mut command = ringflow(&["dev", "--listen", "127.0.0.1:0"]);
        let mut child = command
            .args(args)
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Desk {
            keyboard: child.stdin.take(),
            shown: lines(child.stdout.take().unwrap()),
            child,
        }
    }

    pub fn types(&mut self, line: &str) {
        let keyboard = self.keyboard.as_mut().unwrap();
        keyboard.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Waits for a line with all of these parts, and gives what was shown up to it.
    pub fn shows(&self, parts: &[&str]) -> Vec<String> {
        let mut shown = Vec::new();
        while let Ok(line) = self.shown.recv_timeout(PATIENCE) {
            let is_it = parts.iter().all(|part| line.contains(part));
            shown.push(line);
            if is_it {
                return shown;
            }
        }
        panic!("{parts:?} is not shown, but {shown:#?}");
    }

    pub fn address(&self) -> String {
        let shown = self.shows(&["listening on http://"]);
        let (_, address) = shown.last().unwrap().split_once("http://").unwrap();
        address.to_owned()
    }

    /// Waits until it has ended by itself, and gives its exit code and what it still said.
    pub fn ended(mut self) -> (Option<i32>, Vec<String>) {
        wait_until(|| self.child.try_wait().unwrap().is_some());
        let code = self.child.wait().unwrap().code();
        (code, self.shown.iter().collect())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
