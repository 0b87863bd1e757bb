//! The platform's API as far as the command line needs it: one account, its webhooks,
//! numbers, voices and recordings.

use std::path::Path;
use std::process::Output;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::program::ringflow;
use crate::support::backend::{Asked, Backend};

/// What must be in no output and no file but the one for headers.
pub const KEY: &str = "planted-key-0123456789";

/// What the platform does differently from the usual.
type Odd = Box<dyn Fn(&Asked, &str) -> Option<(u16, Value)> + Send + Sync>;

pub struct Platform {
    backend: Backend,
    webhooks: Arc<Mutex<Vec<Value>>>,
}

/// What a command has left.
#[derive(Debug)]
pub struct Told {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Platform {
    pub fn start() -> Self {
        Platform::odd(|_, _| None)
    }

    /// One that answers some requests in its own way, told by method and path below the
    /// subaccount, such as `POST webhooks`.
    pub fn odd(odd: impl Fn(&Asked, &str) -> Option<(u16, Value)> + Send + Sync + 'static) -> Self {
        Platform::at(None, Box::new(odd))
    }

    /// One whose clock shows this.
    pub fn showing(date: &str) -> Self {
        Platform::at(Some(date.to_owned()), Box::new(|_, _| None))
    }

    fn at(date: Option<String>, odd: Odd) -> Self {
        let webhooks: Arc<Mutex<Vec<Value>>> = Arc::default();
        let all = Arc::clone(&webhooks);
        let backend = Backend::telling(move |asked| {
            let (status, body) = answer(asked, &all, &odd);
            let date = date.clone().unwrap_or_else(now);
            (status, vec![("date", date)], body.to_string())
        });
        Platform { backend, webhooks }
    }

    pub fn address(&self) -> String {
        format!("http://{}", self.backend.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.backend.asked()
    }

    /// Sets a webhook as somebody else has.
    pub fn had(&self, kind: &str, url: &str, header: Option<&str>, enabled: bool) {
        put(
            &mut self.webhooks.lock().unwrap(),
            &json!({"type": kind, "url": url, "httpAuthHeader": header, "enabled": enabled}),
        );
    }

    /// Types with their addresses, in the order of types.
    pub fn webhooks(&self) -> Vec<(String, String)> {
        let webhooks = self.webhooks.lock().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut list: Vec<_> = webhooks
            .iter()
            .map(|webhook| (text(&webhook["type"]), text(&webhook["url"])))
            .collect();
        list.sort();
        list
    }

    /// The header of a type.
    pub fn header(&self, kind: &str) -> Option<String> {
        let webhooks = self.webhooks.lock().unwrap();
        let webhook = webhooks.iter().find(|webhook| webhook["type"] == kind);
        webhook.unwrap()["httpAuthHeader"]
            .as_str()
            .map(str::to_owned)
    }

    /// A command with the account of this platform.
    pub fn run(&self, dir: &Path, args: &[&str]) -> Told {
        let told = self.command(dir, args, KEY);
        for text in [&told.out, &told.err] {
            assert!(!text.contains("planted"), "{args:?}: {text}");
        }
        told
    }

    pub fn command(&self, dir: &Path, args: &[&str], key: &str) -> Told {
        let mut command = ringflow(args);
        let command = command
            .env("RINGFLOW_API", self.address())
            .env("RINGFLOW_SUBACCOUNT", "acme-1")
            .env("RINGFLOW_API_KEY", key)
            .env("RINGFLOW_DIR", dir);
        told(command.output().unwrap())
    }
}

pub fn told(output: Output) -> Told {
    Told {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn now() -> String {
    let now = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now());
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn answer(asked: &Asked, webhooks: &Mutex<Vec<Value>>, odd: &Odd) -> (u16, Value) {
    let given = asked.header("authorization").unwrap_or_default();
    if given != format!("Bearer {KEY}") {
        // A platform that quotes what it should not.
        let message = format!("not accepted: {given}");
        return (401, json!({"statusCode": 0, "statusMessage": message}));
    }
    let (method, path) = asked.what.split_once(' ').unwrap();
    let Some(path) = path.strip_prefix("/api/v1/subaccounts/acme-1/") else {
        return (404, json!({}));
    };
    let what = format!("{method} {path}");
    if let Some(answer) = odd(asked, &what) {
        return answer;
    }
    let mut webhooks = webhooks.lock().unwrap();
    let good = |mut body: Value| {
        body["statusCode"] = json!(0);
        body["statusMessage"] = json!("ok");
        (200, body)
    };
    let listed = |webhooks: &[Value]| {
        let list: Vec<Value> = webhooks.iter().map(shown).collect();
        good(json!({"subAccountId": "acme-1", "count": list.len(), "webhooks": list}))
    };
    match (method, path) {
        ("GET", "webhooks") => listed(&webhooks),
        ("POST", "webhooks") => {
            put(&mut webhooks, &serde_json::from_str(&asked.body).unwrap());
            listed(&webhooks)
        }
        ("DELETE", path) if path.starts_with("webhooks/") => {
            let kind = path.trim_start_matches("webhooks/");
            let at = webhooks.iter().position(|webhook| webhook["type"] == kind);
            match at {
                Some(at) => good(shown(&webhooks.remove(at))),
                None => (404, json!({"statusCode": 0, "statusMessage": "none"})),
            }
        }
        ("GET", "speech-profiles") => good(json!({"speechProfiles": [
            {"speechProfileCode": "ms-MY-Rizwan", "localeCode": "ms-MY", "localeDescription": "Malay", "gender": "M"},
            {"speechProfileCode": "en-US-BenjaminRUS", "localeCode": "en-US", "localeDescription": "English (US)", "gender": "M"},
            {"speechProfileCode": "en-GB-George", "localeCode": "en-GB", "localeDescription": "English (UK)", "gender": "M"},
        ]})),
        ("GET", "numbers") => good(json!({"totalNumbers": 2, "numbers": [
            {"msisdn": "6561115001", "countryCode": "SG", "operationalStatus": "Active",
             "numberHealth": {"isHealthy": true, "status": "OK"}},
            {"msisdn": "+6561115009", "countryCode": "SG", "operationalStatus": "Expiring"},
        ]})),
        ("GET", "recordings/7f3c0a52-0000-4000-8000-000000000001") => good(json!({"recordings": [
            {"recordingId": "r1", "sessionid": "7f3c0a52-0000-4000-8000-000000000001",
             "status": "UPLOAD_COMPLETED", "externalFileUrl": "https://files.example/r1.mp3",
             "duration": 10, "startRecordingTime": "2026-03-02T10:00:00Z"},
        ]})),
        ("GET", path) if path.starts_with("recordings/") => good(json!({"recordings": []})),
        _ => (
            404,
            json!({"statusCode": 0, "statusMessage": "nothing there"}),
        ),
    }
}

fn put(webhooks: &mut Vec<Value>, new: &Value) {
    webhooks.retain(|webhook| webhook["type"] != new["type"]);
    webhooks.push(new.clone());
}

/// A webhook without the value of its header.
fn shown(webhook: &Value) -> Value {
    json!({
        "type": webhook["type"],
        "url": webhook["url"],
        "enabled": webhook["enabled"],
        "httpAuthHeaderAvailable": webhook["httpAuthHeader"].is_string(),
    })
}
