//! The flows that come with Ringflow, walked over HTTP from the first webhook to the
//! summary: every state, every key, and whatever can be answered badly.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use ringflow::call::{Action, Repetition, Speed, SpokenText, Voice};
use ringflow::flow::{Catalog, Text, build};
use ringflow::live::{Calls, CallsConfig, Clock, Lifetimes, read_project};
use ringflow::machine::{Answers, Desk, Policy, Sides, TokenKeys};
use ringflow::web::{Web, router};
use serde_json::{Value, json};
use tower::ServiceExt;

const SUPPORT: &str = "+6561115778";
const MASKING: &str = "+6561115779";
const CALLER: &str = "+6591234567";
const RIDER: &str = "+6591110001";
const DRIVER: &str = "+6592220001";

#[tokio::test]
async fn support_asks_once_and_goes_where_the_key_says() {
    let desk = Shipped::open();
    for (key, answer) in [
        ("2", "We will call you again tomorrow."),
        ("3", "I am glad to hear that."),
    ] {
        let mut call = desk.call(SUPPORT, CALLER);
        call.is_answered_with(key).await;
        call.says(answer).hangs_up().ends().await;
    }
    let mut call = desk.call(SUPPORT, CALLER);
    call.is_answered_with("1").await;
    call.says("I will connect you to an agent.").goes_on().await;
    call.dials("+6561115900", SUPPORT).leg_ends(200).await;
    call.hangs_up().ends().await;
}

#[tokio::test]
async fn support_bears_silence_and_wrong_keys() {
    let desk = Shipped::open();
    let mut call = desk.call(SUPPORT, CALLER);
    call.is_answered_with("").await;
    call.says("I did not hear anything.")
        .says("Press 1 for an agent, 2 to be called tomorrow, 3 if it is solved.")
        .press("7")
        .await;
    call.says("That is not one of the choices.")
        .press("12")
        .await;
    call.says("We could not reach you just now")
        .hangs_up()
        .ends()
        .await;

    let mut call = desk.call(SUPPORT, CALLER);
    call.is_answered_with("").await;
    call.press("").await;
    call.says("I still did not hear anything.").press("3").await;
    call.says("I am glad to hear that.").hangs_up().ends().await;

    for key in ["*", "#", "0", "9"] {
        let mut call = desk.call(SUPPORT, CALLER);
        call.is_answered_with(key).await;
        call.says("Press 1 for an agent").press("2").await;
        call.says("tomorrow").hangs_up().ends().await;
    }
}

#[tokio::test]
async fn support_apologises_where_no_agent_answers() {
    let desk = Shipped::open();
    for (first, second) in [(486, 486), (480, 408), (503, 404)] {
        let mut call = desk.call(SUPPORT, CALLER);
        call.is_answered_with("1").await;
        call.goes_on().await;
        call.dials("+6561115900", SUPPORT).leg_ends(first).await;
        call.dials("+6561115901", SUPPORT).leg_ends(second).await;
        call.says("I am sorry, all our agents are busy after all.")
            .hangs_up()
            .ends()
            .await;
    }
}

#[tokio::test]
async fn support_asks_its_question_where_it_is_called() {
    let desk = Shipped::open();
    let mut call = desk.call(SUPPORT, CALLER);
    call.arrives().await;
    call.says("We are calling back about your request.")
        .press("3")
        .await;
    call.says("I am glad to hear that.").hangs_up().ends().await;
}

#[tokio::test]
async fn masking_connects_both_sides_of_a_booking() {
    let desk = Shipped::open();
    for (caller, other) in [
        (RIDER, DRIVER),
        (DRIVER, RIDER),
        ("+6591110002", "+6592220002"),
        ("+6592220003", "+6591110003"),
    ] {
        let mut call = desk.call(MASKING, caller);
        call.arrives().await;
        call.says("I will connect you now.").goes_on().await;
        // The other side sees the virtual number, never the caller's.
        call.dials(other, MASKING).hides(caller).leg_ends(200).await;
        call.hangs_up().ends().await;
    }
}

#[tokio::test]
async fn masking_says_where_nobody_answers() {
    let desk = Shipped::open();
    for sip_code in [486, 480, 503] {
        let mut call = desk.call(MASKING, RIDER);
        call.arrives().await;
        call.goes_on().await;
        call.dials(DRIVER, MASKING).leg_ends(sip_code).await;
        call.says("Nobody answers just now.")
            .hangs_up()
            .ends()
            .await;
    }
}

#[tokio::test]
async fn masking_asks_a_withheld_caller_for_the_booking_code() {
    let desk = Shipped::open();
    let mut call = desk.call(MASKING, "anonymous");
    call.arrives().await;
    call.says("Welcome. Please enter the 6 digits of your booking code.")
        .press("507366")
        .await;
    call.says("I will connect you now.").goes_on().await;
    call.dials("+6592220002", MASKING).leg_ends(200).await;
    call.hangs_up().ends().await;

    let mut call = desk.call(MASKING, "anonymous");
    call.arrives().await;
    call.press("").await;
    call.says("I did not hear anything.")
        .says("You find it in your booking message.")
        .press("4829")
        .await;
    call.says("That is not the right number of digits.")
        .press("482913#")
        .await;
    call.says("I will connect you now.").goes_on().await;
    call.dials(DRIVER, MASKING).leg_ends(487).await;
    call.hangs_up().ends().await;
}

#[tokio::test]
async fn masking_ends_where_there_is_no_booking() {
    let desk = Shipped::open();
    for caller in ["anonymous", CALLER] {
        let mut call = desk.call(MASKING, caller);
        call.arrives().await;
        call.press("000000").await;
        call.says("There is no booking with this code.")
            .hangs_up()
            .ends()
            .await;
    }
    let mut call = desk.call(MASKING, "anonymous");
    call.arrives().await;
    for entry in ["", "12", "*"] {
        call.press(entry).await;
    }
    call.says("We cannot connect you without a booking code.")
        .hangs_up()
        .ends()
        .await;
}

#[tokio::test]
async fn every_text_of_both_flows_is_heard() {
    let desk = Shipped::open();
    for (key, codes) in [
        ("1", &[486, 486][..]),
        ("1", &[200][..]),
        ("2", &[][..]),
        ("3", &[][..]),
    ] {
        let mut call = desk.call(SUPPORT, CALLER);
        call.arrives().await;
        call.press("").await;
        call.press(key).await;
        if key == "1" {
            call.goes_on().await;
        }
        for sip_code in codes {
            call.leg_ends(*sip_code).await;
        }
    }
    let mut call = desk.call(SUPPORT, CALLER);
    call.is_answered_with("").await;
    call.press("").await;
    call.press("").await;
    for (caller, entries, sip_code) in [
        (RIDER, &[][..], 486),
        ("anonymous", &["", "482913"], 200),
        ("anonymous", &["111111"], 0),
        ("anonymous", &["", "", ""], 0),
    ] {
        let mut call = desk.call(MASKING, caller);
        call.arrives().await;
        for entry in entries {
            call.press(entry).await;
        }
        if sip_code > 0 {
            call.goes_on().await;
            call.leg_ends(sip_code).await;
        }
    }
    let heard = desk.heard.lock().unwrap().join("\n");
    for flow in ["support", "masking"] {
        let flow = desk.catalog.named(flow).unwrap();
        let mut count = 0;
        for state in flow.states() {
            let said = state.say.iter().map(|say| &say.text);
            let asked = state.kind.asking().into_iter();
            let asked = asked.flat_map(|asking| &asking.prompts);
            for text in said.chain(asked) {
                let Text::Spoken(pieces) = text else { continue };
                for piece in pieces {
                    count += 1;
                    assert!(heard.contains(piece.as_str()), "{}", piece.as_str());
                }
            }
        }
        assert!(count >= 6, "{count} texts in {}", flow.name());
    }
}

/// The server with the shipped flows, without a socket.
struct Shipped {
    router: Router,
    catalog: Arc<Catalog>,
    calls: Mutex<HashMap<String, usize>>,
    heard: Arc<Mutex<Vec<String>>>,
}

/// A call on the platform's side.
struct PhoneCall {
    router: Router,
    heard: Arc<Mutex<Vec<String>>>,
    session: String,
    ours: String,
    caller: String,
    direction: &'static str,
    events: usize,
    token: Option<String>,
    /// The actions of the present answer.
    actions: Vec<Value>,
}

impl Shipped {
    fn open() -> Self {
        let (files, errors) = read_project(".".as_ref());
        assert!(errors.is_empty());
        let build = build(&files);
        assert_eq!(build.diagnostics, []);
        let catalog = Arc::new(build.catalog);
        let last_resort = Action::Say {
            text: SpokenText::new("Last resort.").unwrap(),
            voice: Voice::new("en-US-BenjaminRUS").unwrap(),
            speed: Speed::NORMAL,
            repetition: Repetition::ONCE,
        };
        let config = CallsConfig {
            desk: Desk {
                policy: Policy {
                    answers: Answers::Single,
                    sides: Sides::default(),
                    last_resort: last_resort.clone(),
                },
                keys: TokenKeys::read(&"a".repeat(64)).unwrap(),
            },
            lifetimes: Lifetimes::default(),
            max_calls: 100,
            script_threads: 1,
            show_digits: false,
            follow_edits: false,
        };
        let calls = Calls::new(Arc::clone(&catalog), config, Clock::system());
        Shipped {
            router: router(Web::new(calls, last_resort, false)),
            catalog,
            calls: Mutex::default(),
            heard: Arc::default(),
        }
    }

    fn call(&self, ours: &str, caller: &str) -> PhoneCall {
        let mut calls = self.calls.lock().unwrap();
        let count = calls.entry(ours.to_owned()).or_default();
        *count += 1;
        PhoneCall {
            router: self.router.clone(),
            heard: Arc::clone(&self.heard),
            session: format!("{ours}-{count}"),
            ours: ours.into(),
            caller: caller.into(),
            direction: "INBOUND",
            events: 0,
            token: None,
            actions: Vec::new(),
        }
    }
}

impl PhoneCall {
    /// Somebody calls our number.
    async fn arrives(&mut self) {
        self.action("CALL_RECEIVED", json!({})).await;
    }

    /// The call was started for us, the flow's first question has been asked, and this
    /// was keyed in.
    async fn is_answered_with(&mut self, keys: &str) {
        self.direction = "OUTBOUND";
        self.press(keys).await;
    }

    async fn press(&mut self, keys: &str) {
        self.action("ACTION_COMPLETED", json!({"eventData": {"dtmf": keys}}))
            .await;
    }

    /// What was said has been heard.
    async fn goes_on(&mut self) {
        self.action("ACTION_COMPLETED", json!({})).await;
    }

    /// The dialled leg has ended; the platform shows that leg in its event.
    async fn leg_ends(&mut self, sip_code: u16) {
        let action = self.actions.last().expect("an answer has an action");
        let params = &action["params"];
        let leg = json!({
            "callDirection": "OUTBOUND", "callId": "leg-b", "sipCode": sip_code,
            "source": params["source"], "destination": params["destination"],
        });
        self.action("ACTION_COMPLETED", leg).await;
    }

    /// The call is over, and its summary comes.
    async fn ends(&mut self) {
        let summary = json!({
            "namespace": "VOICE", "eventType": "SESSION_SUMMARY",
            "payload": {"sessionId": self.session, "sessionStatus": "COMPLETED", "callCount": 1},
        });
        let (status, body) = self.post(&summary).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
        // Whatever still comes is answered, and is the end.
        self.goes_on().await;
        self.hangs_up();
    }

    fn says(&mut self, part: &str) -> &mut Self {
        let heard = spoken(&self.actions);
        assert!(heard.contains(part), "{part:?} in {heard:?}");
        self
    }

    fn dials(&mut self, number: &str, from: &str) -> &mut Self {
        let dialled =
            json!({"action": "makeCall", "params": {"source": from, "destination": number}});
        assert_eq!(self.actions, [dialled]);
        self
    }

    /// Nothing of the answer shows this number.
    fn hides(&mut self, number: &str) -> &mut Self {
        assert!(!format!("{:?}", self.actions).contains(number));
        self
    }

    fn hangs_up(&mut self) -> &mut Self {
        assert_eq!(self.actions.last(), Some(&json!({"action": "hangup"})));
        self
    }

    async fn action(&mut self, status: &str, more: Value) {
        self.events += 1;
        let (source, destination) = match self.direction {
            "INBOUND" => (&self.caller, &self.ours),
            _ => (&self.ours, &self.caller),
        };
        let mut payload = json!({
            "eventId": format!("{}-{}", self.session, self.events), "callId": "leg-a",
            "sessionId": self.session, "callStatus": status, "callDirection": self.direction,
            "callType": "PSTN", "source": source, "destination": destination,
            "callDuration": 3, "sipCode": 200, "clientActionId": self.token,
        });
        for (name, value) in more.as_object().expect("more fields") {
            payload[name] = value.clone();
        }
        let body = json!({"namespace": "VOICE", "eventType": "CALL_ACTION", "payload": payload});
        let (status, answer) = self.post(&body).await;
        assert_eq!(status, StatusCode::OK);
        let answer: Value = serde_json::from_str(&answer).expect("an answer is JSON");
        let token = answer["clientActionId"].as_str();
        self.token = token.map(str::to_owned).or(self.token.take());
        self.actions = answer["callflow"].as_array().cloned().unwrap_or_default();
        assert!(!self.actions.is_empty(), "{answer}");
        self.heard.lock().unwrap().push(spoken(&self.actions));
    }

    async fn post(&self, body: &Value) -> (StatusCode, String) {
        let request = Request::post("/webhooks")
            .body(Body::from(body.to_string()))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 65_536).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }
}

fn spoken(actions: &[Value]) -> String {
    let params = actions.iter().map(|action| &action["params"]);
    let texts = params.flat_map(|params| [&params["text"], &params["promptMessage"]]);
    let texts: Vec<_> = texts.filter_map(Value::as_str).collect();
    texts.join(" ")
}
