//! A flow file as it was written: every key where it belongs and every value of
//! its type, still with names where the running flow has ids, and with places.
//!
//! [`read`] reports all that is wrong with the shape of a file; what names and
//! expressions mean is found by `compile`.

mod hours;
mod indent;
mod keys;
mod languages;
mod on_end;
mod read;
mod spans;
mod states;
pub mod tables;
pub mod values;

use std::sync::Arc;

use crate::call::{Key, PhoneNumber, Repetition, Speed, Voice};

use super::source::{Located, SourceFile};
use super::yaml::Scalar;

pub use hours::{HoursDoc, LineDoc};
pub use keys::{good_name_help, is_good_name};
pub use read::read;
pub use values::number_help;

/// Words that are targets of their own and so cannot name a state.
pub const HANGUP: &str = "hangup";
pub const REPEAT: &str = "repeat";
pub const RETURN: &str = "return";

/// A whole flow file.
#[derive(Debug)]
pub struct Document {
    pub file: Arc<SourceFile>,
    pub name: Option<Located<String>>,
    pub numbers: Vec<Located<NumberDoc>>,
    pub start: Option<Located<String>>,
    pub voice: Option<Located<Voice>>,
    pub languages: Option<Vec<LanguageDoc>>,
    pub zone: Option<Located<String>>,
    pub vars: Vec<VarDoc>,
    pub defaults: DefaultsDoc,
    pub hours: Vec<HoursDoc>,
    /// Names of hours may be missing, as what holds them could not be read.
    pub unread_hours: bool,
    pub allow_dial: Option<Vec<Located<String>>>,
    pub on_end: Option<OnEndDoc>,
    /// A key that may declare variables could not be read, and was reported.
    pub unread_vars: bool,
    /// All states, those written in another's place behind the one that holds them.
    pub states: Vec<StateDoc>,
}

/// A language with the voice that speaks it.
#[derive(Debug)]
pub struct LanguageDoc {
    pub name: Located<String>,
    /// `None` where it could not be read, and was reported.
    pub voice: Option<Located<Voice>>,
}

/// What happens when the call is over.
#[derive(Debug)]
pub enum OnEndDoc {
    Http(Box<HttpDoc>),
    /// An expression, alone or in `${…}`.
    Record(TextDoc),
}

/// A number that a flow answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberDoc {
    Number(PhoneNumber),
    /// `"*"`: what no other flow has.
    Any,
}

/// A variable with its type and what it is before anything sets it.
#[derive(Debug)]
pub struct VarDoc {
    pub name: Located<String>,
    /// `None` where it could not be read, and was reported.
    pub kind: Option<VarType>,
    pub secret: bool,
    pub default: Option<ValueDoc>,
}

/// The types a variable can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VarType {
    Text,
    Number,
    Flag,
    Digits,
    List,
    Map,
}

impl VarType {
    pub const WORDS: [&str; 6] = ["text", "number", "flag", "digits", "list", "map"];

    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "text" => VarType::Text,
            "number" => VarType::Number,
            "flag" => VarType::Flag,
            "digits" => VarType::Digits,
            "list" => VarType::List,
            "map" => VarType::Map,
            _ => return None,
        })
    }
}

/// A text with its place.
pub type TextDoc = Located<Scalar>;

/// A value as `set` and defaults hold it.
#[derive(Debug, Clone)]
pub enum ValueDoc {
    Text(TextDoc),
    List(Vec<ValueDoc>),
    Map(Vec<(Located<String>, ValueDoc)>),
}

/// What states inherit.
#[derive(Debug, Default)]
pub struct DefaultsDoc {
    pub asking: AskingRules,
    pub give_up: Option<TargetDoc>,
    pub otherwise: Option<TargetDoc>,
    pub on_error: Option<TargetDoc>,
    pub keys: Vec<(Located<Key>, TargetDoc)>,
    pub speed: Option<Located<Speed>>,
    pub repetition: Option<Located<Repetition>>,
    pub patience: Option<Located<u8>>,
    /// A target stands here that could not be read, and was reported.
    pub unread_target: bool,
}

/// How a state that asks deals with what is no answer; a state's own or inherited.
#[derive(Debug, Default)]
pub struct AskingRules {
    pub tries: Option<Located<u8>>,
    pub wait_ms: Option<Located<u32>>,
    pub no_input: Vec<TextDoc>,
    pub no_match: Vec<TextDoc>,
    pub invalid: Vec<TextDoc>,
}

/// Where a call goes.
#[derive(Debug, Clone)]
pub enum TargetDoc {
    Name(Located<String>),
    /// A state written in its place, by its index among the document's states.
    Place(usize),
    /// Back to the flow that runs this one, with this label.
    Return(Located<Option<String>>),
}

/// One state.
#[derive(Debug)]
pub struct StateDoc {
    pub name: Located<String>,
    /// The state in whose place this one is written.
    pub parent: Option<usize>,
    pub set: Vec<(Located<String>, ValueDoc)>,
    pub say: Option<TextDoc>,
    pub kind: KindDoc,
    pub then: Option<TargetDoc>,
    pub otherwise: Option<TargetDoc>,
    pub give_up: Option<TargetDoc>,
    pub on_error: Option<TargetDoc>,
    pub cases: Vec<(Located<String>, TargetDoc)>,
    pub voice: Option<Located<Voice>>,
    /// The languages in which everything is said here.
    pub lang: Vec<Located<String>>,
    pub speed: Option<Located<Speed>>,
    pub repetition: Option<Located<Repetition>>,
    /// A target stands here that could not be read, and was reported.
    pub unread_target: bool,
}

/// What a state does, beyond `set` and `say`.
#[derive(Debug)]
pub enum KindDoc {
    Plain,
    Menu(AskingDoc),
    Ask(AskingDoc, Box<EntryDoc>),
    Transfer {
        numbers: Vec<TextDoc>,
        from: Option<TextDoc>,
        record: bool,
    },
    /// The first `if` that holds wins.
    Choose(Vec<ArmDoc>),
    /// The expression's value is the label.
    Label(TextDoc),
    /// Labels with their weights; empty where they could not be read, and were reported.
    Split(Vec<(Located<String>, u32)>),
    /// The name of opening hours.
    Hours(Located<String>),
    Http(Box<HttpDoc>),
    Run(RunDoc),
}

/// A look-up.
#[derive(Debug)]
pub struct HttpDoc {
    /// Method and address; `None` where they could not be read, and were reported.
    pub request: Option<TextDoc>,
    pub headers: Vec<(Located<String>, TextDoc)>,
    pub json: Option<ValueDoc>,
    pub within_ms: Option<Located<u32>>,
    pub retries: Option<Located<u8>>,
    pub save: Option<Located<String>>,
    pub while_waiting: Option<TextDoc>,
}

/// A sub-flow that is run.
#[derive(Debug)]
pub struct RunDoc {
    /// `None` where it could not be read, and was reported.
    pub flow: Option<Located<String>>,
    pub with: Vec<(Located<String>, ValueDoc)>,
    pub save: Option<Located<String>>,
}

/// The asking that `menu` and `ask` have in common.
#[derive(Debug)]
pub struct AskingDoc {
    pub prompts: Vec<TextDoc>,
    pub keys: Vec<(Located<Key>, TargetDoc)>,
    /// `keys` stands there, or what may be meant by it, and not all of it may be read.
    pub has_keys: bool,
    pub rules: AskingRules,
}

/// What `ask` alone has.
#[derive(Debug)]
pub struct EntryDoc {
    pub digits: Located<(u8, u8)>,
    pub save: Option<Located<String>>,
    pub valid: Option<TextDoc>,
    pub confirm: Option<TextDoc>,
}

/// One `{if: …, then: …}`.
#[derive(Debug)]
pub struct ArmDoc {
    pub condition: TextDoc,
    pub then: TargetDoc,
}
