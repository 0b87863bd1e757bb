//! What counts as an editor at work: a file that has vanished, is empty, or is cut off.
//! For a while what was there before stands in for it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::flow::{
    SourceFile, is_flow_path, is_project_path, prompts_language, script_name, table_name,
};

use super::project::Snapshot;

/// How long a file that has vanished or is empty counts as an editor at work, in ms.
pub const VANISHED_MS: u64 = 10_000;
/// How long a file that is the beginning of what it was counts as one that is being
/// written, in ms. Shorter, as a designer may well take out the end of a flow.
pub const CUT_MS: u64 = 1_000;

/// The files that are to be compiled, by path.
pub(super) type Files = BTreeMap<Box<str>, Arc<SourceFile>>;

/// Files for which others stand in, each with the time since when.
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    since: BTreeMap<Box<str>, Since>,
    /// When this was decided last.
    sorted_ms: u64,
}

#[derive(Debug)]
struct Since {
    ms: u64,
    until_ms: u64,
    /// What is there meanwhile.
    text: Option<Arc<SourceFile>>,
}

/// What a snapshot comes to.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub files: Files,
    /// The files for which others stand in, with the reason.
    pub waiting: Vec<(String, &'static str)>,
    /// The files that have been away for too long.
    pub gone: Vec<Arc<SourceFile>>,
}

impl Unfinished {
    /// Sorts a snapshot by what was used until now; `live` says of which files flows are
    /// live.
    pub fn sort(
        &mut self,
        snapshot: &Snapshot,
        used: &Files,
        live: impl Fn(&str) -> bool,
        now: u64,
    ) -> Sorted {
        let mut sorted = Sorted::default();
        for file in snapshot.files() {
            sorted.files.insert(file.path().into(), Arc::clone(file));
        }
        let mut since = BTreeMap::new();
        let moved = Moved::of(snapshot, used);
        for (path, before) in used {
            let is_used = is_flow_path(path) || script_name(path).is_some();
            let is_data = table_name(path).is_some() || prompts_language(path).is_some();
            if !is_used && !is_project_path(path) && !is_data {
                continue;
            }
            let there = snapshot.file(path);
            let Some((why, limit)) = Self::reason(before, there) else {
                continue;
            };
            if there.is_none() {
                if snapshot.hides(path) {
                    sorted.files.insert(path.clone(), Arc::clone(before));
                    continue;
                }
                if moved.has(before) {
                    continue;
                }
                // No caller misses a flow that was refused.
                if is_flow_path(path) && !live(path) {
                    continue;
                }
            }
            let known = self.since.remove(path);
            let ms = known
                .filter(|known| known.text.as_ref() == there)
                .map_or(now, |known| known.ms);
            let until_ms = ms + limit;
            if now < until_ms {
                sorted.files.insert(path.clone(), Arc::clone(before));
                sorted.waiting.push((path.to_string(), why));
            } else if there.is_none() {
                sorted.gone.push(Arc::clone(before));
            } else {
                continue;
            }
            let text = there.cloned();
            let entry = Since { ms, until_ms, text };
            since.insert(path.clone(), entry);
        }
        self.since = since;
        self.sorted_ms = now;
        sorted
    }

    /// When the next of them is away for too long, in ms of the clock.
    pub fn due_ms(&self) -> Option<u64> {
        let all = self.since.values().map(|since| since.until_ms);
        all.filter(|until| *until > self.sorted_ms).min()
    }

    /// Why a file does not count as it is, and for how long.
    fn reason(before: &SourceFile, there: Option<&Arc<SourceFile>>) -> Option<(&'static str, u64)> {
        let Some(there) = there else {
            return Some(("it has vanished", VANISHED_MS));
        };
        let (text, before) = (there.text(), before.text());
        if text.len() >= before.len() {
            return None;
        }
        if text.trim().is_empty() {
            return Some(("it is empty", VANISHED_MS));
        }
        let is_cut = before.starts_with(text) && !before[text.len()..].trim().is_empty();
        is_cut.then_some(("it is cut off", CUT_MS))
    }
}

/// The texts of flow files that are new, to tell those that were moved.
struct Moved<'a>(HashSet<&'a str>);

impl<'a> Moved<'a> {
    fn of(snapshot: &'a Snapshot, used: &Files) -> Self {
        let new = snapshot
            .files()
            .filter(|file| is_flow_path(file.path()) && !used.contains_key(file.path()));
        Moved(new.map(|file| file.text()).collect())
    }

    fn has(&self, file: &SourceFile) -> bool {
        is_flow_path(file.path()) && self.0.contains(file.text())
    }
}
