//! `ringflow doctor --probe`: webhooks come here for the time of two calls, and go back to
//! where they went before, whatever happens.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;

use crate::app::webhooks::{KeptWebhooks, kept, random_header, usable};
use crate::app::{self, Signals};
use crate::call::{PhoneNumber, Voice};
use crate::cli::{FOUND, print};
use crate::platform::{Api, Endpoint, Facts, Probe, ProbeConfig, webhook_address};
use crate::settings::{DoctorSettings, WebhookType};
use crate::web::{self, ServerLimits, Times};
use crate::wire::api::{NewWebhook, WebhookEntry};

/// The most connections at once.
const CONNECTIONS: usize = 64;

pub async fn probe(settings: &DoctorSettings) -> Result<ExitCode> {
    let api = Arc::new(app::api(&settings.api, &settings.dir)?);
    let header = random_header()?;
    let config = ProbeConfig {
        from: number("--from", settings.from.as_deref())?,
        to: number("--to", settings.to.as_deref())?,
        voice: Voice::new(&settings.voice)
            .map_err(|limit| anyhow!("`--voice {}` is no voice: {limit}", settings.voice))?,
        auth_header: header.clone(),
        hold: settings.hold,
    };
    let signals = Signals::listen()?;
    let listen = settings.listen.context("`--listen` is missing")?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("`--listen {listen}` cannot be listened on"))?;
    let url = public(settings, &api, &listener)?;
    let before = api.webhooks().await?;
    let headers = headers(settings, &before)?;

    let probe = Probe::new(config);
    let limits = ServerLimits {
        times: Times::default(),
        connections: CONNECTIONS,
    };
    let serving = web::serve(
        listener,
        probe.router(),
        limits,
        web::on_admin_panic(),
        std::future::pending(),
    );
    let serving = tokio::spawn(serving);
    reached(&url, &probe).await?;

    let guard = Before::keep(&settings.dir, &api, before, headers)?;
    let done = match guard.redirect(&api, &url, &header).await {
        Ok(()) => calls(&probe, &api, &signals).await,
        Err(error) => Err(error),
    };
    // Whatever has happened.
    let put_back = guard.put_back(&api).await;
    serving.abort();
    put_back?;
    let troubles = done?;
    told(&probe.facts(), &troubles, &settings.out)?;
    Ok(ExitCode::from(if troubles.is_empty() { 0 } else { FOUND }))
}

/// Places the calls, in a task of its own: nothing that breaks there keeps the webhooks
/// from being put back.
async fn calls(probe: &Arc<Probe>, api: &Arc<Api>, signals: &Signals) -> Result<Vec<String>> {
    let api = Arc::clone(api);
    let running = Arc::clone(probe);
    let mut calls = tokio::spawn(async move { running.run(&api).await });
    tokio::select! {
        troubles = &mut calls => troubles.map_err(|_| anyhow!("the probe broke")),
        () = signals.stop() => {
            calls.abort();
            Ok(vec!["it was stopped".to_owned()])
        }
    }
}

/// The webhooks as they were, and what it takes to put them back.
struct Before {
    entries: Vec<WebhookEntry>,
    /// The header of each entry that had one.
    header: Option<SecretString>,
    /// What is kept in the project is of the probe alone, and goes with it.
    kept_here: Option<std::path::PathBuf>,
}

impl Before {
    /// Keeps what was there in the project too, where nothing is kept yet: should this
    /// process be killed, `ringflow webhooks restore` puts it back.
    fn keep(
        dir: &Path,
        api: &Api,
        entries: Vec<WebhookEntry>,
        header: Option<SecretString>,
    ) -> Result<Self> {
        let is_kept = kept(dir)?.is_some();
        if !is_kept {
            KeptWebhooks {
                account: (api.base().to_owned(), api.subaccount().to_owned()),
                url: None,
                auth_header: None,
                before: entries.clone(),
                changed: WebhookType::ALL.map(|kind| kind.word().to_owned()).to_vec(),
            }
            .keep(dir)?;
        }
        Ok(Before {
            entries,
            header,
            kept_here: (!is_kept).then(|| dir.to_owned()),
        })
    }

    async fn redirect(&self, api: &Api, url: &str, header: &SecretString) -> Result<()> {
        for kind in WebhookType::ALL {
            let webhook = NewWebhook {
                kind: kind.word().to_owned(),
                url: url.to_owned(),
                http_auth_header: Some(header.expose_secret().to_owned()),
                enabled: Some(true),
            };
            api.set_webhook(&webhook)
                .await
                .with_context(|| format!("{} cannot be set", kind.word()))?;
        }
        Ok(())
    }

    async fn put_back(self, api: &Api) -> Result<()> {
        let mut failed = Vec::new();
        for kind in WebhookType::ALL.map(WebhookType::word) {
            let entry = self.entries.iter().find(|entry| entry.kind == kind);
            let done = match entry {
                Some(entry) => {
                    let header = self.header.as_ref();
                    let header = header.filter(|_| entry.http_auth_header_available);
                    let webhook = NewWebhook {
                        kind: kind.to_owned(),
                        url: entry.url.clone(),
                        http_auth_header: header.map(|header| header.expose_secret().to_owned()),
                        enabled: Some(entry.enabled),
                    };
                    api.set_webhook(&webhook).await.map(|_| ())
                }
                None => api.remove_webhook(kind).await.map(|_| ()),
            };
            if let Err(error) = done {
                failed.push(format!("{kind}: {error}"));
            }
        }
        if !failed.is_empty() {
            bail!(
                "webhooks are not as they were before: {}; `ringflow webhooks restore` tries again, \
                 or, where they were set here, `ringflow webhooks set`",
                failed.join("; ")
            );
        }
        match &self.kept_here {
            Some(dir) => KeptWebhooks::forget(dir),
            None => Ok(()),
        }
    }
}

fn number(flag: &str, text: Option<&str>) -> Result<PhoneNumber> {
    let text = text.with_context(|| format!("`{flag}` is missing"))?;
    text.parse()
        .map_err(|why| anyhow!("`{flag} {text}` is no number: {why}"))
}

/// Where the platform finds the listener.
fn public(settings: &DoctorSettings, api: &Api, listener: &TcpListener) -> Result<String> {
    let url = match &settings.public_url {
        Some(url) => url.clone(),
        None if api.base().starts_with("http://") => {
            format!("http://{}", listener.local_addr()?)
        }
        None => bail!("the platform has to reach `--listen`; give `--public-url https://…`"),
    };
    webhook_address(&url).map_err(|why| anyhow!(why))
}

/// The header that the webhooks have, where they have one: without it they could not be
/// put back.
fn headers(settings: &DoctorSettings, before: &[WebhookEntry]) -> Result<Option<SecretString>> {
    let having: Vec<&str> = before
        .iter()
        .filter(|entry| entry.http_auth_header_available)
        .map(|entry| entry.kind.as_str())
        .collect();
    if having.is_empty() {
        return Ok(None);
    }
    if let Some(header) = &settings.auth_header {
        usable(header)?;
        return Ok(Some(header.clone()));
    }
    let left = kept(&settings.dir)?.and_then(|kept| {
        let urls = before
            .iter()
            .filter(|entry| entry.http_auth_header_available);
        let are_ours = urls
            .map(|entry| Some(&entry.url))
            .all(|url| url == kept.url.as_ref());
        kept.auth_header.filter(|_| are_ours)
    });
    match left {
        Some(header) => Ok(Some(header)),
        None => bail!(
            "{} would lose the `Authorization` header, as the platform never tells its value; \
             give it as `--auth-header`",
            having.join(", ")
        ),
    }
}

/// Nothing is changed where the listener cannot be reached.
async fn reached(url: &str, probe: &Probe) -> Result<()> {
    let endpoint = Endpoint::at(url).map_err(|why| anyhow!(why))?;
    match endpoint.ready().await {
        Ok(200) if probe.is_found() => Ok(()),
        Ok(status) => bail!("`{url}` leads elsewhere than to `--listen`: it answers HTTP {status}"),
        Err(why) => bail!("`{url}` does not lead to `--listen`: {why}"),
    }
}

fn told(facts: &Facts, troubles: &[String], out: &Path) -> Result<()> {
    let record = serde_json::json!({"facts": facts, "troubles": troubles});
    std::fs::write(out, format!("{record:#}\n"))
        .with_context(|| format!("`{}` cannot be written", out.display()))?;
    let mut text: String = facts
        .lines()
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    text.push_str(&format!("the record is in {}\n", out.display()));
    print(&text)?;
    for trouble in troubles {
        eprintln!("warning: {trouble}");
    }
    Ok(())
}
