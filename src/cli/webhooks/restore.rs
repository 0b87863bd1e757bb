//! Puts back the webhooks that were there before.

use std::process::ExitCode;

use anyhow::Result;
use secrecy::{ExposeSecret, SecretString};

use super::{account, of, same_account};
use crate::app;
use crate::app::webhooks::{KeptWebhooks, kept, usable};
use crate::cli::{FOUND, print};
use crate::platform::{Api, ApiError};
use crate::settings::{RestoreSettings, WebhookType};
use crate::wire::api::{NewWebhook, WebhookEntry};

pub async fn restore(settings: &RestoreSettings) -> Result<ExitCode> {
    let api = app::api(&settings.api, &settings.dir)?;
    if let Some(header) = &settings.auth_header {
        usable(header)?;
    }
    let Some(mut kept) = kept(&settings.dir)? else {
        print("nothing was changed here, so there is nothing to put back\n")?;
        return Ok(ExitCode::SUCCESS);
    };
    same_account(&kept.account, &account(&api))?;
    let now = match api.webhooks().await {
        Ok(now) => now,
        Err(error) => {
            eprintln!("error: {error}; nothing is changed");
            return Ok(ExitCode::from(FOUND));
        }
    };
    let mut has_failed = false;
    let mut bare = Vec::new();
    for kind in WebhookType::ALL.into_iter().map(WebhookType::word) {
        if !kept.changed.iter().any(|changed| changed == kind) {
            continue;
        }
        let before = of(&kept.before, kind);
        let done = put_back(&api, before, of(&now, kind), settings.auth_header.as_ref());
        match done.await {
            Ok(told) => {
                print(&format!("{kind} {told}\n"))?;
                let had = before.is_some_and(|before| before.http_auth_header_available);
                if had && settings.auth_header.is_none() {
                    bare.push(kind);
                }
                kept.changed.retain(|changed| changed != kind);
                kept.keep(&settings.dir)?;
            }
            Err(error) => {
                eprintln!("error: {kind} is not put back: {error}");
                has_failed = true;
            }
        }
    }
    if !bare.is_empty() {
        eprintln!(
            "warning: {} had an `Authorization` header before, whose value the platform never \
             tells; now there is none. Set it where the webhooks were set, or give it here as \
             `--auth-header` the next time",
            bare.join(", ")
        );
    }
    if has_failed {
        eprintln!("what is left is still kept; `ringflow webhooks restore` goes on with it");
        return Ok(ExitCode::from(FOUND));
    }
    KeptWebhooks::forget(&settings.dir)?;
    Ok(ExitCode::SUCCESS)
}

/// One type as it was before; what was done, in words.
async fn put_back(
    api: &Api,
    before: Option<&WebhookEntry>,
    now: Option<&WebhookEntry>,
    header: Option<&SecretString>,
) -> Result<String, ApiError> {
    let Some(before) = before else {
        let Some(now) = now else {
            return Ok("was not set before, and is not".to_owned());
        };
        api.remove_webhook(&now.kind).await?;
        return Ok("was not set before, and is taken away".to_owned());
    };
    let header = header.filter(|_| before.http_auth_header_available);
    api.set_webhook(&NewWebhook {
        kind: before.kind.clone(),
        url: before.url.clone(),
        http_auth_header: header.map(|header| header.expose_secret().to_owned()),
        enabled: Some(before.enabled),
    })
    .await?;
    let off = if before.enabled { "" } else { ", switched off" };
    Ok(format!("is sent to {} again{off}", before.url))
}
