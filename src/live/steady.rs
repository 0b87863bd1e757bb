//! Which files stay as they are while others are written without end. A program that saves
//! all the time never lets the whole come to rest; it holds up its own files, and nobody
//! else's.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::Revision;

use super::project::Snapshot;
use super::settle::POLL_MS;

/// What each path has held, and since which read. Times are in ms of one clock.
#[derive(Debug, Default)]
pub struct Steady {
    paths: BTreeMap<Box<str>, Seen>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    held: Revision,
    since_ms: u64,
}

impl Steady {
    /// Takes note of a read that was not found whole and began at this time, beside what
    /// counts so far. What comes of it may count now: each file that nobody has written for
    /// some seconds is as it was read, and every other one as it counts. `None` where that
    /// is nothing new.
    pub fn read(&mut self, snapshot: &Snapshot, counts: &Snapshot, began: u64) -> Option<Snapshot> {
        let paths: BTreeSet<Box<str>> = [snapshot, counts].into_iter().flat_map(paths).collect();
        let before = std::mem::take(&mut self.paths);
        let mut steady = BTreeSet::new();
        for path in paths {
            let held = held(snapshot, &path);
            let seen = before.get(&path).filter(|seen| seen.held == held);
            let seen = seen.copied().unwrap_or(Seen {
                held,
                since_ms: began,
            });
            if began >= seen.since_ms + POLL_MS {
                steady.insert(path.clone());
            }
            self.paths.insert(path, seen);
        }
        let part = snapshot.where_or(|path| steady.contains(path), counts);
        (part.hash() != counts.hash()).then_some(part)
    }

    /// All has come to rest.
    pub fn clear(&mut self) {
        self.paths.clear();
    }
}

/// Every path of which something is known.
fn paths(snapshot: &Snapshot) -> impl Iterator<Item = Box<str>> {
    let files = snapshot.files().map(|file| file.path().into());
    let unread = snapshot.unread().iter();
    files.chain(unread.map(|error| error.path.as_str().into()))
}

/// What is found at a path: a text and when it was written, a fault, or nothing. A text
/// alone would not do: a file that is written at a steady pace may be caught at the same
/// half each time.
fn held(snapshot: &Snapshot, path: &str) -> Revision {
    let mut unread = snapshot.unread().iter();
    match (snapshot.file(path), unread.find(|error| error.path == path)) {
        (Some(file), _) => {
            let written = format!("{:?}", snapshot.written(path));
            Revision::of(["text", file.text(), &written])
        }
        (None, Some(error)) => Revision::of(["fault", &error.reason]),
        (None, None) => Revision::of(["nothing"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::SourceFile;
    use crate::live::ReadError;

    fn snapshot(files: &[(&str, &str)]) -> Snapshot {
        let files = files.iter();
        let files = files.map(|(path, text)| SourceFile::new(path, text));
        Snapshot::of(files.collect(), Vec::new())
    }

    #[test]
    fn a_file_that_stays_counts_while_another_is_written() {
        let counts = snapshot(&[("a", "old"), ("b", "old"), ("c", "old")]);
        let mut steady = Steady::default();
        for at in (0..POLL_MS).step_by(500) {
            // `b` is written all the time, `c` is gone, and `d` has come.
            let text = at.to_string();
            let read = snapshot(&[("a", "new"), ("b", &text), ("d", "new")]);
            assert!(steady.read(&read, &counts, at).is_none(), "{at}");
        }
        let read = snapshot(&[("a", "new"), ("b", "half"), ("d", "new")]);
        let part = steady.read(&read, &counts, POLL_MS).unwrap();
        let expected = snapshot(&[("a", "new"), ("b", "old"), ("d", "new")]);
        assert_eq!(part.hash(), expected.hash());
        // Then there is nothing new in it.
        assert!(steady.read(&read, &part, POLL_MS + 500).is_none());
        steady.clear();
        assert!(steady.read(&read, &counts, 10 * POLL_MS).is_none());
    }

    #[test]
    fn a_file_that_was_another_in_between_does_not_count() {
        let counts = snapshot(&[("a", "old")]);
        let mut steady = Steady::default();
        for (at, text) in [
            (0, "half"),
            (1_000, "more"),
            (2_000, "half"),
            (3_000, "half"),
        ] {
            let read = snapshot(&[("a", text)]);
            assert!(steady.read(&read, &counts, at).is_none(), "{at}");
        }
        let read = snapshot(&[("a", "half")]);
        assert!(steady.read(&read, &counts, 4_000).is_some());
    }

    #[test]
    fn what_cannot_be_read_for_a_while_counts_as_that() {
        let counts = snapshot(&[("flows/a", "old")]);
        let fault = ReadError {
            path: "flows/a".to_owned(),
            reason: "denied".to_owned(),
        };
        let read = Snapshot::of(Vec::new(), vec![fault]);
        let mut steady = Steady::default();
        assert!(steady.read(&read, &counts, 0).is_none());
        let part = steady.read(&read, &counts, POLL_MS).unwrap();
        assert_eq!((part.hash(), part.unread().len()), (read.hash(), 1));
    }
}
