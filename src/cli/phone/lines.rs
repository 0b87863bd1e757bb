//! Where lines come from: a terminal with line editing and a history, or a file or pipe.

use std::borrow::Cow;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{ColorMode, Config, Editor, ExternalPrinter, Helper};

const PROMPT: &str = "> ";

/// What is typed, line by line.
pub trait Lines {
    /// The next line; `None` at the end. What may be secret is not shown and not kept.
    fn next(&mut self, may_be_secret: bool) -> Result<Option<String>>;
}

/// Lines of a file or a pipe. Each is shown, so that the conversation reads as one; one
/// that begins with `# ` is a remark.
pub struct Script<R, W> {
    from: R,
    shown_to: W,
}

impl<R: BufRead, W: Write> Script<R, W> {
    pub fn new(from: R, shown_to: W) -> Self {
        Script { from, shown_to }
    }
}

impl<R: BufRead, W: Write> Lines for Script<R, W> {
    fn next(&mut self, may_be_secret: bool) -> Result<Option<String>> {
        loop {
            let mut line = String::new();
            let count = self.from.read_line(&mut line);
            if count.context("the script cannot be read")? == 0 {
                return Ok(None);
            }
            let line = line.trim();
            if line.is_empty() || line.starts_with("# ") {
                continue;
            }
            let shown = match may_be_secret {
                true => masked(line),
                false => line.to_owned(),
            };
            match writeln!(self.shown_to, "{PROMPT}{shown}") {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
                _ => return Ok(Some(line.to_owned())),
            }
        }
    }
}

/// A terminal.
pub struct Terminal {
    editor: Editor<Mask, FileHistory>,
    history: Option<PathBuf>,
    may_be_secret: Arc<AtomicBool>,
}

impl Terminal {
    /// A terminal whose history is kept in this file, where that can be written.
    pub fn new(history: Option<PathBuf>) -> Result<Self> {
        // What is typed is masked by painting over it, which is done only in colour. There
        // are no other colours in a line.
        let config = Config::builder().color_mode(ColorMode::Forced).build();
        let mut editor = Editor::with_config(config).context("the terminal cannot be used")?;
        let may_be_secret = Arc::new(AtomicBool::new(false));
        let is_on = Arc::clone(&may_be_secret);
        editor.set_helper(Some(Mask { is_on }));
        if let Some(path) = &history {
            // The first time there is none.
            let _ = editor.load_history(path);
        }
        Ok(Terminal {
            editor,
            history,
            may_be_secret,
        })
    }

    /// Whether what is being typed may be secret, for whoever learns it meanwhile.
    pub fn may_be_secret(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.may_be_secret)
    }

    /// What prints above the line that is being typed.
    pub fn printer(&mut self) -> Result<impl ExternalPrinter + Send + 'static> {
        let printer = self.editor.create_external_printer();
        printer.context("the terminal cannot be used")
    }
}

impl Lines for Terminal {
    fn next(&mut self, may_be_secret: bool) -> Result<Option<String>> {
        self.may_be_secret.store(may_be_secret, Ordering::Relaxed);
        match self.editor.readline(PROMPT) {
            Ok(line) => {
                let may_be_secret = self.may_be_secret.load(Ordering::Relaxed);
                if !(may_be_secret && has_digits(&line)) {
                    self.editor.add_history_entry(line.trim())?;
                }
                Ok(Some(line))
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted | ReadlineError::Signal(_)) => {
                Ok(None)
            }
            Err(error) => Err(error).context("the terminal cannot be read"),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(path) = &self.history {
            if let Some(folder) = path.parent() {
                let _ = std::fs::create_dir_all(folder);
            }
            // A project that cannot be written to has no history.
            let _ = self.editor.save_history(path);
        }
    }
}

/// Paints over keys while they are typed.
struct Mask {
    is_on: Arc<AtomicBool>,
}

impl Helper for Mask {}

impl Completer for Mask {
    type Candidate = String;
}

impl Hinter for Mask {
    type Hint = String;
}

impl Validator for Mask {}

impl Highlighter for Mask {
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        match self.is_on.load(Ordering::Relaxed) {
            true => Cow::Owned(masked(line)),
            false => Cow::Borrowed(line),
        }
    }

    fn highlight_char(&self, _line: &str, _pos: usize, kind: CmdKind) -> bool {
        self.is_on.load(Ordering::Relaxed) && kind != CmdKind::MoveCursor
    }
}

fn has_digits(line: &str) -> bool {
    line.chars().any(is_key)
}

/// The line with every key as a dot, unless it is a word with a time.
fn masked(line: &str) -> String {
    let word = line.split_whitespace().next().unwrap_or_default();
    if matches!(word, "answer" | "wait" | "at") {
        return line.to_owned();
    }
    line.chars()
        .map(|c| if is_key(c) { '•' } else { c })
        .collect()
}

fn is_key(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '*' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_shown_without_secrets_and_remarks() {
        let mut shown = Vec::new();
        let mut script = Script::new("# The PIN.\n8642#\n\nwait 30s\n#".as_bytes(), &mut shown);
        assert_eq!(script.next(true).unwrap().as_deref(), Some("8642#"));
        assert_eq!(script.next(true).unwrap().as_deref(), Some("wait 30s"));
        assert_eq!(script.next(false).unwrap().as_deref(), Some("#"));
        assert_eq!(script.next(false).unwrap(), None);
        assert_eq!(
            String::from_utf8(shown).unwrap(),
            "> •••••\n> wait 30s\n> #\n"
        );
    }

    #[test]
    fn keys_are_masked_while_they_are_typed() {
        let is_on = Arc::new(AtomicBool::new(true));
        let mask = Mask {
            is_on: Arc::clone(&is_on),
        };
        assert_eq!(mask.highlight("test 12*#", 0), "test ••••");
        is_on.store(false, Ordering::Relaxed);
        assert_eq!(mask.highlight("12", 0), "12");
    }
}
