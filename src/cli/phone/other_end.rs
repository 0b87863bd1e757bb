//! Who answers the webhooks.

use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::call::{Action, PhoneNumber, SessionId};
use crate::flow::{Catalog, Flow};
use crate::machine::{Answers, Fault, Session, Sides, entered};
use crate::phone::{Line, Webhook};
use crate::platform::Delivery;
use crate::platform::emulator::Given;
use crate::scenario::{Engine, Followed, Performer, Response, Stub, View, desk};

/// What answers a call, and what of it can be seen from here.
pub trait OtherEnd {
    /// Answers a webhook. The error says in plain words why there is no answer.
    fn post(&mut self, webhook: &Webhook, now: Timestamp) -> Result<Response, String>;

    /// The call as people may see it, where it can be seen.
    fn view(&self) -> Option<View>;

    /// What happened since this was asked last.
    fn take_turns(&mut self) -> Vec<Turn>;

    /// True where the call waits for something secret, or may: what cannot be seen may
    /// be secret.
    fn may_ask_for_secret(&self) -> bool;

    /// True where each webhook says who asks, as the server may want to know.
    fn says_who_asks(&self) -> bool {
        false
    }

    /// A restart, of which only the call's token is left. The error says why not.
    fn restart(&mut self) -> Result<(), String>;

    /// Starts a call from our number to a person: what goes to the platform for that. The
    /// error says why it cannot be started from here.
    fn call_out(
        &mut self,
        _session: &SessionId,
        _parties: (PhoneNumber, PhoneNumber),
        _now: Timestamp,
    ) -> Result<Vec<u8>, String> {
        Err("calls are started by the server itself".to_owned())
    }

    /// The call is over, and its summary was told.
    fn is_over(&mut self, _line: &Line) {}

    /// The next webhook is the first of another call. The error says why none can be made.
    fn next_call(&mut self) -> Result<(), String>;

    /// Other flows answer from now on. What is served over HTTP is not known here.
    fn go_live(&mut self, _catalog: &Arc<Catalog>) -> Live {
        Live {
            call: Followed::Nothing,
            next: None,
        }
    }

    /// What is said where the call waits, once more; nothing where it cannot be known.
    fn says_again(&self, _now: Timestamp) -> Vec<Action> {
        Vec::new()
    }
}

/// The states that one turn entered, and what failed in it.
#[derive(Debug, Clone, Default)]
pub struct Turn {
    pub states: Vec<String>,
    pub faults: Vec<Fault>,
    /// What was looked up, with what came of it.
    pub looked_up: Vec<String>,
}

/// What other flows mean for the calls to one of them.
#[derive(Debug)]
pub struct Live {
    /// The call that is up.
    pub call: Followed,
    /// The flow that the next call begins in, if it is still there.
    pub next: Option<Arc<Flow>>,
}

/// The production's engine, in this process.
pub struct InMemory {
    catalog: Arc<Catalog>,
    flow: String,
    state: Option<String>,
    values: Vec<(String, String)>,
    sides: Sides,
    /// How many look-ups were told.
    told: usize,
    engine: Engine,
}

impl InMemory {
    /// A flow of these, called in a state and with values if they are named, and with
    /// these sides where callers are split. The error says what of it there is not.
    pub fn new(
        catalog: Arc<Catalog>,
        flow: &str,
        state: Option<&str>,
        values: &[(String, String)],
        sides: Sides,
    ) -> Result<Self, String> {
        let mut engine = Engine::new(Arc::clone(&catalog), desk(Answers::Single));
        engine.begin(flow, state, values)?;
        engine.force(&sides);
        Ok(InMemory {
            catalog,
            flow: flow.to_owned(),
            state: state.map(str::to_owned),
            values: values.to_vec(),
            sides,
            told: 0,
            engine,
        })
    }

    /// The same where look-ups are answered by these.
    pub fn answered_by(mut self, stubs: &Arc<[Stub]>) -> Self {
        self.engine.backend.stubs = Arc::clone(stubs);
        self
    }

    /// The same where look-ups that no stub answers are made by this.
    pub fn asking(mut self, performer: Performer) -> Self {
        self.engine.backend.performer = Some(performer);
        self
    }

    /// The look-ups since this was asked last, as people read them: with the host alone,
    /// since what stands behind it may be what was keyed in.
    fn take_looked_up(&mut self) -> Vec<String> {
        let looked = self.engine.backend.looked();
        let new = looked.get(self.told..).unwrap_or_default().iter();
        let lines = new.map(|looked| {
            let url = &looked.url;
            let host = url.split('/').nth(2).unwrap_or_default();
            let why = match looked.is_answered {
                true => "",
                false => "; neither a stub of the flow's test file answers it nor `--look-up`",
            };
            format!("{} {host}: {}{why}", looked.method.word(), looked.outcome)
        });
        let lines = lines.collect();
        self.told = looked.len();
        lines
    }
}

impl OtherEnd for InMemory {
    fn post(&mut self, webhook: &Webhook, now: Timestamp) -> Result<Response, String> {
        Ok(self.engine.post(&webhook.bytes, now))
    }

    fn view(&self) -> Option<View> {
        self.engine.view()
    }

    fn take_turns(&mut self) -> Vec<Turn> {
        let mut looked_up = self.take_looked_up();
        let trace = self.engine.take_trace().into_iter();
        trace
            .map(|turn| Turn {
                looked_up: std::mem::take(&mut looked_up),
                states: entered(&turn.path)
                    .map(|state| turn.flow.shown_state(state))
                    .collect(),
                faults: turn.faults,
            })
            .collect()
    }

    fn may_ask_for_secret(&self) -> bool {
        self.engine.session().is_some_and(Session::asks_for_secret)
    }

    fn restart(&mut self) -> Result<(), String> {
        self.engine.forget();
        Ok(())
    }

    fn call_out(
        &mut self,
        session: &SessionId,
        parties: (PhoneNumber, PhoneNumber),
        now: Timestamp,
    ) -> Result<Vec<u8>, String> {
        let started = self.engine.call_out(session, parties, now);
        started.ok_or_else(|| "the flow does not come to its first question".to_owned())
    }

    fn next_call(&mut self) -> Result<(), String> {
        let mut engine = Engine::new(Arc::clone(&self.catalog), desk(Answers::Single));
        engine.begin(&self.flow, self.state.as_deref(), &self.values)?;
        engine.force(&self.sides);
        engine.backend = std::mem::take(&mut self.engine.backend);
        self.engine = engine;
        Ok(())
    }

    fn go_live(&mut self, catalog: &Arc<Catalog>) -> Live {
        self.catalog = Arc::clone(catalog);
        self.engine.serve(Arc::clone(catalog));
        Live {
            call: self.engine.follow(),
            next: catalog.named(&self.flow).cloned(),
        }
    }

    fn says_again(&self, now: Timestamp) -> Vec<Action> {
        self.engine.says_again(now)
    }
}

/// A running server.
pub struct OverHttp {
    delivery: Delivery,
    says_who_asks: bool,
    runtime: Runtime,
}

impl OverHttp {
    /// A server that webhooks are delivered to, with who asks or without it.
    pub fn new(delivery: Delivery, says_who_asks: bool) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("no connection can be set up")?;
        Ok(OverHttp {
            delivery,
            says_who_asks,
            runtime,
        })
    }
}

impl OtherEnd for OverHttp {
    fn post(&mut self, webhook: &Webhook, _now: Timestamp) -> Result<Response, String> {
        let delivered = self.runtime.block_on(self.delivery.post(&webhook.bytes))?;
        Ok(Response {
            status: delivered.status,
            body: delivered.body,
        })
    }

    fn view(&self) -> Option<View> {
        None
    }

    fn take_turns(&mut self) -> Vec<Turn> {
        Vec::new()
    }

    fn may_ask_for_secret(&self) -> bool {
        true
    }

    fn says_who_asks(&self) -> bool {
        self.says_who_asks
    }

    fn restart(&mut self) -> Result<(), String> {
        Err("the server runs somewhere else: restart it there, and go on".to_owned())
    }

    fn next_call(&mut self) -> Result<(), String> {
        Ok(())
    }
}

/// Whoever is registered with the emulator, for a call that it has made.
pub struct Registered {
    given: Given,
    may_ask_for_secret: Box<dyn Fn() -> bool>,
}

impl Registered {
    /// `may_ask_for_secret` is asked whenever something can be typed.
    pub fn new(given: Given, may_ask_for_secret: Box<dyn Fn() -> bool>) -> Self {
        Registered {
            given,
            may_ask_for_secret,
        }
    }
}

impl OtherEnd for Registered {
    fn post(&mut self, webhook: &Webhook, _now: Timestamp) -> Result<Response, String> {
        let delivered = self.given.post(webhook)?;
        Ok(Response {
            status: delivered.status,
            body: delivered.body,
        })
    }

    fn view(&self) -> Option<View> {
        None
    }

    fn take_turns(&mut self) -> Vec<Turn> {
        Vec::new()
    }

    fn may_ask_for_secret(&self) -> bool {
        (self.may_ask_for_secret)()
    }

    fn restart(&mut self) -> Result<(), String> {
        Err("this call is with the server: end `dev` and start it again, and go on".to_owned())
    }

    fn is_over(&mut self, line: &Line) {
        self.given.over(line);
    }

    fn next_call(&mut self) -> Result<(), String> {
        Err("a call that rings here is started with `ringflow dial`".to_owned())
    }
}
