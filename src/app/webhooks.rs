//! What is kept of the platform's webhooks in `.ringflow/webhooks.json`: the header that
//! they come with since `ringflow webhooks set`, and what was there before.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{key, private_file};
use crate::wire::api::WebhookEntry;

/// What is kept in a project.
#[derive(Clone)]
pub struct KeptWebhooks {
    /// The address of the API and the subaccount whose webhooks these are.
    pub account: (String, String),
    /// Where they go; `None` once all were taken away.
    pub url: Option<String>,
    /// The header that they come with.
    pub auth_header: Option<SecretString>,
    /// What was there before the first change.
    pub before: Vec<WebhookEntry>,
    /// The types that were changed since.
    pub changed: Vec<String>,
}

impl fmt::Debug for KeptWebhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "webhooks to {:?}, {:?} changed", self.url, self.changed)
    }
}

impl KeptWebhooks {
    /// Notes that a type is not any more as it was before.
    pub fn change(&mut self, kind: &str) {
        if !self.changed.iter().any(|other| other == kind) {
            self.changed.push(kind.to_owned());
        }
    }

    /// Writes it into the project.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn keep(&self, dir: &Path) -> Result<()> {
        let before = self.before.iter().map(|entry| {
            json!({
                "type": entry.kind,
                "url": entry.url,
                "enabled": entry.enabled,
                "had_auth_header": entry.http_auth_header_available,
            })
        });
        let header = self.auth_header.as_ref().map(ExposeSecret::expose_secret);
        let kept = json!({
            "api": self.account.0,
            "subaccount": self.account.1,
            "url": self.url,
            "auth_header": header,
            "before": before.collect::<Vec<_>>(),
            "changed": self.changed,
        });
        let path = path(dir);
        private_file::replace(&path, &format!("{kept:#}\n"))
            .with_context(|| format!("`{}` cannot be written", path.display()))
    }

    /// Ends it: everything is as it was before.
    ///
    /// # Errors
    /// Where the file cannot be taken away.
    pub fn forget(dir: &Path) -> Result<()> {
        let path = path(dir);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("`{}` cannot be taken away", path.display()))
            }
            _ => Ok(()),
        }
    }
}

/// What is kept in a project; `None` where no webhook was ever set.
///
/// # Errors
/// Where the file is there and cannot be read.
pub fn kept(dir: &Path) -> Result<Option<KeptWebhooks>> {
    let path = path(dir);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("`{}` cannot be read", path.display()));
        }
    };
    match read(&text) {
        Some(kept) => Ok(Some(kept)),
        // A message of the reader could show the header.
        None => bail!(
            "`{}` holds something else than what `ringflow webhooks` writes; take it away to \
             begin anew",
            path.display()
        ),
    }
}

/// A header of 32 random bytes.
///
/// # Errors
/// Where the system gives none.
pub fn random_header() -> Result<SecretString> {
    Ok(SecretString::from(format!("Bearer {}", key::random_hex()?)))
}

/// Whether a value can be a header of webhooks. The error never shows it.
///
/// # Errors
/// What is wrong with it, in plain words.
pub fn usable(header: &SecretString) -> Result<()> {
    let value = header.expose_secret();
    let is_good = !value.trim().is_empty() && value.chars().all(|c| (' '..='~').contains(&c));
    if !is_good {
        return Err(anyhow!(
            "`--auth-header` is empty or holds characters that no header may"
        ));
    }
    // A server takes a list of them.
    if value.contains(',') || value != value.trim() {
        return Err(anyhow!(
            "`--auth-header` is one value here, without `,` and without blanks at its ends"
        ));
    }
    Ok(())
}

fn path(dir: &Path) -> PathBuf {
    dir.join(".ringflow").join("webhooks.json")
}

fn read(text: &str) -> Option<KeptWebhooks> {
    let kept: Value = serde_json::from_str(text).ok()?;
    let own = |value: &Value| value.as_str().map(str::to_owned);
    let mut before = Vec::new();
    for entry in kept["before"].as_array()? {
        before.push(WebhookEntry {
            kind: own(&entry["type"])?,
            url: own(&entry["url"])?,
            enabled: entry["enabled"].as_bool()?,
            http_auth_header_available: entry["had_auth_header"].as_bool()?,
        });
    }
    let changed = kept["changed"].as_array()?.iter().map(own);
    Some(KeptWebhooks {
        account: (own(&kept["api"])?, own(&kept["subaccount"])?),
        url: own(&kept["url"]),
        auth_header: kept["auth_header"].as_str().map(SecretString::from),
        before,
        changed: changed.collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_again_by_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        assert!(kept(dir.path()).unwrap().is_none());
        let mut webhooks = KeptWebhooks {
            account: ("https://voice.8x8.com".to_owned(), "acme".to_owned()),
            url: Some("https://ivr.example.com/webhooks".to_owned()),
            auth_header: Some(SecretString::from("planted")),
            before: vec![WebhookEntry {
                kind: "VCA".to_owned(),
                url: "https://old.example.com".to_owned(),
                enabled: true,
                http_auth_header_available: true,
            }],
            changed: Vec::new(),
        };
        webhooks.change("VCA");
        webhooks.change("VCA");
        webhooks.keep(dir.path()).unwrap();
        let found = kept(dir.path()).unwrap().unwrap();
        assert_eq!(found.changed, ["VCA"]);
        assert_eq!(found.before, webhooks.before);
        assert_eq!(found.account, webhooks.account);
        assert_eq!(
            found.auth_header.as_ref().unwrap().expose_secret(),
            "planted"
        );
        assert!(!format!("{found:?}").contains("planted"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(path(dir.path())).unwrap().permissions();
            assert_eq!(mode.mode() & 0o777, 0o600);
        }
        std::fs::write(path(dir.path()), r#"{"auth_header": "planted"}"#).unwrap();
        let error = kept(dir.path()).unwrap_err().to_string();
        assert!(error.contains("take it away") && !error.contains("planted"));
        KeptWebhooks::forget(dir.path()).unwrap();
        KeptWebhooks::forget(dir.path()).unwrap();
        assert!(kept(dir.path()).unwrap().is_none());
    }

    #[test]
    fn a_header_is_one_value_that_can_be_sent() {
        for good in ["Bearer abc", "x"] {
            assert!(usable(&SecretString::from(good)).is_ok());
        }
        for bad in ["", " ", "a,b", "a\nb", "é", " a"] {
            let error = usable(&SecretString::from(bad)).unwrap_err();
            assert!(error.to_string().contains("--auth-header"), "{bad}");
        }
        let (one, other) = (random_header().unwrap(), random_header().unwrap());
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert!(usable(&one).is_ok());
    }
}
