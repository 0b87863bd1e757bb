//! When files are read again, and when what was read is whole. An event is only a hint
//! to look; content decides. It is whole once nothing was written for a moment and two
//! reads come to the same. While something is written all the time, single files that
//! nobody writes go live before the others, which [`Steady`](super::Steady) decides. One
//! that is itself written all the time never goes live: nobody can tell when it is whole.

use crate::flow::Revision;

/// How long nothing may be written before the files are read, in ms.
pub const QUIET_MS: u64 = 50;
/// How far two reads are apart that have to be equal, in ms.
pub const GAP_MS: u64 = 50;
/// How often the files are read where nothing tells of a change, in ms: some file
/// systems send no events.
pub const POLL_MS: u64 = 2_000;
/// How often the files are read while something is written all the time, in ms.
pub const UNREST_MS: u64 = 500;
/// A tree that takes long to read is read less often, for at most a twentieth of the
/// time.
const POLL_SHARE: u64 = 20;

/// Decides when to read. Times are in ms of one clock.
#[derive(Debug)]
pub struct Settling {
    polls: bool,
    /// The first sign of what is being looked at.
    began_ms: Option<u64>,
    hinted_ms: Option<u64>,
    /// The last read that was not yet found whole: its hash, and when it began.
    seen: Option<(Revision, u64)>,
    read_ms: u64,
    pause_ms: u64,
    asked: bool,
}

/// What a read came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The files are as they were.
    Same,
    /// Something is different, and it may not be whole yet. `began_ms` is the first sign
    /// of it.
    Again { began_ms: u64 },
    /// This is what counts now. `began_ms` is the first sign of it.
    Whole { began_ms: u64 },
}

impl Settling {
    /// With `polls`, the files are read from time to time though nothing tells of a
    /// change.
    pub fn new(polls: bool, now: u64) -> Self {
        Settling {
            polls,
            began_ms: None,
            hinted_ms: None,
            seen: None,
            read_ms: now,
            pause_ms: POLL_MS,
            asked: false,
        }
    }

    /// Something was written until this time, and at `first` for the first time.
    pub fn hint(&mut self, first: u64, at: u64) {
        self.began_ms.get_or_insert(first);
        self.hinted_ms = self.hinted_ms.max(Some(at));
    }

    /// Somebody wants the files to be read, and to be told even if nothing has changed.
    pub fn ask(&mut self, at: u64) {
        self.asked = true;
        self.hint(at, at);
    }

    /// True while a change is being looked at.
    pub fn is_busy(&self) -> bool {
        self.began_ms.is_some()
    }

    /// When the files are to be read next; `None` for not by itself.
    pub fn due_ms(&self) -> Option<u64> {
        let Some(began) = self.began_ms else {
            return self.polls.then_some(self.read_ms + self.pause_ms);
        };
        let quiet = self.hinted_ms.map_or(0, |hinted| hinted + QUIET_MS);
        let apart = self.seen.map_or(0, |(_, at)| at + GAP_MS);
        // A file that is written without end holds nobody else up for ever.
        let pause = match self.pause_ms {
            POLL_MS => UNREST_MS,
            long => long,
        };
        let latest = began.max(self.read_ms) + pause;
        Some(quiet.max(apart).min(latest))
    }

    /// Takes note of a read that began and ended at these times, beside the hash of what
    /// counts so far.
    pub fn read(&mut self, hash: Revision, counts: Revision, began: u64, ended: u64) -> Verdict {
        self.read_ms = ended;
        self.pause_ms = POLL_MS.max(POLL_SHARE * ended.saturating_sub(began));
        if hash == counts && !self.asked {
            self.clear();
            return Verdict::Same;
        }
        let began_ms = *self.began_ms.get_or_insert(began);
        let is_whole = self.seen.is_some_and(|(seen, at)| {
            let is_quiet = self.hinted_ms.is_none_or(|hinted| hinted <= at);
            // What counts already is whole, whatever is written beside it.
            seen == hash && (is_quiet || hash == counts)
        });
        if is_whole {
            self.clear();
            return Verdict::Whole { began_ms };
        }
        self.seen = Some((hash, began));
        Verdict::Again { began_ms }
    }

    fn clear(&mut self) {
        self.began_ms = None;
        self.hinted_ms = None;
        self.seen = None;
        self.asked = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Revision = Revision(0);
    const NEW: Revision = Revision(1);
    const HALF: Revision = Revision(2);

    fn is_again(verdict: Verdict) -> bool {
        matches!(verdict, Verdict::Again { .. })
    }

    #[test]
    fn a_save_counts_when_it_is_quiet_and_two_reads_are_equal() {
        let mut settling = Settling::new(true, 0);
        settling.hint(1000, 1000);
        settling.hint(1030, 1030);
        assert_eq!(settling.due_ms(), Some(1030 + QUIET_MS));
        let at = 1030 + QUIET_MS;
        assert!(is_again(settling.read(NEW, OLD, at, at + 5)));
        assert_eq!(settling.due_ms(), Some(at + GAP_MS));
        let whole = settling.read(NEW, OLD, at + GAP_MS, at + GAP_MS + 5);
        assert_eq!(whole, Verdict::Whole { began_ms: 1000 });
        assert!(!settling.is_busy());
    }

    #[test]
    fn a_file_that_is_still_written_is_read_again() {
        let mut settling = Settling::new(true, 0);
        settling.hint(0, 0);
        assert!(is_again(settling.read(HALF, OLD, 80, 81)));
        // Written between the reads: equal or not, it does not count yet.
        settling.hint(100, 100);
        assert_eq!(settling.due_ms(), Some(100 + QUIET_MS));
        assert!(is_again(settling.read(HALF, OLD, 180, 181)));
        assert!(is_again(settling.read(NEW, OLD, 230, 231)));
        assert_eq!(
            settling.read(NEW, OLD, 280, 281),
            Verdict::Whole { began_ms: 0 }
        );
    }

    #[test]
    fn what_was_undone_meanwhile_is_no_change() {
        let mut settling = Settling::new(false, 0);
        settling.hint(0, 0);
        assert!(is_again(settling.read(HALF, OLD, 80, 81)));
        assert_eq!(settling.read(OLD, OLD, 130, 131), Verdict::Same);
        assert_eq!(settling.due_ms(), None);
    }

    #[test]
    fn without_events_the_content_is_polled() {
        let mut settling = Settling::new(true, 0);
        assert_eq!(settling.due_ms(), Some(POLL_MS));
        assert_eq!(settling.read(OLD, OLD, 2000, 2010), Verdict::Same);
        assert_eq!(settling.due_ms(), Some(4010));
        assert!(is_again(settling.read(NEW, OLD, 4010, 4020)));
        assert_eq!(settling.due_ms(), Some(4010 + GAP_MS));
        assert_eq!(
            settling.read(NEW, OLD, 4060, 4070),
            Verdict::Whole { began_ms: 4010 }
        );
        // A tree that takes a second to read is read for a twentieth of the time.
        settling.read(NEW, NEW, 10_000, 11_000);
        assert_eq!(settling.due_ms(), Some(31_000));
        // Nor more often where something is written all the time.
        settling.hint(31_000, 60_000);
        assert_eq!(settling.due_ms(), Some(51_000));
    }

    #[test]
    fn while_something_is_written_all_the_time_it_is_read_and_never_whole() {
        let mut settling = Settling::new(true, 0);
        let mut reads = 0;
        for now in (0..10_000).step_by(20) {
            settling.hint(now, now);
            if settling.due_ms().is_some_and(|due| due <= now) {
                assert!(is_again(settling.read(NEW, OLD, now, now)), "{now}");
                reads += 1;
            }
        }
        assert!((15..=20).contains(&reads), "{reads}");
    }

    #[test]
    fn who_asks_meanwhile_is_told_that_nothing_has_changed() {
        let mut settling = Settling::new(true, 0);
        settling.ask(0);
        let mut told = None;
        for now in (0..10_000).step_by(20) {
            settling.hint(now, now);
            if settling.due_ms().is_some_and(|due| due <= now)
                && let Verdict::Whole { .. } = settling.read(OLD, OLD, now, now)
            {
                told.get_or_insert(now);
            }
        }
        assert!(told.is_some_and(|at| at <= 3 * UNREST_MS), "{told:?}");
    }

    #[test]
    fn who_asks_is_told_though_nothing_has_changed() {
        let mut settling = Settling::new(false, 0);
        settling.ask(500);
        assert!(is_again(settling.read(OLD, OLD, 580, 581)));
        assert_eq!(
            settling.read(OLD, OLD, 630, 631),
            Verdict::Whole { began_ms: 500 }
        );
        assert_eq!(settling.due_ms(), None);
    }
}
