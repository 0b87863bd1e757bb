//! `ringflow webhooks`: where the platform sends what; set, taken away and put back.

mod restore;
mod set;

use std::process::ExitCode;

use anyhow::{Result, bail};
use serde_json::json;

use super::table::{plain, table};
use super::{FOUND, asking, print};
use crate::app;
use crate::platform::Api;
use crate::settings::{ListSettings, WebhookType, WebhooksCommand, WebhooksSettings};
use crate::wire::api::WebhookEntry;

pub fn run(settings: &WebhooksSettings) -> Result<ExitCode> {
    match &settings.command {
        WebhooksCommand::List(settings) => list(settings),
        WebhooksCommand::Set(settings) => asking(set::set(settings))?,
        WebhooksCommand::Remove(settings) => asking(set::remove(settings))?,
        WebhooksCommand::Restore(settings) => asking(restore::restore(settings))?,
    }
}

fn list(settings: &ListSettings) -> Result<ExitCode> {
    let api = app::api(&settings.api, &settings.dir)?;
    let webhooks = match asking(api.webhooks())? {
        Ok(webhooks) => webhooks,
        Err(error) => {
            eprintln!("error: {error}");
            return Ok(ExitCode::from(FOUND));
        }
    };
    if settings.json {
        let list: Vec<_> = webhooks
            .iter()
            .map(|webhook| {
                json!({
                    "type": webhook.kind,
                    "url": webhook.url,
                    "enabled": webhook.enabled,
                    "auth_header": webhook.http_auth_header_available,
                })
            })
            .collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&list)?))?;
        return Ok(ExitCode::SUCCESS);
    }
    let known = WebhookType::ALL.map(WebhookType::word);
    let others = webhooks
        .iter()
        .map(|webhook| webhook.kind.as_str())
        .filter(|kind| !known.contains(kind));
    let word = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let rows: Vec<_> = known
        .into_iter()
        .chain(others)
        .map(|kind| match of(&webhooks, kind) {
            Some(webhook) => [
                plain(kind),
                word(webhook.enabled),
                word(webhook.http_auth_header_available),
                plain(&webhook.url),
            ],
            None => [
                kind.to_owned(),
                String::new(),
                String::new(),
                "is not set".to_owned(),
            ],
        })
        .collect();
    print(&table(["TYPE", "ENABLED", "AUTH HEADER", "ADDRESS"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

/// The webhook of a type.
fn of<'a>(webhooks: &'a [WebhookEntry], kind: &str) -> Option<&'a WebhookEntry> {
    webhooks.iter().find(|webhook| webhook.kind == kind)
}

/// What is kept belongs to one account.
fn same_account(account: &(String, String), now: &(String, String)) -> Result<()> {
    if account != now {
        bail!(
            "`.ringflow/webhooks.json` keeps what was set in `{}` at `{}`; restore that first, \
             with `ringflow webhooks restore` and that account",
            account.1,
            account.0
        );
    }
    Ok(())
}

/// The address of the API and the subaccount.
fn account(api: &Api) -> (String, String) {
    (api.base().to_owned(), api.subaccount().to_owned())
}
