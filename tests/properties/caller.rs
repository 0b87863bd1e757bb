//! One random call: what the caller does, and what the network does to its webhooks.
//! Every answer is held against the platform's rules, and what was met is counted.

use std::collections::HashSet;
use std::sync::Arc;

use ringflow::call::Key;
use ringflow::flow::{Assignee, Catalog, Flow, Kind, State, Target, Text, VarType};
use ringflow::machine::Answers;
use serde_json::Value;

use super::conversation::platform;
use super::conversation::server::{Answered, LAST_RESORT, Looked, Server};
use super::conversation::webhook::Webhook;
use super::counts::Counts;
use super::dice::Dice;

/// A caller who has left the phone lying is out of every flow after so many turns.
const MOST_SILENT_TURNS: usize = 300;

/// What is keyed in where a secret is asked for, and nowhere else. As it stands, and as its
/// beginning would be spelled; its end may be said, as `mask` gives it.
const PIN: &str = "83519274";
const SPELLED: &str = "8 3 5";

/// How a call is delivered.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    pub answers: Answers,
    /// Webhooks come twice, late, again.
    pub repeats: bool,
    pub restarts: Restarts,
}

/// When the memory is lost, and nothing but the token is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restarts {
    Never,
    Sometimes,
    /// Before every webhook.
    Always,
}

/// What was heard in a call, from its beginning to its end.
#[derive(Debug, Default, PartialEq)]
pub struct Heard {
    pub actions: Vec<Value>,
    pub answers: Vec<String>,
    pub faults: usize,
}

pub struct Caller<'a> {
    server: Server,
    /// What the caller does.
    decides: Dice<'a>,
    /// What the network does.
    disturbs: Dice<'a>,
    manner: Manner,
    counts: &'a mut Counts,
    flow: Option<Arc<Flow>>,
    sent: usize,
    bodies: Vec<(Vec<u8>, Vec<u8>)>,
    token: Option<String>,
    actions: Vec<Value>,
    ended: bool,
    outbound: bool,
    /// Since the memory was last lost.
    restarted: bool,
    heard: Heard,
    /// The keys of all look-ups.
    looked_up: HashSet<Box<str>>,
    /// Something is looked up behind the last answer.
    looks_up: bool,
    /// Something was, between the last answer and the one before.
    looked: bool,
    /// The last answer, where it was one text or recording that passed by itself.
    passed: Option<Value>,
}

impl<'a> Caller<'a> {
    pub fn of(
        catalog: &Catalog,
        decides: &'a [u16],
        disturbs: &'a [u16],
        manner: Manner,
        counts: &'a mut Counts,
    ) -> Self {
        Caller {
            server: Server::serving(catalog.clone(), manner.answers),
            decides: Dice::new(decides),
            disturbs: Dice::new(disturbs),
            manner,
            counts,
            flow: None,
            sent: 0,
            bodies: Vec::new(),
            token: None,
            actions: Vec::new(),
            ended: false,
            outbound: false,
            restarted: false,
            heard: Heard::default(),
            looked_up: HashSet::new(),
            looks_up: false,
            looked: false,
            passed: None,
        }
    }

    /// The whole call.
    pub fn call(mut self) -> Heard {
        let first = self.first();
        self.post(first);
        let mut unasked = 0;
        while !self.ended && !self.decides.is_over() {
            let left = self.decides.left();
            self.turn();
            unasked = match self.decides.left() == left {
                true => unasked + 1,
                false => 0,
            };
            assert!(
                unasked <= MOST_SILENT_TURNS,
                "the call of a caller who is asked nothing goes on for ever"
            );
        }
        if self.manner.restarts == Restarts::Sometimes {
            self.manner.restarts = Restarts::Never;
        }
        let mut silent = 0;
        while !self.ended {
            self.turn();
            silent += 1;
            assert!(
                silent <= MOST_SILENT_TURNS,
                "the call of a silent caller goes on for ever"
            );
        }
        self.after_the_end();
        self.heard
    }

    fn first(&mut self) -> Webhook {
        match self.decides.below(6) {
            4 => {
                self.outbound = true;
                self.counts.met("begun for us");
                Webhook::completed(0, None).outbound()
            }
            5 => {
                self.outbound = true;
                self.counts.met("begun for us, with digits");
                let digits = self.decides.pick(&["1", "2", "79927398713", "4711", "*"]);
                Webhook::completed(0, None).outbound().with_digits(digits)
            }
            _ => Webhook::arrived(),
        }
    }

    fn completed(&self) -> Webhook {
        let webhook = Webhook::completed(self.sent, self.token.as_deref());
        match self.outbound {
            true => webhook.outbound(),
            false => webhook,
        }
    }

    fn turn(&mut self) {
        let last = self.actions.last().cloned().unwrap_or_default();
        let mut webhook = self.completed();
        match last["action"].as_str() {
            Some("sayAndCapture") => {
                if let Some(digits) = self.keys(&last["params"]) {
                    self.note_key(&digits, &last["params"]);
                    webhook = webhook.with_digits(&digits);
                } else {
                    self.note_key("", &last["params"]);
                }
            }
            Some("makeCall") => {
                let number = last["params"]["destination"].as_str().unwrap_or_default();
                webhook = self.bridge(webhook, number);
            }
            _ => {}
        }
        self.post(webhook);
    }

    /// What is keyed in where this is asked.
    fn keys(&mut self, capture: &Value) -> Option<String> {
        if self.decides.is_over() {
            return None;
        }
        let most = capture["maxDigits"].as_u64().unwrap_or(1) as usize;
        if most >= PIN.len() && self.asks_for_secret() && self.decides.below(4) > 0 {
            self.counts.met("a secret was keyed in");
            return Some(PIN.to_owned());
        }
        if most == 1 && self.decides.one_in(2) {
            let keys = ["1", "2", "3", "0", "7", "8", "9", "*", "#"];
            return Some(self.decides.pick(&keys).to_owned());
        }
        let some = "79927398713000042000000001".chars();
        let count = match self.decides.below(4) {
            0 => most.min(4),
            1 => 1 + self.decides.below(most),
            _ => most,
        };
        let digits: String = some.clone().take(count).collect();
        Some(match self.decides.below(20) {
            0..=3 => "1".to_owned(),
            4 => "2".to_owned(),
            5 => self.decides.pick(&["0", "3", "7", "8", "9"]).to_owned(),
            6 => "*".to_owned(),
            7 => "#".to_owned(),
            8 | 9 => return None,
            10 => "12#4".to_owned(),
            11 => " ".to_owned(),
            12 => "4711".to_owned(),
            13 => "0042#".to_owned(),
            14 => "12345678901234567890123456789".to_owned(),
            _ => digits,
        })
    }

    fn asks_for_secret(&self) -> bool {
        let session = self.server.call.as_ref().and_then(|call| call.session());
        session.is_some_and(|session| {
            let state = session.flow().state(session.state());
            matches!(&state.kind, Kind::Ask(_, entry) if entry.secret)
        })
    }

    /// The bridge to this number ends.
    fn bridge(&mut self, webhook: Webhook, number: &str) -> Webhook {
        if self.decides.is_over() {
            return Webhook {
                sip_code: Some(480),
                ..webhook
            };
        }
        let sip_codes = [200, 486, 480, 404, 200, 486, 408, 603, 487];
        let sip_code = self.decides.pick(&sip_codes);
        let told = match self.decides.below(6) {
            4 => {
                // The status of the other leg tells it, and the webhook that all is well.
                let status = Webhook::leg_b_ended(1000 + self.sent, number, sip_code);
                self.server.notify(&status.bytes());
                self.counts.met("a status before");
                200
            }
            _ => sip_code,
        };
        let webhook = match self.decides.below(5) {
            4 => webhook.of_leg_b(number),
            _ => webhook,
        };
        Webhook {
            sip_code: Some(told),
            ..webhook
        }
    }

    fn post(&mut self, webhook: Webhook) {
        self.disturb_before(&webhook);
        self.sent += 1;
        let body = webhook.bytes();
        self.server.wait();
        let answered = self.server.post(&body);
        self.check(&answered);
        self.note(&answered);
        self.bodies.push((body, answered.bytes));
        self.disturb_after();
        self.restarted = false;
    }

    fn disturb_before(&mut self, webhook: &Webhook) {
        let restarts = match self.manner.restarts {
            Restarts::Never => false,
            Restarts::Sometimes => self.sent > 0 && self.disturbs.one_in(8),
            Restarts::Always => self.sent > 0,
        };
        if restarts {
            self.server.restart();
            self.restarted = true;
            self.passed = None;
            self.counts.met("a restart");
            if webhook.call_id == "leg-b" {
                self.counts.met("a restart, another leg");
            }
        }
    }

    fn disturb_after(&mut self) {
        if !self.manner.repeats {
            return;
        }
        let turns = self.turns();
        let last = self.bodies.last().cloned().unwrap();
        if self.disturbs.one_in(3) {
            let again = self.server.post(&last.0);
            assert_eq!(again.bytes, last.1, "a repeated webhook, another answer");
            self.counts.met("repeated");
        }
        if self.disturbs.one_in(8) && self.bodies.len() > 1 {
            // The first webhook of a call that was started for us has no token, by which
            // its age could be known after a restart.
            let least = usize::from(self.outbound);
            let any = least + self.disturbs.below(self.bodies.len() - least);
            let again = self.server.post(&self.bodies[any].0.clone());
            assert!(!again.fresh, "an older webhook was answered anew");
            refused(&again.bytes);
            self.counts.met("an older event");
        }
        if self.disturbs.one_in(12) && !self.outbound {
            let arrival = Webhook {
                event_id: Some(format!("arrival-{}", self.sent)),
                ..Webhook::arrived()
            };
            let again = self.server.post(&arrival.bytes());
            assert!(!again.fresh, "another arrival was answered anew");
            refused(&again.bytes);
            self.counts.met("another arrival");
        }
        assert_eq!(self.turns(), turns, "a repeated webhook was a turn");
    }

    fn turns(&self) -> Option<u16> {
        self.server.call.as_ref().map(|call| call.turns())
    }

    fn after_the_end(&mut self) {
        let late = self.completed().with_digits("1");
        let answered = self.server.post(&late.bytes());
        assert_eq!(refused(&answered.bytes)["callflow"][0]["action"], "hangup");
        assert!(!answered.fresh && answered.ended);
        self.counts.met("after the end");
    }

    /// What holds of every answer.
    fn check(&mut self, answered: &Answered) {
        let body = refused(&answered.bytes);
        self.actions = body["callflow"].as_array().cloned().unwrap_or_default();
        self.token = body["clientActionId"].as_str().map(str::to_owned);
        let lasting = self
            .actions
            .iter()
            .filter(|a| a["action"] != "hangup")
            .count();
        if self.manner.answers == Answers::Single {
            assert!(lasting <= 1, "more than one action that takes time: {body}");
        }
        let hangs_up = self.actions.last().is_some_and(|a| a["action"] == "hangup");
        assert_eq!(hangs_up, answered.ended);
        assert!(hangs_up || lasting > 0);
        assert!(hangs_up || self.token.is_some());
        for fault in &answered.faults {
            assert!(!fault.ours, "a fault of the program: {fault:?}");
        }
        let told = [
            String::from_utf8_lossy(&answered.bytes).into_owned(),
            format!("{:?}", answered.faults),
            format!("{:?}", self.server.call),
        ];
        for told in told {
            let is_told = told.contains(PIN) || told.contains(SPELLED);
            assert!(!is_told, "a secret is told: {told}");
        }
        let call = self.server.call.as_ref();
        let looks_up = call.is_some_and(|call| call.looks_up());
        let was_looking = std::mem::replace(&mut self.looks_up, looks_up);
        self.looked = was_looking || !self.server.asked.is_empty();
        for (look_up, looked) in std::mem::take(&mut self.server.asked) {
            self.counts.met(match looked {
                Looked::AtOnce => "look-up: at once",
                Looked::Meanwhile => "look-up: in the background",
            });
            let is_new = self.looked_up.insert(look_up.key);
            assert!(
                is_new || self.manner.restarts != Restarts::Never,
                "the same was looked up twice: {} {}",
                look_up.method.word(),
                look_up.url
            );
        }
        self.ended = answered.ended;
        self.heard.faults += answered.faults.len();
        self.heard.actions.extend(self.actions.iter().cloned());
        let text = String::from_utf8(answered.bytes.clone()).unwrap();
        self.heard.answers.push(text);
    }
}

fn refused(bytes: &[u8]) -> Value {
    match platform::refusal(bytes) {
        Ok(body) => body,
        Err(why) => panic!("the platform refuses: {why}"),
    }
}

/// What was met.
impl Caller<'_> {
    /// Before a key is judged: where it leads, and what is confirmed.
    fn note_key(&mut self, digits: &str, capture: &Value) {
        let Some(session) = self.server.call.as_ref().and_then(|call| call.session()) else {
            return;
        };
        let flow = Arc::clone(session.flow());
        let Some(state) = flow
            .state_named(session.state_name())
            .map(|id| flow.state(id))
        else {
            return;
        };
        let one_key = capture["completeOnHash"] == false;
        if matches!(state.kind, Kind::Ask(..)) && one_key {
            self.counts.met(match digits.trim() {
                "1" => "confirm: keep",
                "2" => "confirm: again",
                "" => "confirm: silence",
                _ => "confirm: another key",
            });
            return;
        }
        let mut pressed = digits.chars();
        let (Some(first), None, Kind::Menu(asking)) = (pressed.next(), pressed.next(), &state.kind)
        else {
            return;
        };
        let found = asking
            .keys
            .iter()
            .find(|key| Some(key.key) == Key::pressed(first));
        let Some(found) = found else { return };
        if found.global {
            self.counts.met("outcome: a global key");
        }
        self.note_target(&flow, found.target);
    }

    fn note_target(&mut self, flow: &Flow, target: Target) {
        self.counts.met(match target {
            Target::Hangup => "target: hangup",
            Target::Return(_) => "target: return",
            Target::Again(_) => "target: repeat",
            Target::State(id) if flow.state(id).name.contains('.') => "target: in place",
            Target::State(_) => "target: a name",
        });
    }

    fn note(&mut self, answered: &Answered) {
        if let Some(flow) = &answered.flow {
            for at in &answered.path {
                self.note_state(flow.part(at.part), flow.state_at(*at));
            }
            self.flow = Some(Arc::clone(flow));
        }
        for fault in &answered.faults {
            let message = fault.message.as_str();
            let has = |part: &str| message.contains(part);
            self.counts.met(match () {
                () if has("more work") => "fault: over budget",
                () if has("not of its type") => "fault: of another type",
                () if has("true or false, and this") => "fault: no condition",
                () if has("allow_dial") => "fault: not to be dialled",
                () if has("no phone number") => "fault: no number",
                () if has("came out empty") => "fault: nothing to say",
                () => "fault: of a script",
            });
        }
        if answered.needed_all {
            self.counts.met("the full allowance was needed");
        }
        self.note_actions(answered);
        self.note_joined(answered);
    }

    fn note_state(&mut self, flow: &Flow, state: &State) {
        self.counts.met(match &state.kind {
            Kind::Plain { .. } if state.say.is_none() => "kind: set alone",
            Kind::Plain { .. } => "kind: say",
            Kind::Menu(_) => "kind: menu",
            Kind::Ask(..) => "kind: ask",
            Kind::Transfer(_) => "kind: transfer",
            Kind::Choose { .. } => "kind: choose a condition",
            Kind::Label { .. } => "kind: choose a label",
            Kind::Split(_) => "kind: split",
            Kind::Hours(_) => "kind: hours",
            Kind::Http(_) => "kind: http",
            Kind::Run(_) => "kind: run",
        });
        if state.said_in.len() > 1 {
            self.counts.met("said in two languages");
        }
        for line in &state.set {
            let Assignee::Variable(var) = line.to else {
                self.counts.met("set: lang");
                continue;
            };
            let var = flow.variable(var);
            self.counts.met(match var.kind {
                None if var.secret => "set: undeclared, and secret",
                _ if var.secret => "set: secret",
                None => "set: undeclared",
                Some(VarType::Text) => "set: text",
                Some(VarType::Number) => "set: number",
                Some(VarType::Flag) => "set: flag",
                Some(VarType::Digits) => "set: digits",
                Some(VarType::List) => "set: list",
                Some(VarType::Map) => "set: map",
            });
        }
        if let Kind::Ask(_, entry) = &state.kind
            && let Some(var) = entry.save.map(|var| flow.variable(var))
        {
            self.counts.met(match var.kind {
                _ if var.secret => "saved: secret",
                Some(VarType::Text) => "saved: text",
                Some(VarType::Number) => "saved: number",
                _ => "saved: digits",
            });
        }
        let pieces = |text: &Text| match text {
            Text::Spoken(pieces) => pieces.len(),
            _ => 0,
        };
        if state.say.as_ref().is_some_and(|say| pieces(&say.text) > 1) {
            self.counts.met("limit: a text was cut");
        }
        let asking = state.kind.asking();
        if asking.is_some_and(|asking| pieces(&asking.prompts[0]) > 1) {
            self.counts.met("limit: a prompt was cut");
        }
        let Some((_, role)) = state.name.split_once('.') else {
            return;
        };
        self.counts.met(match &state.kind {
            Kind::Ask(..) => "in place: ask",
            Kind::Transfer(_) => "in place: transfer",
            _ if state.say.is_some() => "in place: say",
            _ => "in place: set",
        });
        // A state in a target's place tells by its name how it was come to.
        self.counts.met(match role.split_once('.') {
            Some(("keys", _)) => "outcome: a key",
            Some(("choose", _)) => "outcome: a condition",
            Some(("cases", "no_input")) => "outcome: no_input",
            Some(("cases", "no_match")) => "outcome: no_match",
            Some(("cases", "invalid")) => "outcome: invalid",
            Some(("cases", "busy")) => "outcome: busy",
            Some(("cases", "no_answer")) => "outcome: no_answer",
            Some(("cases", "failed")) => "outcome: failed",
            Some(("cases", _)) => "outcome: a label",
            _ => match role {
                "then" => "outcome: then",
                "give_up" => "outcome: give_up",
                "otherwise" => "outcome: otherwise",
                "on_error" => "outcome: on_error",
                other => panic!("there is no place `{other}`"),
            },
        });
    }

    fn note_actions(&mut self, answered: &Answered) {
        for action in self.actions.clone() {
            let name = action["action"].as_str().unwrap_or_default();
            self.counts.met(&format!("action: {name}"));
            let params = &action["params"];
            if params["speed"].as_f64().is_some_and(|speed| speed != 1.0) {
                self.counts.met("limit: a speed");
            }
            if params["maxDigits"] == 25 {
                self.counts.met("limit: 25 digits");
            }
            match params["digitTimeout"].as_u64() {
                Some(500) => self.counts.met("limit: the shortest wait"),
                Some(60_000) => self.counts.met("limit: the longest wait"),
                _ => {}
            }
            let text = words(&action);
            assert!(!text.contains(&"x".repeat(501)), "a value was not cut");
            if text.contains(&"x".repeat(500)) {
                self.counts.met("limit: a value was cut");
            }
            if text.contains("bA B/b") {
                self.counts.met("limit: markup was taken out");
            }
            if params["fileUrl"]
                .as_str()
                .is_some_and(|url| url.contains('%'))
            {
                self.counts.met("limit: an address was encoded");
            }
            if text == LAST_RESORT {
                self.counts.met("the last resort");
            }
            if name == "makeCall" {
                self.note_dial(params);
            }
        }
        if answered.ended && answered.fresh && self.actions.len() == 1 {
            self.counts.met("ended by the caller");
        }
    }

    fn note_dial(&mut self, params: &Value) {
        if params["source"] == "+6561115999" || params["source"] == "+6561115888" {
            self.counts.met("number: from");
        }
        match params["destination"].as_str() {
            Some("+6561110001") => self.counts.met("number: fixed"),
            Some("+6561110002") => self.counts.met("number: fixed"),
            Some(_) => self.counts.met("number: computed"),
            None => {}
        }
        let last = self.heard.actions.iter().rev().nth(1);
        if last.is_some_and(|last| last["action"] == "makeCall") {
            self.counts.met("number: the second of a list");
        }
    }

    /// Whatever went out alone could not have been joined with what came behind it.
    fn note_joined(&mut self, answered: &Answered) {
        // What was said before a look-up goes out before it is made, also where a restart
        // then leads elsewhere.
        let asks_servers = |flow: &Arc<Flow>| {
            let mut states = flow.states().iter();
            states.any(|state| matches!(state.kind, Kind::Http(_)))
        };
        let restarts = self.manner.restarts != Restarts::Never;
        let looked = self.looked || restarts && self.flow.as_ref().is_some_and(asks_servers);
        let mut before = self.passed.take().filter(|_| !looked);
        for action in &self.actions {
            if let Some(before) = before
                && answered.faults.is_empty()
                && let Some(why) = why_not_joined(&before, action)
            {
                self.counts.met(why);
            }
            let passes = action["action"] == "say" || action["action"] == "playFile";
            before = passes.then(|| action.clone());
        }
        // After a fault the next turn may find more time than this one had.
        self.passed = before.filter(|_| answered.faults.is_empty());
        // A fixed text of the state that asks stands before its prompt.
        let state = answered.flow.as_ref().zip(answered.path.last());
        let state = state.map(|(flow, at)| flow.state_at(*at));
        let asks = |state: &&State| state.kind.asking().is_some();
        if let Some(say) = state.filter(asks).and_then(|state| state.say.as_ref())
            && let Text::Spoken(pieces) = &say.text
            && let Some(last) = self
                .actions
                .last()
                .filter(|a| a["action"] == "sayAndCapture")
            && words(last).contains(&format!("{} ", pieces[pieces.len() - 1].as_str()))
        {
            self.counts.met("limit: joined");
        }
    }
}

/// Why two actions are two; `None` where the second says nothing.
pub fn why_not_joined(first: &Value, second: &Value) -> Option<&'static str> {
    let (a, b) = (&first["params"], &second["params"]);
    Some(match second["action"].as_str() {
        Some("hangup") => return None,
        Some("makeCall") => "limit: not joined, a transfer",
        _ if first["action"] == "playFile" => "limit: not joined, a recording",
        Some("playFile") => "limit: not joined, a recording",
        _ if a["voiceProfile"] != b["voiceProfile"] => "limit: not joined, another voice",
        _ if a["speed"] != b["speed"] => "limit: not joined, another speed",
        _ if a["repetition"] != 1 => "limit: not joined, a repetition",
        Some("say") if b["repetition"] != 1 => "limit: not joined, a repetition",
        _ if chars(first) + 1 + chars(second) > 3000 => "limit: not joined, too long",
        _ => panic!("these could have been joined:\n{first}\n{second}"),
    })
}

fn words(action: &Value) -> String {
    let params = &action["params"];
    let text = params["text"].as_str().or(params["promptMessage"].as_str());
    text.unwrap_or_default().to_owned()
}

fn chars(action: &Value) -> usize {
    words(action).chars().count()
}
