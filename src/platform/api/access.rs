//! Where the platform's API is, and who asks there.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// The address of the API, a subaccount and its key.
#[derive(Clone)]
pub struct Access {
    /// Without a `/` at its end.
    base: String,
    url: Url,
    subaccount: String,
    key: SecretString,
}

impl Access {
    /// The error says in plain words what cannot be used, and never shows the key.
    pub fn new(base: &str, subaccount: &str, key: SecretString) -> Result<Self, String> {
        let url = address(base)?;
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-._&".contains(c);
        if !(3..=50).contains(&subaccount.len()) || !subaccount.chars().all(is_part) {
            return Err(format!(
                "`--subaccount {}` is none; one has 3 to 50 letters, digits and `-._&`",
                subaccount.escape_debug()
            ));
        }
        let has_key = !key.expose_secret().trim().is_empty();
        if !has_key {
            return Err("`--api-key` is empty; best give the key as `RINGFLOW_API_KEY`".to_owned());
        }
        let access = Access {
            base: url.as_str().trim_end_matches('/').to_owned(),
            url,
            subaccount: subaccount.to_owned(),
            key,
        };
        access.authorization()?;
        Ok(access)
    }

    /// Without a `/` at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    pub fn subaccount(&self) -> &str {
        &self.subaccount
    }

    /// A text of somebody else's without the key.
    pub(super) fn redacted(&self, text: &str) -> String {
        text.replace(self.key.expose_secret().trim(), "…")
    }

    /// The header that shows who asks.
    pub(super) fn authorization(&self) -> Result<HeaderValue, String> {
        let value = format!("Bearer {}", self.key.expose_secret().trim());
        let mut value = HeaderValue::from_str(&value)
            .map_err(|_| "`--api-key` holds characters that no header may".to_owned())?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// An address below the subaccount.
    pub(super) fn below(&self, path: &[&str]) -> Url {
        let of_account = ["api", "v1", "subaccounts", &self.subaccount];
        self.beside(&[&of_account[..], path].concat())
    }

    /// An address that belongs to no subaccount.
    pub(super) fn beside(&self, path: &[&str]) -> Url {
        let mut url = self.url.clone();
        url.path_segments_mut()
            .expect("an address with a host can have a path")
            .pop_if_empty()
            .extend(path);
        url
    }

    /// No proxy knows the way to this machine itself.
    pub(super) fn is_here(&self) -> bool {
        is_here(&self.url)
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.subaccount, self.base)
    }
}

fn address(base: &str) -> Result<Url, String> {
    let none = || "`--api` is no address; write one such as `https://voice.8x8.com`".to_owned();
    let url: Url = base.trim().parse().map_err(|_| none())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(none());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "`--api` holds a name or password; the key goes into `RINGFLOW_API_KEY`".to_owned(),
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("`--api` is an address without `?` and `#`".to_owned());
    }
    if url.scheme() == "http" && !is_here(&url) {
        return Err(format!(
            "`--api {url}` is not encrypted, and the key would travel readable; write `https://`, \
             or an address of this machine"
        ));
    }
    Ok(url)
}

/// An address of this machine itself.
pub(in crate::platform) fn is_here(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let address = bare.parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(base: &str, subaccount: &str, key: &str) -> Result<Access, String> {
        Access::new(base, subaccount, SecretString::from(key))
    }

    #[test]
    fn the_key_goes_to_encrypted_addresses_and_to_this_machine() {
        for good in [
            "https://voice.8x8.com",
            "https://voice.8x8.com/",
            "http://127.0.0.1:9090",
            "http://localhost:9090",
            "http://[::1]:9090",
        ] {
            let access = access(good, "acme-1", "k").unwrap();
            assert_eq!(access.base(), good.trim_end_matches('/'));
            let url = access.below(&["webhooks", "VCA"]);
            assert_eq!(
                url.as_str(),
                format!("{}/api/v1/subaccounts/acme-1/webhooks/VCA", access.base())
            );
        }
        for (bad, part) in [
            ("", "no address"),
            ("voice.8x8.com", "no address"),
            ("ftp://voice.8x8.com", "no address"),
            ("http://voice.8x8.com", "not encrypted"),
            ("http://10.0.0.7:80", "not encrypted"),
            ("http://127.0.0.1.example.com", "not encrypted"),
            ("https://a:planted@voice.8x8.com", "password"),
            ("https://voice.8x8.com?a=1", "without `?`"),
        ] {
            let error = access(bad, "acme", "k").unwrap_err();
            assert!(
                error.contains(part) && !error.contains("planted"),
                "{bad}: {error}"
            );
        }
    }

    #[test]
    fn a_name_from_outside_stays_one_part_of_the_path() {
        let access = access("https://voice.8x8.com/x", "a.&-1", "k").unwrap();
        assert_eq!(
            access.below(&["recordings", "a/../../b?c"]).as_str(),
            "https://voice.8x8.com/x/api/v1/subaccounts/a.&-1/recordings/a%2F..%2F..%2Fb%3Fc"
        );
    }

    #[test]
    fn the_key_is_never_shown() {
        let good = access("https://voice.8x8.com", "acme", "planted-key").unwrap();
        assert!(!format!("{good:?}").contains("planted"));
        assert!(!format!("{:?}", good.authorization()).contains("planted"));
        assert_eq!(good.redacted("Bearer planted-key!"), "Bearer …!");
        for bad in ["planted\nkey", " ", ""] {
            let error = access("https://voice.8x8.com", "acme", bad).unwrap_err();
            assert!(error.contains("--api-key") && !error.contains("planted"));
        }
        let error = access("https://voice.8x8.com", "a/b", "planted").unwrap_err();
        assert!(error.contains("`--subaccount a/b` is none"), "{error}");
    }
}
