//! A flow that runs. It comes out of `compile` alone and never changes.

use std::fmt;
use std::sync::Arc;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::call::PhoneNumber;

use super::exits::Exits;
use super::hours::{Hours, HoursId};
use super::language::{LangId, Language};
use super::on_end::OnEnd;
use super::prompts::Prompts;
use super::source::{SourceFile, Span};
use super::state::{Assignee, At, Edge, Kind, PartId, Run, State, StateId};
use super::table::Tables;
use super::variable::{VarId, VarSet, Variable};

/// One version of a flow with everything it uses, its *bundle*: a hash of the flow
/// file, of the script files whose functions it calls, of the tables it uses and of the
/// prompts it says, and of the bundles of its sub-flows.
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
    /// The sub-flows that it runs itself, by name.
    pub(super) subs: Vec<Arc<Flow>>,
    /// All sub-flows of the bundle, those of its sub-flows among them.
    pub(super) parts: Vec<Arc<Flow>>,
    /// How many flows run in each other at most, this one among them.
    pub(super) depth: usize,
    /// The labels that it gives back.
    pub(super) labels: Vec<Box<str>>,
    /// How it can be left, for the flows that run it.
    pub(super) exits: Exits,
    /// How many of its variables stand in `vars`; they come first.
    pub(super) declared: usize,
    /// Those of them that a flow which runs it has to give.
    pub(super) needed: VarSet,
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

    /// True where some state of it or of its sub-flows asks for a secret.
    pub fn asks_for_secret(&self) -> bool {
        let mut states = self.parts().flat_map(|(_, flow)| flow.states());
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

    /// The sub-flow of a state that runs one.
    pub fn sub(&self, run: &Run) -> &Arc<Flow> {
        &self.subs[usize::from(run.sub)]
    }

    /// The state that runs a sub-flow and whose name has this hash.
    pub fn run_hashed(&self, hash: u16) -> Option<StateId> {
        self.state_ids().find(|id| {
            let state = self.state(*id);
            matches!(state.kind, Kind::Run(_)) && state.run_hash() == hash
        })
    }

    /// The sub-flow that this state runs; `None` where it runs none.
    pub fn run_in(&self, state: StateId) -> Option<(&Run, &Arc<Flow>)> {
        match &self.state(state).kind {
            Kind::Run(run) => Some((run, self.sub(run))),
            _ => None,
        }
    }

    /// All flows of the bundle: this one, and its sub-flows with theirs.
    pub fn parts(&self) -> impl Iterator<Item = (PartId, &Flow)> + Clone {
        let subs = self.parts.iter().map(|flow| &**flow);
        std::iter::once(self)
            .chain(subs)
            .zip(0..)
            .map(|(flow, at)| (PartId(at), flow))
    }

    /// A flow of the bundle.
    pub fn part(&self, part: PartId) -> &Flow {
        match part.0.checked_sub(1) {
            None => self,
            Some(sub) => &self.parts[usize::from(sub)],
        }
    }

    /// Which flow of the bundle this one is.
    pub fn part_of(&self, flow: &Flow) -> PartId {
        let found = self.parts.iter().zip(1..);
        let found = found.filter(|(part, _)| std::ptr::eq(&***part, flow));
        found
            .map(|(_, at)| PartId(at))
            .next()
            .unwrap_or(PartId::ROOT)
    }

    /// A state of the bundle.
    pub fn state_at(&self, at: At) -> &State {
        self.part(at.part).state(at.state)
    }

    /// The name of a state of the bundle, with the name of its flow in front where
    /// another flow of the bundle has a state of the same name, as in `verify/main`.
    pub fn shown_state(&self, at: At) -> String {
        let name = &self.state_at(at).name;
        let is_own = at.part == PartId::ROOT;
        let mut others = self.parts().filter(|(part, _)| *part != at.part);
        if is_own || others.all(|(_, flow)| flow.state_named(name).is_none()) {
            return name.to_string();
        }
        format!("{}/{name}", self.part(at.part).name())
    }

    /// The state of the bundle that is called so; one of its own before those of its
    /// sub-flows.
    pub fn state_shown(&self, name: &str) -> Option<At> {
        let find = |flow: &Flow, part: PartId, name: &str| {
            let state = flow.state_named(name)?;
            Some(At { part, state })
        };
        let mut parts = self.parts();
        let by_name = parts.find_map(|(part, flow)| find(flow, part, name));
        by_name.or_else(|| {
            let (flow, name) = name.rsplit_once('/')?;
            let (part, flow) = self.parts().find(|(_, part)| part.name() == flow)?;
            find(flow, part, name)
        })
    }

    /// The labels that it gives back.
    pub fn labels(&self) -> &[Box<str>] {
        &self.labels
    }

    /// The label of a `return`; `None` for a plain one.
    pub fn label(&self, returned: Option<u16>) -> Option<&str> {
        returned.map(|at| &*self.labels[usize::from(at)])
    }

    /// Variables that may have been set in a call that is in this state: by something
    /// that leads here.
    pub fn settable_at(&self, state: StateId) -> VarSet {
        let mut settable = VarSet::default();
        let mut behind = vec![false; self.states.len()];
        let mut open = vec![state];
        while let Some(id) = open.pop() {
            let before = self.state_ids().filter(|before| {
                let edges = self.state(*before).edges();
                edges.iter().any(|(_, target)| target.state() == Some(id))
            });
            for id in before {
                if !std::mem::replace(&mut behind[usize::from(id.0)], true) {
                    settable = settable.or(self.state(id).sets());
                    open.push(id);
                }
            }
        }
        // Here its own `set` is done, and nothing has come back yet.
        for line in &self.state(state).set {
            if let Assignee::Variable(var) = line.to {
                settable.insert(var);
            }
        }
        settable
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

impl State {
    /// As much of the name's hash as a token has for a state that runs a sub-flow.
    pub fn run_hash(&self) -> u16 {
        (self.hash >> 16) as u16
    }

    /// The variables that this state gives a value.
    pub fn sets(&self) -> VarSet {
        let mut sets = VarSet::default();
        for line in &self.set {
            if let Assignee::Variable(var) = line.to {
                sets.insert(var);
            }
        }
        self.saves().into_iter().for_each(|var| sets.insert(var));
        sets
    }

    /// What it saves of what comes back: an entry, an answer, or the result of a sub-flow.
    pub fn saves(&self) -> Option<VarId> {
        match &self.kind {
            Kind::Ask(_, entry) => entry.save,
            Kind::Http(http) => http.save,
            Kind::Run(run) => run.save.map(|(var, _)| var),
            _ => None,
        }
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
