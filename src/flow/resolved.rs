//! A flow that runs. It comes out of `compile` alone and never changes.

use std::fmt;
use std::sync::Arc;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::call::PhoneNumber;

use super::hours::{Hours, HoursId};
use super::language::{LangId, Language};
use super::on_end::OnEnd;
use super::prompts::Prompts;
use super::source::{SourceFile, Span};
use super::state::{Edge, Kind, State, StateId};
use super::table::Tables;
use super::variable::{VarId, Variable};

/// One version of a flow with everything it uses, its *bundle*: a hash of the flow
/// file, of the script files whose functions it calls, of the tables it uses and of the
/// prompts it says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision of a bundle made of these texts.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hash = Sha256::new();
        for text in texts {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        Revision(first_u64(&hash.finalize()))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0 >> 32)
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A hash of a name, for tokens, in which there is no room for the name itself.
pub fn name_hash(name: &str) -> u32 {
    (first_u64(&Sha256::digest(name.as_bytes())) >> 32) as u32
}

/// The first 8 bytes of a hash, as a number.
pub(super) fn first_u64(hash: &[u8]) -> u64 {
    hash.iter()
        .take(8)
        .fold(0, |all, byte| all << 8 | u64::from(*byte))
}

/// Where a state is written in its file.
#[derive(Debug)]
pub struct Written {
    /// Its name; for one written in another's place the whole of it.
    pub at: Span,
    /// The ways out of it that somebody wrote, with their places; those in `defaults`
    /// have the same place in every state.
    pub ways: Vec<(Edge, Span)>,
}

/// A whole callflow, resolved.
#[derive(Debug)]
pub struct Flow {
    pub(super) name: Box<str>,
    pub(super) file: Arc<SourceFile>,
    pub(super) revision: Revision,
    /// The script files that it calls and those they call, by name and in order.
    pub(super) scripts: Vec<Box<str>>,
    /// The tables it looks things up in.
    pub(super) tables: Arc<Tables>,
    pub(super) numbers: Vec<PhoneNumber>,
    pub(super) takes_any: bool,
    pub(super) start: StateId,
    pub(super) zone: TimeZone,
    /// At least one; the first is the one in which calls begin.
    pub(super) languages: Vec<Language>,
    /// The prompts it says.
    pub(super) prompts: Prompts,
    pub(super) hours: Vec<Hours>,
    pub(super) patience: u8,
    pub(super) allow_dial: Vec<Box<str>>,
    pub(super) on_end: Option<OnEnd>,
    pub(super) variables: Vec<Variable>,
    pub(super) states: Vec<State>,
    /// For each state where it is written.
    pub(super) written: Vec<Written>,
    /// Some state splits its callers.
    pub(super) splits: bool,
    /// How many states have their visits counted.
    pub(super) counted: usize,
    /// For each variable the state that collects it again; `None` for one never set.
    pub(super) collectors: Vec<Option<StateId>>,
    /// For each state the nearest one before it that takes an entry.
    pub(super) input_collectors: Vec<Option<StateId>>,
}

impl Flow {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path of its file.
    pub fn path(&self) -> &str {
        self.file.path()
    }

    /// Its file, as it was when the flow was made of it.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// Where a state and its ways are written.
    pub fn written(&self, id: StateId) -> &Written {
        &self.written[usize::from(id.0)]
    }

    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The names of the script files that belong to its bundle: those that it calls
    /// and those that they call.
    pub fn scripts(&self) -> &[Box<str>] {
        &self.scripts
    }

    /// The tables that belong to its bundle.
    pub fn tables(&self) -> &Arc<Tables> {
        &self.tables
    }

    /// The virtual numbers it answers.
    pub fn numbers(&self) -> &[PhoneNumber] {
        &self.numbers
    }

    /// True where it answers whatever no other flow does.
    pub fn takes_any(&self) -> bool {
        self.takes_any
    }

    pub fn start(&self) -> StateId {
        self.start
    }

    /// The time zone of `now`.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Its opening hours, as they are written.
    pub fn hours(&self) -> &[Hours] {
        &self.hours
    }

    pub fn hours_of(&self, id: HoursId) -> &Hours {
        &self.hours[usize::from(id.0)]
    }

    pub fn hours_named(&self, name: &str) -> Option<&Hours> {
        self.hours.iter().find(|hours| hours.name() == name)
    }

    /// Its languages; the first is the one in which calls begin. A flow with one voice
    /// has that of the voice alone.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    pub fn language_ids(&self) -> impl Iterator<Item = LangId> + use<> {
        (0..self.languages.len() as u8).map(LangId)
    }

    /// The name of a language, as in `en`.
    pub fn lang(&self, lang: LangId) -> &str {
        let found = self.languages.get(usize::from(lang.0));
        &found.unwrap_or(&self.languages[0]).name
    }

    pub fn language_named(&self, name: &str) -> Option<LangId> {
        let mut languages = self.languages.iter();
        let at = languages.position(|language| &*language.name == name)?;
        Some(LangId(at as u8))
    }

    /// The prompts it says, by their ids.
    pub fn prompts(&self) -> &Prompts {
        &self.prompts
    }

    /// How many failures in a row, in whatever states, end a call with `give_up`.
    pub fn patience(&self) -> u8 {
        self.patience
    }

    /// True where a computed transfer may dial this number.
    pub fn may_dial(&self, number: PhoneNumber) -> bool {
        self.allow_dial
            .iter()
            .any(|prefix| number.starts_with(prefix))
    }

    /// What is done when a call is over.
    pub fn on_end(&self) -> Option<&OnEnd> {
        self.on_end.as_ref()
    }

    /// True where a call has to remember through which states it went.
    pub fn keeps_path(&self) -> bool {
        self.on_end.as_ref().is_some_and(|end| end.reads_path)
    }

    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    pub fn variable(&self, id: VarId) -> &Variable {
        &self.variables[usize::from(id.0)]
    }

    pub fn variable_named(&self, name: &str) -> Option<VarId> {
        let index = self.variables.iter().position(|var| &*var.name == name)?;
        Some(VarId(index as u8))
    }

    pub fn states(&self) -> &[State] {
        &self.states
    }

    pub fn state(&self, id: StateId) -> &State {
        &self.states[usize::from(id.0)]
    }

    /// True where some state of it asks for a secret.
    pub fn asks_for_secret(&self) -> bool {
        let mut states = self.states.iter();
        states.any(|state| matches!(&state.kind, Kind::Ask(_, entry) if entry.secret))
    }

    /// True where some state of it is a `split`.
    pub fn splits(&self) -> bool {
        self.splits
    }

    /// How many states have their visits counted, as some expression asks for them.
    pub fn counted(&self) -> usize {
        self.counted
    }

    pub fn state_ids(&self) -> impl Iterator<Item = StateId> + use<> {
        (0..self.states.len() as u16).map(StateId)
    }

    pub fn state_named(&self, name: &str) -> Option<StateId> {
        self.state_ids().find(|id| &*self.state(*id).name == name)
    }

    /// The state whose name has this hash.
    pub fn state_hashed(&self, hash: u32) -> Option<StateId> {
        self.state_ids().find(|id| self.state(*id).hash == hash)
    }

    /// The state that collects a variable again when a restart has lost it. `None` for
    /// one that nothing ever sets.
    pub fn collector(&self, var: VarId) -> Option<StateId> {
        self.collectors[usize::from(var.0)]
    }

    /// The nearest state before this one that takes an entry.
    pub fn input_collector(&self, state: StateId) -> Option<StateId> {
        self.input_collectors[usize::from(state.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_depends_on_every_text_and_on_where_each_ends() {
        assert_eq!(Revision::of(["a", "b"]), Revision::of(["a", "b"]));
        assert_ne!(Revision::of(["a", "b"]), Revision::of(["ab", ""]));
        assert_ne!(Revision::of(["a"]), Revision::of(["a", ""]));
    }
}
