//! The ledger of one call: which event was answered with what, which turn is
//! present, and whether the call is over.

use std::sync::Arc;

use jiff::Timestamp;
use smallvec::SmallVec;

use crate::call::{
    ActionEvent, Answer, Direction, EventKey, LegOutcome, LookUp, Occasion, Party, Progress,
    SessionId, StatusEvent, TransferOutcome,
};
use crate::flow::{Catalog, Flow, Kind, LangId, Lot, StateId, VarId, VarSet};

use super::end::Closing;
use super::input::Input;
use super::kept::Kept;
use super::outside::Outside;
use super::session::{Begun, Facts, Place, Session, Stage};
use super::step::step;
use super::token::{KindMark, Memo, RevisionMark, StageMark, TokenKeys};
use super::turn::{Allowance, Cue, Fault, Path, Policy, Step, Transferring};

/// What a call is answered with, the same for all calls.
#[derive(Debug, Clone)]
pub struct Desk {
    pub policy: Policy,
    pub keys: TokenKeys,
}

/// One call, from its first event to its end.
#[derive(Debug, Clone)]
pub struct Call {
    pub(super) phase: Phase,
    /// What was answered; nothing before the first answer, and when the call is closed.
    pub(super) kept: Option<Box<Kept>>,
    /// How many turns were answered; the present one is the last of them.
    pub(super) turns: u16,
    /// How the dialled leg ended, if that was told before the call waited again.
    pub(super) leg: Option<TransferOutcome>,
}

#[derive(Debug, Clone)]
pub(super) enum Phase {
    Live(Box<Session>),
    /// Over: answered with a `hangup`, or closed by its summary.
    Over(Box<Over>),
}

/// What is left of a call that is over.
#[derive(Debug, Clone)]
pub(super) struct Over {
    pub id: SessionId,
    /// Where something is to be done when the summary comes, the session until then.
    pub last: Option<Box<Session>>,
}

/// What the token of an event tells of its turn.
enum Told {
    /// It is the token of the present answer.
    Present,
    /// One of ours, of another answer.
    Memo(Memo),
    /// None is there, or none of ours.
    Nothing,
}

impl Phase {
    /// Over with this session, which is kept only where it is needed once more.
    pub(super) fn over(session: &Session) -> Phase {
        let on_end = session.root().on_end();
        let last = on_end.map(|_| Box::new(session.clone()));
        Phase::over_with(session.facts().id.clone(), last)
    }

    pub(super) fn over_with(id: SessionId, last: Option<Box<Session>>) -> Phase {
        Phase::Over(Box::new(Over { id, last }))
    }

    /// The session that the call is in, or in which it ended, as far as that is kept.
    pub(super) fn last_session(&self) -> Option<&Session> {
        match self {
            Phase::Live(session) => Some(session),
            Phase::Over(over) => over.last.as_deref(),
        }
    }
}

/// What an event is answered with.
#[derive(Debug)]
pub enum Reply {
    /// A new turn.
    Fresh {
        answer: Answer,
        faults: Vec<Fault>,
        /// The way it took from state to state, in the flow the call began with.
        path: Path,
        ended: bool,
        /// The session of a call that is over with this, as the turn left it.
        last: Option<Box<Session>>,
        /// What was keyed in is secret.
        secret: bool,
        /// A look-up that is to be begun now, while the caller hears the answer. What
        /// comes of it is told to the turns behind this one, under its key.
        begun: Option<Box<LookUp>>,
    },
    /// The event was answered before, or is older than the present turn.
    Repeated(Answer),
    /// The call is over.
    Over(Answer),
    /// The turn needs this look-up first, and nothing has changed: the event is to be
    /// answered again with what was found.
    LookUp(Box<LookUp>),
    /// The turn begins this transfer, and nothing has changed: the event is to be answered
    /// again with whether its number may be dialled. Where it may, the turn is the same.
    Transfer(Transferring),
    /// The allowance was not enough, and nothing has changed.
    OverBudget,
}

/// What a call waits for, which decides how long it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    Caller,
    Transfer,
    /// Answered with a `hangup`: nothing more is expected.
    Nothing,
}

impl Call {
    /// The call of an event whose session is not known: found again by our token, or
    /// a new one. `None` where no flow answers its number.
    pub fn open(
        event: &ActionEvent,
        catalog: &Catalog,
        keys: &TokenKeys,
        now: Timestamp,
    ) -> Option<Self> {
        if let Some(call) = Self::rebuild(event, catalog, keys, now) {
            return Some(call);
        }
        if event.occasion == Occasion::Garbled {
            return None;
        }
        let facts = Facts::of_first(event, now);
        let flow = catalog.answering(facts.dialled.number())?;
        let session = Session::begin(flow, facts);
        Some(Call::holding(session))
    }

    /// A call before its first answer.
    pub fn holding(session: Session) -> Self {
        Self::new(Phase::Live(Box::new(session)), 0)
    }

    /// A call that we have started, of which the first turn is answered by what started it.
    pub(super) fn started(phase: Phase) -> Self {
        Self::new(phase, 1)
    }

    /// A call of which nothing is known but that it is over.
    pub fn over(id: SessionId) -> Self {
        Self::new(Phase::over_with(id, None), 0)
    }

    fn new(phase: Phase, turns: u16) -> Self {
        Call {
            phase,
            kept: None,
            turns,
            leg: None,
        }
    }

    /// From now on the call is known under this id.
    pub(super) fn rename(&mut self, id: &SessionId) {
        match &mut self.phase {
            Phase::Live(session) => session.rename(id),
            Phase::Over(over) => {
                over.id = id.clone();
                if let Some(session) = &mut over.last {
                    session.rename(id);
                }
            }
        }
    }

    pub fn id(&self) -> &SessionId {
        match &self.phase {
            Phase::Live(session) => &session.facts().id,
            Phase::Over(over) => &over.id,
        }
    }

    /// The session, while the call is not over.
    pub fn session(&self) -> Option<&Session> {
        match &self.phase {
            Phase::Live(session) => Some(session),
            Phase::Over(_) => None,
        }
    }

    /// How many turns were answered.
    pub fn turns(&self) -> u16 {
        self.turns
    }

    pub fn waiting(&self) -> Waiting {
        match &self.phase {
            Phase::Live(session) => match session.place.stage {
                Stage::Dialling(_) => Waiting::Transfer,
                _ => Waiting::Caller,
            },
            Phase::Over(_) => Waiting::Nothing,
        }
    }

    /// Answers an event. A repeated one gets the same answer and runs nothing twice;
    /// one that is older than what is kept gets the present answer. It is told nothing of
    /// the outside.
    pub fn answer(
        &mut self,
        event: &ActionEvent,
        now: Timestamp,
        allowance: Allowance,
        desk: &Desk,
    ) -> Reply {
        self.answer_under(event, now, allowance, desk, Outside::NONE)
    }

    /// The same where something is known of the outside. An event that is answered again
    /// with more of it is handed in with the same `now`, so that the turn is the same.
    pub fn answer_under(
        &mut self,
        event: &ActionEvent,
        now: Timestamp,
        allowance: Allowance,
        desk: &Desk,
        outside: &Outside<'_>,
    ) -> Reply {
        if let Some(answer) = self.answer_to(event.key) {
            return Reply::Repeated(answer);
        }
        let told = self.told(event, &desk.keys);
        if matches!(self.phase, Phase::Over(_)) {
            // The last one under another id is to be heard to its end.
            let own = self.own_answer(event, &told, &desk.keys);
            return own.map_or_else(|| Reply::Over(Answer::hangup()), Reply::Repeated);
        }
        if self.is_old(event, &told)
            && let Some(present) = self.kept.as_ref().and_then(|kept| kept.present())
        {
            return Reply::Repeated(self.answer_to_old(event, &told, present, &desk.keys));
        }
        if let Told::Memo(memo) = &told {
            self.catch_up(memo);
        }
        let Phase::Live(session) = &self.phase else {
            return Reply::Over(Answer::hangup());
        };
        let cue = self.cue(session, event);
        let secret = session.asks_for_secret();
        let cue = (self.turns, cue);
        let turn = match step(session, cue, now, allowance, &desk.policy, outside) {
            Step::Turn(turn) => turn,
            Step::LookUp(look_up) => return Reply::LookUp(look_up),
            Step::OverBudget => return Reply::OverBudget,
        };
        if let Some(number) = turn.answer.dials()
            && outside.may_dial(number).is_none()
        {
            return Reply::Transfer(Transferring::of(number, &turn.session));
        }
        self.leg = None;
        let memo = Memo::of(&turn.session, self.turns, turn.ended);
        let sealed = desk.keys.seal(self.id(), &memo);
        let answer = match sealed.text() {
            Some(token) => turn.answer.with_token(token),
            None => turn.answer,
        };
        self.turns = self.turns.saturating_add(1);
        let mut last = None;
        match &mut self.phase {
            Phase::Live(session) if !turn.ended => **session = turn.session,
            phase => {
                let session = Box::new(turn.session);
                *phase = Phase::over(&session);
                last = Some(session);
            }
        }
        let kept = self.kept.get_or_insert_default();
        kept.remember(event.key, &answer, sealed);
        // By its token an event is known again, unless there were too many turns to count;
        // and an arrival by what it is.
        let is_told = !matches!(told, Told::Nothing) || event.occasion == Occasion::Received;
        if !is_told || self.turns == u16::MAX {
            kept.know(event.key);
        }
        Reply::Fresh {
            answer,
            faults: turn.faults,
            path: turn.path,
            ended: turn.ended,
            last,
            secret,
            begun: turn.begun,
        }
    }

    /// True where something is looked up while the caller hears so.
    pub fn looks_up(&self) -> bool {
        matches!(&self.phase, Phase::Live(session) if matches!(session.place.stage, Stage::Looking(_)))
    }

    /// What an event was answered with, as far as that is kept.
    pub fn answer_to(&self, key: EventKey) -> Option<Answer> {
        self.kept.as_ref()?.answer_to(key)
    }

    /// Notes the progress of a leg: how the dialled one ended may be told here alone.
    pub fn status(&mut self, event: &StatusEvent) {
        let Phase::Live(session) = &self.phase else {
            return;
        };
        if !matches!(session.place.stage, Stage::Dialling(_))
            || event.progress != Progress::Disconnected
        {
            return;
        }
        let own_leg = session.facts().leg.is_some_and(|leg| leg == event.leg);
        let is_dialled = match (session.ringing(), &event.destination) {
            (Some(ringing), Party::Number(number)) => ringing == *number,
            (Some(_), Party::Text(_)) => false,
            (None, _) => event.direction == Direction::Outbound,
        };
        if own_leg || !is_dialled {
            return;
        }
        if let Some(sip_code) = event.sip_code {
            self.leg = Some(TransferOutcome {
                outcome: LegOutcome::from_sip(sip_code),
                sip_code,
                seconds: event.seconds.unwrap_or(0),
            });
        }
    }

    /// The summary has come: the call is over, and what still arrives gets `hangup`. What
    /// its flow wants done then is handed out once; of a call of which nothing but its
    /// end is known there is nothing.
    pub fn close(&mut self) -> Option<Closing> {
        self.kept = None;
        let closed = Phase::over_with(self.id().clone(), None);
        let closed = std::mem::replace(&mut self.phase, closed);
        closed.last_session().and_then(Closing::of)
    }

    /// What an event's token tells. The one of the present answer is not opened: it is
    /// known to be neither old nor ahead.
    fn told(&self, event: &ActionEvent, keys: &TokenKeys) -> Told {
        let Some(token) = event.token.as_deref() else {
            return Told::Nothing;
        };
        if self
            .kept
            .as_ref()
            .is_some_and(|kept| kept.is_present(token))
        {
            return Told::Present;
        }
        keys.open(self.id(), token)
            .map_or(Told::Nothing, Told::Memo)
    }

    /// The answer of the turn that an old event led to, where it is kept. The event may have
    /// been answered under another id, so its key need not be known.
    fn own_answer(&self, event: &ActionEvent, told: &Told, keys: &TokenKeys) -> Option<Answer> {
        let turn = match told {
            Told::Memo(memo) => memo.turn.saturating_add(1),
            // Nothing has been answered behind the present answer.
            Told::Present => return None,
            Told::Nothing if event.occasion == Occasion::Received => 0,
            Told::Nothing => return None,
        };
        let is_own = |answer: &Answer| {
            let memo = answer.token().and_then(|token| keys.open(self.id(), token));
            memo.is_some_and(|memo| memo.turn == turn)
        };
        let mut kept = self.kept.as_ref()?.answers().map(|(_, answer)| answer);
        kept.find(is_own)
    }

    /// What an old event gets. One that comes for the first time under its id may be of a
    /// caller who waits, so it gets the present answer; when it comes again, what it got.
    fn answer_to_old(
        &mut self,
        event: &ActionEvent,
        told: &Told,
        present: Answer,
        keys: &TokenKeys,
    ) -> Answer {
        match &mut self.kept {
            Some(kept) if !kept.known().contains(&event.key) => {
                kept.know(event.key);
                present
            }
            _ => self.own_answer(event, told, keys).unwrap_or(present),
        }
    }

    /// True for an event that is behind the present turn: a second "arrived", one
    /// with the token of a turn before, one that was answered longer ago.
    fn is_old(&self, event: &ActionEvent, told: &Told) -> bool {
        let kept = self.kept.as_ref();
        let is_known = || kept.is_some_and(|kept| kept.known().contains(&event.key));
        event.occasion == Occasion::Received
            || is_known()
            || matches!(told, Told::Memo(memo) if memo.turn.saturating_add(1) < self.turns)
    }

    /// Takes up the call where its token says it is, if that is further than is known
    /// here: another process, with the same key, has answered it meanwhile.
    fn catch_up(&mut self, memo: &Memo) {
        if memo.turn < self.turns {
            return;
        }
        self.turns = memo.turn.saturating_add(1);
        if memo.stage == StageMark::Over {
            self.phase = match &self.phase {
                Phase::Live(session) => Phase::over(session),
                Phase::Over(_) => return,
            };
        } else if let Phase::Live(session) = &mut self.phase
            // The flow it was in may have been withdrawn; the states of the one that
            // answers its number now are others, though they may have the same names.
            && memo.flow == crate::flow::name_hash(session.root().name())
        {
            session.restore(memo);
        }
    }

    fn cue(&self, session: &Session, event: &ActionEvent) -> Cue {
        if event.occasion == Occasion::Garbled {
            return Cue::Garbled;
        }
        let digits = event.digits.clone();
        if self.turns > 0 {
            let leg = self.transfer_outcome(session, event);
            return Cue::Done { digits, leg };
        }
        let outbound = session.facts().direction == Direction::Outbound;
        if outbound && event.occasion == Occasion::Completed {
            Cue::BeginOutbound { digits }
        } else {
            Cue::Begin
        }
    }

    /// How a bridge ended: by the event's own status, or by what was told of the
    /// dialled leg before, where the event shows the leg that went well.
    fn transfer_outcome(&self, session: &Session, event: &ActionEvent) -> Option<TransferOutcome> {
        if !matches!(session.place.stage, Stage::Dialling(_)) {
            return None;
        }
        let shown = event.sip_code.map(|sip_code| TransferOutcome {
            outcome: LegOutcome::from_sip(sip_code),
            sip_code,
            seconds: event.seconds.unwrap_or(0),
        });
        match (shown, self.leg) {
            (Some(shown), Some(told)) if shown.outcome == LegOutcome::Completed => Some(told),
            (None, told) => told,
            (shown, _) => shown,
        }
    }

    /// A call of which only the token is left.
    fn rebuild(
        event: &ActionEvent,
        catalog: &Catalog,
        keys: &TokenKeys,
        now: Timestamp,
    ) -> Option<Self> {
        let memo = keys.open(&event.session, event.token.as_deref()?)?;
        let phase = if memo.stage == StageMark::Over {
            Phase::over_with(event.session.clone(), None)
        } else {
            let flow = catalog.hashed(memo.flow)?;
            let mut session = Session::begin(flow, facts_of_later(event, &memo, flow, now));
            session.restore(&memo);
            Phase::Live(Box::new(session))
        };
        let turns = memo.turn.saturating_add(1);
        Some(Call::new(phase, turns))
    }
}

impl Session {
    /// Takes up a call where its token says it was, without its memory.
    fn restore(&mut self, memo: &Memo) {
        let root = Arc::clone(self.root());
        let mut runs: SmallVec<[StateId; 4]> = SmallVec::new();
        let mut flow = &root;
        for hash in &memo.stack {
            let run = flow.run_hashed(*hash);
            let Some((id, (_, sub))) = run.and_then(|id| Some((id, flow.run_in(id)?))) else {
                break;
            };
            runs.push(id);
            flow = sub;
        }
        let same_kind = |id: &StateId| KindMark::of(&flow.state(*id).kind) == memo.kind;
        let is_whole = runs.len() == memo.stack.len();
        let state = flow.state_hashed(memo.state).filter(same_kind);
        let state = state.filter(|_| is_whole);
        let place = state.and_then(|state| Some((state, fitting_stage(flow, state, memo)?)));
        // Another revision may have fewer languages; then the first is spoken again.
        let is_there = is_whole && usize::from(memo.lang.0) < flow.languages().len();
        let lang = if is_there {
            memo.lang
        } else {
            LangId::default()
        };
        // The flows that wait speak it too, where they have it: what they spoke is lost.
        self.lang = root.language_named(flow.lang(lang)).unwrap_or_default();
        self.counters = memo.counters;
        self.faults = memo.faults;
        self.set_leg(memo.leg);
        self.start_over();
        let Some((state, stage)) = place else {
            // Not to be found in the flow as it is now: with the sub-flow anew, or from
            // the beginning.
            self.counters.sent_back = self.counters.sent_back.saturating_add(1);
            if let Some(run) = runs.first() {
                self.set_entered(&[]);
                self.forget_at(*run);
                self.enter(*run);
            }
            return;
        };
        // How it came here is lost.
        self.set_entered(&[]);
        if let Some(run) = runs.first() {
            self.note_entered(*run);
        }
        for run in runs {
            self.forget_at(run);
            // What was asked around it was heard once.
            self.counters.prompts = 1;
            self.place.state = run;
            self.descend();
        }
        self.lang = lang;
        let same_bundle = memo.revision.is_of(root.revision());
        self.input = Input::Lost;
        self.set = match memo.set {
            Some(set) if same_bundle => set,
            // The variables of another revision have other places in the list.
            _ => self.collectable(),
        };
        self.lost = self.set;
        self.counters = memo.counters;
        self.place = Place { state, stage };
        self.forget_visits();
        self.set_visits(state, 1);
        self.note_entered(state);
    }

    /// Of what was known in the running flow nothing is left, in a call that waits in this
    /// state.
    fn forget_at(&mut self, state: StateId) {
        self.set = self.may_have_set(state);
        self.lost = self.set;
        self.input = Input::Lost;
        self.forget_visits();
        self.set_visits(state, 1);
    }

    /// All variables of the running flow that something gives again.
    fn collectable(&self) -> VarSet {
        let mut every = self.given();
        let variables = 0..self.flow().variables().len() as u8;
        for var in variables.map(VarId) {
            if self.flow().collector(var).is_some() {
                every.insert(var);
            }
        }
        every
    }
}

/// The stage as it is for a state of the same name, if that is of the same kind.
fn fitting_stage(flow: &Flow, state: StateId, memo: &Memo) -> Option<Stage> {
    let kind = &flow.state(state).kind;
    match (memo.stage, kind) {
        (StageMark::Enter, _) => Some(Stage::Enter),
        (StageMark::Say(n), _) => Some(Stage::Say(n)),
        (StageMark::Kind, _) => Some(Stage::Kind),
        (StageMark::Wording(failure, n), Kind::Menu(_) | Kind::Ask(..)) => {
            Some(Stage::Wording(failure, n))
        }
        (StageMark::Ask(n), Kind::Menu(_) | Kind::Ask(..)) => Some(Stage::Ask(n)),
        (StageMark::Asking, Kind::Menu(_) | Kind::Ask(..)) => Some(Stage::Asking),
        // The entry is lost: the question is asked again, at no cost.
        (StageMark::Confirming, Kind::Ask(..)) => Some(Stage::Ask(0)),
        (StageMark::Dial(n), Kind::Transfer(_)) => Some(Stage::Dial(n)),
        (StageMark::Dialling(n), Kind::Transfer(_)) => Some(Stage::Dialling(n)),
        (StageMark::Looking { ago, nth }, Kind::Http(_)) => Some(Stage::Looking(Box::new(Begun {
            turn: memo.turn.saturating_sub(u16::from(ago)),
            nth,
            since: None,
        }))),
        _ => None,
    }
}

/// The facts of a call as a later event shows them. Behind a bridge that may be the
/// other leg, whose numbers are not the caller's: then the caller is unknown.
fn facts_of_later(event: &ActionEvent, memo: &Memo, flow: &Flow, now: Timestamp) -> Facts {
    let mut facts = Facts::of_first(event, now);
    if event.direction == memo.direction && event.occasion != Occasion::Garbled {
        return facts;
    }
    facts.direction = memo.direction;
    facts.leg = None;
    // Of a token without a lot, the session's own: at least it stays the same.
    facts.lot = memo.lot.unwrap_or_else(|| Lot::of(event.session.as_str()));
    facts.caller = Party::unknown();
    facts.caller_country = None;
    let ours = |party: &Party| {
        party
            .number()
            .is_some_and(|number| flow.numbers().contains(&number))
    };
    let shown = [&event.source, &event.destination]
        .into_iter()
        .find(|party| ours(party));
    facts.dialled = match (shown, flow.numbers().first()) {
        (Some(party), _) => party.clone(),
        (None, Some(number)) => Party::Number(*number),
        (None, None) => Party::unknown(),
    };
    facts
}

impl Memo {
    /// What a token says of a session behind the answer of turn `turn`.
    fn of(session: &Session, turn: u16, ended: bool) -> Memo {
        let stage = match &session.place.stage {
            _ if ended => StageMark::Over,
            Stage::Enter => StageMark::Enter,
            Stage::Say(n) => StageMark::Say(*n),
            Stage::Kind => StageMark::Kind,
            Stage::Wording(failure, n) => StageMark::Wording(*failure, *n),
            Stage::Ask(n) => StageMark::Ask(*n),
            Stage::Asking => StageMark::Asking,
            Stage::Confirm(..) | Stage::Confirming(_) => StageMark::Confirming,
            Stage::Dial(n) => StageMark::Dial(*n),
            Stage::Dialling(n) => StageMark::Dialling(*n),
            Stage::Looking(begun) => StageMark::Looking {
                ago: turn.saturating_sub(begun.turn).min(31) as u8,
                nth: begun.nth,
            },
        };
        let (root, flow) = (session.root(), session.flow());
        let splits = root.parts().any(|(_, flow)| flow.splits());
        Memo {
            direction: session.facts().direction,
            revision: RevisionMark::of(root.revision()),
            stack: session.stack_hashes(),
            flow: crate::flow::name_hash(root.name()),
            state: flow.state(session.place.state).hash,
            kind: KindMark::of(&flow.state(session.place.state).kind),
            turn,
            stage,
            counters: session.counters,
            faults: session.faults,
            lang: session.lang,
            set: Some(session.set),
            leg: session.leg(),
            lot: splits.then_some(session.facts().lot),
        }
    }
}
