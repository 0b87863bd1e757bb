//! A server that starts calls, a platform in the hands of a test, and a clock that stands
//! still.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ringflow::call::SessionId;
use ringflow::outbound::{
    Asked, CallOrder, News, Outbound, OutboundConfig, Outcome, Platform, Started, What,
};
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};

use crate::support::server::{Response, Server, Setup};
use crate::support::webhook::Webhook;

pub const OURS: &str = "+6561115777";
pub const PERSON: &str = "+6591234567";

/// A menu that says what it was given, and a state behind each key.
pub const FLOW: &str = "\
flow: remind
numbers: [+6561115777, +6561115778]
voice: en-US-BenjaminRUS
vars: {name: text, pin: secret digits, age: number}
states:
  ask:
    menu: Hello ${name}. Press 1 to confirm.
    keys: {1: confirmed}
  confirmed: {ask: How many guests?, digits: 1, save: age, then: done}
  done: {say: 'Thank you, ${name}.', then: hangup}
defaults: {give_up: hangup}
";

/// Nothing that is waited for takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A platform that answers each request when a test says so.
#[derive(Default)]
pub struct Fake {
    asked: Mutex<Vec<Request>>,
    arrived: Notify,
}

struct Request {
    body: Value,
    answer: Option<oneshot::Sender<Started>>,
}

impl Platform for Fake {
    fn start(&self, request: Vec<u8>) -> Asked<'_, Started> {
        let (answer, answered) = oneshot::channel();
        self.asked.lock().unwrap().push(Request {
            body: serde_json::from_slice(&request).unwrap(),
            answer: Some(answer),
        });
        self.arrived.notify_waiters();
        Box::pin(async move {
            // Whoever lets it fall has cut the connection.
            answered.await.unwrap_or(Started::Unknown {
                why: "cut off".to_owned(),
            })
        })
    }

    fn meaning(&self, code: i32) -> Option<String> {
        (code == -2005).then(|| "the text could not be spoken".to_owned())
    }
}

impl Fake {
    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// The body of a request, when so many have come.
    pub async fn request(&self, nth: usize) -> Value {
        let come = async {
            loop {
                let more = self.arrived.notified();
                tokio::pin!(more);
                more.as_mut().enable();
                if let Some(request) = self.asked.lock().unwrap().get(nth) {
                    return request.body.clone();
                }
                more.await;
            }
        };
        tokio::time::timeout(PATIENCE, come).await.unwrap()
    }

    pub fn answer(&self, nth: usize, started: Started) {
        let sender = self.asked.lock().unwrap()[nth].answer.take();
        let _ = sender.unwrap().send(started);
    }

    pub fn cut(&self, nth: usize) {
        drop(self.asked.lock().unwrap()[nth].answer.take());
    }

    pub fn ids(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let ids = asked.iter().map(|request| id_of(&request.body));
        ids.collect()
    }
}

pub fn id_of(request: &Value) -> String {
    request["clientRequestId"].as_str().unwrap().to_owned()
}

pub fn person_of(request: &Value) -> String {
    let person = &request["callflow"][0]["params"]["destination"];
    person.as_str().unwrap().to_owned()
}

pub fn created(session: &str) -> Started {
    Started::Created {
        session: SessionId::new(session).unwrap(),
    }
}

pub struct Bench {
    pub server: Server,
    pub outbound: Arc<Outbound>,
    pub fake: Arc<Fake>,
}

impl Bench {
    pub fn new() -> Self {
        Bench::of(FLOW, Path::new("/nowhere"), "seed")
    }

    pub fn of(flow: &str, jobs: &Path, seed: &str) -> Self {
        let server = Setup::flow(flow).start();
        let fake = Arc::new(Fake::default());
        let config = OutboundConfig {
            platform: Some(Arc::clone(&fake) as _),
            seed: seed.to_owned(),
            jobs: jobs.to_owned(),
        };
        let outbound = Outbound::new(server.calls(), server.clock.clone(), config);
        Bench {
            server,
            outbound,
            fake,
        }
    }

    pub fn run<T>(&self, does: impl Future<Output = T>) -> T {
        self.server.runtime.block_on(does)
    }

    pub async fn calls(&self, order: Value) -> String {
        let order: CallOrder = serde_json::from_value(order).unwrap();
        self.outbound.call(order).await.unwrap()
    }

    /// Calls the person, who is greeted by this name.
    pub async fn calls_name(&self, name: &str) -> String {
        let order = json!({"flow": "remind", "to": PERSON, "with": {"name": name}});
        self.calls(order).await
    }

    pub async fn post(&self, body: Value) -> Response {
        let webhook = Webhook {
            path: "/webhooks",
            content_type: Some("application/json"),
            body: body.to_string(),
        };
        self.server.posting(&webhook).await
    }

    /// What is said behind a webhook, with all texts of it.
    pub async fn said(&self, body: Value) -> String {
        let response = self.post(body).await;
        assert_eq!(response.status, 200);
        String::from_utf8(response.body).unwrap()
    }

    /// All that was told of a call, once this was.
    pub async fn until(&self, id: &str, is_it: impl Fn(&What) -> bool) -> Vec<What> {
        let told = async {
            loop {
                let (news, _) = self.outbound.news(id, 0, PATIENCE).await.unwrap();
                let count = news.len();
                let what: Vec<What> = news.into_iter().map(|news: News| news.what).collect();
                if what.iter().any(&is_it) {
                    return what;
                }
                self.outbound.news(id, count, PATIENCE).await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, told).await.unwrap()
    }

    pub async fn end(&self, id: &str) -> Outcome {
        let news = self.until(id, |what| matches!(what, What::Ended(_))).await;
        let Some(What::Ended(outcome)) = news.last() else {
            panic!("{news:?}");
        };
        outcome.clone()
    }

    /// Time goes by, and what is due is done.
    pub fn minutes_pass(&self, minutes: u64) {
        self.server.minutes_pass(minutes);
        self.outbound.sweep();
    }
}

/// Webhooks of a session between our number and the person.
pub struct Session<'a> {
    pub id: &'a str,
    pub person: &'a str,
}

pub fn session(id: &str) -> Session<'_> {
    Session { id, person: PERSON }
}

impl Session<'_> {
    fn leg(&self, kind: &str, status: &str, event: &str) -> Value {
        json!({"namespace": "VOICE", "eventType": kind, "payload": {
            "eventId": format!("{}-{event}", self.id), "callId": format!("leg-{}", self.id),
            "sessionId": self.id, "callStatus": status, "callDirection": "OUTBOUND",
            "callType": "PSTN", "source": OURS, "destination": self.person, "sipCode": 200}})
    }

    /// The first webhook that waits, with this key.
    pub fn first(&self, key: &str) -> Value {
        let mut webhook = self.leg("CALL_ACTION", "ACTION_COMPLETED", "first");
        webhook["payload"]["eventData"] = json!({"dtmf": key});
        webhook
    }

    pub fn status(&self, status: &str) -> Value {
        self.leg("CALL_STATUS", status, status)
    }

    /// The summary, which names the request if it is to.
    pub fn summary(&self, status: &str, request: Option<&str>) -> Value {
        let mut payload = json!({"sessionId": self.id, "sessionStatus": status,
            "startTime": "2026-03-02T02:00:00Z", "endTime": "2026-03-02T02:00:35Z"});
        if let Some(request) = request {
            payload["clientRequestId"] = request.into();
        }
        json!({"namespace": "VOICE", "eventType": "SESSION_SUMMARY", "payload": payload})
    }
}
