//! Who may knock: the `Authorization` header that was registered with the platform,
//! and the address that a request comes from. Both are looked at before anything of
//! the body is read.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tracing::warn;

use crate::live::Clock;
use crate::platform::KNOCK;

/// The addresses that the platform's webhooks come from, as published by it on
/// 1 January 2026.
pub const PLATFORM: [Ipv4Addr; 4] = [
    Ipv4Addr::new(18, 140, 80, 2),
    Ipv4Addr::new(52, 220, 253, 234),
    Ipv4Addr::new(54, 255, 116, 8),
    Ipv4Addr::new(52, 74, 232, 241),
];

/// How often a refusal is told.
const TOLD_EVERY_MS: u64 = 60 * 60_000;

/// Who may knock. With nothing set, everybody may.
#[derive(Debug)]
pub struct Door {
    /// Values of `Authorization`, any of which opens; two while they are rotated.
    pub headers: Vec<SecretString>,
    /// Networks that requests may come from.
    pub networks: Vec<IpNet>,
    /// Proxies of ours, whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpNet>,
    pub clock: Clock,
    /// When each kind of refusal was told last: strangers who look around must not hide
    /// that the platform is shut out.
    told_ms: [AtomicU64; 3],
}

/// Which check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Address,
    Header,
}

/// The same, as it is told.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Address,
    NoHeader,
    WrongHeader,
}

impl Door {
    pub fn new(
        headers: Vec<SecretString>,
        networks: Vec<IpNet>,
        proxies: Vec<IpNet>,
        clock: Clock,
    ) -> Self {
        Door {
            headers,
            networks,
            proxies,
            clock,
            told_ms: std::array::from_fn(|_| AtomicU64::new(u64::MAX)),
        }
    }

    /// True where everybody may.
    pub fn is_open(&self) -> bool {
        self.headers.is_empty() && self.networks.is_empty()
    }

    fn check(&self, peer: IpAddr, headers: &HeaderMap) -> Result<(), Refusal> {
        if !self.networks.is_empty() {
            let source = self.source(peer, headers).ok_or(Refusal::Address)?;
            if !contains(&self.networks, source) {
                return Err(Refusal::Address);
            }
        }
        if !self.headers.is_empty() && !self.has_header(headers) {
            return Err(Refusal::Header);
        }
        Ok(())
    }

    /// The check before a webhook is read: what a request is refused with, if it is.
    pub(super) fn refuses(&self, peer: IpAddr, headers: &HeaderMap) -> Option<Response> {
        let refusal = self.check(peer, headers).err()?;
        self.tell(refusal, peer, headers);
        Some(match refusal {
            Refusal::Address => StatusCode::FORBIDDEN.into_response(),
            Refusal::Header => StatusCode::UNAUTHORIZED.into_response(),
        })
    }

    /// Compares in a time that does not tell how much of the value was right.
    fn has_header(&self, headers: &HeaderMap) -> bool {
        let Some(given) = headers.get(AUTHORIZATION) else {
            return false;
        };
        let equal = |value: &SecretString| {
            let wanted = value.expose_secret().as_bytes();
            bool::from(wanted.ct_eq(given.as_bytes()))
        };
        // All are compared, so that the time does not tell which it was either.
        self.headers
            .iter()
            .fold(false, |any, value| any | equal(value))
    }

    /// Where the request came from: the peer, or, behind proxies of ours, the last
    /// address in `X-Forwarded-For` that is none of them. `None` where that is no
    /// address.
    fn source(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        if !contains(&self.proxies, peer) {
            return Some(peer);
        }
        let values: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
        let mut last = peer;
        for value in values.into_iter().rev() {
            for entry in value.to_str().ok()?.rsplit(',') {
                last = address(entry.trim())?;
                if !contains(&self.proxies, last) {
                    return Some(last);
                }
            }
        }
        Some(last)
    }

    fn tell(&self, refusal: Refusal, peer: IpAddr, headers: &HeaderMap) {
        let kind = match (refusal, headers.get(AUTHORIZATION)) {
            (Refusal::Address, _) => Kind::Address,
            (Refusal::Header, None) => Kind::NoHeader,
            // It looks whether strangers are refused, and that is as it should be.
            (Refusal::Header, Some(given)) if given == KNOCK => return,
            (Refusal::Header, Some(_)) => Kind::WrongHeader,
        };
        let last = &self.told_ms[kind as usize];
        let now = self.clock.ticks_ms();
        let told = last.load(Ordering::Relaxed);
        let due = told == u64::MAX || now.saturating_sub(told) >= TOLD_EVERY_MS;
        let mine = due
            && last
                .compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if !mine {
            return;
        }
        let names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
        let (check, help) = match kind {
            Kind::Address => (
                "address",
                "`--allow` or `--allow-platform` has no such address; behind a proxy of yours set `--trust-proxy`",
            ),
            Kind::NoHeader => (
                "authorization header",
                "it comes without one; if it is the platform's, `ringflow webhooks set` has it send one, or register the webhook with the value of `--auth-header` as its `httpAuthHeader`",
            ),
            Kind::WrongHeader => (
                "authorization header",
                "it comes with another one; if `ringflow webhooks set` was run since this server has started, start it anew, else register the webhook with the value of `--auth-header` as its `httpAuthHeader`",
            ),
        };
        warn!(check, %peer, headers = names.join(" "), help, "a webhook was refused; further refusals are told once an hour");
    }
}

fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next());
    let bare = bare.unwrap_or(text);
    let parsed = bare.parse::<IpAddr>().ok();
    let parsed = parsed.or_else(|| {
        let (host, _port) = bare.rsplit_once(':')?;
        host.parse::<IpAddr>().ok()
    });
    parsed.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(headers: &[&str], networks: &[&str], proxies: &[&str]) -> Door {
        let nets = |list: &[&str]| list.iter().map(|net| net.parse().unwrap()).collect();
        Door::new(
            headers
                .iter()
                .map(|value| SecretString::from(*value))
                .collect(),
            nets(networks),
            nets(proxies),
            Clock::manual(jiff::Timestamp::UNIX_EPOCH),
        )
    }

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .fold(
                HeaderMap::new(),
                |mut all, (name, value): (axum::http::HeaderName, _)| {
                    all.append(name, value);
                    all
                },
            )
    }

    #[test]
    fn a_header_opens_only_as_it_was_registered() {
        let door = door(&["Bearer new", "Bearer old"], &[], &[]);
        let peer = "203.0.113.9".parse().unwrap();
        let check = |value: &str| door.check(peer, &headers(&[("authorization", value)]));
        assert_eq!(check("Bearer new"), Ok(()));
        assert_eq!(check("Bearer old"), Ok(()));
        for bad in ["bearer new", "Bearer new ", "Bearer ne", "Bearer newer", ""] {
            if bad != "Bearer new " {
                assert_eq!(check(bad), Err(Refusal::Header), "{bad}");
            }
        }
        assert_eq!(door.check(peer, &HeaderMap::new()), Err(Refusal::Header));
    }

    #[test]
    fn the_source_is_the_last_address_that_is_no_proxy_of_ours() {
        let door = door(&[], &["18.140.80.2/32"], &["10.0.0.0/8", "fd00::/8"]);
        let from = |peer: &str, forwarded: &[&str]| {
            let list: Vec<_> = forwarded
                .iter()
                .map(|value| ("x-forwarded-for", *value))
                .collect();
            door.check(peer.parse().unwrap(), &headers(&list)).is_ok()
        };
        assert!(from("18.140.80.2", &[]));
        assert!(from("::ffff:18.140.80.2", &[]));
        assert!(from("10.0.0.1", &["18.140.80.2"]));
        assert!(from("10.0.0.1", &["18.140.80.2, 10.0.0.7"]));
        assert!(from("10.0.0.1", &["1.2.3.4, 18.140.80.2:4711"]));
        assert!(from("fd00::1", &["1.2.3.4", "18.140.80.2, 10.0.0.2"]));
        // What the client wrote before does not count, nor does a header from others.
        assert!(!from("10.0.0.1", &["18.140.80.2, 1.2.3.4"]));
        assert!(!from("1.2.3.4", &["18.140.80.2"]));
        assert!(!from("10.0.0.1", &["18.140.80.2, unknown"]));
        assert!(!from("10.0.0.1", &[]));
    }

    #[test]
    fn both_checks_have_to_pass() {
        let door = door(&["secret"], &["127.0.0.0/8"], &[]);
        let good = headers(&[("authorization", "secret")]);
        let check = |peer: &str, headers| door.check(peer.parse().unwrap(), headers);
        assert_eq!(check("127.0.0.1", &good), Ok(()));
        assert_eq!(check("128.0.0.1", &good), Err(Refusal::Address));
        assert_eq!(check("127.0.0.1", &HeaderMap::new()), Err(Refusal::Header));
    }

    #[test]
    fn an_address_is_read_as_proxies_write_it() {
        for text in [
            "1.2.3.4",
            "1.2.3.4:80",
            "::ffff:1.2.3.4",
            "[::ffff:1.2.3.4]:80",
        ] {
            assert_eq!(address(text), Some("1.2.3.4".parse().unwrap()), "{text}");
        }
        assert_eq!(address("2001:db8::1"), Some("2001:db8::1".parse().unwrap()));
        for text in ["", "unknown", "_hidden", "1.2.3"] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
