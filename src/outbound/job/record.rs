//! What a job has done so far, in a file to which is only ever added: a line for each
//! step. That a row is being called stands there, on the disk, before anything goes out;
//! so a process that takes the job up calls nobody for a second time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::outbound::news::Outcome;

/// What a job is, beside its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    pub flow: String,
    /// Calls that are begun, in a second.
    pub rate: f64,
    /// The most calls under way.
    pub at_once: u32,
    pub valid_for_s: Option<u64>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Job(Head),
    /// This row is called, under this name, and may be until this time.
    Sending {
        row: usize,
        id: String,
        until: Timestamp,
    },
    /// The session of its call is known.
    Session {
        row: usize,
        session: String,
    },
    Ended {
        row: usize,
        outcome: Outcome,
    },
    /// No further row is called.
    Cancelled,
}

/// The file, open at its end.
pub(super) struct Record {
    file: File,
}

const ROWS: &str = "rows.csv";
const STEPS: &str = "record.jsonl";

impl Record {
    /// Makes the folder of a job with its rows. The error has the kind `AlreadyExists`
    /// where there is one of this name.
    pub fn create(dir: &Path, head: &Head, rows: &str) -> io::Result<Self> {
        if let Some(above) = dir.parent() {
            fs::create_dir_all(above)?;
        }
        fs::create_dir(dir)?;
        let mut file = private(&dir.join(ROWS))?;
        file.write_all(rows.as_bytes())?;
        file.sync_all()?;
        let file = private(&dir.join(STEPS))?;
        file.try_lock()?;
        let mut record = Record { file };
        record.add(&Line::Job(head.clone()))?;
        // The names of both files have to be on the disk too.
        File::open(dir)?.sync_all()?;
        Ok(record)
    }

    /// The file of a job that is there. It belongs to whoever has it open, so that no two
    /// servers of one project call the same rows: the error has the kind `WouldBlock` where
    /// another has it.
    pub fn open(dir: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(dir.join(STEPS))?;
        file.try_lock()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        file.set_len(whole(&text).len() as u64)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Record { file })
    }

    /// Adds a step, which is on the disk when this comes back.
    pub fn add(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let end = self.file.stream_position()?;
        let added = self.file.write_all(&text);
        added.and_then(|()| self.file.sync_data()).inspect_err(|_| {
            // Half a line must not stand before the next one.
            let _ = self.file.set_len(end);
            let _ = self.file.seek(SeekFrom::Start(end));
        })
    }
}

/// The rows of a job and its steps so far.
pub(super) fn read(dir: &Path) -> io::Result<(String, Vec<Line>)> {
    let rows = fs::read_to_string(dir.join(ROWS))?;
    let text = fs::read_to_string(dir.join(STEPS))?;
    let lines = whole(&text).lines().map(serde_json::from_str);
    let lines: Result<Vec<Line>, _> = lines.collect();
    let lines = lines.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok((rows, lines))
}

/// A line without its end was being written when the process died, and nothing that waits
/// for it was done.
fn whole(text: &str) -> &str {
    text.rfind('\n').map_or("", |end| &text[..=end])
}

/// The folders of all jobs.
pub(super) fn all(jobs: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(jobs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut dirs = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.join(STEPS).is_file() {
            dirs.push(path);
        }
    }
    dirs.sort();
    Ok(dirs)
}

/// A new file that only its owner can read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
