//! Hosts that somebody who develops has led elsewhere, such as to a server on the desk.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

use super::address::Reach;
use crate::flow::Host;

/// A host, and the server that is asked in its stead. A flow asks the host under the rules
/// of the project; that the server may be on this machine and without encryption was
/// decided by whoever named it.
#[derive(Clone)]
pub struct Detour {
    host: Host,
    /// A scheme and a host, perhaps a port.
    to: Url,
}

/// A text that is no detour. It says what to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadDetour {
    #[error(
        "write a host and the address of a server, such as `crm.example.com=http://127.0.0.1:9000`"
    )]
    Shape,
    #[error(
        "in front of `=` goes a host as it stands under `lookups.hosts`, such as `crm.example.com`"
    )]
    Host,
    #[error(
        "behind `=` goes the address of a server without a path, such as `http://127.0.0.1:9000`"
    )]
    Address,
    #[error("no server of yours is at an address that is for what is on the same wire alone")]
    Never,
}

impl FromStr for Detour {
    type Err = BadDetour;

    fn from_str(text: &str) -> Result<Self, BadDetour> {
        let (host, to) = text.trim().split_once('=').ok_or(BadDetour::Shape)?;
        let host = Host::parse(host.trim()).map_err(|_| BadDetour::Host)?;
        let to: Url = to.trim().parse().map_err(|_| BadDetour::Address)?;
        let is_bare = matches!(to.path(), "" | "/")
            && to.query().is_none()
            && to.fragment().is_none()
            && to.username().is_empty()
            && to.password().is_none();
        if !matches!(to.scheme(), "http" | "https") || !to.has_host() || !is_bare {
            return Err(BadDetour::Address);
        }
        let written = to.host_str().unwrap_or_default();
        let bare = written.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) if Reach::of(address) == Reach::Never => Err(BadDetour::Never),
            _ => Ok(Detour { host, to }),
        }
    }
}

impl Detour {
    /// The host that is not asked.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The address of the server that is.
    pub fn to(&self) -> &str {
        self.to.as_str().trim_end_matches('/')
    }

    /// True for an address at the host.
    pub(super) fn takes(&self, url: &Url) -> bool {
        let usual = match url.scheme() {
            "https" => 443,
            _ => 80,
        };
        let name = url.host_str().unwrap_or_default();
        let asked = match url.port() {
            Some(port) => Host::parse(&format!("{name}:{port}")),
            None => Host::parse(name),
        };
        asked.is_ok_and(|asked| self.host.is_same(&asked, usual))
    }

    /// The address at the server that stands for one at the host.
    pub(super) fn lead(&self, url: &Url) -> Url {
        at(url, &self.to)
    }

    /// The address at the host of `asked` that one at the server stands for; any other is
    /// as it was.
    pub(super) fn lead_back(&self, url: Url, asked: &Url) -> Url {
        match url.origin() == self.to.origin() {
            true => at(&url, asked),
            false => url,
        }
    }
}

/// The path and query of an address, at the server of another.
fn at(url: &Url, server: &Url) -> Url {
    let mut at = server.clone();
    at.set_path(url.path());
    at.set_query(url.query());
    at.set_fragment(None);
    at
}

impl fmt::Debug for Detour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.host, self.to())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_led_there_and_back() {
        let detour: Detour = "CRM.example.com=http://127.0.0.1:9000".parse().unwrap();
        assert_eq!(
            format!("{detour:?}"),
            "crm.example.com=http://127.0.0.1:9000"
        );
        let asked = url("https://crm.example.com/v1/a%20b?c=d");
        let led = url("http://127.0.0.1:9000/v1/a%20b?c=d");
        assert!(detour.takes(&asked) && detour.takes(&url("https://crm.example.com:443/")));
        assert_eq!(detour.lead(&asked), led);
        assert_eq!(detour.lead_back(led, &asked), asked);
        let other = url("http://127.0.0.1:9001/v1");
        assert_eq!(detour.lead_back(other.clone(), &asked), other);
        for not in [
            "https://crm.example.com:8443/",
            "https://example.com/",
            "http://127.0.0.1:9000/",
        ] {
            assert!(!detour.takes(&url(not)), "{not}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for (text, error) in [
            ("crm.example.com", BadDetour::Shape),
            (
                "https://crm.example.com=http://127.0.0.1:9000",
                BadDetour::Host,
            ),
            ("*.example.com=http://127.0.0.1:9000", BadDetour::Host),
            ("crm.example.com=127.0.0.1:9000", BadDetour::Address),
            (
                "crm.example.com=http://127.0.0.1:9000/v1",
                BadDetour::Address,
            ),
            (
                "crm.example.com=http://me@127.0.0.1:9000",
                BadDetour::Address,
            ),
            ("crm.example.com=http://169.254.169.254", BadDetour::Never),
        ] {
            assert_eq!(text.parse::<Detour>().err(), Some(error), "{text}");
        }
    }
}
