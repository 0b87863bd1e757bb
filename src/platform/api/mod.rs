//! The platform's API, called: calls are started, webhooks set, voices, numbers and
//! recordings asked for. The key goes to the platform's address alone, and is never shown.

mod access;
pub mod codes;
mod error;
mod exchange;

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::{PhoneNumber, SessionId};
use crate::outbound::{Asked, Platform, Started};
use crate::wire::api::{
    Created, NewWebhook, NotCreated, NumberAnswer, NumberId, NumberPage, OwnNumber, RecordingEntry,
    RecordingList, RemovedWebhook, Told, VoiceList, VoiceProfile, WebhookEntry, WebhookList,
};

pub use access::Access;
pub(super) use access::is_here;
pub use error::ApiError;
use exchange::{Answered, Exchange, Order};

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer is waited for, the connection included.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest text of somebody else's that an error shows, in characters.
const LONGEST: usize = 300;

/// The way to the platform's API, with one account.
pub struct Api {
    exchange: Exchange,
}

impl Api {
    /// Nothing is sent yet. The error says in plain words why no connection can be set up.
    pub fn new(access: Access) -> Result<Self, String> {
        Ok(Api {
            exchange: Exchange::new(access, CONNECT, PATIENCE)?,
        })
    }

    /// Where it is, without a `/` at its end.
    pub fn base(&self) -> &str {
        self.exchange.access().base()
    }

    /// The account that it asks for.
    pub fn subaccount(&self) -> &str {
        self.exchange.access().subaccount()
    }

    /// Starts a call with the bytes of `POST callflows`. It is sent again only where no
    /// connection came about; [`ApiError::Unknown`] means that there may be a call.
    pub async fn start_call(&self, body: &[u8]) -> Result<Created, ApiError> {
        let order = Order::post("callflows", body.to_vec());
        let answer = self.exchange.send(order).await;
        let answer = answer.map_err(|error| match error {
            ApiError::Unknown { why } => ApiError::Unknown {
                why: format!("{why}; there may be a call"),
            },
            other => other,
        })?;
        if answer.is_good() {
            let created: Created = read(&answer)?;
            return if created.status_code < 0 {
                Err(self.call_refused(&answer, created.status_code, &created.status_message))
            } else if created.session_id.is_empty() {
                Err(ApiError::Unknown {
                    why: "the platform's answer names no session, so there may be a call"
                        .to_owned(),
                })
            } else {
                Ok(created)
            };
        }
        let told: NotCreated = answer.json().unwrap_or_default();
        // Something between us and the platform may say 502 or 504 while a call is made.
        let is_sure =
            answer.status < 500 || told.status_code < 0 || told.session_status == "NOT_CREATED";
        if !is_sure {
            return Err(ApiError::Unknown {
                why: format!(
                    "HTTP {}, and not a word of the platform's own, so there may be a call",
                    answer.status
                ),
            });
        }
        Err(self.call_refused(&answer, told.status_code, &told.status_message))
    }

    /// Where the platform sends what.
    pub async fn webhooks(&self) -> Result<Vec<WebhookEntry>, ApiError> {
        Ok(self.webhooks_and_time().await?.0)
    }

    /// Where the platform sends what, and the time of the platform's clock, where its
    /// answer shows that.
    pub async fn webhooks_and_time(
        &self,
    ) -> Result<(Vec<WebhookEntry>, Option<Timestamp>), ApiError> {
        let answer = self.exchange.send(Order::get("webhooks")).await?;
        let time = answer.time;
        let list: WebhookList = self.good(answer)?;
        Ok((list.webhooks, time))
    }

    /// Sets the webhook of a type, or puts it in the place of the one that is there.
    pub async fn set_webhook(&self, webhook: &NewWebhook) -> Result<Vec<WebhookEntry>, ApiError> {
        let order = Order::post("webhooks", written(webhook));
        let mut secrets = Vec::new();
        secrets.extend(webhook.http_auth_header.as_deref());
        let answer = self.exchange.send(order).await;
        let list: Result<WebhookList, ApiError> = answer.and_then(|answer| self.good(answer));
        list.map(|list| list.webhooks)
            .map_err(|error| error.without(&secrets))
    }

    /// Takes the webhook of a type away: `VCA`, `VCS`, `VSS`, `VRU` or `VNU`.
    pub async fn remove_webhook(&self, kind: &str) -> Result<RemovedWebhook, ApiError> {
        let order = Order::delete(&["webhooks", kind]);
        let answer = self.exchange.send(order).await?;
        self.good(answer)
    }

    /// The voices there are.
    pub async fn voices(&self) -> Result<Vec<VoiceProfile>, ApiError> {
        let list: VoiceList = self.get(&["speech-profiles"]).await?;
        Ok(list.speech_profiles)
    }

    /// The numbers of the account, as many as one answer holds, and how many there are.
    pub async fn number_page(&self) -> Result<NumberPage, ApiError> {
        self.get(&["numbers"]).await
    }

    /// The numbers of the account, as many as one answer holds.
    pub async fn numbers(&self) -> Result<Vec<OwnNumber>, ApiError> {
        Ok(self.number_page().await?.numbers)
    }

    /// One number of the account.
    pub async fn number(&self, number: PhoneNumber) -> Result<NumberId, ApiError> {
        let answer: NumberAnswer = self.get(&["numbers", &number.digits()]).await?;
        Ok(answer.payload)
    }

    /// What was recorded of a session.
    pub async fn recordings(&self, session: &SessionId) -> Result<Vec<RecordingEntry>, ApiError> {
        let list: RecordingList = self.get(&["recordings", session.as_str()]).await?;
        Ok(list.recordings)
    }

    /// Has a caller from a file take the next call to a number, which only an emulator can.
    /// The error says in plain words what is wrong, with the file too.
    pub async fn bring_caller(&self, to: PhoneNumber, file: &str) -> Result<(), String> {
        #[derive(Serialize)]
        struct Caller<'a> {
            to: String,
            caller: &'a str,
        }
        let body = written(&Caller {
            to: to.to_string(),
            caller: file,
        });
        let order = Order::post_beside(&["emulator", "callers"], body);
        let answer = self.exchange.send(order).await;
        let answer = answer.map_err(|error| error.to_string())?;
        match answer.status {
            200..=299 => Ok(()),
            404 => Err(format!(
                "`{}` is no emulator; only an emulator has callers from files",
                self.base()
            )),
            status => {
                let told: Told = answer.json().unwrap_or_default();
                let text = match told.status_message.as_str() {
                    "" => String::from_utf8_lossy(&answer.body),
                    message => message.into(),
                };
                match self.exchange.access().redacted(text.trim()) {
                    text if text.is_empty() => Err(format!("the emulator answers HTTP {status}")),
                    text => Err(text),
                }
            }
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, ApiError> {
        let answer = self.exchange.send(Order::get_at(path)).await?;
        self.good(answer)
    }

    /// What a good answer holds; else what the platform says of it.
    fn good<T: DeserializeOwned>(&self, answer: Answered) -> Result<T, ApiError> {
        let told: Told = answer.json().unwrap_or_default();
        if answer.is_good() && told.status_code >= 0 {
            return read(&answer);
        }
        let message = self.exchange.access().redacted(&told.status_message);
        Err(ApiError::Refused {
            http: answer.status,
            code: (told.status_code != 0).then_some(told.status_code),
            message: shortened(&message),
        })
    }

    /// A call that the platform does not make. Its message may quote what is spoken, which
    /// may be secret: only the place that it names is kept.
    fn call_refused(&self, answer: &Answered, code: i32, message: &str) -> ApiError {
        ApiError::Refused {
            http: answer.status,
            code: (code != 0).then_some(code),
            message: place(message).unwrap_or_default().to_owned(),
        }
    }
}

impl Platform for Api {
    fn start(&self, request: Vec<u8>) -> Asked<'_, Started> {
        Box::pin(async move { started(self.start_call(&request).await) })
    }

    fn meaning(&self, code: i32) -> Option<String> {
        codes::status(code).map(ToString::to_string)
    }

    fn bring_caller(&self, to: PhoneNumber, file: String) -> Asked<'_, Result<(), String>> {
        Box::pin(async move { Api::bring_caller(self, to, &file).await })
    }
}

/// A call that is started, in the words of the room that asks for it.
fn started(result: Result<Created, ApiError>) -> Started {
    match result {
        Ok(created) => match SessionId::new(&created.session_id) {
            Some(session) => Started::Created { session },
            None => Started::Unknown {
                why: "the platform's answer names a session by what cannot be an id".to_owned(),
            },
        },
        Err(error) => match &error {
            ApiError::Refused { code, .. } => Started::Refused {
                code: *code,
                why: error.to_string(),
            },
            ApiError::NotSent { .. } => Started::Refused {
                code: None,
                why: error.to_string(),
            },
            ApiError::Unknown { .. } => Started::Unknown {
                why: error.to_string(),
            },
        },
    }
}

fn read<T: DeserializeOwned>(answer: &Answered) -> Result<T, ApiError> {
    answer.json().ok_or_else(|| ApiError::Unknown {
        why: format!(
            "HTTP {}, with a body that is not the platform's; is `--api` the address of its API?",
            answer.status
        ),
    })
}

fn written(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("memory takes every byte, and the body is made of texts")
}

/// The place in a callflow that a message begins with, such as `$.callflow[0].action`.
fn place(message: &str) -> Option<&str> {
    let message = message.trim_start();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '$' | '.' | '[' | ']' | '_');
    let end = message
        .find(|c| !is_part(c))
        .unwrap_or(message.len())
        .min(80);
    let place = message[..end].trim_end_matches('.');
    place.starts_with("$.").then_some(place)
}

/// Somebody else's text, fit for one line of ours.
fn shortened(text: &str) -> String {
    let mut chars = text
        .trim_matches(|c: char| c.is_whitespace() || c.is_control())
        .chars();
    let mut short: String = chars
        .by_ref()
        .take(LONGEST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_message_about_a_callflow_the_place_is_kept_and_no_quote() {
        assert_eq!(
            place("$.callflow[0].params.text: `your PIN is 1234` is too long"),
            Some("$.callflow[0].params.text")
        );
        assert_eq!(
            place("$.callflow[0].action should be one of: say"),
            Some("$.callflow[0].action")
        );
        assert_eq!(place("your PIN is 1234"), None);
        assert_eq!(place(""), None);
    }

    #[test]
    fn a_text_of_theirs_is_one_line() {
        assert_eq!(shortened(" a\nb\u{7} "), "a b");
        assert_eq!(shortened(&"ä".repeat(301)).chars().count(), 301);
    }
}
