//! A session at the terminal, as the README tells it: what is shown and typed in blocks of
//! text, and what is edited in between as differences.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Nothing that is waited for takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Makes the project of the session, and goes through it.
pub fn goes_as(told: &str) {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("mine");
    let made = ringflow(&["new", root.to_str().unwrap()]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let mut at = Terminal::open(&["dev", "--listen", "127.0.0.1:0"], &root);
    let (mut shown, mut edits) = (0, 0);
    let mut lines = told.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match language {
            "text" => {
                at.shows(&block);
                shown += 1;
            }
            "diff" => {
                edit(&root.join("flows/menu.yaml"), &block);
                edits += 1;
            }
            _ => {}
        }
    }
    assert!(shown > 3 && edits > 2, "{shown} blocks, {edits} edits");
}

/// Holds one block against what is shown where its lines are typed.
pub fn is_heard(args: &[&str], block: &str) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut at = Terminal::open(args, here);
    at.shows(&block.lines().collect::<Vec<_>>());
}

fn ringflow(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringflow"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RINGFLOW_") {
            command.env_remove(name);
        }
    }
    command.args(args);
    command
}

/// The program, with somebody at its keyboard. It is killed when this is dropped.
struct Terminal {
    child: Child,
    shown: Receiver<String>,
}

impl Terminal {
    fn open(args: &[&str], dir: &Path) -> Self {
        let mut child = ringflow(args)
            .current_dir(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (send, shown) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Terminal { child, shown }
    }

    /// Goes through a block: what stands behind a prompt is typed, everything is shown.
    fn shows(&mut self, block: &[&str]) {
        for (nth, expected) in block.iter().enumerate() {
            if let Some(typed) = expected.strip_prefix("> ") {
                let keyboard = self.child.stdin.as_mut().unwrap();
                writeln!(keyboard, "{typed}").unwrap();
            }
            let mut line = self.shown.recv_timeout(PATIENCE);
            // An empty line at the end of a block would only be space.
            if nth == 0 && line.as_ref().is_ok_and(|line| line.is_empty()) {
                line = self.shown.recv_timeout(PATIENCE);
            }
            let line = line.unwrap_or_else(|_| panic!("`{expected}` does not come"));
            assert_eq!(masked(&line), masked(expected), "in {block:#?}");
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A line without what differs each time: the port, the time of day, how long it took.
fn masked(line: &str) -> String {
    if let Some((address, _)) = line.split_once("127.0.0.1:") {
        return address.to_owned();
    }
    let is_time = line.len() > 8 && line.as_bytes()[2] == b':' && line.as_bytes()[5] == b':';
    match line.rsplit_once(" · ") {
        Some((rest, last)) if is_time && last.ends_with(" ms") => rest[8..].to_owned(),
        _ => line.to_owned(),
    }
}

/// Takes lines out of a file and puts others there.
fn edit(path: &Path, difference: &[&str]) {
    let part = |mark| {
        let lines = difference.iter().filter_map(|line| line.strip_prefix(mark));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let text = std::fs::read_to_string(path).unwrap();
    let (old, new) = (part('-'), part('+'));
    assert!(text.contains(&old), "`{old}` is not in\n{text}");
    std::fs::write(path, text.replacen(&old, &new, 1)).unwrap();
}
