//! A look-up as it is sent: everything checked that can be checked before anybody is
//! asked, and the values of the environment put in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use reqwest::header::{
    ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue,
};
use reqwest::{Method as HttpMethod, Url};
use secrecy::{ExposeSecret, SecretString};

use super::detour::Detour;
use super::names::is_allowed;
use crate::call::{HeaderPart, LookUp, Method};
use crate::flow::{Project, Unlisted};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Headers that belong to the connection, or that are made here.
const OURS: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "idempotency-key",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Why a look-up is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Denied {
    #[error("its address cannot be read")]
    Unreadable,
    #[error("its address is no `https`, and `lookups.insecure` is not set in `ringflow.yaml`")]
    Scheme,
    #[error("its host is not among `lookups.hosts` in `ringflow.yaml`")]
    Host,
    #[error("its address holds a user or a password; those go into a header")]
    User,
    #[error(
        "its host leads to an address of this machine or of a private network; \
         `lookups.private` in `ringflow.yaml` allows those, but none on the same wire"
    )]
    Address,
    #[error("a header has a name that cannot be sent, or that is not a look-up's to send")]
    HeaderName,
    #[error("a header has a value that cannot be sent: it holds a line end or the like")]
    HeaderValue,
    #[error("a header takes a variable that is not listed under `env` in `ringflow.yaml`")]
    EnvNotListed,
    #[error("a header takes a variable of the environment that was not set at the start")]
    EnvNotSet,
}

/// A request, ready to be sent.
#[derive(Clone)]
pub(super) struct Order {
    pub method: HttpMethod,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<String>,
    pub wants_json: bool,
    /// Where it is sent in place of its own host.
    pub detour: Option<Arc<Detour>>,
}

impl Order {
    /// Checks a look-up against what the project allows.
    pub fn of(
        look_up: LookUp,
        project: &Project,
        env: &HashMap<Box<str>, SecretString>,
        detours: &[Arc<Detour>],
    ) -> Result<Self, Denied> {
        let url: Url = look_up.url.parse().map_err(|_| Denied::Unreadable)?;
        check(&url, project)?;
        let mut headers = HeaderMap::new();
        for (name, parts) in &look_up.headers {
            let name = header_name(name)?;
            headers.append(name, value(parts, project, env)?);
        }
        if look_up.wants_json && !headers.contains_key(ACCEPT) {
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        }
        if look_up.body.is_some() && !headers.contains_key(CONTENT_TYPE) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if look_up.method.changes_something() {
            let key = HeaderValue::from_str(&look_up.key).map_err(|_| Denied::HeaderValue)?;
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        let detour = detours.iter().find(|detour| detour.takes(&url));
        Ok(Order {
            detour: detour.cloned(),
            method: method(look_up.method),
            url,
            headers,
            body: look_up.body.map(String::from),
            wants_json: look_up.wants_json,
        })
    }

    /// The host, with its port where it is not the usual one.
    pub fn host(&self) -> String {
        host(&self.url)
    }

    /// The address that it is sent to.
    pub fn sent_to(&self) -> Url {
        match &self.detour {
            Some(detour) => detour.lead(&self.url),
            None => self.url.clone(),
        }
    }

    /// The address that a redirect leads to, as a flow would write it.
    pub fn led_to(&self, location: &str) -> Option<Url> {
        let next = self.sent_to().join(location).ok()?;
        match &self.detour {
            None => Some(next),
            // The server stands for this host alone.
            Some(detour) => Some(detour.lead_back(next, &self.url))
                .filter(|next| next.origin() == self.url.origin()),
        }
    }

    /// The rest of the way is a question without a body, as some redirects want it.
    pub fn ask_only(&mut self) {
        self.method = HttpMethod::GET;
        self.body = None;
        self.headers.remove(CONTENT_TYPE);
        self.headers.remove(IDEMPOTENCY_KEY);
    }
}

/// What keeps an address from being asked.
pub(super) fn check(url: &Url, project: &Project) -> Result<(), Denied> {
    match project.refuses(url.scheme(), &host(url)) {
        Some(Unlisted::Scheme) => return Err(Denied::Scheme),
        Some(Unlisted::Host) => return Err(Denied::Host),
        None => {}
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Denied::User);
    }
    // No name is asked for an address that is written as such.
    let written = url.host_str().unwrap_or_default();
    let bare = written.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) if !is_allowed(address, project.is_private()) => Err(Denied::Address),
        _ => Ok(()),
    }
}

fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    }
}

fn header_name(name: &str) -> Result<HeaderName, Denied> {
    let name: HeaderName = name.parse().map_err(|_| Denied::HeaderName)?;
    let is_ours = OURS.contains(&name.as_str()) || name.as_str().starts_with("proxy-");
    if is_ours {
        return Err(Denied::HeaderName);
    }
    Ok(name)
}

/// A value in one piece. It may be a secret, and is marked as one.
fn value(
    parts: &[HeaderPart],
    project: &Project,
    env: &HashMap<Box<str>, SecretString>,
) -> Result<HeaderValue, Denied> {
    let mut text = String::new();
    for part in parts {
        match part {
            HeaderPart::Text(part) => text.push_str(part),
            HeaderPart::Env(name) if !project.names_env(name) => return Err(Denied::EnvNotListed),
            HeaderPart::Env(name) => {
                let value = env.get(name).ok_or(Denied::EnvNotSet)?;
                text.push_str(value.expose_secret());
            }
        }
    }
    let unsent = |_: InvalidHeaderValue| Denied::HeaderValue;
    let mut value = HeaderValue::from_maybe_shared(text.into_bytes()).map_err(unsent)?;
    value.set_sensitive(true);
    Ok(value)
}

fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::GET,
        Method::Head => HttpMethod::HEAD,
        Method::Post => HttpMethod::POST,
        Method::Put => HttpMethod::PUT,
        Method::Patch => HttpMethod::PATCH,
        Method::Delete => HttpMethod::DELETE,
    }
}
