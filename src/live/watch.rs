//! Hints that something was written. What they say is not believed: they are a reason to
//! read the files, and where none comes the files are read all the same, only later.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use notify_debouncer_full::notify::{
    Config, EventKind, RecommendedWatcher, RecursiveMode, event::ModifyKind,
};
use notify_debouncer_full::{
    DebounceEventResult, DebouncedEvent, Debouncer, NoCache, new_debouncer_opt,
};
use tracing::warn;
use walkdir::WalkDir;

use crate::flow::PROJECT_FILES;

/// How long events of one file are gathered before they are handed on. The quiet period
/// begins only then, as of several events in a row the first alone has a time.
const GATHER: Duration = Duration::from_millis(40);
const TICK: Duration = Duration::from_millis(20);

/// Folders, each with the names in it that matter; `None` for all.
type Folders = BTreeMap<PathBuf, Option<BTreeSet<OsString>>>;

/// Watches the folders of a project, those that links in it lead to included.
pub(super) struct Watch {
    dir: PathBuf,
    debouncer: Debouncer<RecommendedWatcher, NoCache>,
    /// What is watched, and what the thread that hands on events looks at. Held for a
    /// look or a swap, so a plain lock.
    folders: Arc<Mutex<Folders>>,
    has_failed: bool,
}

impl Watch {
    /// Begins to watch; `hint` is told since when something was written. Where that cannot
    /// be had, the log says so, and only the poll is left.
    pub fn start(dir: &Path, hint: impl Fn(Instant) + Send + 'static) -> Option<Self> {
        let folders = Arc::new(Mutex::new(Folders::new()));
        let looked_at = Arc::clone(&folders);
        let handler = move |events: DebounceEventResult| match events {
            Ok(events) => {
                let folders = looked_at.lock().unwrap_or_else(PoisonError::into_inner);
                let matter = events.iter().filter(|event| matters(event, &folders));
                if let Some(first) = matter.map(|event| event.time).min() {
                    hint(first);
                }
            }
            // Some were lost, so anything may have changed.
            Err(_) => hint(Instant::now()),
        };
        let debouncer = new_debouncer_opt::<_, RecommendedWatcher, _>(
            GATHER,
            Some(TICK),
            handler,
            NoCache::new(),
            Config::default(),
        );
        match debouncer {
            Ok(debouncer) => Some(Watch {
                dir: dir.to_owned(),
                debouncer,
                folders,
                has_failed: false,
            }),
            Err(error) => {
                warn!(%error, "files cannot be watched; they are read every two seconds");
                None
            }
        }
    }

    /// Watches the folders as they are now: some are new, some links lead elsewhere.
    pub fn look_around(&mut self) {
        let wanted = folders(&self.dir);
        let watched = {
            let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *folders, wanted.clone())
        };
        for gone in watched.keys().filter(|path| !wanted.contains_key(*path)) {
            // One that is not there any more is not watched any more either.
            let _ = self.debouncer.unwatch(gone);
        }
        for path in wanted.keys() {
            // Also one that is watched: another folder may have taken its name.
            let watching = self.debouncer.watch(path, RecursiveMode::NonRecursive);
            if let Err(error) = watching
                && !self.has_failed
            {
                self.has_failed = true;
                warn!(folder = %path.display(), %error, "a folder cannot be watched; its files are read every two seconds");
            }
        }
    }
}

/// Reading a file is an event as well, and so is a change of its times: neither can
/// change what it holds.
fn matters(event: &DebouncedEvent, folders: &Folders) -> bool {
    if event.need_rescan() {
        return true;
    }
    let kind = event.kind;
    if matches!(
        kind,
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_))
    ) {
        return false;
    }
    event.paths.iter().any(|path| {
        let names = path.parent().and_then(|parent| folders.get(parent));
        match (names, path.file_name()) {
            (Some(Some(names)), Some(name)) => names.contains(name),
            _ => true,
        }
    })
}

/// The folders in which something can change what a project holds.
fn folders(dir: &Path) -> Folders {
    let mut folders = Folders::new();
    let mut some = |folder: &Path, name: &std::ffi::OsStr| {
        let names = folders
            .entry(folder.to_owned())
            .or_insert(Some(BTreeSet::new()));
        if let Some(names) = names {
            names.insert(name.to_owned());
        }
    };
    // A project that is a link can be led elsewhere as a whole.
    if dir.is_symlink()
        && let (Some(parent), Some(name)) = (parent(dir), dir.file_name())
    {
        some(&parent, name);
    }
    let Ok(root) = dir.canonicalize() else {
        return folders;
    };
    let rooms = ["flows", "scripts"];
    for room in rooms.into_iter().chain(PROJECT_FILES) {
        some(&root, room.as_ref());
        let room = root.join(room);
        if let Ok(target) = room.read_link() {
            let target = root.join(target);
            if let (Some(parent), Some(name)) = (parent(&target), target.file_name()) {
                some(&parent, name);
            }
        }
    }
    for room in ["flows", "scripts"] {
        for entry in WalkDir::new(root.join(room))
            .follow_links(true)
            .into_iter()
            .flatten()
        {
            if entry.file_type().is_dir()
                && let Ok(folder) = entry.path().canonicalize()
            {
                folders.insert(folder, None);
            }
            if entry.path_is_symlink()
                && entry.depth() > 0
                && let Ok(target) = entry.path().read_link()
                && let Some(beside) = entry.path().parent()
                && let Some(parent) = parent(&beside.join(target))
            {
                folders.insert(parent, None);
            }
        }
    }
    folders
}

/// The folder that holds a path, without links.
fn parent(path: &Path) -> Option<PathBuf> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).canonicalize().ok()
}
