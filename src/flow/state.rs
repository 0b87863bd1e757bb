//! The states of a running flow. Every name is an id, every expression compiled,
//! every fixed text ready to be sent.

use std::sync::OnceLock;

use crate::call::{Answer, Key, PhoneNumber, Repetition, Speed, Value};

use super::hours::HoursId;
use super::language::{LangId, Voices};
use super::lookup::Http;
use super::split::Split;
use super::text::{Expression, Template, Text};
use super::variable::{VarId, VarSet};

/// A state, by its place in the flow's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId(pub u16);

/// Where a call goes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    State(StateId),
    /// The prompt of this state again, with no try used.
    Again(StateId),
    Hangup,
    /// Back to the flow that runs this one, with the label that has this place among the
    /// flow's; with none for a plain `return`. In a call that began with this flow it is
    /// the end.
    Return(Option<u16>),
}

impl Target {
    /// The state of the flow to which it leads.
    pub fn state(self) -> Option<StateId> {
        match self {
            Target::State(id) | Target::Again(id) => Some(id),
            Target::Hangup | Target::Return(_) => None,
        }
    }
}

/// A flow of a bundle: the flow itself, which is number 0, or one of its sub-flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct PartId(pub u8);

impl PartId {
    /// The flow with which the call began.
    pub const ROOT: PartId = PartId(0);
}

/// A state of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct At {
    pub part: PartId,
    pub state: StateId,
}

#[derive(Debug)]
pub struct State {
    pub name: Box<str>,
    /// A hash of the name, the same in every revision of the flow.
    pub hash: u32,
    /// Its place among the states whose visits some expression asks for.
    pub counted: Option<u16>,
    pub set: Vec<Assignment>,
    /// The languages in which everything is said here, one after the other; none where
    /// it is said in the one that is spoken.
    pub said_in: Box<[LangId]>,
    pub say: Option<Speech>,
    pub kind: Kind,
    /// Where a call goes when a script or the program failed in this state.
    pub on_error: Target,
    /// Nobody wrote where a call goes then: a sub-flow has failed with it.
    pub fails: bool,
    /// What is read when the state is entered, and not set by it before.
    pub reads_on_entry: Reads,
    /// What is read behind its `set`: by its texts and its kind.
    pub reads_inside: Reads,
}

/// What a state reads that a restart without memory loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reads {
    pub vars: VarSet,
    /// The last entry.
    pub input: bool,
}

/// One line of `set`.
#[derive(Debug)]
pub struct Assignment {
    pub to: Assignee,
    pub value: Assigned,
}

impl Assignment {
    /// True where it sets this variable.
    pub fn sets(&self, var: VarId) -> bool {
        self.to == Assignee::Variable(var)
    }
}

/// What `set` can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    Variable(VarId),
    /// The language that is spoken from there on.
    Lang,
}

#[derive(Debug)]
pub enum Assigned {
    Ready(Value),
    Text(Template),
    /// A lone `${…}`, which keeps its kind.
    Value(Expression),
    List(Vec<Assigned>),
    Map(Vec<(Box<str>, Assigned)>),
}

impl Assigned {
    /// True where a secret may be in the value. What holds one goes into a secret variable
    /// or with a look-up, and nowhere else.
    pub fn may_hold_secret(&self) -> bool {
        match self {
            Assigned::Ready(_) => false,
            Assigned::Text(template) => template.may_hold_secret(),
            Assigned::Value(expression) => expression.secret,
            Assigned::List(items) => items.iter().any(Assigned::may_hold_secret),
            Assigned::Map(fields) => fields.iter().any(|(_, item)| item.may_hold_secret()),
        }
    }
}

/// What a state says before it does what its kind is for.
#[derive(Debug)]
pub struct Speech {
    pub text: Text,
    pub voices: Voices,
    pub speed: Speed,
    pub repetition: Repetition,
}

#[derive(Debug)]
pub enum Kind {
    Plain {
        then: Target,
    },
    Menu(Asking),
    Ask(Asking, Entry),
    Transfer(Transfer),
    /// The first condition that holds wins.
    Choose {
        arms: Vec<(Expression, Target)>,
        otherwise: Target,
    },
    /// The expression's value is the label.
    Label {
        expression: Expression,
        cases: Vec<(Box<str>, Target)>,
        otherwise: Target,
    },
    /// The same caller always gets the same side.
    Split(Split),
    Hours(OpenOrClosed),
    /// Somebody's server is asked.
    Http(Box<Http>),
    Run(Run),
}

impl Kind {
    /// The word that makes a state of this kind.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Plain { .. } => "say",
            Kind::Menu(_) => "menu",
            Kind::Ask(..) => "ask",
            Kind::Transfer(_) => "transfer",
            Kind::Choose { .. } | Kind::Label { .. } => "choose",
            Kind::Split(_) => "split",
            Kind::Hours(_) => "hours",
            Kind::Http(_) => "http",
            Kind::Run(_) => "run",
        }
    }

    /// The asking of a menu or ask.
    pub fn asking(&self) -> Option<&Asking> {
        match self {
            Kind::Menu(asking) | Kind::Ask(asking, _) => Some(asking),
            _ => None,
        }
    }
}

/// A sub-flow that is run, and where the call goes behind it.
#[derive(Debug)]
pub struct Run {
    /// Its place among the flow's own sub-flows.
    pub sub: u16,
    /// What its variables begin with: variables of the sub-flow, values of this flow.
    pub with: Vec<(VarId, Assigned)>,
    /// What is read to compute those.
    pub reads: Reads,
    /// What keeps the sub-flow's `result`, and that.
    pub save: Option<(VarId, VarId)>,
    /// By the label that it gave back.
    pub cases: Vec<(Box<str>, Target)>,
    /// For a plain `return`, and for labels that no case takes.
    pub then: Option<Target>,
    /// For a sub-flow that has failed.
    pub otherwise: Option<Target>,
}

impl Run {
    /// Where the call goes that comes back with this label; `None` where nothing takes it.
    pub fn back(&self, label: Option<&str>) -> Option<(Edge, Target)> {
        let case = label.and_then(|label| {
            let mut cases = self.cases.iter().zip(0..);
            cases.find(|((name, _), _)| **name == *label)
        });
        match case {
            Some(((_, target), at)) => Some((Edge::Case(at), *target)),
            None => self.then.map(|target| (Edge::Then, target)),
        }
    }
}

/// A question to the caller, and what happens when it is not answered well.
#[derive(Debug)]
pub struct Asking {
    /// The full prompt first, shorter ones for repeats; the last one stays.
    pub prompts: Vec<Text>,
    pub voices: Voices,
    pub speed: Speed,
    /// The longest pause the caller may make, in ms.
    pub wait_ms: u32,
    /// How many failures of all kinds together the state allows, 1 to 9.
    pub tries: u8,
    pub wordings: Wordings,
    pub give_up: Target,
    /// Where giving up differs, by the kind of the last failure.
    pub cases: FailureCases,
    /// The state's own keys, then those of the flow's `defaults`.
    pub keys: Vec<KeyTarget>,
    pub ready: Ready,
}

/// The questions of a state that are the same for all callers, as the first of them got
/// each. All calls share them.
#[derive(Debug, Default)]
pub struct Ready {
    /// One prompt in one language behind the other.
    answers: Box<[OnceLock<Answer>]>,
    languages: usize,
}

impl Ready {
    /// Places for so many prompts in so many languages.
    pub fn for_prompts(prompts: usize, languages: usize) -> Self {
        let answers = (0..prompts * languages).map(|_| OnceLock::new());
        Ready {
            answers: answers.collect(),
            languages,
        }
    }

    /// The place of the question with this prompt in this language.
    pub fn place(&self, prompt: usize, lang: LangId) -> Option<&OnceLock<Answer>> {
        let lang = usize::from(lang.0);
        let is_one = lang < self.languages;
        let place = self.answers.get(prompt * self.languages + lang);
        place.filter(|_| is_one)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct KeyTarget {
    pub key: Key,
    pub target: Target,
    /// From the flow's `defaults`.
    pub global: bool,
}

/// How an answer can be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    NoInput,
    NoMatch,
    Invalid,
}

impl Failure {
    pub fn word(self) -> &'static str {
        match self {
            Failure::NoInput => "no_input",
            Failure::NoMatch => "no_match",
            Failure::Invalid => "invalid",
        }
    }
}

/// What is said after a failure: the n-th failure of any kind hears the n-th, the
/// last one stays.
#[derive(Debug, Default)]
pub struct Wordings {
    pub no_input: Vec<Text>,
    pub no_match: Vec<Text>,
    pub invalid: Vec<Text>,
}

impl Wordings {
    /// What the n-th failure, counted from 1, hears; `None` where the prompt is
    /// simply said again.
    pub fn after(&self, failure: Failure, nth: u8) -> Option<&Text> {
        let own = match failure {
            Failure::NoInput => &self.no_input,
            Failure::NoMatch => &self.no_match,
            Failure::Invalid => &self.invalid,
        };
        let list = if own.is_empty() { &self.no_match } else { own };
        list.get(usize::from(nth.max(1)) - 1).or(list.last())
    }
}

#[derive(Debug, Default)]
pub struct FailureCases {
    pub no_input: Option<Target>,
    pub no_match: Option<Target>,
    pub invalid: Option<Target>,
}

impl FailureCases {
    pub fn of(&self, failure: Failure) -> Option<Target> {
        match failure {
            Failure::NoInput => self.no_input,
            Failure::NoMatch => self.no_match,
            Failure::Invalid => self.invalid,
        }
    }
}

/// What an `ask` collects.
#[derive(Debug)]
pub struct Entry {
    pub least: u8,
    pub most: u8,
    pub save: Option<VarId>,
    /// The entry is secret: it is kept out of `input` and of every log.
    pub secret: bool,
    pub valid: Option<Expression>,
    pub confirm: Option<Text>,
    /// What `valid` and `confirm` read.
    pub reads: Reads,
    pub then: Target,
}

#[derive(Debug)]
pub struct Transfer {
    /// Tried in order; at most two.
    pub numbers: Vec<Dial>,
    /// What the called party sees; the virtual number where there is none.
    pub from: Option<Dial>,
    /// The conversation is recorded.
    pub record: bool,
    pub then: Target,
    pub busy: Target,
    pub no_answer: Target,
    pub failed: Target,
}

/// Where a call goes by opening hours.
#[derive(Debug)]
pub struct OpenOrClosed {
    pub hours: HoursId,
    pub open: Target,
    pub closed: Target,
    /// Where it goes on the dates of an exception, whether it is open then or not.
    pub cases: Vec<ExceptionCase>,
}

/// One exception that a state has a target for.
#[derive(Debug)]
pub struct ExceptionCase {
    pub name: Box<str>,
    /// Its place among the exceptions of the hours.
    pub exception: u16,
    pub target: Target,
}

/// A number to dial.
#[derive(Debug)]
pub enum Dial {
    Fixed(PhoneNumber),
    /// Must come out as one that `allow_dial` lets through.
    Computed(Template),
}

/// Why a call can go from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edge {
    Then,
    Key(Key),
    GiveUp,
    /// Giving up after a failure of this kind.
    Failure(Failure),
    /// The condition with this place in its list held.
    Arm(u16),
    /// The label, exception or status with this place among the `cases`, or among the sides
    /// of a `split`.
    Case(u16),
    /// No condition held, no case took the label, it is closed, or a look-up had no answer.
    Otherwise,
    /// A transfer that did not end in a conversation.
    Busy,
    NoAnswer,
    Failed,
    OnError,
}

impl Edge {
    /// What a `choose`, `split`, `hours` or look-up decided.
    pub fn is_choice(self) -> bool {
        matches!(self, Edge::Arm(_) | Edge::Case(_) | Edge::Otherwise)
    }

    /// A transfer that did not end in a conversation.
    pub fn is_unanswered(self) -> bool {
        matches!(self, Edge::Busy | Edge::NoAnswer | Edge::Failed)
    }
}

impl State {
    /// Every way out of the state.
    pub fn edges(&self) -> Vec<(Edge, Target)> {
        let mut edges = Vec::new();
        match &self.kind {
            Kind::Plain { then } => edges.push((Edge::Then, *then)),
            Kind::Menu(asking) => asking.edges(&mut edges),
            Kind::Ask(asking, entry) => {
                asking.edges(&mut edges);
                edges.push((Edge::Then, entry.then));
            }
            Kind::Transfer(transfer) => {
                edges.push((Edge::Then, transfer.then));
                edges.push((Edge::Busy, transfer.busy));
                edges.push((Edge::NoAnswer, transfer.no_answer));
                edges.push((Edge::Failed, transfer.failed));
            }
            Kind::Choose { arms, otherwise } => {
                let arms = arms.iter().zip(0..);
                edges.extend(arms.map(|((_, target), at)| (Edge::Arm(at), *target)));
                edges.push((Edge::Otherwise, *otherwise));
            }
            Kind::Label {
                cases, otherwise, ..
            } => {
                let cases = cases.iter().zip(0..);
                edges.extend(cases.map(|((_, target), at)| (Edge::Case(at), *target)));
                edges.push((Edge::Otherwise, *otherwise));
            }
            Kind::Split(split) => {
                let sides = split.sides.iter().zip(0..);
                edges.extend(sides.map(|(side, at)| (Edge::Case(at), side.target)));
            }
            Kind::Hours(by) => {
                edges.push((Edge::Then, by.open));
                let cases = by.cases.iter().zip(0..);
                edges.extend(cases.map(|(case, at)| (Edge::Case(at), case.target)));
                edges.push((Edge::Otherwise, by.closed));
            }
            Kind::Http(http) => http.edges(&mut edges),
            Kind::Run(run) => {
                let cases = run.cases.iter().zip(0..);
                edges.extend(cases.map(|((_, target), at)| (Edge::Case(at), *target)));
                edges.extend(run.then.map(|target| (Edge::Then, target)));
                edges.extend(run.otherwise.map(|target| (Edge::Otherwise, target)));
            }
        }
        edges.push((Edge::OnError, self.on_error));
        edges
    }
}

impl Asking {
    fn edges(&self, edges: &mut Vec<(Edge, Target)>) {
        for key in &self.keys {
            edges.push((Edge::Key(key.key), key.target));
        }
        edges.push((Edge::GiveUp, self.give_up));
        for failure in [Failure::NoInput, Failure::NoMatch, Failure::Invalid] {
            if let Some(target) = self.cases.of(failure) {
                edges.push((Edge::Failure(failure), target));
            }
        }
    }
}
