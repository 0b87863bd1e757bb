//! A scenario walked step by step: what is expected beside what is heard.

use crate::call::Method;
use crate::flow::{Flow, Located, Span};
use crate::phone::{Doing, Ending, Heard};

use super::backend::{Looked, fits};
use super::delivery::Answering;
use super::document::{Scenario, Step};
use super::hold::{self, Unmet, unmet};
use super::pattern::Pattern;
use super::secrets::Secrets;
use super::talk::Talk;
use super::words::{shown, told, words};

/// Walks a scenario along a call.
pub struct Play<'s> {
    scenario: &'s Scenario,
    flow: &'s Flow,
    /// The next thing heard that no step has asked for, and how far its text is used up.
    next: usize,
    used: usize,
    /// What was heard and asked for.
    asserted: Vec<bool>,
    /// How much had been heard when the step that is walked acted, or what it found.
    upto: usize,
    /// The same for each step that holds.
    pub behind: Vec<usize>,
    /// How many look-ups are asked for, or behind which one.
    looked: usize,
    /// The steps in which somebody acted, each with how many turns there were before.
    acted: Vec<(usize, usize)>,
    /// The steps that keyed in a secret.
    secret: Vec<usize>,
}

impl<'s> Play<'s> {
    pub fn new(scenario: &'s Scenario, flow: &'s Flow) -> Self {
        Play {
            scenario,
            flow,
            next: 0,
            used: 0,
            asserted: Vec::new(),
            upto: 0,
            behind: Vec::new(),
            looked: 0,
            acted: Vec::new(),
            secret: Vec::new(),
        }
    }

    /// The step that led to a turn; `None` where nobody had done anything before it.
    pub fn step_before(&self, turn: usize) -> Option<usize> {
        let before = self.acted.iter().rev().find(|(_, turns)| *turns <= turn);
        before.map(|(step, _)| *step)
    }

    /// What was keyed in as a secret, as far as the call has come.
    pub fn secrets(&self) -> Secrets {
        let acted = |index: usize| self.acted.iter().any(|(step, _)| *step == index);
        Secrets::of(self.scenario, self.flow, &self.secret, acted)
    }

    /// Goes through all steps, and to the end of the call. `goes_on` is asked behind each
    /// of them whether to; where it says no, the rest is not looked at.
    pub fn walk<A: Answering>(
        &mut self,
        talk: &mut Talk<'_, A>,
        goes_on: impl Fn(&Talk<'_, A>) -> bool,
    ) -> Result<(), Unmet> {
        talk.settle();
        let scenario = self.scenario;
        for (index, step) in scenario.steps.iter().enumerate() {
            if !goes_on(talk) {
                return Ok(());
            }
            let done = self
                .sound(talk, step.at)
                .and_then(|()| self.step(talk, index, step));
            if !goes_on(talk) {
                return Ok(());
            }
            done?;
            self.sound(talk, step.at)?;
            self.behind.push(self.upto);
        }
        self.finish(talk, &goes_on)
    }

    fn finish<A: Answering>(
        &mut self,
        talk: &mut Talk<'_, A>,
        goes_on: &impl Fn(&Talk<'_, A>) -> bool,
    ) -> Result<(), Unmet> {
        let scenario = self.scenario;
        let last = scenario
            .steps
            .last()
            .map_or(scenario.name.at, |step| step.at);
        talk.settle();
        if !goes_on(talk) {
            return Ok(());
        }
        self.sound(talk, last)?;
        self.assert_if_strict(talk, talk.heard.len(), last)?;
        talk.hang_up();
        if !goes_on(talk) {
            return Ok(());
        }
        self.sound(talk, last)?;
        hold::never(scenario, &talk.heard, &talk.turns)?;
        hold::states(scenario, self.flow, &talk.turns)?;
        hold::vars(self.flow, talk.answering.engine().session(), &scenario.vars)
    }

    /// Whatever breaks a run breaks it at once.
    fn sound<A: Answering>(&self, talk: &Talk<'_, A>, at: Span) -> Result<(), Unmet> {
        let Some(broken) = &talk.broken else {
            return Ok(());
        };
        Err(Unmet {
            at,
            what: broken.to_string(),
            place: broken.place(),
        })
    }

    fn step<A: Answering>(
        &mut self,
        talk: &mut Talk<'_, A>,
        index: usize,
        step: &Located<Step>,
    ) -> Result<(), Unmet> {
        match &step.value {
            Step::Hears(pattern) => self.hears(talk, pattern, step.at),
            Step::Press(keys) => {
                // What was keyed in before is over with the caller's pause.
                talk.settle();
                self.listens(talk, step.at)?;
                self.acts(talk, index);
                let session = talk.answering.engine().session();
                if session.is_some_and(|session| session.takes_secret(keys)) {
                    self.secret.push(index);
                }
                talk.press(keys);
                Ok(())
            }
            Step::Silence => {
                talk.settle();
                self.listens(talk, step.at)?;
                self.acts(talk, index);
                talk.silence();
                Ok(())
            }
            Step::Dialled(number) => self.dialled(talk, &number.to_string(), step.at),
            Step::Leg(leg) => {
                talk.settle();
                self.acts(talk, index);
                match talk.line.doing() {
                    Doing::Ringing(_) => {
                        talk.leg(*leg);
                        Ok(())
                    }
                    _ => unmet(step.at, "nobody is being dialled".to_owned()),
                }
            }
            Step::Wait(ms) => {
                self.acts(talk, index);
                talk.wait(*ms);
                Ok(())
            }
            Step::HangsUp => {
                talk.settle();
                self.acts(talk, index);
                if talk.is_over() {
                    let what = "the call is over already".to_owned();
                    return unmet(step.at, what);
                }
                talk.hang_up();
                Ok(())
            }
            Step::HungUp => {
                talk.settle();
                self.upto = talk.heard.len();
                self.sound(talk, step.at)?;
                match talk.line.doing() {
                    Doing::Over(Ending::HungUp) => {
                        self.assert_if_strict(talk, talk.heard.len(), step.at)
                    }
                    Doing::Over(_) => {
                        let what = "the caller has hung up, and not we".to_owned();
                        unmet(step.at, what)
                    }
                    doing => {
                        let what = format!("we have not hung up: {}", told(&doing));
                        unmet(step.at, what)
                    }
                }
            }
            Step::LookedUp(method, pattern) => self.looked_up(talk, (*method, pattern), step.at),
            Step::Vars(vars) => {
                talk.settle();
                self.upto = talk.heard.len();
                self.sound(talk, step.at)?;
                hold::vars(self.flow, talk.answering.engine().session(), vars)
            }
        }
    }

    /// Somebody does something in this step.
    fn acts<A: Answering>(&mut self, talk: &Talk<'_, A>, step: usize) {
        self.upto = talk.heard.len();
        self.acted.push((step, talk.turns.len()));
    }

    fn hears<A: Answering>(
        &mut self,
        talk: &mut Talk<'_, A>,
        pattern: &Pattern,
        at: Span,
    ) -> Result<(), Unmet> {
        talk.settle();
        self.sound(talk, at)?;
        let from = self.next;
        for index in from..talk.heard.len() {
            let used = if index == self.next { self.used } else { 0 };
            let Some(words) = words(&talk.heard[index]) else {
                continue;
            };
            let spoken = hold::spoken(&talk.turns, index);
            if let Some(end) = pattern.end_in(&words, used, &spoken) {
                self.assert(index);
                (self.next, self.used) = (index, end);
                self.upto = index + 1;
                return self.assert_if_strict(talk, index, at);
            }
        }
        let what = format!("`{}` is not heard", pattern.shown());
        unmet(at, what)
    }

    fn dialled<A: Answering>(
        &mut self,
        talk: &mut Talk<'_, A>,
        number: &str,
        at: Span,
    ) -> Result<(), Unmet> {
        talk.settle();
        self.sound(talk, at)?;
        let from = self.next;
        for index in from..talk.heard.len() {
            let Heard::Dialled { to, .. } = &talk.heard[index] else {
                continue;
            };
            if to != number {
                let what = format!("{to} is dialled, and not {number}");
                return unmet(at, what);
            }
            self.assert(index);
            (self.next, self.used) = (index + 1, 0);
            self.upto = index + 1;
            return self.assert_if_strict(talk, index, at);
        }
        unmet(at, format!("{number} is not dialled"))
    }

    /// A look-up was made, behind those that were asked for before.
    fn looked_up<A: Answering>(
        &mut self,
        talk: &mut Talk<'_, A>,
        (method, pattern): (Method, &str),
        at: Span,
    ) -> Result<(), Unmet> {
        talk.settle();
        self.upto = talk.heard.len();
        self.sound(talk, at)?;
        let is_lost = talk.is_lost();
        let looked = talk.answering.engine().backend.looked();
        let left = looked.get(self.looked..).unwrap_or_default();
        let found = left.iter().position(|looked| {
            // What is in its address may be lost.
            let is_other = is_lost && looked.at_end;
            looked.method == method && (is_other || fits(pattern, &looked.url))
        });
        match found {
            Some(found) => {
                self.looked += found + 1;
                Ok(())
            }
            None => {
                let shown = |looked: &Looked| format!("`{} {}`", looked.method.word(), looked.url);
                let others: Vec<String> = left.iter().map(shown).collect();
                let others = match others.is_empty() {
                    true => "nothing is".to_owned(),
                    false => format!("{} is", others.join(", ")),
                };
                let what = format!("`{} {pattern}` is not looked up; {others}", method.word());
                unmet(at, what)
            }
        }
    }

    fn assert(&mut self, index: usize) {
        self.asserted
            .resize(self.asserted.len().max(index + 1), false);
        self.asserted[index] = true;
    }

    /// Where it is strict, nothing is heard in between that no step asks for.
    fn assert_if_strict<A: Answering>(
        &self,
        talk: &Talk<'_, A>,
        to: usize,
        at: Span,
    ) -> Result<(), Unmet> {
        if !self.scenario.strict {
            return Ok(());
        }
        self.all_asserted(talk, to, at)
    }

    fn all_asserted<A: Answering>(
        &self,
        talk: &Talk<'_, A>,
        to: usize,
        at: Span,
    ) -> Result<(), Unmet> {
        let is_asserted = |index: usize| self.asserted.get(index).copied().unwrap_or(false);
        let left = (0..to)
            .find(|index| !is_asserted(*index) && !matches!(talk.heard[*index], Heard::HungUp));
        match left {
            None => Ok(()),
            Some(index) => {
                let what = format!("no step asks for {}", shown(&talk.heard[index]));
                unmet(at, what)
            }
        }
    }

    fn listens<A: Answering>(&self, talk: &Talk<'_, A>, at: Span) -> Result<(), Unmet> {
        self.sound(talk, at)?;
        match talk.line.doing() {
            Doing::Listening => Ok(()),
            doing => {
                let what = format!("nobody waits for keys: {}", told(&doing));
                unmet(at, what)
            }
        }
    }
}
