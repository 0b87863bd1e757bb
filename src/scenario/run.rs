//! A scenario in all its runs: as it is, and under everything that it has to survive, in
//! both readings of when the platform asks for the next step.

use std::sync::Arc;

use crate::call::PhoneNumber;
use crate::flow::{Build, Catalog, Flow, SourceFile, reworded};
use crate::machine::{Answers, Desk};
use crate::phone::{AsksAgain, Heard};

use super::backend::Looked;
use super::coverage::Coverage;
use super::delivery::{Answering, Delivery, Run};
use super::document::{Scenario, Step, TestFile};
use super::engine::{Engine, desk};
use super::hold::Unmet;
use super::lost;
use super::play::Play;
use super::secrets::Secrets;
use super::talk::{Begins, Caller, Reload, Talk, Turn};
use super::words::difference;

/// What is dialled where a flow has no number of its own.
const NO_NUMBER: &str = "+6560000000";

/// What all scenarios of a project are run with.
pub struct Bench {
    catalog: Arc<Catalog>,
    /// The same flows, which say something else.
    changed: Arc<Catalog>,
    desk: Desk,
}

/// How a scenario went.
#[derive(Debug)]
pub struct Outcome {
    /// In how many runs it was held.
    pub runs: usize,
    pub failures: Vec<Failure>,
    /// What its first run has been through.
    pub coverage: Coverage,
    /// What it keys in where a secret is asked for.
    pub secrets: Secrets,
}

/// A run that does not hold.
#[derive(Debug, Clone)]
pub struct Failure {
    pub run: Run,
    pub unmet: Unmet,
    /// What should have been heard, where another run tells.
    pub should: Option<Vec<Heard>>,
    pub heard: Vec<Heard>,
    /// In front of which step the call lost its memory, where that is the reason.
    pub lost_before: Option<usize>,
    /// For each step that holds how much had been heard when it acted, or what it found.
    pub behind: Vec<usize>,
    /// What is not told of it.
    pub secrets: Secrets,
}

impl Bench {
    /// Makes ready to run the scenarios of a project.
    pub fn new(files: &[Arc<SourceFile>], build: Build) -> Bench {
        Bench {
            catalog: Arc::new(build.catalog),
            changed: Arc::new(reworded(files)),
            desk: desk(Answers::Single),
        }
    }

    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Runs a scenario. Scripts run on this thread, which needs a stack of 8 MiB.
    pub fn run(&self, file: &TestFile, scenario: &Scenario) -> Outcome {
        self.run_with(file, scenario, |engine| engine)
    }

    /// The same with somebody else between phone and engine.
    pub(super) fn run_with<A: Answering>(
        &self,
        file: &TestFile,
        scenario: &Scenario,
        answering: impl Fn(Engine) -> A,
    ) -> Outcome {
        let engine = || answering(self.engine(&file.flow, scenario));
        let caller = Caller {
            from: &scenario.from,
            to: number_of(&file.flow),
            at: scenario.at,
            begins: begins(scenario),
        };
        let held = Held {
            scenario,
            flow: &file.flow,
            caller: &caller,
        };
        let mut outcome = Outcome {
            runs: 1,
            failures: Vec::new(),
            coverage: Coverage::default(),
            secrets: Secrets::default(),
        };
        let first = held.as_it_is(engine(), Run::FIRST, None, None);
        outcome.coverage.note(&first.turns);
        outcome.secrets = first.secrets.clone();
        if let Some(failure) = first.failure {
            outcome.failures.push(failure);
            return outcome;
        }
        let reload = Reload {
            catalog: &self.changed,
            before: (first.turns.len() / 2).max(1),
        };
        for run in runs_of(scenario) {
            let failed = |failure: &Failure| failure.run.delivery == run.delivery;
            if outcome.failures.iter().any(failed) {
                continue;
            }
            outcome.runs += 1;
            let failure = match run.delivery {
                Delivery::Lost => held.without_memory(engine(), run, &first),
                Delivery::Reload => {
                    held.as_it_is(engine(), run, Some(reload), Some(&first))
                        .failure
                }
                _ => held.as_it_is(engine(), run, None, Some(&first)).failure,
            };
            outcome.failures.extend(failure);
        }
        outcome
    }

    fn engine(&self, flow: &Flow, scenario: &Scenario) -> Engine {
        let mut engine = Engine::new(Arc::clone(&self.catalog), self.desk.clone());
        engine.force(&scenario.sides);
        engine.backend.stubs = Arc::clone(&scenario.stubs);
        let number: Option<PhoneNumber> = number_of(flow).parse().ok();
        let answering = self.catalog.answering(number);
        let is_other = answering.is_none_or(|other| other.name() != flow.name());
        if is_other || !scenario.given.is_empty() {
            engine
                .begin(flow.name(), None, &scenario.given)
                .expect("the flow and its variables were found when the file was read");
        }
        engine
    }
}

/// True where both runs asked for the same, in the same order.
fn same_changes(first: &[Looked], second: &[Looked]) -> bool {
    let asked = |looked: &Looked| match looked.at_end {
        // For how long the call was up depends on when the platform asks.
        true => (looked.method, None),
        false => (
            looked.method,
            Some((looked.url.clone(), looked.body.clone())),
        ),
    };
    first.len() == second.len()
        && first
            .iter()
            .zip(second)
            .all(|(one, two)| asked(one) == asked(two))
}

/// The number that is dialled to reach a flow.
fn number_of(flow: &Flow) -> String {
    flow.numbers()
        .first()
        .map_or(NO_NUMBER.to_owned(), PhoneNumber::to_string)
}

fn begins(scenario: &Scenario) -> Begins {
    let first = scenario.steps.first().map(|step| &step.value);
    match (scenario.outbound, first) {
        (false, _) => Begins::ByCaller,
        (true, Some(Step::Leg(_))) => Begins::Ringing,
        (true, _) => Begins::Taken,
    }
}

/// All runs of a scenario but the first.
fn runs_of(scenario: &Scenario) -> Vec<Run> {
    let survives = scenario.survives;
    let deliveries = [
        (Delivery::Plain, true),
        (Delivery::Duplicates, survives.duplicates),
        (Delivery::Restarts, survives.restarts),
        (Delivery::Reload, survives.reload),
        (Delivery::Lost, survives.lost),
    ];
    let wanted = deliveries.into_iter().filter(|(_, wanted)| *wanted);
    wanted
        .flat_map(|(delivery, _)| {
            [AsksAgain::AfterTheList, AsksAgain::AfterEachAction].map(|asks_again| Run {
                delivery,
                asks_again,
            })
        })
        .filter(|run| *run != Run::FIRST)
        .collect()
}

/// A scenario with whoever calls.
struct Held<'a> {
    scenario: &'a Scenario,
    flow: &'a Flow,
    caller: &'a Caller<'a>,
}

/// A run that was made.
struct Ran {
    /// The look-ups that may have changed something.
    changes: Vec<Looked>,
    turns: Vec<Turn>,
    heard: Vec<Heard>,
    failure: Option<Failure>,
    secrets: Secrets,
}

impl Held<'_> {
    /// The whole conversation; in it is heard what was heard in the first run.
    fn as_it_is<A: Answering>(
        &self,
        answering: A,
        run: Run,
        reload: Option<Reload<'_>>,
        first: Option<&Ran>,
    ) -> Ran {
        let mut talk = Talk::new(self.caller, answering, run, self.scenario.faults, reload);
        let mut play = Play::new(self.scenario, self.flow);
        let walked = play.walk(&mut talk, |_| true);
        let mut unmet = walked.err();
        if let Some(first) = first
            && talk.broken.is_none()
            && let Some(what) = difference(&first.heard, &talk.heard)
        {
            unmet = Some(Unmet {
                at: self.scenario.name.at,
                what,
                place: None,
            });
        }
        let changes = talk.answering.engine().backend.changes();
        if let Some(first) = first
            && unmet.is_none()
            && !same_changes(&first.changes, &changes)
        {
            unmet = Some(Unmet {
                at: self.scenario.name.at,
                what: "the look-ups that change something are not the same".to_owned(),
                place: None,
            });
        }
        // A run that got to its end knows of every step what it has answered.
        let secrets = first.map_or_else(|| play.secrets(), |first| first.secrets.clone());
        Ran {
            changes,
            failure: unmet.map(|unmet| Failure {
                run,
                unmet,
                should: first.map(|first| first.heard.clone()),
                heard: talk.heard.clone(),
                lost_before: None,
                behind: play.behind,
                secrets: secrets.clone(),
            }),
            secrets,
            turns: talk.turns,
            heard: talk.heard,
        }
    }

    fn without_memory<A: Answering>(&self, answering: A, run: Run, first: &Ran) -> Option<Failure> {
        let mut talk = Talk::new(self.caller, answering, run, self.scenario.faults, None);
        let mut play = Play::new(self.scenario, self.flow);
        let at = self.scenario.name.at;
        let known = (first.turns.as_slice(), first.heard.as_slice());
        let checked = lost::check(&mut play, &mut talk, self.flow, known, at);
        let unmet = checked.err()?;
        let turn = lost::turn_of_loss(self.flow, known, (&talk.turns, &talk.heard));
        Some(Failure {
            run,
            unmet,
            should: Some(first.heard.clone()),
            heard: talk.heard,
            // The loss of a turn that nobody led to is heard from the first step on.
            lost_before: Some(play.step_before(turn).unwrap_or(0)),
            behind: play.behind,
            secrets: first.secrets.clone(),
        })
    }
}
