//! `webhooks`: where what is sent goes.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::Emulator;
use super::answer;
use super::door::Whose;
use super::registered::Registered;
use crate::platform::drive::Kind;
use crate::wire::api::{NewWebhook, RemovedWebhook, WebhookEntry, WebhookList};

#[derive(Deserialize)]
pub struct One {
    subaccount: String,
    r#type: String,
}

pub async fn list(
    State(emulator): State<Arc<Emulator>>,
    Path(Whose { subaccount }): Path<Whose>,
) -> Response {
    answer::ok(&listed(&emulator, &subaccount))
}

/// Registers a webhook, in the place of the one of its type.
pub async fn set(
    State(emulator): State<Arc<Emulator>>,
    Path(Whose { subaccount }): Path<Whose>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let registered = match body {
        Err(_) => Err("The request body is too long".to_owned()),
        Ok(body) => read(&body),
    };
    let set = registered.and_then(|webhook| emulator.registry.set(&subaccount, webhook));
    match set {
        Ok(webhook) => {
            emulator.announce(&subaccount, &webhook);
            answer::ok(&listed(&emulator, &subaccount))
        }
        Err(message) => {
            let now = emulator.config.clock.now();
            answer::invalid_webhook(emulator.new_id("error"), &message, now)
        }
    }
}

pub async fn remove(
    State(emulator): State<Arc<Emulator>>,
    Path(One { subaccount, r#type }): Path<One>,
) -> Response {
    let kind = Kind::read(&r#type);
    let removed = kind.and_then(|kind| emulator.registry.remove(&subaccount, kind));
    match removed {
        Some(webhook) => answer::ok(&RemovedWebhook {
            sub_account_id: subaccount,
            entry: entry(&webhook),
            status_code: 0,
            status_message: "deleted".to_owned(),
        }),
        None => {
            let message = format!("Webhook not found by type : {}", r#type);
            let now = emulator.config.clock.now();
            answer::told(StatusCode::NOT_FOUND, &message, now)
        }
    }
}

/// A webhook as it was asked for. The error is what is wrong with it, and shows nothing of
/// what it holds: its header is a secret.
fn read(body: &[u8]) -> Result<Registered, String> {
    let parsed: Result<serde_json::Value, _> = serde_json::from_slice(body);
    let Ok(json) = parsed else {
        return Err("Invalid JSON request body".to_owned());
    };
    let new: NewWebhook = serde_json::from_value(json)
        .map_err(|_| "Invalid param : type and url are required texts".to_owned())?;
    let kind = Kind::read(&new.kind)
        .ok_or("Invalid param : type should be one of: VCS,VCA,VSS,VRU,VNU")?;
    let enabled = new.enabled.unwrap_or(true);
    Registered::new(kind, &new.url, new.http_auth_header, enabled)
}

fn listed(emulator: &Emulator, subaccount: &str) -> WebhookList {
    let webhooks = emulator.registry.of(subaccount);
    let webhooks: Vec<WebhookEntry> = webhooks.iter().map(|one| entry(one)).collect();
    WebhookList {
        sub_account_id: subaccount.to_owned(),
        count: webhooks.len() as u32,
        webhooks,
        status_code: 0,
        status_message: "ok".to_owned(),
    }
}

fn entry(webhook: &Registered) -> WebhookEntry {
    WebhookEntry {
        kind: webhook.kind.word().to_owned(),
        url: webhook.url.clone(),
        enabled: webhook.enabled,
        http_auth_header_available: webhook.has_header,
    }
}
