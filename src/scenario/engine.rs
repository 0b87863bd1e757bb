//! The production's `machine::Call` in memory: webhooks in, answers out, as the server
//! does it, without a server around it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::call::{
    Action, ActionEvent, Answer, Ending, Found, LookUp, Occasion, PhoneNumber, Repetition,
    SessionId, Speed, SpokenText, Value, Voice,
};
use crate::flow::{At, Catalog, Flow, LangId, StateId, VarId, VarSet};
use crate::machine::{
    Allowance, Answers, Awaits, Call, Closing, Desk, Facts, Fault, Opening, Outside, Path, Policy,
    Reply, Session, Sides, TokenKeys, Unopened,
};
use crate::wire::{self, Webhook};

use super::backend::Backend;

/// What is said in a test where a flow has nothing left to say: the server's own words.
const LAST_RESORT: &str = "Sorry, we cannot take your call just now. Please call again later.";
const LAST_VOICE: &str = "en-US-BenjaminRUS";

/// One call and the flows that may answer it, in memory.
pub struct Engine {
    pub(super) catalog: Arc<Catalog>,
    pub(super) desk: Desk,
    begin: Option<Beginning>,
    pub(super) call: Option<Call>,
    /// The session of a call that is over, as its last turn left it.
    last: Option<Session>,
    trace: Vec<Traced>,
    /// The servers that look-ups ask.
    pub backend: Backend,
    /// A look-up that goes on while the caller hears so.
    looking: Option<Looking>,
    /// What failed when the call was over.
    end_faults: Vec<Fault>,
    /// The call has lost its memory at some time.
    forgot: bool,
}

/// What comes of a look-up, and when.
struct Looking {
    key: Box<str>,
    found: Found,
    ready: Timestamp,
}

/// Where the next call begins.
struct Beginning {
    flow: Arc<Flow>,
    state: StateId,
    values: Vec<(VarId, Value)>,
}

/// What a webhook is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    pub body: Vec<u8>,
}

/// A turn, as it is seen from outside.
#[derive(Debug, Clone)]
pub struct Traced {
    /// The flow the call began with, in whose bundle all states are.
    pub flow: Arc<Flow>,
    /// The way it took from state to state.
    pub path: Path,
    pub faults: Vec<Fault>,
    /// The call is over with its answer.
    pub ended: bool,
    /// The variables of the running flow that were set when it was over.
    pub known: VarSet,
    /// What the call waits for behind it.
    pub awaits: Awaits,
    /// The state in which it waits.
    pub state: At,
    /// The language that is spoken, of the flow in which it waits.
    pub lang: LangId,
}

impl Traced {
    /// The names of the languages in which something may have been said: the one that is
    /// spoken, and those of states that say everything in several.
    pub fn spoken(&self) -> Vec<Box<str>> {
        let passed = self.path.iter().flat_map(|passage| {
            let states = [Some(passage.from), passage.to].into_iter().flatten();
            states.map(|state| At {
                part: passage.part,
                state,
            })
        });
        let name = |at: At, lang: LangId| self.flow.part(at.part).lang(lang).into();
        let mut langs = vec![name(self.state, self.lang)];
        for at in passed.chain([self.state]) {
            let said_in = self.flow.state_at(at).said_in.iter();
            langs.extend(said_in.map(|lang| name(at, *lang)));
        }
        langs
    }
}

/// A call as people may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub flow: String,
    pub revision: String,
    pub state: String,
    /// Names and values of all variables of the running flow; secret ones are masked. Where
    /// that has several languages, the one that is spoken stands in front, as `lang`.
    pub vars: Vec<(String, String)>,
}

/// A desk as the server has by default, with a key for tests.
pub fn desk(answers: Answers) -> Desk {
    Desk {
        policy: Policy {
            answers,
            last_resort: Action::Say {
                text: SpokenText::new(LAST_RESORT).expect("the words are short and plain"),
                voice: Voice::new(LAST_VOICE).expect("the code is one of a voice"),
                speed: Speed::NORMAL,
                repetition: Repetition::ONCE,
            },
            sides: Sides::default(),
        },
        keys: TokenKeys::read(&"7".repeat(64)).expect("the key has 64 digits"),
    }
}

impl Engine {
    pub fn new(catalog: Arc<Catalog>, desk: Desk) -> Engine {
        Engine {
            catalog,
            desk,
            begin: None,
            call: None,
            last: None,
            trace: Vec::new(),
            backend: Backend::default(),
            looking: None,
            end_faults: Vec::new(),
            forgot: false,
        }
    }

    /// Every caller gets these sides, whatever their own are.
    pub fn force(&mut self, sides: &Sides) {
        self.desk.policy.sides = sides.clone();
    }

    /// The next call begins in this flow, whatever number it is for; in this state, if
    /// one is named; and with these values, written as texts. The error says what of it
    /// there is not.
    pub fn begin(
        &mut self,
        flow: &str,
        state: Option<&str>,
        values: &[(String, String)],
    ) -> Result<(), String> {
        let Some(flow) = self.catalog.named(flow).cloned() else {
            return Err(format!("there is no flow `{flow}`"));
        };
        let state = match state {
            None => flow.start(),
            Some(name) => flow
                .state_named(name)
                .ok_or_else(|| format!("`{}` has no state `{name}`", flow.name()))?,
        };
        let mut given = Vec::new();
        for (name, value) in values {
            let Some(var) = flow.variable_named(name) else {
                return Err(format!("`{}` has no variable `{name}`", flow.name()));
            };
            let value = flow.variable(var).accept(Value::text(value));
            let Some(value) = value else {
                return Err(format!("the value for `{name}` is not of its type"));
            };
            given.push((var, value));
        }
        self.begin = Some(Beginning {
            flow,
            state,
            values: given,
        });
        Ok(())
    }

    /// Starts the next call, from our number to this person: what goes to the platform for
    /// that, as bytes. It begins where [`Engine::begin`] says, else in the flow that answers
    /// our number; `None` where none does.
    pub fn call_out(
        &mut self,
        session: &SessionId,
        (ours, person): (PhoneNumber, PhoneNumber),
        now: Timestamp,
    ) -> Option<Vec<u8>> {
        let facts = Facts::of_outbound(session.clone(), ours, person, now);
        let session = match &self.begin {
            Some(begin) => begin.session(facts),
            None => Session::begin(self.catalog.answering(Some(ours))?, facts),
        };
        let parties = (ours, person);
        let mut found = Vec::new();
        let mut allowance = Allowance::FIRST;
        let mut is_last = false;
        let opening = loop {
            let outside = Outside {
                found: &found,
                ..*Outside::NONE
            };
            match Opening::of(&session, parties, now, allowance, &self.desk, &outside) {
                Ok(opening) => break opening,
                Err(Unopened::OverBudget) if is_last => return None,
                Err(Unopened::OverBudget) => {
                    allowance = Allowance::FULL;
                    is_last = true;
                }
                // Every number may be dialled, so that none is asked for.
                Err(Unopened::Transfer(_)) => return None,
                Err(Unopened::LookUp(look_up)) => {
                    let (answer, _) = self.backend.ask(&look_up);
                    found.push((look_up.key, answer));
                }
            }
        };
        if let Some(look_up) = &opening.begun {
            self.looking = Some(Looking::begin(look_up, &mut self.backend, now));
        }
        let last = opening.last.as_deref();
        if let Some(after) = last.or(opening.call.session()) {
            self.trace.push(Traced::of(
                after,
                opening.path,
                opening.faults,
                last.is_some(),
            ));
        }
        self.last = opening.last.map(|session| *session);
        self.call = Some(opening.call);
        Some(wire::render(&opening.callflow))
    }

    /// Answers a webhook of whatever kind, as the server would.
    pub fn post(&mut self, body: &[u8], now: Timestamp) -> Response {
        match wire::parse(body) {
            Ok(Webhook::Action(event)) => self.turn(&event, now),
            Ok(Webhook::Status(status)) => {
                if let Some(call) = &mut self.call {
                    call.status(&status.event);
                }
                Response::noted()
            }
            Ok(Webhook::Summary(summary)) => {
                let closing = self.call.as_mut().and_then(Call::close);
                if let Some(closing) = closing {
                    self.end(&closing, &summary.ending(), now);
                }
                Response::noted()
            }
            Ok(_) => Response::noted(),
            Err(unreadable) => match unreadable.as_action(body) {
                Some(event) => self.turn(&event, now),
                None => Response {
                    status: 400,
                    body: unreadable.reason.into_bytes(),
                },
            },
        }
    }

    fn turn(&mut self, event: &ActionEvent, now: Timestamp) -> Response {
        if self.call.is_none() {
            self.call = self.open(event, now);
        }
        let Some(call) = &mut self.call else {
            return self.last_resort();
        };
        let before = call.session().cloned();
        let mut found = Vec::new();
        let mut pending = None;
        match &self.looking {
            Some(looking) if looking.ready <= now => {
                found.push((looking.key.clone(), looking.found.clone()));
            }
            Some(looking) => pending = Some(looking.key.clone()),
            None => {}
        }
        let mut allowance = Allowance::FIRST;
        let mut is_last = false;
        // What a turn needs it is given, and it is run again.
        let reply = loop {
            let outside = Outside {
                found: &found,
                pending: pending.as_deref(),
                ..*Outside::NONE
            };
            match call.answer_under(event, now, allowance, &self.desk, &outside) {
                Reply::OverBudget if !is_last => {
                    allowance = Allowance::FULL;
                    is_last = true;
                }
                Reply::LookUp(look_up) => {
                    let (answer, _) = self.backend.ask(&look_up);
                    found.push((look_up.key, answer));
                }
                reply => break reply,
            }
        };
        if let Reply::Fresh { begun, .. } = &reply {
            match begun {
                Some(look_up) => {
                    self.looking = Some(Looking::begin(look_up, &mut self.backend, now));
                }
                None if !call.looks_up() => self.looking = None,
                None => {}
            }
        }
        match reply {
            Reply::Fresh {
                answer,
                faults,
                path,
                ended,
                last,
                ..
            } => {
                let after = last.as_deref().or(call.session()).or(before.as_ref());
                if let Some(session) = after {
                    self.trace.push(Traced::of(session, path, faults, ended));
                }
                self.last = last.map(|session| *session);
                Response::callflow(&answer)
            }
            Reply::Repeated(answer) | Reply::Over(answer) => Response::callflow(&answer),
            // It cannot be over a full allowance, all look-ups are answered, and every number
            // may be dialled; if it were, the server would say this.
            Reply::OverBudget | Reply::LookUp(_) | Reply::Transfer(_) => self.last_resort(),
        }
    }

    /// What the flow wants done when a call is over.
    fn end(&mut self, closing: &Closing, ending: &Ending, now: Timestamp) {
        let allowances = [Allowance::FIRST, Allowance::FULL];
        let mut ends = allowances.into_iter();
        let Some(end) =
            ends.find_map(|allowance| closing.end(ending, now, allowance, &self.desk.policy))
        else {
            return;
        };
        self.end_faults.extend(end.faults);
        if let Some(look_up) = end.look_up {
            self.backend.ask_at_end(&look_up, self.forgot);
        }
    }

    /// What failed when the call was over, since the last time this was asked.
    pub fn take_end_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.end_faults)
    }

    /// The call of a session that is not known: by its token, where it begins, or by
    /// its number.
    fn open(&mut self, event: &ActionEvent, now: Timestamp) -> Option<Call> {
        let keys = &self.desk.keys;
        let is_first = event.token.is_none() && event.occasion != Occasion::Garbled;
        let Some(begin) = self.begin.as_ref().filter(|_| is_first) else {
            return Call::open(event, &self.catalog, keys, now);
        };
        let session = begin.session(Facts::of_first(event, now));
        Some(Call::holding(session))
    }

    /// What callers hear whose call no flow answers.
    fn last_resort(&self) -> Response {
        let actions = [self.desk.policy.last_resort.clone(), Action::Hangup];
        let answer = Answer::new(actions).unwrap_or_else(|_| Answer::hangup());
        Response::callflow(&answer)
    }

    /// A crash: of the call nothing is left but the token that comes back.
    pub fn forget(&mut self) {
        self.forgot = true;
        self.call = None;
        self.looking = None;
    }

    /// A restart with a journal: the call is written to bytes, forgotten and read back.
    /// The error says why it could not be.
    pub fn keep_and_read(&mut self) -> Result<(), String> {
        self.looking = None;
        if let Some(call) = self.call.take() {
            let bytes = call.to_bytes();
            let call = Call::from_bytes(&bytes, &self.catalog);
            self.call = Some(call.map_err(|error| error.to_string())?);
        }
        Ok(())
    }

    /// A reload: other flows answer from now on.
    pub fn serve(&mut self, catalog: Arc<Catalog>) {
        self.catalog = catalog;
    }

    /// The session, of a call that is over as its last turn left it.
    pub fn session(&self) -> Option<&Session> {
        let live = self.call.as_ref().and_then(Call::session);
        live.or(self.last.as_ref())
    }

    /// The call as people may see it; `None` before it begins, and where no flow
    /// answered.
    pub fn view(&self) -> Option<View> {
        let session = self.session()?;
        let (root, flow) = (session.root(), session.flow());
        let vars = flow.variables().iter().zip(0..);
        let lang = (flow.languages().len() > 1)
            .then(|| ("lang".to_owned(), session.lang_name().to_owned()));
        let vars = vars.map(|(var, id)| (var.name.to_string(), session.shown(VarId(id))));
        Some(View {
            flow: root.name().to_owned(),
            revision: root.revision().to_string(),
            state: root.shown_state(session.at()),
            vars: lang.into_iter().chain(vars).collect(),
        })
    }

    /// The turns since the last time this was asked.
    pub fn take_trace(&mut self) -> Vec<Traced> {
        std::mem::take(&mut self.trace)
    }
}

impl Looking {
    /// Begins what is looked up while the caller hears something.
    fn begin(look_up: &LookUp, backend: &mut Backend, now: Timestamp) -> Self {
        let (found, after_ms) = backend.ask(look_up);
        Looking {
            key: look_up.key.clone(),
            found,
            ready: now + SignedDuration::from_millis(i64::from(after_ms)),
        }
    }
}

impl Beginning {
    fn session(&self, facts: Facts) -> Session {
        let mut session = Session::begin_in(&self.flow, facts, self.state);
        for (var, value) in &self.values {
            session.give(*var, value.clone());
        }
        session
    }
}

impl Traced {
    fn of(session: &Session, path: Path, faults: Vec<Fault>, ended: bool) -> Traced {
        Traced {
            flow: Arc::clone(session.root()),
            path,
            faults,
            ended,
            known: session.known(),
            awaits: session.awaits(),
            state: session.at(),
            lang: session.lang(),
        }
    }
}

impl Response {
    fn callflow(answer: &Answer) -> Response {
        Response {
            status: 200,
            body: wire::render(answer),
        }
    }

    fn noted() -> Response {
        Response {
            status: 200,
            body: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Edge, SourceFile, build};
    use crate::machine::{Way, entered};

    const FLOW: &str = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\nvars: {pin: secret digits, card: digits}\ndefaults: {give_up: hangup}\nstates:\n  first:\n    ask: Your PIN, please.\n    digits: 4\n    save: pin\n    then: second\n  second:\n    menu: Press 1.\n    keys: {1: third}\n  third:\n    say: Card ${card}. Goodbye.\n    then: hangup\n";

    fn engine() -> Engine {
        let build = build(&[SourceFile::new("flows/a.yaml", FLOW)]);
        assert!(!build.has_errors(), "{:?}", build.diagnostics);
        Engine::new(Arc::new(build.catalog), desk(Answers::Single))
    }

    fn webhook(id: u8, status: &str, digits: &str, token: &str) -> Vec<u8> {
        format!(r#"{{"eventType":"CALL_ACTION","payload":{{"eventId":"{id}","callId":"leg","sessionId":"one","callStatus":"{status}","callDirection":"INBOUND","source":"+6591234567","destination":"+6561115777","eventData":{{"dtmf":"{digits}"}},"clientActionId":"{token}"}}}}"#).into_bytes()
    }

    fn token(response: &Response) -> String {
        let text = String::from_utf8(response.body.clone()).unwrap();
        let (_, rest) = text.split_once(r#""clientActionId":""#).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    #[test]
    fn a_call_is_answered_kept_and_read_back_and_its_way_is_told() {
        let mut engine = engine();
        let now = Timestamp::UNIX_EPOCH;
        let first = engine.post(&webhook(1, "CALL_RECEIVED", "", ""), now);
        engine.keep_and_read().unwrap();
        let again = engine.post(&webhook(1, "CALL_RECEIVED", "", ""), now);
        assert_eq!(first, again);
        let token = token(&first);
        engine.post(&webhook(2, "ACTION_COMPLETED", "1234", &token), now);
        let view = engine.view().unwrap();
        assert_eq!(view.state, "second");
        let pin = ("pin".to_owned(), "•••".to_owned());
        assert!(view.vars.contains(&pin), "{:?}", view.vars);
        let session = engine.session().unwrap();
        let pin = session.flow().variable_named("pin").unwrap();
        assert!(session.holds(pin, &Value::text("1234")));
        assert!(!session.holds(pin, &Value::text("1235")));
        let trace = engine.take_trace();
        let ways: Vec<Way> = trace
            .iter()
            .flat_map(|turn| turn.path.iter().map(|passage| passage.way))
            .collect();
        assert_eq!(ways, [Way::Begin, Way::Out(Edge::Then)]);
    }

    #[test]
    fn a_call_begins_where_it_is_told_and_is_seen_when_it_is_over() {
        let mut engine = engine();
        let values = [("card".to_owned(), "4711".to_owned())];
        engine.begin("a", Some("third"), &values).unwrap();
        let answer = engine.post(&webhook(1, "CALL_RECEIVED", "", ""), Timestamp::UNIX_EPOCH);
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.contains("Card 4711. Goodbye."), "{text}");
        let trace = engine.take_trace();
        assert!(trace[0].ended);
        let states: Vec<_> = entered(&trace[0].path).collect();
        assert_eq!(states, [trace[0].flow.state_shown("third").unwrap()]);
        assert_eq!(engine.view().unwrap().state, "third");
        for (flow, state, value) in [
            ("b", None, "1"),
            ("a", Some("fourth"), "1"),
            ("a", None, "not digits"),
        ] {
            let values = [("card".to_owned(), value.to_owned())];
            assert!(engine.begin(flow, state, &values).is_err());
        }
    }
}
