//! Which files stay as they are while others are written without end. A program that saves
//! all the time never lets the whole come to rest; it holds up its own files, and nobody
//! else's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::SystemTime;

use crate::flow::SourceFile;

use super::project::Snapshot;
use super::settle::POLL_MS;

/// What each path has held, and since which read. Times are in ms of one clock.
#[derive(Debug, Default)]
pub struct Steady {
    paths: BTreeMap<Box<str>, Seen>,
}

#[derive(Debug)]
struct Seen {
    held: Held,
    since_ms: u64,
}

/// What is found at a path.
#[derive(Debug)]
enum Held {
    /// A text, and when it was written. A text alone would not do: a file that is written at
    /// a steady pace may be caught at the same half each time.
    Text(Arc<SourceFile>, Option<SystemTime>),
    Fault(String),
    Nothing,
}

impl Steady {
    /// Takes note of a read that was not found whole and began at this time, beside what
    /// counts so far. What comes of it may count now: each file that nobody has written for
    /// some seconds is as it was read, and every other one as it counts. `None` where that
    /// is nothing new.
    pub fn read(&mut self, snapshot: &Snapshot, counts: &Snapshot, began: u64) -> Option<Snapshot> {
        let paths: BTreeSet<Box<str>> = [snapshot, counts].into_iter().flat_map(paths).collect();
        let mut before = std::mem::take(&mut self.paths);
        let mut steady = BTreeSet::new();
        let mut is_new = false;
        for path in paths {
            let held = Held::at(snapshot, &path);
            let seen = before.remove(&path);
            let seen = seen.filter(|seen| seen.held.is(&held)).unwrap_or(Seen {
                held,
                since_ms: began,
            });
            if began >= seen.since_ms + POLL_MS {
                is_new |= !seen.held.has_text_of(&Held::at(counts, &path));
                steady.insert(path.clone());
            }
            self.paths.insert(path, seen);
        }
        is_new.then(|| snapshot.where_or(|path| steady.contains(path), counts))
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

impl Held {
    fn at(snapshot: &Snapshot, path: &str) -> Self {
        if let Some(file) = snapshot.file(path) {
            return Held::Text(Arc::clone(file), snapshot.written(path));
        }
        let mut unread = snapshot.unread().iter();
        let error = unread.find(|error| error.path == path);
        error.map_or(Held::Nothing, |error| Held::Fault(error.reason.clone()))
    }

    /// Nobody has written it in between.
    fn is(&self, other: &Held) -> bool {
        let at = |held: &Held| match held {
            Held::Text(_, written) => *written,
            _ => None,
        };
        self.has_text_of(other) && at(self) == at(other)
    }

    fn has_text_of(&self, other: &Held) -> bool {
        match (self, other) {
            (Held::Text(one, _), Held::Text(two, _)) => one.text() == two.text(),
            (Held::Fault(one), Held::Fault(two)) => one == two,
            (Held::Nothing, Held::Nothing) => true,
            _ => false,
        }
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
