//! A scenario walked step by step: what is expected beside what is heard.

use crate::call::Value;
use crate::flow::{Flow, Located, Span, StateId};
use crate::machine::entered;
use crate::phone::{Doing, Ending, Heard};

use super::delivery::Answering;
use super::document::{Expected, Never, Scenario, Step};
use super::pattern::{Pattern, plain};
use super::talk::{Broken, Talk};

/// What does not hold, and where in the test file.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmet {
    pub at: Span,
    pub what: String,
    /// The place in a flow or script file that is the reason, as `file:line:column`.
    pub place: Option<String>,
}

/// Walks a scenario along a call.
pub struct Play<'s> {
    scenario: &'s Scenario,
    flow: &'s Flow,
    /// The next thing heard that no step has asked for, and how far its text is used up.
    next: usize,
    used: usize,
    /// What was heard and asked for.
    asserted: Vec<bool>,
    /// For each step that holds how much of what is heard stands up to it.
    pub behind: Vec<usize>,
}

impl<'s> Play<'s> {
    pub fn new(scenario: &'s Scenario, flow: &'s Flow) -> Self {
        Play {
            scenario,
            flow,
            next: 0,
            used: 0,
            asserted: Vec::new(),
            behind: Vec::new(),
        }
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
        for step in &scenario.steps {
            if !goes_on(talk) {
                return Ok(());
            }
            let done = self
                .sound(talk, step.at)
                .and_then(|()| self.step(talk, step));
            if !goes_on(talk) {
                return Ok(());
            }
            done?;
            self.sound(talk, step.at)?;
            self.behind.push(self.next + usize::from(self.used > 0));
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
        self.never(talk)?;
        self.states(talk)?;
        self.vars(talk, &scenario.vars)
    }

    /// Whatever breaks a run breaks it at once.
    fn sound<A: Answering>(&self, talk: &Talk<'_, A>, at: Span) -> Result<(), Unmet> {
        let Some(broken) = &talk.broken else {
            return Ok(());
        };
        let mut place = None;
        let what = match broken {
            Broken::Refused(rule) => format!("the platform refuses the answer: {rule}"),
            Broken::AnsweredDifferently => {
                "the same webhook was answered in two different ways".to_owned()
            }
            Broken::Unreadable(reason) => {
                format!("the call could not be read back from its bytes: {reason}")
            }
            Broken::Endless => "the call does not come to an end".to_owned(),
            Broken::Fault(fault) => {
                if fault.line > 0 {
                    place = Some(format!("{}:{}:{}", fault.file, fault.line, fault.column));
                }
                format!(
                    "`{}` could not be carried out: {}",
                    fault.state, fault.message
                )
            }
        };
        Err(Unmet { at, what, place })
    }

    fn step<A: Answering>(
        &mut self,
        talk: &mut Talk<'_, A>,
        step: &Located<Step>,
    ) -> Result<(), Unmet> {
        match &step.value {
            Step::Hears(pattern) => self.hears(talk, pattern, step.at),
            Step::Press(keys) => {
                if talk.line.doing() != Doing::Listening {
                    talk.settle();
                }
                self.listens(talk, step.at)?;
                talk.press(keys);
                Ok(())
            }
            Step::Silence => {
                talk.settle();
                self.listens(talk, step.at)?;
                talk.silence();
                Ok(())
            }
            Step::Dialled(number) => self.dialled(talk, &number.to_string(), step.at),
            Step::Leg(leg) => {
                talk.settle();
                match talk.line.doing() {
                    Doing::Ringing(_) => {
                        talk.leg(*leg);
                        Ok(())
                    }
                    _ => unmet(step.at, "nobody is being dialled".to_owned()),
                }
            }
            Step::Wait(ms) => {
                talk.wait(*ms);
                Ok(())
            }
            Step::HangsUp => {
                talk.settle();
                if talk.is_over() {
                    let what = "the call is over already".to_owned();
                    return unmet(step.at, what);
                }
                talk.hang_up();
                Ok(())
            }
            Step::HungUp => {
                talk.settle();
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
            Step::Vars(vars) => {
                talk.settle();
                self.sound(talk, step.at)?;
                self.vars(talk, vars)
            }
        }
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
            if let Some(end) = pattern.end_in(&words, used) {
                self.assert(index);
                (self.next, self.used) = (index, end);
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
            return self.assert_if_strict(talk, index, at);
        }
        unmet(at, format!("{number} is not dialled"))
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

    fn vars<A: Answering>(&self, talk: &mut Talk<'_, A>, vars: &[Expected]) -> Result<(), Unmet> {
        let mut wrong = None;
        let session = talk.answering.engine().session();
        for expected in vars {
            let name = &self.flow.variable(expected.var).name;
            let Some(session) = session.filter(|session| session.flow().name() == self.flow.name())
            else {
                wrong = Some((
                    expected.at,
                    format!("there is no call in which `{name}` is"),
                ));
                break;
            };
            if !session.holds(expected.var, &Value::text(&expected.value)) {
                let is = session.shown(expected.var);
                let is = if self.flow.variable(expected.var).secret {
                    "something else, which is secret".to_owned()
                } else if is.is_empty() {
                    "nothing".to_owned()
                } else {
                    format!("`{is}`")
                };
                wrong = Some((expected.at, format!("`{name}` is {is}")));
                break;
            }
        }
        match wrong {
            Some((at, what)) => unmet(at, what),
            None => Ok(()),
        }
    }

    fn never<A: Answering>(&self, talk: &Talk<'_, A>) -> Result<(), Unmet> {
        for never in &self.scenario.never {
            for heard in &talk.heard {
                let met = match (&never.value, heard) {
                    (Never::Hears(pattern), heard) => {
                        words(heard).is_some_and(|words| pattern.end_in(&words, 0).is_some())
                    }
                    (Never::Dialled(number), Heard::Dialled { to, .. }) => {
                        *to == number.to_string()
                    }
                    (Never::Dialled(_), _) => false,
                };
                if met {
                    let what = format!("this must never be: {}", shown(heard));
                    return unmet(never.at, what);
                }
            }
        }
        Ok(())
    }

    fn states<A: Answering>(&self, talk: &Talk<'_, A>) -> Result<(), Unmet> {
        let Some(expected) = &self.scenario.states else {
            return Ok(());
        };
        let mut walked: Vec<StateId> = Vec::new();
        for turn in &talk.turns {
            walked.extend(entered(&turn.traced.path));
        }
        let name = |id: StateId| &*self.flow.state(id).name;
        for (index, state) in expected.iter().enumerate() {
            let what = match walked.get(index) {
                Some(id) if *id == state.value => continue,
                Some(id) => format!(
                    "the call comes to `{}`, and not to `{}`",
                    name(*id),
                    name(state.value)
                ),
                None => format!("the call does not come to `{}`", name(state.value)),
            };
            return unmet(state.at, what);
        }
        match walked.get(expected.len()) {
            None => Ok(()),
            Some(id) => {
                let at = expected
                    .last()
                    .map_or(self.scenario.name.at, |state| state.at);
                let what = format!("the call goes on to `{}`", name(*id));
                unmet(at, what)
            }
        }
    }
}

fn unmet(at: Span, what: String) -> Result<(), Unmet> {
    Err(Unmet {
        at,
        what,
        place: None,
    })
}

/// What can be heard of it as words, in one line.
fn words(heard: &Heard) -> Option<String> {
    match heard {
        Heard::Said { text, .. } | Heard::Asked { text, .. } => Some(plain(text)),
        Heard::Played { url, .. } => Some(url.clone()),
        Heard::Dialled { .. } | Heard::HungUp => None,
    }
}

/// What was heard, for people.
pub fn shown(heard: &Heard) -> String {
    match heard {
        Heard::Said { text, .. } | Heard::Asked { text, .. } => format!("“{}”", plain(text)),
        Heard::Played { url, .. } => format!("♪ {url}"),
        Heard::Dialled { to, .. } => format!("dialled {to}"),
        Heard::HungUp => "hung up".to_owned(),
    }
}

fn told(doing: &Doing) -> String {
    match doing {
        Doing::WaitsForAnswer => "the platform waits for an answer".to_owned(),
        Doing::Speaking => "something is being said".to_owned(),
        Doing::Listening => "keys are waited for".to_owned(),
        Doing::Ringing(number) => format!("{number} is being dialled"),
        Doing::Talking(number) => format!("the caller talks to {number}"),
        Doing::Over(_) => "the call is over".to_owned(),
    }
}

/// What is heard otherwise than it should be; `None` where both are the same.
pub fn difference(should: &[Heard], heard: &[Heard]) -> Option<String> {
    let at = (0..should.len().max(heard.len())).find(|at| should.get(*at) != heard.get(*at))?;
    Some(match (should.get(at), heard.get(at)) {
        (Some(should), Some(is)) if shown(should) == shown(is) => {
            format!("{} is heard in another way", shown(is))
        }
        (Some(should), Some(is)) => {
            format!("instead of {} comes {}", shown(should), shown(is))
        }
        (Some(should), None) => format!("{} does not come", shown(should)),
        (None, is) => format!("{} comes too", is.map(shown).unwrap_or_default()),
    })
}
