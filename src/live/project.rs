//! The project on disk: the files of `flows` and `scripts`, read whole, the file beside
//! them that says what the project allows, and the list of the platform's voices.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use walkdir::WalkDir;

use crate::flow::{PROJECT_FILES, Revision, SourceFile, VOICES_FILE, table_name};

/// The largest file that is read, in bytes. A flow of thousands of states is smaller.
const MAX_FILE: u64 = 4 * 1024 * 1024;
/// The largest table, in bytes: hundreds of thousands of rows.
const MAX_TABLE: u64 = 32 * 1024 * 1024;

/// A file or folder that could not be read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{path}` cannot be read: {reason}")]
pub struct ReadError {
    pub path: String,
    pub reason: String,
}

/// A project as it was read at one time: all of its files, and one hash of the whole.
/// Files of tests are among them, though no flow is made of them.
#[derive(Debug, Clone)]
pub struct Snapshot {
    files: BTreeMap<Box<str>, Arc<SourceFile>>,
    unread: Vec<ReadError>,
    hash: Revision,
    /// When each file was written last, as was found behind its text; of none that is made
    /// in memory.
    written: BTreeMap<Box<str>, SystemTime>,
}

impl Snapshot {
    pub fn read(dir: &Path) -> Self {
        let (files, unread) = read_project(dir);
        let mut snapshot = Snapshot::of(files, unread);
        let written = |path: &str| std::fs::metadata(dir.join(path)).ok()?.modified().ok();
        let paths = snapshot.files.keys();
        let written = paths.filter_map(|path| Some((path.clone(), written(path)?)));
        snapshot.written = written.collect();
        snapshot
    }

    /// The snapshot of these files.
    pub fn of(files: Vec<Arc<SourceFile>>, unread: Vec<ReadError>) -> Self {
        let files: BTreeMap<Box<str>, _> = files
            .into_iter()
            .map(|file| (file.path().into(), file))
            .collect();
        let texts = files.values().flat_map(|file| [file.path(), file.text()]);
        let errors = unread
            .iter()
            .flat_map(|error| ["", &*error.path, &*error.reason]);
        let hash = Revision::of(texts.chain(errors));
        Snapshot {
            files,
            unread,
            hash,
            written: BTreeMap::new(),
        }
    }

    /// When a file was written last, where that is known.
    pub fn written(&self, path: &str) -> Option<SystemTime> {
        self.written.get(path).copied()
    }

    /// Of every path, text and fault.
    pub fn hash(&self) -> Revision {
        self.hash
    }

    pub fn files(&self) -> impl Iterator<Item = &Arc<SourceFile>> {
        self.files.values()
    }

    pub fn file(&self, path: &str) -> Option<&Arc<SourceFile>> {
        self.files.get(path)
    }

    /// Files and folders that could not be read.
    pub fn unread(&self) -> &[ReadError] {
        &self.unread
    }

    /// What is found here at the paths that are chosen, and in `other` at all the rest.
    pub fn where_or(&self, is_chosen: impl Fn(&str) -> bool, other: &Snapshot) -> Snapshot {
        let files = |from: &Snapshot, chosen: bool| {
            let files = from.files.values();
            let files = files.filter(|file| is_chosen(file.path()) == chosen);
            files.cloned().collect::<Vec<_>>()
        };
        let unread = |from: &Snapshot, chosen: bool| {
            let unread = from.unread.iter();
            let unread = unread.filter(|error| is_chosen(&error.path) == chosen);
            unread.cloned().collect::<Vec<_>>()
        };
        Snapshot::of(
            [files(self, true), files(other, false)].concat(),
            [unread(self, true), unread(other, false)].concat(),
        )
    }

    /// True for a path of which nothing is known, as it or a folder above it could not
    /// be read.
    pub fn hides(&self, path: &str) -> bool {
        self.unread.iter().any(|error| {
            let below = path.strip_prefix(&*error.path);
            below.is_some_and(|below| {
                below.is_empty() || below.starts_with('/') || error.path.is_empty()
            })
        })
    }
}

/// Reads all files of a project that may be flows, scripts, tables or prompts, and its own. Links are followed,
/// what begins with a point is left out. Files that cannot be read are told, and
/// the others are read all the same.
pub fn read_project(dir: &Path) -> (Vec<Arc<SourceFile>>, Vec<ReadError>) {
    let mut files = Vec::new();
    let mut errors = Vec::new();
    for path in own_files(dir) {
        match path.and_then(|path| read_file(dir, &path)) {
            Ok(file) => files.push(file),
            Err(error) => errors.push(error),
        }
    }
    // One that cannot be read is none: it is a help to designers, and no part of a flow.
    files.extend(read_file(dir, &dir.join(VOICES_FILE)));
    for folder in ["flows", "scripts"] {
        let root = dir.join(folder);
        if !root.exists() {
            continue;
        }
        let walk = WalkDir::new(&root)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
        for entry in walk {
            match entry {
                Ok(entry) if entry.file_type().is_file() && is_wanted(dir, entry.path()) => {
                    match read_file(dir, entry.path()) {
                        Ok(file) => files.push(file),
                        Err(error) => errors.push(error),
                    }
                }
                Ok(_) => {}
                // An editor's lock may be a link to nothing.
                Err(error) if error.path().is_some_and(has_hidden_name) => {}
                Err(error) => errors.push(ReadError {
                    path: error
                        .path()
                        .map(|path| shown(dir, path))
                        .unwrap_or_default(),
                    reason: error.to_string(),
                }),
            }
        }
    }
    (files, errors)
}

/// The files in the folder of the project itself that are read. Nothing else of it is
/// looked at, however much there is: a project may lie among other things.
fn own_files(dir: &Path) -> Vec<Result<PathBuf, ReadError>> {
    let mut found = Vec::new();
    for name in PROJECT_FILES {
        let path = dir.join(name);
        match path.symlink_metadata() {
            Ok(_) => found.push(Ok(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            // There is no such folder, which is told where its flows are missed.
            Err(error) if error.kind() == ErrorKind::NotADirectory => {}
            Err(error) => found.push(Err(ReadError {
                path: name.to_owned(),
                reason: error.to_string(),
            })),
        }
    }
    found
}

fn is_hidden(entry: &walkdir::DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

fn has_hidden_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with('.')
}

fn is_wanted(dir: &Path, path: &Path) -> bool {
    if table_name(&shown(dir, path)).is_some() {
        return true;
    }
    let ending = path.extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("yaml" | "yml" | "rhai"))
}

fn read_file(dir: &Path, path: &Path) -> Result<Arc<SourceFile>, ReadError> {
    let shown = shown(dir, path);
    let fail = |reason: String| ReadError {
        path: shown.clone(),
        reason,
    };
    let size = std::fs::metadata(path)
        .map_err(|error| fail(error.to_string()))?
        .len();
    let most = match table_name(&shown) {
        Some(_) => MAX_TABLE,
        None => MAX_FILE,
    };
    if size > most {
        return Err(fail(format!(
            "it has {size} bytes, and at most {most} are read"
        )));
    }
    let bytes = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        fail(format!(
            "line {line} holds a character that is not UTF-8; save the file as UTF-8"
        ))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(SourceFile::new(&shown, text))
}

/// The path below the project, with `/` between its parts.
fn shown(dir: &Path, path: &Path) -> String {
    let below = path.strip_prefix(dir).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
