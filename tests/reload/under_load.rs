//! Five hundred requests a second, while files are saved well, broken, torn, by rename
//! and by a link that is swapped. Each prompt of a revision says which one it is, so
//! that a mixture shows.
//!
//! The full size, 200 saves, is asked for with
//! `RINGFLOW_SAVES=200 cargo test --release --test reload under_load`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::program::{Phone, Served, project, wait_until};

const RATE: u64 = 500;
const CALLERS: u64 = 4;
const FLOWS: [(&str, &str); 3] = [
    ("a", "+6561110001"),
    ("b", "+6561110002"),
    ("c", "+6561110003"),
];
/// What is live is never numbered like what is broken.
const BROKEN: usize = 1_000_000;

fn text(flow: usize, revision: usize) -> String {
    let (name, number) = FLOWS[flow];
    let key = if revision < BROKEN { "main" } else { "nowhere" };
    let padding = "# A remark that makes the file longer.\n".repeat(200);
    format!(
        "flow: {name}\nnumbers: [{number}]\nvoice: en-US-BenjaminRUS\ndefaults: {{give_up: hangup}}\nstates:\n  \
         main: {{menu: \"Revision {revision} of {name} script ${{words::revision(1)}}. Again {revision}.\", keys: {{1: {key}}}}}\n{padding}"
    )
}

fn script(revision: usize) -> String {
    format!("fn revision(n) {{ {revision} * n }}\n")
}

/// The numbers in a prompt: the revision of the flow, of the script, of the flow again.
fn numbers(prompt: &str) -> Vec<usize> {
    let words = prompt.split([' ', '.', ',']);
    words.filter_map(|word| word.parse().ok()).collect()
}

/// What is asked of the server while files are saved.
struct Load<'a> {
    served: &'a Served,
    answered: AtomicUsize,
    is_over: AtomicBool,
}

impl Load<'_> {
    /// Calls one after the other at a pace, each of five turns. Gives the revisions that
    /// were heard, by flow.
    fn call(&self, caller: u64) -> BTreeSet<(usize, usize)> {
        let mut heard = BTreeSet::new();
        let began = Instant::now();
        let mut sent = 0;
        for call in 0.. {
            let flow = call % FLOWS.len();
            let mut phone = Phone::to(FLOWS[flow].1, &format!("caller-{caller}-{call}"));
            let mut first: Option<Vec<usize>> = None;
            for turn in 0..5 {
                if self.is_over.load(Ordering::Relaxed) {
                    return heard;
                }
                let due = began + Duration::from_millis(sent * 1000 * CALLERS / RATE);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                sent += 1;
                // Anything but 200 fails in there.
                let said = phone.post(self.served, (turn > 0).then_some("1"), 200).0;
                assert!(said.asks, "{said:?}");
                let name = format!("of {} script", FLOWS[flow].0);
                assert!(said.text.contains(&name), "a wrong answer: {said:?}");
                let numbers = numbers(&said.text);
                assert_eq!(numbers.len(), 3, "{said:?}");
                assert!(numbers[0] < BROKEN, "a broken file is live: {said:?}");
                assert_eq!(numbers[0], numbers[2], "half of a file is live: {said:?}");
                let first = first.get_or_insert_with(|| numbers.clone());
                assert_eq!(*first, numbers, "a call with two revisions");
                heard.insert((flow, numbers[0]));
                self.answered.fetch_add(1, Ordering::Relaxed);
            }
        }
        heard
    }

    /// Until so many more requests were answered.
    fn goes_on_for(&self, requests: usize) {
        let until = self.answered.load(Ordering::Relaxed) + requests;
        wait_until(|| {
            self.answered.load(Ordering::Relaxed) >= until || self.is_over.load(Ordering::Relaxed)
        });
    }
}

/// The ways of saving, over and over.
struct Saver<'a> {
    dir: &'a Path,
    load: &'a Load<'a>,
}

impl Saver<'_> {
    fn path(&self, flow: usize) -> PathBuf {
        self.dir.join(format!("flows/{}.yaml", FLOWS[flow].0))
    }

    fn save(&self, number: usize) {
        match number % 9 {
            0 | 3 => fs::write(self.path(0), text(0, number)).unwrap(),
            1 | 7 => fs::write(self.path(0), text(0, BROKEN + number)).unwrap(),
            4 => fs::write(self.path(1), "flow: [half").unwrap(),
            2 => self.tear(number),
            5 => self.rename(number),
            6 => {
                let path = self.dir.join("scripts/words.rhai");
                fs::write(&path, script(number)).unwrap();
            }
            _ => self.swap(number),
        }
    }

    /// In pieces, with answers between them.
    fn tear(&self, number: usize) {
        use std::io::Write;
        let text = text(0, number);
        let mut file = fs::File::create(self.path(0)).unwrap();
        for piece in text.as_bytes().chunks(text.len() / 4 + 1) {
            file.write_all(piece).unwrap();
            self.load.goes_on_for(8);
        }
    }

    fn rename(&self, number: usize) {
        let beside = self.dir.join("flows/new");
        fs::write(&beside, text(1, number)).unwrap();
        fs::rename(&beside, self.path(1)).unwrap();
    }

    /// As a ConfigMap is mounted: the files of a new folder, by way of one link.
    fn swap(&self, number: usize) {
        let folder = format!("..{number}");
        let at = |path: &str| self.dir.join("flows").join(path);
        let old = fs::read_link(at("..data")).unwrap();
        fs::create_dir(at(&folder)).unwrap();
        fs::write(at(&folder).join("c.yaml"), text(2, number)).unwrap();
        symlink(&folder, at("..tmp")).unwrap();
        fs::rename(at("..tmp"), at("..data")).unwrap();
        fs::remove_dir_all(at("").join(old)).unwrap();
    }
}

#[test]
fn under_load_nothing_but_whole_revisions_is_heard() {
    let saves = std::env::var("RINGFLOW_SAVES").map_or(18, |n| n.parse().unwrap());
    let dir = project(&[
        ("flows/a.yaml", &text(0, 0)),
        ("flows/b.yaml", &text(1, 0)),
        ("flows/..0/c.yaml", &text(2, 0)),
        ("scripts/words.rhai", &script(0)),
    ]);
    let flows = dir.path().join("flows");
    symlink("..0", flows.join("..data")).unwrap();
    symlink("..data/c.yaml", flows.join("c.yaml")).unwrap();
    let served = Served::start_with(dir.path(), &["--watch"], &[]);
    let load = Load {
        served: &served,
        answered: AtomicUsize::new(0),
        is_over: AtomicBool::new(false),
    };
    let began = Instant::now();
    let heard = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let load = &load;
                scope.spawn(move || {
                    let stop = Stop(load);
                    let heard = load.call(caller);
                    std::mem::forget(stop);
                    heard
                })
            })
            .collect();
        let saver = Saver {
            dir: dir.path(),
            load: &load,
        };
        let stop = Stop(&load);
        for number in 1..=saves {
            saver.save(number);
            load.goes_on_for([15, 40, 150, 15, 150, 80, 150][number % 7]);
        }
        // In the end everything is well, and live.
        let last = saves + 1;
        fs::write(saver.path(0), text(0, last)).unwrap();
        saver.rename(last);
        saver.swap(last);
        fs::write(dir.path().join("scripts/words.rhai"), script(last)).unwrap();
        for (flow, (_, number)) in FLOWS.iter().enumerate() {
            let mut tries = 0;
            wait_until(|| {
                tries += 1;
                let mut phone = Phone::to(number, &format!("last-{flow}-{tries}"));
                numbers(&phone.next(&served).text) == [last, last, last]
            });
        }
        drop(stop);
        let heard = callers.into_iter().map(|caller| caller.join().unwrap());
        heard.flatten().collect::<BTreeSet<_>>()
    });
    let answered = load.answered.load(Ordering::Relaxed);
    println!(
        "{answered} requests in {:?}, {} revisions heard",
        began.elapsed(),
        heard.len()
    );
    for (flow, (name, _)) in FLOWS.iter().enumerate() {
        let revisions = heard.iter().filter(|(of, _)| *of == flow).count();
        assert!(revisions >= 2, "edits of {name} were heard: {heard:?}");
    }
    let told = served.kill().stderr.join("\n");
    assert!(
        !told.contains("a turn broke") && !told.contains("broke; what"),
        "{told}"
    );
}

/// Ends the load however the one who holds this ends, so that nobody waits for ever.
struct Stop<'a>(&'a Load<'a>);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
    }
}
