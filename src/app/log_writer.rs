//! Where the lines of the log wait to be written, so that no call waits for whoever reads
//! them. A thread writes them: some behind a quiet moment at once, and those of a busy one
//! together.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tracing::{Level, Metadata, warn};
use tracing_subscriber::fmt::MakeWriter;

/// How long lines may be gathered behind others that were just written. What is wrong is
/// not held back.
const GATHER: Duration = Duration::from_millis(10);

/// How often lines are written at once before those behind them are gathered.
const AT_ONCE: u32 = 8;

/// The most that may wait, in bytes: some 30,000 lines. Those that do not fit are counted,
/// and it is told that they are lost.
const MOST: usize = 8 * 1024 * 1024;

/// What a busy moment needed is given back beyond this, in bytes.
const KEPT: usize = 256 * 1024;

/// Takes lines of the log. All clones are the same.
#[derive(Clone)]
pub struct LogWriter(Arc<Shared>);

/// Writes what still waits when it is dropped. To be kept until the end of the program.
#[must_use = "what waits to be written is lost with the process"]
pub struct LogEnd(LogWriter);

struct Shared {
    waiting: Mutex<Waiting>,
    /// Told when the thread has something to do.
    due: Condvar,
    /// Held while lines are written, so that they stay in order.
    output: Mutex<Output>,
    most: usize,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    /// Lines that did not fit.
    lost: u64,
    /// Something among them is not to wait.
    is_urgent: bool,
    /// The thread sleeps until it is told.
    is_idle: bool,
}

struct Output {
    to: Box<dyn Write + Send>,
    /// Empty but while it is written. Swapped with what waits, so that neither is made anew.
    lines: Vec<u8>,
}

/// One line on its way.
pub struct Line<'w> {
    to: &'w Shared,
    is_urgent: bool,
}

impl LogWriter {
    /// Starts the thread that writes to `to`.
    ///
    /// # Errors
    /// Where no thread can be had.
    pub fn start(to: impl Write + Send + 'static) -> Result<(Self, LogEnd)> {
        let writer = LogWriter::holding(to, MOST);
        let of_thread = writer.clone();
        let thread = std::thread::Builder::new().name("log".to_owned());
        thread
            .spawn(move || of_thread.run())
            .context("the log has no thread")?;
        let end = LogEnd(writer.clone());
        Ok((writer, end))
    }

    fn holding(to: impl Write + Send + 'static, most: usize) -> Self {
        LogWriter(Arc::new(Shared {
            waiting: Mutex::default(),
            due: Condvar::new(),
            output: Mutex::new(Output {
                to: Box::new(to),
                lines: Vec::new(),
            }),
            most,
        }))
    }

    fn run(&self) {
        let Shared { due, .. } = &*self.0;
        let mut at_once = AT_ONCE;
        loop {
            let idle = Instant::now();
            let mut waiting = self.0.waiting();
            waiting.is_idle = true;
            let nothing = |waiting: &mut Waiting| waiting.is_nothing();
            let woken = due.wait_while(waiting, nothing);
            let mut waiting = woken.unwrap_or_else(PoisonError::into_inner);
            waiting.is_idle = false;
            drop(waiting);
            if idle.elapsed() >= GATHER {
                at_once = AT_ONCE;
            }
            self.write_out();
            if at_once > 0 {
                at_once -= 1;
                continue;
            }
            let may_wait = |waiting: &mut Waiting| !waiting.is_urgent;
            drop(due.wait_timeout_while(self.0.waiting(), GATHER, may_wait));
        }
    }

    /// Writes all that waits.
    fn write_out(&self) {
        let mut output = self.0.output.lock().unwrap_or_else(PoisonError::into_inner);
        let Output { to, lines } = &mut *output;
        let lost = {
            let mut waiting = self.0.waiting();
            mem::swap(&mut waiting.lines, lines);
            waiting.is_urgent = false;
            mem::take(&mut waiting.lost)
        };
        // Where the log cannot be written, there is nowhere to say so.
        let _ = to.write_all(lines).and_then(|()| to.flush());
        lines.clear();
        lines.shrink_to(KEPT);
        drop(output);
        if lost > 0 {
            warn!(
                lines = lost,
                help = "whoever reads the log is too slow",
                "lines of the log are lost"
            );
        }
    }
}

impl Drop for LogEnd {
    fn drop(&mut self) {
        let LogEnd(writer) = self;
        // Once more where it had to be told that some are lost.
        while !writer.0.waiting().is_nothing() {
            writer.write_out();
        }
        // The thread may be writing what it took before.
        drop(writer.0.output.lock());
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn is_nothing(&self) -> bool {
        self.lines.is_empty() && self.lost == 0
    }
}

impl Write for Line<'_> {
    /// Takes a whole line, its end included, as each is written with one call.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.to.waiting();
        if waiting.lines.len() + line.len() > self.to.most {
            waiting.lost += 1;
        } else {
            waiting.lines.extend_from_slice(line);
        }
        waiting.is_urgent |= self.is_urgent;
        // While it gathers it looks by itself.
        if waiting.is_idle || self.is_urgent {
            waiting.is_idle = false;
            drop(waiting);
            self.to.due.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for LogWriter {
    type Writer = Line<'w>;

    fn make_writer(&'w self) -> Line<'w> {
        Line {
            to: &self.0,
            is_urgent: false,
        }
    }

    fn make_writer_for(&'w self, meta: &Metadata<'_>) -> Line<'w> {
        Line {
            to: &self.0,
            is_urgent: *meta.level() <= Level::WARN,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Hands on what is written, and waits until it may.
    struct Reader {
        written: mpsc::Sender<String>,
        may: mpsc::Receiver<()>,
    }

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.may.recv();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            self.written.send(text).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn reader() -> (Reader, mpsc::Sender<()>, mpsc::Receiver<String>) {
        let (written, lines) = mpsc::channel();
        let (allow, may) = mpsc::channel();
        (Reader { written, may }, allow, lines)
    }

    #[test]
    fn a_reader_that_is_stuck_holds_nobody_up_and_loses_nothing() {
        let (reader, allow, lines) = reader();
        let (writer, end) = LogWriter::start(reader).unwrap();
        for number in 0..1000 {
            writeln!(writer.make_writer(), "{number}").unwrap();
        }
        drop(allow);
        drop(end);
        let told: String = lines.try_iter().collect();
        let wanted: String = (0..1000).map(|number| format!("{number}\n")).collect();
        assert_eq!(told, wanted);
    }

    #[test]
    fn a_line_behind_a_quiet_moment_is_written_by_itself() {
        let (reader, allow, lines) = reader();
        let (writer, _end) = LogWriter::start(reader).unwrap();
        drop(allow);
        writer.make_writer().write_all(b"one\n").unwrap();
        assert_eq!(lines.recv().unwrap(), "one\n");
        writer.make_writer().write_all(b"two\n").unwrap();
        assert_eq!(lines.recv().unwrap(), "two\n");
    }

    #[test]
    fn what_does_not_fit_is_counted_and_told() {
        let (reader, allow, lines) = reader();
        drop(allow);
        let writer = LogWriter::holding(reader, 200);
        let log = tracing_subscriber::fmt()
            .with_writer(writer.clone())
            .with_ansi(false)
            .without_time()
            .finish();
        let first = "a".repeat(199) + "\n";
        for line in [&*first, "b\n", "c\n"] {
            writer.make_writer().write_all(line.as_bytes()).unwrap();
        }
        tracing::subscriber::with_default(log, || drop(LogEnd(writer)));
        let told: Vec<String> = lines.try_iter().collect();
        assert_eq!(told[0], first);
        assert!(
            told[1].contains("lines of the log are lost lines=2"),
            "{told:?}"
        );
        assert_eq!(told.len(), 2);
    }
}
