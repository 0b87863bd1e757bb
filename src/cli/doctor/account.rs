//! The account, as the platform's API tells of it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::finding::Finding;
use crate::app::webhooks::KeptWebhooks;
use crate::call::PhoneNumber;
use crate::flow::Build;
use crate::platform::{Api, ApiError, webhook_address};
use crate::settings::WebhookType;
use crate::wire::api::{OwnNumber, VoiceProfile, WebhookEntry};

/// How far two clocks may be apart, in seconds. An answer shows its time to the second.
const APART: i64 = 5;

/// What the platform says of the account.
pub struct Account {
    webhooks: Vec<WebhookEntry>,
    numbers: Vec<OwnNumber>,
    pub voices: Vec<VoiceProfile>,
}

/// Asks for all of it. Where the platform says no, that is told once.
pub async fn asked(api: &Api, findings: &mut Vec<Finding>) -> Option<Account> {
    match ask(api, findings).await {
        Ok(account) => Some(account),
        Err(error) => {
            findings.push(Finding::fault("account", error.to_string()));
            None
        }
    }
}

async fn ask(api: &Api, findings: &mut Vec<Finding>) -> Result<Account, ApiError> {
    let (webhooks, time) = api.webhooks_and_time().await?;
    let clock = clock(time, Timestamp::now());
    let numbers = api.numbers().await?;
    let voices = api.voices().await?;
    let told = format!("`{}` is answered at {}", api.subaccount(), api.base());
    findings.push(Finding::ok("account", told));
    findings.push(clock);
    Ok(Account {
        webhooks,
        numbers,
        voices,
    })
}

fn clock(theirs: Option<Timestamp>, ours: Timestamp) -> Finding {
    let Some(theirs) = theirs else {
        return Finding::warning("clock", "the platform's answer shows no time");
    };
    let apart = ours.as_second() - theirs.as_second();
    if apart.abs() <= APART {
        return Finding::ok("clock", "this machine and the platform show the same time");
    }
    let way = if apart > 0 { "fast" } else { "slow" };
    let told = format!("the clock of this machine is {} seconds {way}", apart.abs());
    Finding::warning("clock", told).do_this("set it, as opening hours and `--valid-for` go by it")
}

/// What is wrong with one webhook.
enum Wrong {
    Told(Finding),
    /// It comes without a header, and nobody wants one.
    Bare,
}

impl Account {
    /// Where calls that wait ask for their next step.
    pub fn calls_go_to(&self) -> Option<&str> {
        let calls = self.webhook(WebhookType::Vca)?;
        Some(&calls.url)
    }

    /// Whether all webhooks are set as they should be, to `url` where that is given. The
    /// emulator of `dev` sends them without a header, which is right there.
    pub fn webhooks(
        &self,
        url: Option<&str>,
        kept: Option<&KeptWebhooks>,
        is_at_dev: bool,
    ) -> Vec<Finding> {
        let wanted = url.and_then(|url| webhook_address(url).ok());
        let wanted = wanted.as_deref().or(self.calls_go_to());
        let mut findings = Vec::new();
        let mut bare = Vec::new();
        for kind in WebhookType::ALL {
            match self.wrong(kind, wanted, kept) {
                Some(Wrong::Told(found)) => findings.push(found),
                Some(Wrong::Bare) if !is_at_dev => bare.push(kind.word()),
                Some(Wrong::Bare) | None => {}
            }
        }
        if !bare.is_empty() {
            let told = format!(
                "without a header, so that anybody can send them: {}",
                bare.join(", ")
            );
            let set = format!("`ringflow webhooks set {}`", wanted.unwrap_or("URL"));
            findings.push(Finding::warning("webhooks", told).do_this(set));
        }
        if findings.is_empty() {
            let header = if is_at_dev { "" } else { ", with a header" };
            let told = format!("all are sent to {}{header}", wanted.unwrap_or_default());
            findings.push(Finding::ok("webhooks", told));
        }
        findings
    }

    fn wrong(
        &self,
        kind: WebhookType,
        wanted: Option<&str>,
        kept: Option<&KeptWebhooks>,
    ) -> Option<Wrong> {
        // Without the first no call goes on; without the others less is known.
        let level = match kind {
            WebhookType::Vca => Finding::fault,
            _ => Finding::warning,
        };
        let name = kind.word();
        let set = format!("`ringflow webhooks set {}`", wanted.unwrap_or("URL"));
        let Some(webhook) = self.webhook(kind) else {
            let told = format!("{name} is not set: {}", without(kind));
            return Some(Wrong::Told(level("webhooks", told).do_this(set)));
        };
        if wanted.is_some_and(|wanted| !same(wanted, &webhook.url)) {
            let told = format!("{name} is sent to `{}`", webhook.url);
            return Some(Wrong::Told(level("webhooks", told).do_this(set)));
        }
        if !webhook.enabled {
            let told = format!("{name} is switched off: {}", without(kind));
            return Some(Wrong::Told(level("webhooks", told).do_this(set)));
        }
        if !webhook.http_auth_header_available {
            if kept.is_none_or(|kept| kept.auth_header.is_none()) {
                return Some(Wrong::Bare);
            }
            let told = format!("{name} comes without a header, and a server here wants one");
            return Some(Wrong::Told(level("webhooks", told).do_this(set)));
        }
        None
    }

    fn webhook(&self, kind: WebhookType) -> Option<&WebhookEntry> {
        self.webhooks
            .iter()
            .find(|webhook| webhook.kind == kind.word())
    }

    /// Whether the numbers of the flows are those of the account, both ways.
    pub fn numbers(&self, build: &Build) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut own = BTreeSet::new();
        for number in &self.numbers {
            let Ok(msisdn) = number.msisdn.parse::<PhoneNumber>() else {
                let told = format!("the account has `{}`, which is no number", number.msisdn);
                findings.push(Finding::warning("numbers", told));
                continue;
            };
            own.insert(msisdn);
            findings.extend(ill(msisdn, number));
            if build.catalog.answering(Some(msisdn)).is_none() {
                let told = format!("no flow answers {msisdn} of the account");
                let found = Finding::warning("numbers", told);
                findings.push(found.do_this("write it under `numbers` of a flow"));
            }
        }
        if self.numbers.is_empty() {
            let told =
                "the account names no number, so it is not known whether it has those of the flows";
            return vec![Finding::warning("numbers", told)];
        }
        for flow in build.catalog.flows() {
            for number in flow.numbers().iter().filter(|number| !own.contains(number)) {
                let told = format!(
                    "`{}` answers {number}, which the account does not have",
                    flow.name()
                );
                let found = Finding::warning("numbers", told);
                findings.push(found.do_this("see `ringflow numbers`"));
            }
        }
        if findings.is_empty() {
            let told = "those of the account are those of the flows";
            findings.push(Finding::ok("numbers", told));
        }
        findings
    }
}

/// A number that does not work as it should.
fn ill(number: PhoneNumber, entry: &OwnNumber) -> Option<Finding> {
    let status = &entry.operational_status;
    if !status.is_empty() && !status.eq_ignore_ascii_case("active") {
        let told = format!("{number} is `{status}`");
        return Some(Finding::warning("numbers", told).do_this("ask the platform's support"));
    }
    let health = entry.number_health.as_ref()?;
    (!health.is_healthy).then(|| {
        let told = format!("{number} is not healthy, `{}`", health.status);
        Finding::warning("numbers", told).do_this("ask the platform's support")
    })
}

/// What is missed without it.
fn without(kind: WebhookType) -> &'static str {
    match kind {
        WebhookType::Vca => "no call goes on",
        WebhookType::Vcs => "what becomes of a transfer is known less well",
        WebhookType::Vss => "that a call has ended is known late",
        WebhookType::Vru => "nobody is told of recordings",
        WebhookType::Vnu => "nobody is told of ill numbers",
    }
}

/// The paths for single types take all of them.
fn same(wanted: &str, url: &str) -> bool {
    let bare = |url: &str| -> String {
        let url = webhook_address(url).unwrap_or_else(|_| url.to_owned());
        let kinds = ["/vca", "/vcs", "/vss", "/vru", "/vnu"];
        let end = kinds.iter().find_map(|kind| url.strip_suffix(kind));
        end.unwrap_or(&url).trim_end_matches('/').to_owned()
    };
    bare(wanted) == bare(url)
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn clocks_that_are_seconds_apart_are_told() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let theirs = at("2026-03-02T10:00:00Z");
        for (ours, level, part) in [
            ("2026-03-02T10:00:05.9Z", Level::Ok, "the same time"),
            ("2026-03-02T10:00:07Z", Level::Warning, "7 seconds fast"),
            ("2026-03-02T09:59:00Z", Level::Warning, "60 seconds slow"),
        ] {
            let found = clock(Some(theirs), at(ours));
            assert!(
                found.level == level && found.told.contains(part),
                "{found:?}"
            );
        }
        assert_eq!(clock(None, theirs).level, Level::Warning);
    }

    #[test]
    fn a_path_for_one_type_is_the_same_server() {
        assert!(same("https://a.example", "https://a.example/webhooks/vca"));
        assert!(same(
            "https://a.example/webhooks/",
            "https://a.example/webhooks"
        ));
        assert!(!same("https://a.example", "https://b.example/webhooks"));
    }
}
