//! Where a call is in its flow, and all that it has learned on the way.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use smallvec::SmallVec;

use crate::call::{
    ActionEvent, Country, Direction, LegId, Medium, Party, PhoneNumber, SessionId, TransferOutcome,
    Value,
};
use crate::flow::{At, Failure, Flow, Kind, LangId, Lot, Run, StateId, VarId, VarSet};

use super::input::Input;

/// What is fixed at a session's first event. After a bridge the events may show the
/// other leg, so none of it is ever read from a later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub id: SessionId,
    pub direction: Direction,
    pub medium: Medium,
    /// The person on the line: who called, or who was called.
    pub caller: Party,
    pub caller_country: Option<Country>,
    /// Our virtual number.
    pub dialled: Party,
    pub dialled_country: Option<Country>,
    /// What our number was registered with, which few are.
    pub dialled_ref: Option<Box<Arc<str>>>,
    /// The leg of the person on the line; unknown where only a token was left.
    pub leg: Option<LegId>,
    /// When it began, in ms since 1970: as exactly as it is stored.
    pub started_ms: i64,
    /// What the caller has drawn for every `split`.
    pub lot: Lot,
}

impl Facts {
    /// Reads a session's first event. Of an inbound call the destination is ours,
    /// of one that we started the source.
    pub fn of_first(event: &ActionEvent, now: Timestamp) -> Self {
        let inbound = event.direction == Direction::Inbound;
        let source = (&event.source, event.source_country, &event.source_ref);
        let destination = (
            &event.destination,
            event.destination_country,
            &event.destination_ref,
        );
        let (caller, dialled) = if inbound {
            (source, destination)
        } else {
            (destination, source)
        };
        Facts {
            id: event.session.clone(),
            direction: event.direction,
            medium: event.medium,
            caller: caller.0.clone(),
            caller_country: caller.1,
            dialled: dialled.0.clone(),
            dialled_country: dialled.1,
            dialled_ref: dialled.2.clone().map(Box::new),
            leg: Some(event.leg),
            started_ms: now.as_millisecond(),
            lot: lot(caller.0, &event.session),
        }
    }

    /// When the session began.
    pub fn started(&self) -> Timestamp {
        // What was a time once is one.
        Timestamp::from_millisecond(self.started_ms).unwrap_or_default()
    }
}

/// The lot of whoever shows this address; of a withheld one it is that of the session.
pub(super) fn lot(caller: &Party, session: &SessionId) -> Lot {
    match caller {
        Party::Text(text) if is_withheld(text) => Lot::of(session.as_str()),
        caller => Lot::of(&caller.to_string()),
    }
}

/// What callers show whose number is withheld: nothing, or one of these words. Any other
/// text is the name of somebody.
fn is_withheld(text: &str) -> bool {
    const WORDS: [&str; 6] = [
        "anonymous",
        "private",
        "restricted",
        "unavailable",
        "unknown",
        "withheld",
    ];
    text.is_empty() || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// What a session keeps from its beginning to its end. One count for both: that of the
/// flow is shared by all calls, and every turn would write to it.
#[derive(Debug)]
pub struct Base {
    pub flow: Arc<Flow>,
    pub facts: Facts,
}

/// The counted visits of a session; few flows ask for more than some.
pub(super) type Visits = SmallVec<[u16; 8]>;

/// One conversation in its flow. It holds the flow it began with, so that an edit
/// never moves the floor under a caller.
#[derive(Clone)]
pub struct Session {
    base: Arc<Base>,
    /// The flow that waits for the running one, in a sub-flow.
    pub(super) outer: Option<Arc<Frame>>,
    /// `None` while all are what the flow says; then shared until one of them is set, as
    /// most turns set none.
    vars: Option<Arc<[Value]>>,
    /// Variables that were ever set.
    pub(super) set: VarSet,
    /// Variables that were set before a restart without a journal, and not since.
    pub(super) lost: VarSet,
    /// The language that is spoken.
    pub(super) lang: LangId,
    pub(super) place: Place,
    pub(super) counters: Counters,
    pub(super) input: Input,
    /// Faults in the whole call.
    pub(super) faults: u8,
    /// What most calls have none of. Shared until some of it is set.
    rare: Option<Arc<Rare>>,
}

/// What most calls have nothing of at all, so that they need no room for it.
#[derive(Debug, Clone, Default)]
struct Rare {
    leg: Option<TransferOutcome>,
    ringing: Option<PhoneNumber>,
    visits: Visits,
    entered: SmallVec<[StateId; 8]>,
}

/// A flow that waits for the sub-flow that it runs.
#[derive(Clone)]
pub(super) struct Frame {
    /// The state that runs the sub-flow.
    pub state: StateId,
    vars: Option<Arc<[Value]>>,
    set: VarSet,
    lost: VarSet,
    input: Input,
    visits: Visits,
    counters: Counters,
    lang: LangId,
    /// The flow that waits for this one.
    outer: Option<Arc<Frame>>,
}

/// The flow that runs, where these others wait for it.
pub(super) fn running<'a>(root: &'a Arc<Flow>, outer: Option<&Frame>) -> &'a Arc<Flow> {
    let Some(frame) = outer else {
        return root;
    };
    let by = running(root, frame.outer.as_deref());
    by.run_in(frame.state).map_or(by, |(_, sub)| sub)
}

/// A state, and how far the call has come in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub state: StateId,
    pub stage: Stage,
}

/// What comes next in a state, or what is waited for.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing of it was done.
    Enter,
    /// This piece of its `say` comes next.
    Say(u8),
    /// Its `set` and `say` are done; what its kind is for comes next.
    Kind,
    /// This piece of what is said after a failure of this kind comes next.
    Wording(Failure, u8),
    /// This piece of its prompt comes next.
    Ask(u8),
    /// Keys are waited for.
    Asking,
    /// This piece of the confirmation of this entry comes next.
    Confirm(Box<Arc<str>>, u8),
    /// The keys behind the confirmation of this entry are waited for.
    Confirming(Box<Arc<str>>),
    /// This number of its list is dialled next.
    Dial(u8),
    /// This number of its list is being dialled or bridged.
    Dialling(u8),
    /// Something is looked up, and the caller hears so meanwhile.
    Looking(Box<Begun>),
}

/// A look-up that was begun in a turn before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begun {
    /// The turn in which it was begun.
    pub turn: u16,
    /// How many look-ups the same state had made in that turn before.
    pub nth: u8,
    /// When it was begun; `None` where a restart has lost it.
    pub since: Option<Timestamp>,
}

impl Stage {
    /// True where a call can be this far in a state of this kind.
    pub fn fits(&self, kind: &Kind) -> bool {
        match self {
            Stage::Enter | Stage::Say(_) | Stage::Kind => true,
            Stage::Wording(..) | Stage::Ask(_) | Stage::Asking => kind.asking().is_some(),
            Stage::Confirm(..) | Stage::Confirming(_) => matches!(kind, Kind::Ask(..)),
            Stage::Dial(_) | Stage::Dialling(_) => matches!(kind, Kind::Transfer(_)),
            Stage::Looking(_) => matches!(kind, Kind::Http(_)),
        }
    }
}

/// What is counted while a caller is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counters {
    /// Failures in this state since it was entered by name.
    pub failures: u8,
    /// How often its prompt was said since then.
    pub prompts: u8,
    /// How often a confirmation was refused since then.
    pub refusals: u8,
    /// Failures in a row in the whole call.
    pub streak: u8,
    /// How often the whole call was sent back for something that a restart has lost, or
    /// begun anew for a state that is not in the flow.
    pub sent_back: u8,
}

impl Session {
    /// A session at the beginning of a flow.
    pub fn begin(flow: &Arc<Flow>, facts: Facts) -> Self {
        let mut session = Session {
            base: Arc::new(Base {
                flow: Arc::clone(flow),
                facts,
            }),
            outer: None,
            vars: None,
            set: VarSet::default(),
            lost: VarSet::default(),
            lang: LangId::default(),
            place: Place {
                state: flow.start(),
                stage: Stage::Enter,
            },
            counters: Counters::default(),
            input: Input::EMPTY,
            faults: 0,
            rare: None,
        };
        session.start_over();
        session
    }

    /// Forgets what was learned and goes to the beginning, as with a new call. The
    /// language stays: it is that of the person on the line.
    pub(super) fn start_over(&mut self) {
        let frames = std::iter::successors(self.outer.as_deref(), |frame| frame.outer.as_deref());
        self.lang = frames.last().map_or(self.lang, |frame| frame.lang);
        self.outer = None;
        self.begin_flow();
    }

    /// Goes to the beginning of the flow that runs now.
    fn begin_flow(&mut self) {
        self.vars = None;
        self.set = VarSet::default();
        self.lost = VarSet::default();
        self.forget_visits();
        self.input = Input::EMPTY;
        self.counters = Counters {
            streak: self.counters.streak,
            sent_back: self.counters.sent_back,
            ..Counters::default()
        };
        self.enter(self.flow().start());
    }

    /// From now on the call is known under this id.
    pub(super) fn rename(&mut self, id: &SessionId) {
        let facts = Facts {
            id: id.clone(),
            ..self.base.facts.clone()
        };
        self.base = Arc::new(Base {
            flow: Arc::clone(&self.base.flow),
            facts,
        });
    }

    /// Goes into the sub-flow that the present state runs; the flow waits for it. The
    /// language stays where the sub-flow has one of that name.
    pub(super) fn descend(&mut self) {
        let sub = self.flow().run_in(self.place.state);
        let lang = sub.and_then(|(_, sub)| sub.language_named(self.lang_name()));
        let frame = Frame {
            state: self.place.state,
            vars: self.vars.clone(),
            set: self.set,
            lost: self.lost,
            input: self.input.clone(),
            visits: self.take_visits(),
            counters: self.counters,
            lang: self.lang,
            outer: self.outer.take(),
        };
        self.outer = Some(Arc::new(frame));
        self.lang = lang.unwrap_or_default();
        self.begin_flow();
    }

    /// Leaves a sub-flow: the call is again in the state that runs it.
    pub(super) fn ascend(&mut self) {
        let Some(frame) = self.outer.take() else {
            return;
        };
        let frame = Arc::unwrap_or_clone(frame);
        self.vars = frame.vars;
        self.set = frame.set;
        self.lost = frame.lost;
        self.input = frame.input;
        self.forget_visits();
        if !frame.visits.is_empty() {
            self.rare_mut().visits = frame.visits;
        }
        self.counters = Counters {
            streak: self.counters.streak,
            sent_back: self.counters.sent_back,
            ..frame.counters
        };
        self.lang = frame.lang;
        self.place = Place {
            state: frame.state,
            stage: Stage::Kind,
        };
        self.outer = frame.outer;
    }

    /// The session in each of its flows: as it waits in those that run another, the
    /// outermost first, and as it is in the last.
    pub(super) fn levels(&self) -> Vec<Session> {
        let mut levels = vec![self.clone()];
        while let Some(last) = levels.last().filter(|last| last.outer.is_some()) {
            let mut next = last.clone();
            next.ascend();
            levels.push(next);
        }
        levels.reverse();
        levels
    }

    /// The states that run a sub-flow in which the call is, the outermost first.
    pub(super) fn stack(&self) -> SmallVec<[StateId; 4]> {
        let frames = std::iter::successors(self.outer.as_deref(), |frame| frame.outer.as_deref());
        let mut states: SmallVec<[StateId; 4]> = frames.map(|frame| frame.state).collect();
        states.reverse();
        states
    }

    /// The same, each by half of the hash of its name.
    pub(super) fn stack_hashes(&self) -> SmallVec<[u16; 4]> {
        let mut by = self.root();
        let runs = self.stack().into_iter().map(|run| {
            let hash = by.state(run).run_hash();
            by = by.run_in(run).map_or(by, |(_, sub)| sub);
            hash
        });
        runs.collect()
    }

    /// As much as may be known in a flow where nobody knows what of it is: all that was
    /// set on some way to this state, and all that a sub-flow was given.
    pub(super) fn may_have_set(&self, state: StateId) -> VarSet {
        self.flow().settable_at(state).or(self.given())
    }

    /// What the flow that waits says of the running one.
    pub(super) fn waiting_run(&self) -> Option<&Run> {
        let frame = self.outer.as_deref()?;
        let by = running(&self.base.flow, frame.outer.as_deref());
        by.run_in(frame.state).map(|(run, _)| run)
    }

    /// The variables that the flow which waits has given to the running one.
    pub(super) fn given(&self) -> VarSet {
        let mut given = VarSet::default();
        let with = self.waiting_run().into_iter().flat_map(|run| &run.with);
        with.for_each(|(var, _)| given.insert(*var));
        given
    }

    /// Enters a state by its name.
    pub(super) fn enter(&mut self, state: StateId) {
        self.place = Place {
            state,
            stage: Stage::Enter,
        };
        self.count_visit(state);
        self.note_entered(state);
        if self.flow().state(state).kind.asking().is_some() {
            self.counters.failures = 0;
            self.counters.prompts = 0;
            self.counters.refusals = 0;
        }
    }

    pub(super) fn forget_visits(&mut self) {
        self.take_visits();
    }

    fn take_visits(&mut self) -> Visits {
        match &self.rare {
            Some(rare) if !rare.visits.is_empty() => std::mem::take(&mut self.rare_mut().visits),
            _ => Visits::new(),
        }
    }

    fn count_visit(&mut self, state: StateId) {
        self.set_visits(state, self.visits(state).saturating_add(1));
    }

    pub(super) fn set_visits(&mut self, state: StateId, visits: u16) {
        let flow = self.flow();
        let Some(at) = flow.state(state).counted else {
            return;
        };
        let counted = flow.counted();
        let all = &mut self.rare_mut().visits;
        all.resize(counted, 0);
        all[usize::from(at)] = visits;
    }

    /// How often a state was entered; 0 where no expression asks for it.
    pub(super) fn visits(&self, state: StateId) -> u16 {
        let counted = self.flow().state(state).counted;
        let all = self.rare.as_ref().map(|rare| &rare.visits);
        let visits = all
            .zip(counted)
            .and_then(|(all, at)| all.get(usize::from(at)));
        visits.copied().unwrap_or(0)
    }

    fn rare_mut(&mut self) -> &mut Rare {
        Arc::make_mut(self.rare.get_or_insert_default())
    }

    /// How the last transfer ended.
    pub(super) fn leg(&self) -> Option<TransferOutcome> {
        self.rare.as_ref()?.leg
    }

    pub(super) fn set_leg(&mut self, leg: Option<TransferOutcome>) {
        if self.leg() != leg {
            self.rare_mut().leg = leg;
        }
    }

    /// The number that is being dialled.
    pub(super) fn ringing(&self) -> Option<PhoneNumber> {
        self.rare.as_ref()?.ringing
    }

    pub(super) fn ring(&mut self, number: Option<PhoneNumber>) {
        if self.ringing() != number {
            self.rare_mut().ringing = number;
        }
    }

    /// The states that were entered, in order, where the flow asks for them in the end.
    pub(super) fn entered(&self) -> &[StateId] {
        self.rare.as_ref().map_or(&[], |rare| &rare.entered)
    }

    pub(super) fn set_entered(&mut self, states: &[StateId]) {
        if self.entered() != states {
            self.rare_mut().entered = states.into();
        }
    }

    /// Puts a state behind those that were entered, of which no more than `most` are kept,
    /// the latest.
    pub(super) fn push_entered(&mut self, state: StateId, most: usize) {
        let entered = &mut self.rare_mut().entered;
        if entered.len() == most {
            entered.remove(0);
        }
        entered.push(state);
    }

    /// What a variable of the running flow is now.
    pub(super) fn var(&self, var: VarId) -> &Value {
        let at = usize::from(var.0);
        match &self.vars {
            Some(vars) => &vars[at],
            None => &self.flow().variables()[at].default,
        }
    }

    /// Sets a variable; false where the value is not of its type.
    pub(super) fn assign(&mut self, var: VarId, value: Value) -> bool {
        let Some(value) = self.flow().variable(var).accept(value) else {
            return false;
        };
        let flow = running(&self.base.flow, self.outer.as_deref());
        let vars = self.vars.get_or_insert_with(|| {
            let variables = flow.variables().iter();
            variables.map(|var| var.default.clone()).collect()
        });
        Arc::make_mut(vars)[usize::from(var.0)] = value;
        self.set.insert(var);
        self.lost.remove(var);
        true
    }

    /// The flow that runs: the one that the call began with, or a sub-flow.
    pub fn flow(&self) -> &Arc<Flow> {
        running(&self.base.flow, self.outer.as_deref())
    }

    /// The flow that the call began with, whose bundle holds all that runs in it.
    pub fn root(&self) -> &Arc<Flow> {
        &self.base.flow
    }

    /// The state the call is in, and in which flow of the bundle.
    pub fn at(&self) -> At {
        At {
            part: self.root().part_of(self.flow()),
            state: self.place.state,
        }
    }

    /// The session in the flow that the call began with, also while a sub-flow runs.
    pub fn outermost(&self) -> Session {
        let mut session = self.clone();
        while session.outer.is_some() {
            session.ascend();
        }
        session
    }

    /// What it keeps from its beginning to its end, to be kept longer than itself.
    pub fn base(&self) -> &Arc<Base> {
        &self.base
    }

    pub fn facts(&self) -> &Facts {
        &self.base.facts
    }

    /// The language that is spoken.
    pub fn lang(&self) -> LangId {
        self.lang
    }

    /// Its name, as in `en`.
    pub fn lang_name(&self) -> &str {
        self.flow().lang(self.lang)
    }

    /// The name of the state the call is in.
    pub fn state_name(&self) -> &str {
        &self.flow().state(self.place.state).name
    }

    /// True where what is keyed in next may be secret: in a state that asks for a
    /// secret, its confirmation included, and before anything was asked.
    pub fn asks_for_secret(&self) -> bool {
        let kind = &self.flow().state(self.place.state).kind;
        matches!(kind, Kind::Ask(_, entry) if entry.secret) || self.place.stage == Stage::Enter
    }
}

/// Where the call is, and nothing of what was keyed in.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("flow", &self.root().name())
            .field("running", &self.flow().name())
            .field("state", &self.state_name())
            .field("lang", &self.lang_name())
            .field("stage", &self.place.stage)
            .field("counters", &self.counters)
            .field("leg", &self.leg())
            .finish_non_exhaustive()
    }
}

/// An entry that is to be confirmed may be a PIN, and is not shown.
impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stage::Enter => f.write_str("Enter"),
            Stage::Say(n) => write!(f, "Say({n})"),
            Stage::Kind => f.write_str("Kind"),
            Stage::Wording(failure, n) => write!(f, "Wording({}, {n})", failure.word()),
            Stage::Ask(n) => write!(f, "Ask({n})"),
            Stage::Asking => f.write_str("Asking"),
            Stage::Confirm(_, n) => write!(f, "Confirm({n})"),
            Stage::Confirming(_) => f.write_str("Confirming"),
            Stage::Dial(n) => write!(f, "Dial({n})"),
            Stage::Dialling(n) => write!(f, "Dialling({n})"),
            Stage::Looking(begun) => write!(f, "Looking({})", begun.turn),
        }
    }
}
