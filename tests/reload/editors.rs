//! What editors and other programs do to a file, as they were recorded, one operation
//! after the other on a real disk; the time between them is virtual, and the files are
//! looked at in all the pauses. The end is live in the end, once, and nothing else ever.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use ringflow::flow::Revision;
use ringflow::live::{Clock, Reloader, Settling, Snapshot, Steady, Verdict};

use super::project::flow;

/// One operation, with paths below the project.
enum Op {
    /// Made anew, or emptied.
    Create(&'static str),
    /// Written behind what is there: this part of the text, in hundredths.
    Write(&'static str, Text, u8, u8),
    Sync(&'static str),
    Rename(&'static str, &'static str),
    Unlink(&'static str),
    Chmod(&'static str),
    #[cfg(unix)]
    Link(&'static str, &'static str),
    Folder(&'static str),
    RemoveFolder(&'static str),
    /// Nothing happens for these ms.
    Pause(u64),
}

#[derive(Clone, Copy)]
enum Text {
    OldA,
    NewA,
    NewB,
    /// Nothing that could be a flow.
    Other,
}

use Op::*;
use Text::*;

const A: &str = "flows/a.yaml";
const B: &str = "flows/b.yaml";

fn whole(path: &'static str, text: Text) -> Op {
    Write(path, text, 0, 100)
}

/// vim, which puts the old file aside: `:w` with `backupcopy=auto`.
fn vim() -> Vec<Op> {
    vec![
        Create("flows/.a.yaml.swp"),
        whole("flows/.a.yaml.swp", Other),
        Create("flows/4913"),
        Chmod("flows/4913"),
        Unlink("flows/4913"),
        Rename(A, "flows/a.yaml~"),
        Create(A),
        whole(A, NewA),
        Sync(A),
        Chmod(A),
        Unlink("flows/a.yaml~"),
        Unlink("flows/.a.yaml.swp"),
    ]
}

/// vim with `backupcopy=yes`, which writes into the file itself.
fn vim_in_place() -> Vec<Op> {
    vec![
        Create("flows/.a.yaml.swp"),
        Create("flows/a.yaml~"),
        whole("flows/a.yaml~", OldA),
        Create(A),
        whole(A, NewA),
        Sync(A),
        Unlink("flows/a.yaml~"),
        Unlink("flows/.a.yaml.swp"),
    ]
}

/// Writes into the file itself, in blocks.
fn nano() -> Vec<Op> {
    vec![
        Create("flows/.a.yaml.swp"),
        Create(A),
        Write(A, NewA, 0, 40),
        Write(A, NewA, 40, 80),
        Write(A, NewA, 80, 100),
        Unlink("flows/.a.yaml.swp"),
    ]
}

/// Puts the old file aside, and marks the file with a link that leads nowhere.
#[cfg(unix)]
fn emacs() -> Vec<Op> {
    vec![
        Link("somebody@somewhere.123:456", "flows/.#a.yaml"),
        Create("flows/#a.yaml#"),
        whole("flows/#a.yaml#", OldA),
        Rename(A, "flows/a.yaml~"),
        Create(A),
        whole(A, NewA),
        Sync(A),
        Unlink("flows/.#a.yaml"),
        Unlink("flows/#a.yaml#"),
    ]
}

/// The safe write of the JetBrains editors.
fn jetbrains() -> Vec<Op> {
    vec![
        Create("flows/a.yaml___jb_tmp___"),
        whole("flows/a.yaml___jb_tmp___", NewA),
        Rename(A, "flows/a.yaml___jb_old___"),
        Rename("flows/a.yaml___jb_tmp___", A),
        Unlink("flows/a.yaml___jb_old___"),
    ]
}

fn sed() -> Vec<Op> {
    vec![
        Create("flows/sedAb12Cd"),
        Write("flows/sedAb12Cd", NewA, 0, 60),
        Write("flows/sedAb12Cd", NewA, 60, 100),
        Chmod("flows/sedAb12Cd"),
        Rename("flows/sedAb12Cd", A),
    ]
}

fn cp() -> Vec<Op> {
    vec![
        Create(A),
        Write(A, NewA, 0, 50),
        Write(A, NewA, 50, 100),
        Chmod(A),
    ]
}

fn mv() -> Vec<Op> {
    vec![Create("a.new"), whole("a.new", NewA), Rename("a.new", A)]
}

/// From another file system: the old one goes first.
fn mv_across() -> Vec<Op> {
    vec![
        Unlink(A),
        Create(A),
        Write(A, NewA, 0, 50),
        Write(A, NewA, 50, 100),
        Chmod(A),
    ]
}

fn git_checkout() -> Vec<Op> {
    vec![
        Folder(".git"),
        Create(".git/index.lock"),
        Unlink(A),
        Create(A),
        whole(A, NewA),
        Chmod(A),
        Unlink(B),
        Create(B),
        whole(B, NewB),
        Chmod(B),
        Rename(".git/index.lock", ".git/index"),
    ]
}

/// Files are links by way of another link, which is what changes: a mounted ConfigMap.
#[cfg(unix)]
fn swapped_link() -> Vec<Op> {
    vec![
        Folder("flows/..2"),
        Create("flows/..2/a.yaml"),
        whole("flows/..2/a.yaml", NewA),
        Create("flows/..2/b.yaml"),
        whole("flows/..2/b.yaml", NewB),
        Link("..2", "flows/..data_tmp"),
        Rename("flows/..data_tmp", "flows/..data"),
        RemoveFolder("flows/..1"),
    ]
}

fn slow_writer() -> Vec<Op> {
    let mut ops = vec![Create(A)];
    for part in 0..10 {
        ops.push(Pause(40));
        ops.push(Write(A, NewA, part * 10, part * 10 + 10));
    }
    ops
}

/// The text that is there is written once more, with something behind it, and slowly.
fn slow_writer_of_the_same() -> Vec<Op> {
    vec![
        Create(A),
        Pause(700),
        Write(A, OldA, 0, 30),
        Pause(700),
        Write(A, OldA, 30, 90),
        Pause(700),
        Create(A),
        whole(A, NewA),
    ]
}

fn text(text: Text) -> String {
    // Longer than a block, so that a part of it is a part.
    let padding = "# A remark that makes the file longer.\n".repeat(200);
    match text {
        OldA => flow("a", "+6561110001", "A one.") + &padding,
        NewA => flow("a", "+6561110001", "A two.") + &padding,
        NewB => flow("b", "+6561110002", "B two.") + &padding,
        Other => "b0VIM 9.1".to_owned(),
    }
}

fn old_b() -> String {
    flow("b", "+6561110002", "B one.")
}

impl Op {
    /// Happens at this time, in ms, which is when the file is said to be written.
    fn happen(&self, dir: &Path, now: u64) {
        self.happen_now(dir);
        if let Create(path) | Write(path, ..) = self {
            let file = OpenOptions::new()
                .append(true)
                .open(dir.join(path))
                .unwrap();
            let written = SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_000 + now);
            file.set_modified(written).unwrap();
        }
    }

    fn happen_now(&self, dir: &Path) {
        match self {
            Create(path) => drop(fs::File::create(dir.join(path)).unwrap()),
            Write(path, what, from, to) => {
                let text = text(*what);
                let at = |part: u8| text.len() * usize::from(part) / 100;
                let mut file = OpenOptions::new()
                    .append(true)
                    .open(dir.join(path))
                    .unwrap();
                file.write_all(&text.as_bytes()[at(*from)..at(*to)])
                    .unwrap();
            }
            Sync(path) => fs::File::open(dir.join(path)).unwrap().sync_all().unwrap(),
            Rename(from, to) => fs::rename(dir.join(from), dir.join(to)).unwrap(),
            Unlink(path) => fs::remove_file(dir.join(path)).unwrap(),
            Chmod(path) => {
                let permissions = fs::metadata(dir.join(path)).unwrap().permissions();
                fs::set_permissions(dir.join(path), permissions).unwrap();
            }
            #[cfg(unix)]
            Link(target, path) => std::os::unix::fs::symlink(target, dir.join(path)).unwrap(),
            Folder(path) => fs::create_dir(dir.join(path)).unwrap(),
            RemoveFolder(path) => fs::remove_dir_all(dir.join(path)).unwrap(),
            Pause(_) => {}
        }
    }
}

/// A project on the disk, and everything behind its files but the threads.
struct Desk {
    dir: tempfile::TempDir,
    clock: Clock,
    settling: Settling,
    steady: Steady,
    reloader: Reloader,
    /// How often something went live.
    times: usize,
}

impl Desk {
    fn new(is_linked: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| dir.path().join(path);
        fs::create_dir(at("flows")).unwrap();
        let folder = if is_linked { "flows/..1" } else { "flows" };
        if is_linked {
            #[cfg(unix)]
            {
                use std::os::unix::fs::symlink;
                fs::create_dir(at("flows/..1")).unwrap();
                symlink("..1", at("flows/..data")).unwrap();
                symlink("..data/a.yaml", at(A)).unwrap();
                symlink("..data/b.yaml", at(B)).unwrap();
            }
        }
        fs::write(at(folder).join("a.yaml"), text(OldA)).unwrap();
        fs::write(at(folder).join("b.yaml"), old_b()).unwrap();
        let clock = Clock::manual("2026-03-02T02:00:00Z".parse().unwrap());
        let snapshot = Snapshot::read(dir.path());
        assert!(snapshot.unread().is_empty());
        let reloader = Reloader::new(snapshot, clock.clone());
        assert_eq!(reloader.catalog().flows().len(), 2);
        Desk {
            settling: Settling::new(true, 0),
            steady: Steady::default(),
            reloader,
            clock,
            dir,
            times: 0,
        }
    }

    fn happens(&mut self, op: &Op, gap_ms: u64, is_told: bool) {
        let now = self.clock.ticks_ms();
        op.happen(self.dir.path(), now);
        if is_told && !matches!(op, Pause(_)) {
            self.settling.hint(now, now);
        }
        self.ms_pass(match op {
            Pause(ms) => *ms,
            _ => gap_ms,
        });
    }

    /// Time goes by, and the files are read whenever it is time to.
    fn ms_pass(&mut self, ms: u64) {
        for _ in 0..ms {
            self.clock.advance_ms(1);
            let now = self.clock.ticks_ms();
            let due = [self.settling.due_ms(), self.reloader.due_ms()];
            if due.into_iter().flatten().any(|due| due <= now) {
                self.read(now);
            }
        }
    }

    fn read(&mut self, now: u64) {
        let snapshot = Snapshot::read(self.dir.path());
        let counts = self.reloader.snapshot().hash();
        let is_due = self.reloader.due_ms().is_some_and(|due| due <= now);
        let verdict = self.settling.read(snapshot.hash(), counts, now, now);
        let decided = match verdict {
            Verdict::Again { .. } => {
                let counts = self.reloader.snapshot();
                self.steady.read(&snapshot, counts, now)
            }
            Verdict::Whole { .. } => Some(snapshot),
            Verdict::Same => is_due.then_some(snapshot),
        };
        if !matches!(verdict, Verdict::Again { .. }) {
            self.steady.clear();
        }
        if let Some(snapshot) = decided {
            let outcome = self.reloader.consider(snapshot);
            assert!(outcome.withdrawn.is_empty(), "{outcome:?}");
            self.times += usize::from(!outcome.live.is_empty());
            self.check();
        }
    }

    /// Nothing but the old and the new text is ever live.
    fn check(&self) {
        let of = |text: String| Revision::of([text.as_str()]);
        let a = [of(text(OldA)), of(text(NewA))];
        let b = [of(old_b()), of(text(NewB))];
        assert!(a.contains(&self.revision("a")), "a half of `a` is live");
        assert!(b.contains(&self.revision("b")), "a half of `b` is live");
    }

    fn revision(&self, name: &str) -> Revision {
        self.reloader.catalog().named(name).unwrap().revision()
    }
}

/// Has it happen at several paces, with events and without.
fn ends_well(ops: fn() -> Vec<Op>, is_linked: bool) {
    for gap_ms in [0, 1, 9, 40] {
        for is_told in [true, false] {
            let mut desk = Desk::new(is_linked);
            desk.ms_pass(3_000);
            for op in ops() {
                desk.happens(&op, gap_ms, is_told);
            }
            desk.ms_pass(if is_told { 200 } else { 2_200 });
            let way = format!("{gap_ms} ms between, told: {is_told}");
            assert_eq!(desk.revision("a"), Revision::of([&*text(NewA)]), "{way}");
            let has_b = ops().iter().any(|op| matches!(op, Write(_, NewB, ..)));
            let b = if has_b { text(NewB) } else { old_b() };
            assert_eq!(desk.revision("b"), Revision::of([&*b]), "{way}");
            // Without events a read may fall between two files, which are both whole.
            assert!(desk.times == 1 || !is_told, "{way}: {} times", desk.times);
            assert!(desk.reloader.refused().is_empty(), "{way}");
            desk.ms_pass(11_000);
            assert_eq!(desk.revision("a"), Revision::of([&*text(NewA)]), "{way}");
        }
    }
}

#[test]
fn vim_ends_well() {
    ends_well(vim, false);
    ends_well(vim_in_place, false);
}

#[test]
fn nano_and_jetbrains_end_well() {
    ends_well(nano, false);
    ends_well(jetbrains, false);
}

#[cfg(unix)]
#[test]
fn emacs_ends_well() {
    ends_well(emacs, false);
}

#[test]
fn sed_cp_and_mv_end_well() {
    ends_well(sed, false);
    ends_well(cp, false);
    ends_well(mv, false);
    ends_well(mv_across, false);
}

#[test]
fn a_checkout_ends_well() {
    ends_well(git_checkout, false);
}

#[cfg(unix)]
#[test]
fn a_link_that_is_swapped_ends_well() {
    ends_well(swapped_link, true);
}

#[test]
fn a_slow_writer_ends_well() {
    ends_well(slow_writer, false);
    ends_well(slow_writer_of_the_same, false);
}

/// One that saves `a` all the time, and somebody who saves `b` meanwhile.
#[test]
fn a_program_that_writes_without_end_holds_up_its_own_files_alone() {
    // At the pace of the reads too, and with pauses in the middle of the file.
    for gap_ms in [5, 10, 25, 40] {
        let mut desk = Desk::new(false);
        desk.ms_pass(3_000);
        let saves = |desk: &mut Desk, until: u64| {
            while desk.clock.ticks_ms() < until {
                for op in [Create(A), Write(A, NewA, 0, 50), Write(A, NewA, 50, 100)] {
                    desk.happens(&op, gap_ms, true);
                }
            }
        };
        let at = desk.clock.ticks_ms();
        saves(&mut desk, at + 1_000);
        desk.happens(&Create(B), 0, true);
        desk.happens(&whole(B, NewB), 0, true);
        let is_live = |desk: &Desk| desk.revision("b") == Revision::of([&*text(NewB)]);
        saves(&mut desk, at + 2_500);
        assert!(!is_live(&desk), "{gap_ms} ms: too early to tell");
        saves(&mut desk, at + 5_000);
        assert!(is_live(&desk), "{gap_ms} ms: `b` was held up");
        // The other is whole once it is let alone.
        saves(&mut desk, at + 20_000);
        assert_eq!(desk.revision("a"), Revision::of([&*text(OldA)]), "{gap_ms}");
        assert_eq!(desk.times, 1, "{gap_ms} ms");
        desk.ms_pass(200);
        assert_eq!(desk.revision("a"), Revision::of([&*text(NewA)]), "{gap_ms}");
    }
}
