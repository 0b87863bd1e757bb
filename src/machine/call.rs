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
use super::outside::Outside;
use super::session::{Begun, Facts, Place, Session, Stage};
use super::step::step;
use super::token::{KindMark, Memo, RevisionMark, StageMark, TokenKeys};
use super::turn::{Allowance, Cue, Fault, Path, Policy, Step, Transferring};

/// How many answers are kept, so that a repeated event gets the same one.
pub(super) const KEPT_ANSWERS: usize = 2;
/// How many events are known to have been answered, the latest of them.
pub(super) const KNOWN_EVENTS: usize = 32;

/// What a call is answered with, the same for all calls.
#[derive(Debug, Clone)]
pub struct Desk {
    pub policy: Policy,
    pub keys: TokenKeys,
}

/// One call, from its first event to its end.
#[derive(Debug, Clone)]
pub struct Call {
    pub(super) id: SessionId,
    pub(super) phase: Phase,
    /// How many turns were answered; the present one is the last of them.
    pub(super) turns: u16,
    /// The latest answer first.
    pub(super) answers: SmallVec<[(EventKey, Answer); KEPT_ANSWERS]>,
    /// Events that were answered, the latest last.
    pub(super) known: SmallVec<[EventKey; 4]>,
    /// How the dialled leg ended, if that was told before the call waited again.
    pub(super) leg: Option<TransferOutcome>,
}

#[derive(Debug, Clone)]
pub(super) enum Phase {
    Live(Box<Session>),
    /// Over: answered with a `hangup`, or closed by its summary. Where something is to be
    /// done when the summary comes, the session is kept until then.
    Over(Option<Box<Session>>),
}

impl Phase {
    /// Over with this session, which is kept only where it is needed once more.
    pub(super) fn over(session: &Session) -> Phase {
        let on_end = session.root().on_end();
        Phase::Over(on_end.map(|_| Box::new(session.clone())))
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
        Some(Call::holding(event.session.clone(), session))
    }

    /// A call before its first answer.
    pub fn holding(id: SessionId, session: Session) -> Self {
        Self::new(id, Phase::Live(Box::new(session)), 0)
    }

    /// A call that we have started, of which the first turn is answered by what started it.
    pub(super) fn started(id: SessionId, phase: Phase) -> Self {
        Self::new(id, phase, 1)
    }

    /// A call of which nothing is known but that it is over.
    pub fn over(id: SessionId) -> Self {
        Self::new(id, Phase::Over(None), 0)
    }

    fn new(id: SessionId, phase: Phase, turns: u16) -> Self {
        Call {
            id,
            phase,
            turns,
            answers: SmallVec::new(),
            known: SmallVec::new(),
            leg: None,
        }
    }

    /// From now on the call is known under this id.
    pub(super) fn rename(&mut self, id: &SessionId) {
        self.id = id.clone();
        if let Phase::Live(session) | Phase::Over(Some(session)) = &mut self.phase {
            session.rename(id);
        }
    }

    pub fn id(&self) -> &SessionId {
        &self.id
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
            return Reply::Repeated(answer.clone());
        }
        let memo = self.foreign_token(event, &desk.keys);
        if matches!(self.phase, Phase::Over(_)) {
            // The last one under another id is to be heard to its end.
            let own = self.own_answer(event, memo.as_ref(), &desk.keys);
            return match own {
                Some(own) => Reply::Repeated(own.clone()),
                None => Reply::Over(Answer::hangup()),
            };
        }
        if let Some(present) = self.present_answer()
            && self.is_old(event, memo.as_ref())
        {
            let own = self.own_answer(event, memo.as_ref(), &desk.keys);
            return Reply::Repeated(own.unwrap_or(present).clone());
        }
        self.catch_up(memo.as_ref());
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
        let answer = turn.answer.with_token(desk.keys.seal(&self.id, &memo));
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
        self.remember(event.key, answer.clone());
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
    pub fn answer_to(&self, key: EventKey) -> Option<&Answer> {
        let mut kept = self.answers.iter();
        kept.find(|(other, _)| *other == key)
            .map(|(_, answer)| answer)
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
        let is_dialled = match (session.ringing, &event.destination) {
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
        self.answers.clear();
        match std::mem::replace(&mut self.phase, Phase::Over(None)) {
            Phase::Live(session) | Phase::Over(Some(session)) => Closing::of(&session),
            Phase::Over(None) => None,
        }
    }

    /// What an event's token holds, unless it is the one of the present answer, of which
    /// it is known that it is neither old nor ahead.
    fn foreign_token(&self, event: &ActionEvent, keys: &TokenKeys) -> Option<Memo> {
        let token = event.token.as_deref()?;
        let present = self.present_answer().and_then(Answer::token);
        if present == Some(token) {
            return None;
        }
        keys.open(&self.id, token)
    }

    fn present_answer(&self) -> Option<&Answer> {
        self.answers.first().map(|(_, answer)| answer)
    }

    /// The answer of the turn that an old event led to, where it is kept. The event may have
    /// been answered under another id, so its key need not be known.
    fn own_answer(
        &self,
        event: &ActionEvent,
        memo: Option<&Memo>,
        keys: &TokenKeys,
    ) -> Option<&Answer> {
        let turn = match memo {
            Some(memo) => memo.turn.saturating_add(1),
            None if event.occasion == Occasion::Received => 0,
            None => return None,
        };
        let is_own = |answer: &Answer| {
            let memo = answer.token().and_then(|token| keys.open(&self.id, token));
            memo.is_some_and(|memo| memo.turn == turn)
        };
        let mut kept = self.answers.iter().map(|(_, answer)| answer);
        kept.find(|answer| is_own(answer))
    }

    /// True for an event that is behind the present turn: a second "arrived", one
    /// with the token of a turn before, one that was answered longer ago.
    fn is_old(&self, event: &ActionEvent, memo: Option<&Memo>) -> bool {
        event.occasion == Occasion::Received
            || self.known.contains(&event.key)
            || memo.is_some_and(|memo| memo.turn.saturating_add(1) < self.turns)
    }

    /// Takes up the call where its token says it is, if that is further than is known
    /// here: another process, with the same key, has answered it meanwhile.
    fn catch_up(&mut self, memo: Option<&Memo>) {
        let Some(memo) = memo.filter(|memo| memo.turn >= self.turns) else {
            return;
        };
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

    fn remember(&mut self, key: EventKey, answer: Answer) {
        self.answers.truncate(KEPT_ANSWERS - 1);
        self.answers.insert(0, (key, answer));
        if self.known.len() == KNOWN_EVENTS {
            self.known.remove(0);
        }
        self.known.push(key);
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
            Phase::Over(None)
        } else {
            let flow = catalog.hashed(memo.flow)?;
            let mut session = Session::begin(flow, facts_of_later(event, &memo, flow, now));
            session.restore(&memo);
            Phase::Live(Box::new(session))
        };
        let turns = memo.turn.saturating_add(1);
        Some(Call::new(event.session.clone(), phase, turns))
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
        self.leg = memo.leg;
        self.start_over();
        let Some((state, stage)) = place else {
            // Not to be found in the flow as it is now: with the sub-flow anew, or from
            // the beginning.
            self.counters.sent_back = self.counters.sent_back.saturating_add(1);
            if let Some(run) = runs.first() {
                self.entered.clear();
                self.forget_at(*run);
                self.enter(*run);
            }
            return;
        };
        // How it came here is lost.
        self.entered.clear();
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
        self.input = None;
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
        self.input = None;
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
        (StageMark::Looking { ago, nth }, Kind::Http(_)) => Some(Stage::Looking(Begun {
            turn: memo.turn.saturating_sub(u16::from(ago)),
            nth,
            since: None,
        })),
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
            leg: session.leg,
            lot: splits.then_some(session.facts().lot),
        }
    }
}
