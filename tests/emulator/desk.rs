//! An emulator at hand, of which every answer is held against the document; and a server
//! that is registered with it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, header};
use axum::routing::post;
use ringflow::live::Clock;
use ringflow::phone::{OtherSide, Rules};
use ringflow::platform::drive::{Caller, Deed, Faults, Pace, Scene};
use ringflow::platform::emulator::{Emulator, EmulatorConfig, Numbers, Story, Takes};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower::ServiceExt;

use super::document::judged;

pub const BASE: &str = "/api/v1/subaccounts/mine";
/// Our number, and a person's.
pub const OURS: &str = "+6561115777";
pub const PERSON: &str = "+6591234567";

pub struct Desk {
    pub emulator: Arc<Emulator>,
    pub stories: UnboundedReceiver<Story>,
    router: Router,
}

/// Takes every call and listens.
pub struct Listener;

impl Caller for Listener {
    fn next(&mut self, scene: &Scene<'_>) -> Deed {
        match scene.doing {
            ringflow::phone::Doing::Ringing(_) => Deed::Other(OtherSide::Answers { seconds: 20 }),
            _ => Deed::Wait,
        }
    }
}

pub fn listener(text: &str) -> Result<Box<dyn Caller>, String> {
    match text {
        "" => Err("the file is empty".to_owned()),
        _ => Ok(Box::new(Listener)),
    }
}

/// An emulator as it is without any setting, as fast as it can.
pub fn config(told: UnboundedSender<Story>) -> EmulatorConfig {
    EmulatorConfig {
        subaccount: None,
        key: None,
        numbers: Numbers::These(vec![OURS.parse().unwrap()]),
        rules: Rules::default(),
        pace: Pace::Fast,
        faults: Faults::NONE,
        otherwise: None,
        caller_of: listener,
        takes: Takes::Caller(Box::new(|_| Box::new(Listener))),
        told: Box::new(move |story| {
            let _ = told.send(story);
        }),
        name: "test".to_owned(),
        clock: Clock::manual("2026-03-02T02:00:00Z".parse().unwrap()),
    }
}

impl Desk {
    pub fn new() -> Self {
        Desk::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut EmulatorConfig)) -> Self {
        let (told, stories) = unbounded_channel();
        let mut config = config(told);
        change(&mut config);
        let emulator = Emulator::new(config);
        Desk {
            router: emulator.router(),
            emulator,
            stories,
        }
    }

    /// Asks with a good key.
    pub async fn asks(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        self.asks_as(Some("Bearer any"), method, path, body).await
    }

    /// The answer, which the document allows.
    pub async fn asks_as(
        &self,
        header: Option<&str>,
        method: &str,
        path: &str,
        body: &str,
    ) -> (u16, Value) {
        let (status, text) = self.sends(header, method, path, body).await;
        if let Err(why) = judged(method, path, status, &text) {
            panic!("{method} {path}: {status} {text}\n{why}");
        }
        (status, serde_json::from_str(&text).unwrap())
    }

    /// The answer as it is.
    pub async fn sends(
        &self,
        header: Option<&str>,
        method: &str,
        path: &str,
        body: &str,
    ) -> (u16, String) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(header) = header {
            request = request.header(header::AUTHORIZATION, header);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    pub async fn registers(&self, kind: &str, url: &str) {
        let webhook = json!({"type": kind, "url": url, "httpAuthHeader": "Basic mine"});
        let (status, answer) = self
            .asks("POST", &format!("{BASE}/webhooks"), &webhook.to_string())
            .await;
        assert_eq!(status, 200, "{answer}");
    }

    pub async fn calls(&self, callflow: Value) -> (u16, Value) {
        let body = json!({"clientRequestId": "mine-1", "callflow": callflow});
        self.asks("POST", &format!("{BASE}/callflows"), &body.to_string())
            .await
    }
}

pub fn make_call() -> Value {
    json!({"action": "makeCall", "params": {"source": OURS, "destination": PERSON}})
}

pub fn asks_for_keys() -> Value {
    json!({"action": "sayAndCapture", "params": {
        "promptMessage": "Press 1.", "voiceProfile": "en-US-BenjaminRUS", "speed": 1,
        "minDigits": 1, "maxDigits": 1, "digitTimeout": 5000, "overallTimeout": 10000,
        "completeOnHash": false, "noOfTries": 1}})
}

/// A server that is registered with a platform. Each call that waits gets the same answer.
pub struct Registered {
    pub url: String,
    received: UnboundedReceiver<(HeaderMap, Value)>,
}

type Told = (UnboundedSender<(HeaderMap, Value)>, String);

impl Registered {
    pub async fn answering(callflow: Value) -> Self {
        let (told, received) = unbounded_channel();
        let answer = json!({"callflow": callflow}).to_string();
        let take = async |State((told, answer)): State<Told>, headers: HeaderMap, body: Bytes| {
            let _ = told.send((headers, serde_json::from_slice(&body).unwrap()));
            answer
        };
        let router = Router::new()
            .route("/hooks", post(take))
            .with_state((told, answer));
        let bound = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", bound.local_addr().unwrap());
        tokio::spawn(ringflow::web::serve(
            bound,
            router,
            ringflow::web::ServerLimits {
                times: ringflow::web::Times::default(),
                connections: 100,
            },
            ringflow::web::on_admin_panic(),
            std::future::pending(),
        ));
        Registered { url, received }
    }

    /// The next webhook, with the type that it says it is.
    pub async fn receives(&mut self) -> (String, Value) {
        let (headers, webhook) = self.received.recv().await.unwrap();
        assert_eq!(headers[header::AUTHORIZATION], "Basic mine");
        let kind = webhook["eventType"].as_str().unwrap().to_owned();
        (kind, webhook["payload"].clone())
    }

    /// Waits for one of this type.
    pub async fn receives_a(&mut self, wanted: &str) -> Value {
        loop {
            let (kind, payload) = self.receives().await;
            if kind == wanted {
                return payload;
            }
        }
    }
}
