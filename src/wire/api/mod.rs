//! The JSON of the platform's API: what is sent to it and what it answers, for whoever
//! calls it and for whoever stands in for it. Source: the platform's OpenAPI document,
//! version 1.0.
//!
//! Reading forgives what is absent, and a code that is a text where a number is meant.

mod callflows;
mod numbers;
mod recordings;
mod voices;
mod webhooks;

pub use callflows::{Created, NotCreated, render_request};
pub use numbers::{Health, NumberAnswer, NumberId, NumberPage, OwnNumber};
pub use recordings::{RecordingEntry, RecordingList};
pub use voices::{VoiceList, VoiceProfile};
pub use webhooks::{InvalidWebhook, NewWebhook, RemovedWebhook, WebhookEntry, WebhookList};

use serde::{Deserialize, Deserializer, Serialize};

/// An answer that says no more than how it went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Told {
    #[serde(deserialize_with = "code")]
    pub status_code: i32,
    pub status_message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
}

/// A status code: a number, or a text that holds one. Anything else reads as 0.
fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i32),
        Text(String),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Number(code) => code,
        Either::Text(text) => text.trim().parse().unwrap_or_default(),
        Either::Other(_) => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_from_a_number_and_from_a_text() {
        let read = |json: &str| serde_json::from_str::<Told>(json).map(|told| told.status_code);
        assert_eq!(read(r#"{"statusCode": -1007}"#).unwrap(), -1007);
        assert_eq!(read(r#"{"statusCode": "1001", "more": []}"#).unwrap(), 1001);
        assert_eq!(read(r#"{"statusCode": null}"#).unwrap(), 0);
        assert_eq!(read("{}").unwrap(), 0);
    }
}
