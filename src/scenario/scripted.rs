//! A script walked by whoever holds a telephone: it is told what is heard and what goes on,
//! and says what to do next. It knows no clock; what waits, waits in the call's own time.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::document::{Leg, Never, Step};
use super::pattern::Pattern;
use super::script::Script;
use super::words::{shown_without, told, words};
use crate::flow::{Located, Span};
use crate::phone::{Doing, Ending, Heard, OtherSide};

/// What is done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Nothing, until something happens.
    Wait,
    /// Nothing, for this time.
    Pause(SignedDuration),
    /// These keys are pressed, one right behind the other.
    Press(String),
    HangUp,
    /// Whoever is rung does this.
    Other(OtherSide),
}

/// One call of a script.
#[derive(Debug, Clone)]
pub struct Scripted {
    script: Arc<Script>,
    /// The step that comes next.
    step: usize,
    heard: Vec<Heard>,
    /// The next thing heard that no step has asked for, and how far its text is used up.
    next: usize,
    used: usize,
    /// Keys are being waited for after some were pressed, or nothing is to be said: that
    /// comes to its end before anything else does.
    is_open: bool,
    /// Until when the present step waits.
    waits_until: Option<Timestamp>,
    /// What does not hold, in plain words with the line.
    unmet: Option<String>,
}

/// How a step stands.
enum Stand {
    /// It is done, without anything being done.
    Done,
    /// It is done with this.
    Acts(Act),
    /// Not yet.
    Wait(Act),
}

impl Scripted {
    pub fn new(script: Arc<Script>) -> Self {
        Scripted {
            script,
            step: 0,
            heard: Vec::new(),
            next: 0,
            used: 0,
            is_open: false,
            waits_until: None,
            unmet: None,
        }
    }

    /// What was heard since this was told last.
    pub fn heard(&mut self, heard: &[Heard]) {
        self.heard.extend_from_slice(heard);
    }

    /// What is done now. `is_first` where who is rung is the person of the script.
    pub fn next(&mut self, doing: &Doing, is_first: bool, now: Timestamp) -> Act {
        if *doing == Doing::WaitsForAnswer {
            self.is_open = false;
            return Act::Wait;
        }
        if is_first && matches!(doing, Doing::Ringing(_)) && !self.begins_with_leg() {
            return Act::Other(OtherSide::Answers { seconds: 0 });
        }
        let script = Arc::clone(&self.script);
        while self.unmet.is_none()
            && let Some(step) = script.steps.get(self.step)
        {
            match self.walk(step, doing, now) {
                Stand::Done => self.step += 1,
                Stand::Acts(act) => {
                    self.step += 1;
                    return act;
                }
                Stand::Wait(act) => return act,
            }
        }
        // Nothing is left to be done, or nothing that would still be the call of the script.
        match is_settled(doing) {
            true => Act::HangUp,
            false => Act::Wait,
        }
    }

    /// Whether everything has come as it was written, when the call is over.
    ///
    /// # Errors
    /// What has not, in plain words with its line. Nothing that is keyed in is in it.
    pub fn verdict(&self) -> Result<(), String> {
        let over = Doing::Over(Ending::HungUp);
        let mut rest = self.clone();
        let script = Arc::clone(&self.script);
        while rest.unmet.is_none()
            && let Some(step) = script.steps.get(rest.step)
        {
            match rest.walk(step, &over, Timestamp::MAX) {
                Stand::Done | Stand::Acts(_) => rest.step += 1,
                Stand::Wait(_) if rest.unmet.is_none() => {
                    rest.unmet(
                        step.at,
                        "the call is over before it comes to this".to_owned(),
                    );
                }
                Stand::Wait(_) => {}
            }
        }
        if let Some(unmet) = rest.unmet {
            return Err(unmet);
        }
        self.never()
    }

    fn begins_with_leg(&self) -> bool {
        let first = self.script.steps.first();
        matches!(first, Some(first) if matches!(first.value, Step::Leg(_)))
    }

    fn walk(&mut self, step: &Located<Step>, doing: &Doing, now: Timestamp) -> Stand {
        if let Step::Wait(ms) = &step.value {
            return self.wait(*ms, doing, now);
        }
        let is_open = self.is_open && *doing == Doing::Listening;
        if is_open || !is_settled(doing) {
            return self.listen(step);
        }
        match &step.value {
            Step::Hears(pattern) => match self.finds(pattern) {
                true => Stand::Done,
                false => self.unmet(step.at, format!("`{}` is not heard", shown(self, pattern))),
            },
            Step::Dialled(number) => self.dialled(&number.to_string(), step.at),
            Step::HungUp => match doing {
                Doing::Over(_) if self.heard.contains(&Heard::HungUp) => Stand::Done,
                Doing::Over(_) => {
                    let what = "the call has ended, and not by our hanging up";
                    self.unmet(step.at, what.to_owned())
                }
                doing => self.unmet(step.at, format!("we have not hung up: {}", told(doing))),
            },
            Step::Press(_) | Step::Silence if *doing != Doing::Listening => {
                self.unmet(step.at, format!("nobody waits for keys: {}", told(doing)))
            }
            Step::Press(keys) => {
                self.is_open = true;
                Stand::Acts(Act::Press(keys.clone()))
            }
            Step::Silence => {
                self.is_open = true;
                Stand::Acts(Act::Wait)
            }
            Step::Leg(leg) => match doing {
                Doing::Ringing(_) => Stand::Acts(rung(*leg)),
                _ => self.unmet(step.at, "nobody is being dialled".to_owned()),
            },
            Step::HangsUp => match doing {
                Doing::Over(_) => self.unmet(step.at, "the call is over already".to_owned()),
                _ => Stand::Acts(Act::HangUp),
            },
            // What is inside of the call is not seen from here.
            Step::Vars(_) | Step::LookedUp(..) => Stand::Done,
            Step::Wait(_) => Stand::Done,
        }
    }

    /// While something is said a text may be found already; all else has its time.
    fn listen(&mut self, step: &Located<Step>) -> Stand {
        match &step.value {
            Step::Hears(pattern) if self.finds(pattern) => Stand::Done,
            _ => Stand::Wait(Act::Wait),
        }
    }

    fn wait(&mut self, ms: u32, doing: &Doing, now: Timestamp) -> Stand {
        if matches!(doing, Doing::Over(_)) {
            return Stand::Done;
        }
        let time = SignedDuration::from_millis(ms.into());
        let until = self
            .waits_until
            .unwrap_or_else(|| now.checked_add(time).unwrap_or(Timestamp::MAX));
        self.waits_until = Some(until);
        if now >= until {
            self.waits_until = None;
            return Stand::Done;
        }
        Stand::Wait(Act::Pause(until.duration_since(now)))
    }

    fn finds(&mut self, pattern: &Pattern) -> bool {
        for (index, heard) in self.heard.iter().enumerate().skip(self.next) {
            let used = if index == self.next { self.used } else { 0 };
            let Some(words) = words(heard) else { continue };
            if let Some(end) = pattern.end_in(&words, used, &self.script.languages) {
                (self.next, self.used) = (index, end);
                return true;
            }
        }
        false
    }

    fn dialled(&mut self, number: &str, at: Span) -> Stand {
        let mut heard = self.heard.iter().enumerate().skip(self.next);
        let found = heard.find_map(|(index, heard)| match heard {
            Heard::Dialled { to, .. } => Some((index, to.clone())),
            _ => None,
        });
        match found {
            Some((index, to)) if to == number => {
                (self.next, self.used) = (index + 1, 0);
                Stand::Done
            }
            Some((_, to)) => self.unmet(at, format!("{to} is dialled, and not {number}")),
            None => self.unmet(at, format!("{number} is not dialled")),
        }
    }

    /// Nothing that must never be has been.
    fn never(&self) -> Result<(), String> {
        for never in &self.script.never {
            let is_met = |heard: &Heard| match (&never.value, heard) {
                (Never::Hears(pattern), heard) => words(heard).is_some_and(|words| {
                    let end = pattern.end_in(&words, 0, &self.script.languages);
                    end.is_some()
                }),
                (Never::Dialled(number), Heard::Dialled { to, .. }) => *to == number.to_string(),
                (Never::Dialled(_), _) => false,
            };
            if let Some(met) = self.heard.iter().find(|heard| is_met(heard)) {
                let met = shown_without(&self.script.secrets, met);
                return Err(self.told(never.at, &format!("this must never be, and was: {met}")));
            }
        }
        Ok(())
    }

    fn unmet(&mut self, at: Span, what: String) -> Stand {
        let last = self.heard.last();
        let last = last.map(|last| shown_without(&self.script.secrets, last));
        let what = match last {
            Some(last) => format!("{what}; the last that was heard is {last}"),
            None => format!("{what}; nothing was heard"),
        };
        self.unmet = Some(self.told(at, &what));
        Stand::Wait(Act::HangUp)
    }

    fn told(&self, at: Span, what: &str) -> String {
        let script = &self.script;
        let (path, line) = (script.file.path(), script.line(at));
        format!("{path}:{line}: {what}")
    }
}

/// Somebody has to do something, or nobody can any more.
fn is_settled(doing: &Doing) -> bool {
    match doing {
        Doing::Listening | Doing::Ringing(_) | Doing::Over(_) => true,
        Doing::Speaking | Doing::Talking(_) | Doing::WaitsForAnswer => false,
    }
}

fn rung(leg: Leg) -> Act {
    match leg {
        Leg::Answered { seconds } => Act::Other(OtherSide::Answers { seconds }),
        Leg::Busy => Act::Other(OtherSide::Busy),
        Leg::NoAnswer => Act::Other(OtherSide::NoAnswer),
        Leg::Failed => Act::Other(OtherSide::Fails),
        Leg::Cancelled => Act::HangUp,
    }
}

/// A pattern without what is keyed in.
fn shown(scripted: &Scripted, pattern: &Pattern) -> String {
    scripted.script.secrets.hide(&pattern.shown())
}
