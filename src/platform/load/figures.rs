//! What is counted and measured of sessions, from what is told of them.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::report::Moment;
use super::spread::{histogram, small_histogram};
use crate::phone::Ending;
use crate::platform::drive::{Ended, Kind, TurnTaken, Wrong};

/// From when on something of the generator's is late: ten times what its timers, which go
/// by the millisecond, are off.
pub(super) const LATE: Duration = Duration::from_millis(10);
/// Into how many parts the duration is divided for what is shown over time, about.
const PARTS: u32 = 60;
/// The most parts. What comes later, of calls that take long, is in the last one.
const MOST_PARTS: usize = 400;
/// The most reasons for a missing answer that are told apart.
const MOST_REASONS: usize = 32;
/// The most wrong answers that are shown.
const MOST_EXAMPLES: usize = 20;

/// All figures of a load. It is filled with what is told of sessions, and knows no clock.
#[derive(Debug, Clone)]
pub struct Figures {
    begun: Instant,
    part: Duration,
    /// From when the webhooks that a caller waits for were due to their answers, in µs.
    pub(super) from_due: Histogram<u64>,
    /// From when they were sent.
    pub(super) from_sent: Histogram<u64>,
    /// What the generator was late in sending them.
    pub(super) lag: Histogram<u64>,
    /// From one webhook of a call to the next.
    pub(super) gaps: Histogram<u64>,
    /// When each call that is up has sent its last webhook.
    last_sent: HashMap<u64, Instant>,
    parts: Vec<Part>,
    pub(super) requests: u64,
    pub(super) turns: u64,
    pub(super) late_turns: u64,
    pub(super) statuses: BTreeMap<u16, u64>,
    pub(super) unanswered: BTreeMap<String, u64>,
    pub(super) wrong: BTreeMap<&'static str, u64>,
    pub(super) wrong_answers: u64,
    /// Wrong answers of calls that are up, which are told once more at their ends.
    wrong_so_far: HashMap<u64, u32>,
    pub(super) examples: Vec<String>,
    pub(super) started: u64,
    pub(super) late_starts: u64,
    pub(super) ended: u64,
    pub(super) most_up: u64,
    pub(super) endless: u64,
    pub(super) unmet: u64,
    pub(super) endings: BTreeMap<&'static str, u64>,
}

/// What was due in a part of the time.
#[derive(Debug, Clone)]
struct Part {
    from_due: Histogram<u32>,
    turns: u64,
    wrong: u64,
    started: u64,
}

impl Figures {
    /// Figures of a load that begins then and has calls begin for this long.
    pub fn new(begun: Instant, duration: Duration) -> Self {
        Figures {
            begun,
            part: part(duration),
            from_due: histogram(),
            from_sent: histogram(),
            lag: histogram(),
            gaps: histogram(),
            last_sent: HashMap::new(),
            parts: Vec::new(),
            requests: 0,
            turns: 0,
            late_turns: 0,
            statuses: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            wrong: BTreeMap::new(),
            wrong_answers: 0,
            wrong_so_far: HashMap::new(),
            examples: Vec::new(),
            started: 0,
            late_starts: 0,
            ended: 0,
            most_up: 0,
            endless: 0,
            unmet: 0,
            endings: BTreeMap::new(),
        }
    }

    /// A call has begun, which was due then.
    pub fn starts(&mut self, due: Instant, now: Instant) {
        self.started += 1;
        self.late_starts += u64::from(now.saturating_duration_since(due) > LATE);
        self.most_up = self.most_up.max(self.up());
        self.part_of(due).started += 1;
    }

    /// Calls that are up.
    pub fn up(&self) -> u64 {
        self.started.saturating_sub(self.ended)
    }

    /// A webhook was delivered, or was not.
    pub fn turn(&mut self, turn: &TurnTaken) {
        self.requests += 1;
        if let Some(status) = turn.status {
            *self.statuses.entry(status).or_default() += 1;
        }
        if let Some(wrong) = &turn.wrong {
            *self.wrong_so_far.entry(turn.number).or_default() += 1;
            self.part_of(turn.due).wrong += 1;
            self.note_wrong(turn.number, wrong);
        }
        // Nobody waits for anything else, and what a fault sends once more is not due at
        // any time.
        if turn.kind == Kind::Vca && !turn.is_again {
            self.measure(turn);
        }
    }

    fn measure(&mut self, turn: &TurnTaken) {
        self.turns += 1;
        let late = turn.sent.saturating_duration_since(turn.due);
        self.late_turns += u64::from(late > LATE);
        let from_due = us(turn.since_due());
        self.from_due.saturating_record(from_due);
        self.from_sent.saturating_record(us(turn.since_sent()));
        self.lag.saturating_record(us(late));
        let part = self.part_of(turn.due);
        part.turns += 1;
        part.from_due.saturating_record(from_due);
        if let Some(before) = self.last_sent.insert(turn.number, turn.sent) {
            let gap = turn.sent.saturating_duration_since(before);
            self.gaps.saturating_record(us(gap));
        }
    }

    fn note_wrong(&mut self, number: u64, wrong: &Wrong) {
        self.wrong_answers += 1;
        *self.wrong.entry(word(wrong)).or_default() += 1;
        if let Wrong::None { why } = wrong {
            let is_known = self.unanswered.contains_key(why);
            let why = match is_known || self.unanswered.len() < MOST_REASONS {
                true => why.as_str(),
                false => "for other reasons",
            };
            *self.unanswered.entry(why.to_owned()).or_default() += 1;
        }
        if self.examples.len() < MOST_EXAMPLES {
            self.examples.push(format!("call {number}: {wrong}"));
        }
    }

    /// A session is over. One that had this many turns was ended as it came to no end.
    pub fn ends(&mut self, ended: &Ended, most_turns: u32) {
        self.ended += 1;
        self.last_sent.remove(&ended.number);
        // Some are told at the end alone, as they belong to no request.
        let told = self.wrong_so_far.remove(&ended.number).unwrap_or_default();
        let more = ended.wrong_answers.saturating_sub(told) as usize;
        for wrong in ended.wrong.iter().rev().take(more) {
            self.note_wrong(ended.number, wrong);
        }
        self.endless += u64::from(ended.turns >= most_turns);
        *self.endings.entry(ending(ended.ending)).or_default() += 1;
        if let Err(why) = &ended.verdict {
            self.unmet += 1;
            if self.examples.len() < MOST_EXAMPLES {
                self.examples.push(format!("call {}: {why}", ended.number));
            }
        }
    }

    /// The part of the time in which this was due.
    fn part_of(&mut self, due: Instant) -> &mut Part {
        let since = due.saturating_duration_since(self.begun);
        let at = (since.as_nanos() / self.part.as_nanos().max(1)) as usize;
        let at = at.min(MOST_PARTS - 1);
        while self.parts.len() <= at {
            self.parts.push(Part {
                from_due: small_histogram(),
                turns: 0,
                wrong: 0,
                started: 0,
            });
        }
        &mut self.parts[at]
    }

    /// What was due in each part of the time, in order.
    pub(super) fn moments(&self) -> Vec<Moment> {
        let parts = self.parts.iter().zip(0u32..);
        parts
            .map(|(part, at)| {
                let quantile = |quantile| {
                    let value = part.from_due.value_at_quantile(quantile);
                    value.min(part.from_due.max())
                };
                Moment {
                    at_seconds: (self.part * at).as_secs_f64(),
                    calls_started: part.started,
                    turns: part.turns,
                    wrong_answers: part.wrong,
                    p50_us: quantile(0.5),
                    p99_us: quantile(0.99),
                    max_us: part.from_due.max(),
                }
            })
            .collect()
    }

    /// What a caller who is not kept waiting leaves between two webhooks: the median.
    pub(super) fn usual_gap_us(&self) -> Option<u64> {
        (!self.gaps.is_empty()).then(|| self.gaps.value_at_quantile(0.5))
    }
}

fn us(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Parts of a round length.
fn part(duration: Duration) -> Duration {
    let wanted = duration / PARTS;
    let round = [
        100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 120_000, 300_000,
    ];
    let mut round = round.map(Duration::from_millis).into_iter();
    round.find(|length| *length >= wanted).unwrap_or(wanted)
}

/// A kind of wrong answer, as it is counted.
fn word(wrong: &Wrong) -> &'static str {
    match wrong {
        Wrong::None { .. } => "no_answer",
        Wrong::Status { .. } => "status_other_than_200",
        Wrong::Refused(_) => "refused_by_the_platform",
        Wrong::Different { .. } => "repeat_answered_in_another_way",
        Wrong::Half { .. } => "half_a_body_answered",
    }
}

fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::HungUp => "hung_up",
        Ending::CallerHungUp => "caller_hung_up",
        Ending::CallerGaveUp => "caller_gave_up",
        Ending::NobodyThere => "nobody_there",
        Ending::NotAnswered => "not_answered",
        Ending::Expired => "expired",
        Ending::Refused => "refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A webhook of call 1 that was due, sent and answered then, in ms since the beginning.
    fn turn(begun: Instant, due: u64, sent: u64, over: u64) -> TurnTaken {
        let at = |ms| begun + Duration::from_millis(ms);
        TurnTaken {
            number: 1,
            kind: Kind::Vca,
            is_again: false,
            due: at(due),
            sent: at(sent),
            over: at(over),
            status: Some(200),
            wrong: None,
        }
    }

    /// A server that takes 1 ms, and once 200 ms.
    fn takes(request: u64) -> u64 {
        if request == 500 { 200 } else { 1 }
    }

    fn figures(begun: Instant) -> Figures {
        Figures::new(begun, Duration::from_secs(10))
    }

    #[test]
    fn what_was_kept_waiting_by_a_stall_is_measured_from_when_it_was_due() {
        let begun = Instant::now();
        let mut figures = figures(begun);
        // One request is due every 10 ms, and a generator with one connection sends it when
        // it has the answer before.
        let mut free = 0;
        for request in 0..1_000 {
            let due = request * 10;
            let sent = due.max(free);
            free = sent + takes(request);
            figures.turn(&turn(begun, due, sent, free));
        }
        let p99 = |times: &Histogram<u64>| times.value_at_quantile(0.99) / 1000;
        assert_eq!(
            p99(&figures.from_sent),
            1,
            "one answer of a thousand was slow"
        );
        let waited = p99(&figures.from_due);
        assert!(
            (90..=115).contains(&waited),
            "twenty had to wait: {waited} ms"
        );
        assert!(p99(&figures.lag) > 80, "the generator was late itself");
        assert!(
            (15..=25).contains(&figures.late_turns),
            "{}",
            figures.late_turns
        );
        // It shows in the second in which it was.
        let moments = figures.moments();
        let slow = moments.iter().filter(|moment| moment.max_us > 50_000);
        let slow: Vec<f64> = slow.map(|moment| moment.at_seconds).collect();
        assert_eq!(slow, [5.0]);
    }

    #[test]
    fn a_closed_loop_is_corrected_by_what_its_callers_would_have_asked() {
        let begun = Instant::now();
        let mut figures = figures(begun);
        let mut at = 0;
        for request in 0..1_000 {
            figures.turn(&turn(begun, at, at, at + takes(request)));
            at += 9 + takes(request);
        }
        assert_eq!(figures.usual_gap_us().map(|us| us / 1000), Some(10));
        let p99 = |times: &Histogram<u64>| times.value_at_quantile(0.99) / 1000;
        assert_eq!((p99(&figures.from_sent), p99(&figures.from_due)), (1, 1));
        let gap = figures.usual_gap_us().unwrap();
        let corrected = figures.from_due.clone_correct(gap);
        let waited = p99(&corrected);
        assert!((90..=125).contains(&waited), "{waited} ms");
    }

    #[test]
    fn what_comes_again_and_what_nobody_waits_for_is_counted_and_not_measured() {
        let begun = Instant::now();
        let mut figures = figures(begun);
        let again = TurnTaken {
            is_again: true,
            ..turn(begun, 0, 0, 900)
        };
        let summary = TurnTaken {
            kind: Kind::Vss,
            status: Some(503),
            wrong: Some(Wrong::Status {
                kind: Kind::Vss,
                status: 503,
            }),
            ..turn(begun, 0, 0, 900)
        };
        for taken in [again, summary, turn(begun, 0, 0, 5)] {
            figures.turn(&taken);
        }
        assert_eq!((figures.requests, figures.turns), (3, 1));
        assert_eq!(figures.from_due.max() / 1000, 5);
        assert_eq!(figures.statuses, BTreeMap::from([(200, 2), (503, 1)]));
        assert_eq!(figures.wrong_answers, 1);
    }
}
