//! `webhooks`: where the platform sends what.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `GET` and `POST webhooks`, 200.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookList {
    pub sub_account_id: String,
    pub count: u32,
    pub webhooks: Vec<WebhookEntry>,
    /// 0.
    #[serde(deserialize_with = "super::code")]
    pub status_code: i32,
    pub status_message: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookEntry {
    /// VCA, VCS, VSS, VRU or VNU.
    #[serde(rename = "type")]
    pub kind: String,
    pub url: String,
    /// One guide of the platform writes `active`.
    #[serde(alias = "active")]
    pub enabled: bool,
    /// There is an `Authorization` header; its value is never told.
    pub http_auth_header_available: bool,
}

/// `POST webhooks`: creates the webhook of a type, or replaces it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewWebhook {
    #[serde(rename = "type")]
    pub kind: String,
    pub url: String,
    /// What webhooks come with as their `Authorization` header. It is a secret.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub http_auth_header: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default, alias = "active")]
    pub enabled: Option<bool>,
}

impl fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.kind, self.url)
    }
}

/// `DELETE webhooks/{type}`, 200: what was there, and how it went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RemovedWebhook {
    pub sub_account_id: String,
    #[serde(flatten)]
    pub entry: WebhookEntry,
    /// 0.
    #[serde(deserialize_with = "super::code")]
    pub status_code: i32,
    pub status_message: String,
}

/// `POST webhooks`, 422.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InvalidWebhook {
    /// A UUID.
    pub error_id: String,
    /// A text that holds a number, such as `1001`.
    pub status_code: String,
    pub status_message: String,
    /// RFC 3339.
    pub timestamp: String,
}
