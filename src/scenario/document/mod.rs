//! A test file as it is read: every scenario with its steps, each with its place, and
//! all names already those of a flow that runs.

mod alone;
mod check;
mod names;
mod read;
mod steps;
mod stubs;
pub mod tables;
mod values;

use std::sync::Arc;

use jiff::Timestamp;

use crate::call::{Method, PhoneNumber};
use crate::flow::{At, Flow, Located, SourceFile, Span, VarId};
use crate::machine::Sides;

use super::backend::Stub;
use super::pattern::Pattern;

pub use alone::alone;
pub use check::{Tests, is_test_path, stubs, tests};

/// A file of scenarios for one flow.
#[derive(Debug)]
pub struct TestFile {
    pub file: Arc<SourceFile>,
    pub flow: Arc<Flow>,
    pub scenarios: Vec<Scenario>,
    /// What answers the look-ups of all of them.
    pub stubs: Arc<[Stub]>,
}

/// A conversation that must hold.
#[derive(Debug)]
pub struct Scenario {
    pub name: Located<String>,
    /// Who calls: a number, or a word where the number is withheld.
    pub from: String,
    pub at: Timestamp,
    /// The time as it was written or is by default, to be typed again.
    pub shown_at: String,
    pub steps: Vec<Located<Step>>,
    pub never: Vec<Located<Never>>,
    /// Every line that is heard has to be asserted.
    pub strict: bool,
    /// The states that are entered, in order.
    pub states: Option<Vec<Located<At>>>,
    /// The variables when the call is over.
    pub vars: Vec<Expected>,
    pub survives: Survives,
    /// A script fails in it, and that is meant.
    pub faults: bool,
    /// The sides that the caller gets where callers are split.
    pub sides: Sides,
    /// We call the person.
    pub outbound: bool,
    /// What variables hold when the call begins, as texts that they take.
    pub given: Vec<(String, String)>,
    /// What answers the look-ups: its own first, then those of the file.
    pub stubs: Arc<[Stub]>,
}

/// One step of a conversation.
#[derive(Debug, Clone)]
pub enum Step {
    Hears(Pattern),
    /// Keys, `0`-`9`, `*` and `#`.
    Press(String),
    /// The caller says nothing until the platform gives up waiting.
    Silence,
    Dialled(PhoneNumber),
    Leg(Leg),
    /// Time passes, in ms.
    Wait(u32),
    /// The caller hangs up.
    HangsUp,
    /// We hang up.
    HungUp,
    /// This was looked up; in the address `*` stands for anything.
    LookedUp(Method, String),
    Vars(Vec<Expected>),
}

/// What whoever is dialled does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    Answered {
        seconds: u32,
    },
    Busy,
    NoAnswer,
    Failed,
    /// The caller hangs up while it rings.
    Cancelled,
}

/// A variable, and what it must be, as a text.
#[derive(Debug, Clone)]
pub struct Expected {
    pub var: VarId,
    pub value: String,
    pub at: Span,
}

/// What must not happen in the whole call.
#[derive(Debug, Clone)]
pub enum Never {
    Hears(Pattern),
    Dialled(PhoneNumber),
}

/// Under what a scenario is run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survives {
    pub duplicates: bool,
    pub restarts: bool,
    pub reload: bool,
    pub lost: bool,
}

impl Survives {
    pub const WORDS: [&str; 4] = ["duplicates", "restarts", "reload", "lost"];
    pub const ALL: Survives = Survives {
        duplicates: true,
        restarts: true,
        reload: true,
        lost: true,
    };
}

impl TestFile {
    /// The line of a place in it.
    pub fn line(&self, at: Span) -> usize {
        self.file.line_column(at.start).0
    }
}
