//! Sets all webhooks, and takes them away. What was there before the first change is kept.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use secrecy::{ExposeSecret, SecretString};

use super::{account, of, same_account};
use crate::app;
use crate::app::webhooks::{KeptWebhooks, kept, random_header, usable};
use crate::cli::{FOUND, print};
use crate::platform::{Api, ApiError, Operator, webhook_address};
use crate::settings::{RemoveSettings, SetSettings, WebhookType};
use crate::wire::api::{NewWebhook, WebhookEntry};

pub async fn set(settings: &SetSettings) -> Result<ExitCode> {
    let api = app::api(&settings.api, &settings.dir)?;
    let url = webhook_address(&settings.url).map_err(|why| anyhow!(why))?;
    if let Some(header) = &settings.auth_header {
        usable(header)?;
    }
    let found = kept(&settings.dir)?;
    let mut kept = match begin(&api, found.as_ref()).await? {
        Ok(kept) => kept,
        Err(error) => return refused(&error),
    };
    let header = match settings.auth_header.as_ref().or(kept.auth_header.as_ref()) {
        Some(header) => header.clone(),
        None => random_header()?,
    };
    let is_known = |known: &SecretString| known.expose_secret() == header.expose_secret();
    let is_new = !kept.auth_header.as_ref().is_some_and(is_known);
    kept.url = Some(url.clone());
    kept.auth_header = Some(header.clone());
    // Before anything is set: a header that nobody knows shuts the platform out.
    kept.keep(&settings.dir)?;
    let mut told = Vec::new();
    for (index, kind) in WebhookType::ALL.into_iter().enumerate() {
        let webhook = NewWebhook {
            kind: kind.word().to_owned(),
            url: url.clone(),
            http_auth_header: Some(header.expose_secret().to_owned()),
            enabled: Some(true),
        };
        let unchanged = kept.changed.clone();
        // Before it is: should this be cut short, it is put back with the others.
        kept.change(kind.word());
        kept.keep(&settings.dir)?;
        match api.set_webhook(&webhook).await {
            Ok(_) => told.push(kind.word()),
            Err(error) => {
                if !matches!(error, ApiError::Unknown { .. }) {
                    kept.changed = unchanged;
                    match told.as_slice() {
                        // Nothing has come of it: everything is as it was before.
                        [] => back(found.as_ref(), settings)?,
                        _ => kept.keep(&settings.dir)?,
                    }
                }
                let left = &WebhookType::ALL[index + 1..];
                return Ok(half(kind.word(), &error, &told, left));
            }
        }
    }
    print(&format!(
        "{} are sent to {url}\n\
         with the `Authorization` header in .ringflow/webhooks.json, where `serve` and `dev` find \
         it when they start\n\
         what was there before is kept; `ringflow webhooks restore` puts it back\n",
        listed(&told)
    ))?;
    if is_new && is_served(&settings.dir).await {
        print(
            "the server that runs here does not know this header; start it anew, so that it does\n",
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a server of the project answers.
async fn is_served(dir: &Path) -> bool {
    let Ok(Some((address, token))) = app::admin::left(dir) else {
        return false;
    };
    let Ok(operator) = Operator::at(&address, &token) else {
        return false;
    };
    matches!(operator.get("/flows").await, Ok(Some(answer)) if answer.status == 200)
}

pub async fn remove(settings: &RemoveSettings) -> Result<ExitCode> {
    let api = app::api(&settings.api, &settings.dir)?;
    let found = kept(&settings.dir)?;
    let mut kept = match begin(&api, found.as_ref()).await? {
        Ok(kept) => kept,
        Err(error) => return refused(&error),
    };
    let now = match api.webhooks().await {
        Ok(now) => now,
        Err(error) => return refused(&error),
    };
    let all = settings.types.is_empty();
    let wanted: Vec<WebhookType> = WebhookType::ALL
        .into_iter()
        .filter(|kind| all || settings.types.contains(kind))
        .collect();
    let mut gone = Vec::new();
    let mut code = ExitCode::SUCCESS;
    for kind in wanted.into_iter().map(WebhookType::word) {
        if of(&now, kind).is_none() {
            if !all {
                print(&format!("{kind} was not set\n"))?;
            }
            continue;
        }
        let unchanged = kept.changed.clone();
        kept.change(kind);
        kept.keep(&settings.dir)?;
        match api.remove_webhook(kind).await {
            Ok(_) => gone.push(kind),
            Err(error) => {
                code = ExitCode::from(FOUND);
                if matches!(error, ApiError::Unknown { .. }) {
                    eprintln!("error: {kind} may be taken away or not: {error}");
                } else {
                    eprintln!("error: {kind} is not taken away: {error}");
                    kept.changed = unchanged;
                    if kept.changed.is_empty() && kept.auth_header.is_none() {
                        // Nothing of it has come about.
                        KeptWebhooks::forget(&settings.dir)?;
                    } else {
                        kept.keep(&settings.dir)?;
                    }
                }
            }
        }
    }
    let is_left = |entry: &&WebhookEntry| !gone.contains(&entry.kind.as_str());
    if now.iter().filter(is_left).count() == 0 && !gone.is_empty() {
        // Nothing comes with the header any more.
        kept.url = None;
        kept.auth_header = None;
        kept.keep(&settings.dir)?;
    }
    match gone.as_slice() {
        [] if all && now.is_empty() => print("no webhook was set\n")?,
        [] => {}
        gone => print(&format!(
            "{} taken away; `ringflow webhooks restore` puts back what was there before\n",
            listed(gone)
        ))?,
    }
    Ok(code)
}

/// What is kept already; else what is there now, as that is what was before.
async fn begin(api: &Api, kept: Option<&KeptWebhooks>) -> Result<Result<KeptWebhooks, ApiError>> {
    if let Some(kept) = kept {
        same_account(&kept.account, &account(api))?;
        return Ok(Ok(kept.clone()));
    }
    Ok(api.webhooks().await.map(|before| KeptWebhooks {
        account: account(api),
        url: None,
        auth_header: None,
        before,
        changed: Vec::new(),
    }))
}

/// What was kept before this command, or nothing.
fn back(before: Option<&KeptWebhooks>, settings: &SetSettings) -> Result<()> {
    match before {
        Some(kept) => kept.keep(&settings.dir),
        None => KeptWebhooks::forget(&settings.dir),
    }
    .context("the header that was to be set is still kept")
}

/// Exactly what is set and what is not.
fn half(kind: &str, error: &ApiError, set: &[&str], left: &[WebhookType]) -> ExitCode {
    let left: Vec<&str> = left.iter().map(|kind| kind.word()).collect();
    let (told, others) = match error {
        ApiError::Unknown { .. } => ("may be set or not", left),
        _ => ("is not set", left),
    };
    eprintln!("error: {kind} {told}: {error}");
    match set {
        [] => eprintln!("no other was set"),
        set => eprintln!("set: {}", set.join(", ")),
    }
    if !others.is_empty() {
        eprintln!("not tried: {}", others.join(", "));
    }
    ExitCode::from(FOUND)
}

fn refused(error: &ApiError) -> Result<ExitCode> {
    eprintln!("error: {error}; nothing is changed");
    Ok(ExitCode::from(FOUND))
}

fn listed(words: &[&str]) -> String {
    match words {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        words => words.concat(),
    }
}
