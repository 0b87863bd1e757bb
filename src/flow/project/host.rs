//! A host that look-ups may ask, by its name or address, with a port where it is not the
//! usual one.

use std::fmt;

/// The longest name that a host has, in characters.
const MAX_NAME: usize = 253;

/// A host as the list of a project has it, in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    name: Box<str>,
    port: Option<u16>,
}

/// Why a text names no host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadHost {
    /// It is a whole address, of which the host is this.
    Address(String),
    /// It has a `*` in it.
    Pattern,
    /// There is something behind the `:` that is no port.
    Port,
    /// It holds signs that the name of a host does not have, or ends in a way that none
    /// does.
    Name,
}

impl Host {
    /// Reads `crm.example.com`, `crm.example.com:8443`, `10.0.0.7` or `[::1]:8080`.
    ///
    /// # Errors
    /// What is wrong with a text that is none of these.
    pub fn parse(text: &str) -> Result<Self, BadHost> {
        if let Some(host) = host_of_address(text) {
            return Err(BadHost::Address(host.to_ascii_lowercase()));
        }
        if text.contains('*') {
            return Err(BadHost::Pattern);
        }
        let end_of_name = match text.strip_prefix('[') {
            Some(_) => text.find(']').ok_or(BadHost::Name)? + 1,
            None => text.find(':').unwrap_or(text.len()),
        };
        let (name, rest) = text.split_at(end_of_name);
        let is_good = match name.strip_prefix('[') {
            Some(inner) => is_ip6(inner.trim_end_matches(']')),
            None => is_name(name),
        };
        if !is_good {
            return Err(BadHost::Name);
        }
        let port = match rest.strip_prefix(':') {
            None if rest.is_empty() => None,
            None => return Err(BadHost::Name),
            Some(port) => Some(read_port(port).ok_or(BadHost::Port)?),
        };
        Ok(Host {
            name: name.to_ascii_lowercase().into(),
            port,
        })
    }

    /// True where both are the same, `usual` being the port of one that names none.
    pub fn is_same(&self, other: &Host, usual: u16) -> bool {
        self.name == other.name && self.port.unwrap_or(usual) == other.port.unwrap_or(usual)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// The host in a text that is a whole address, or has a path behind it.
fn host_of_address(text: &str) -> Option<&str> {
    let (has_scheme, rest) = match text.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, text),
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next().unwrap_or_default();
    (has_scheme || host.len() < text.len()).then_some(host)
}

fn read_port(text: &str) -> Option<u16> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_plain)
}

fn is_name(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let is_label = |label: &&str| {
        let signs = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(signs) && !label.starts_with('-')
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    // What ends in a number is an address, and one that is written whole.
    let is_ip4 = || {
        let part = |part: &&str| part.parse::<u8>().is_ok_and(|n| n.to_string() == **part);
        labels.len() == 4 && labels.iter().all(part)
    };
    let ends_in_number = labels.last().is_some_and(|last| is_number(last));
    name.len() <= MAX_NAME && labels.iter().all(is_label) && (!ends_in_number || is_ip4())
}

fn is_ip6(address: &str) -> bool {
    let signs = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    address.contains(':') && address.len() <= 45 && address.bytes().all(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_with_and_without_a_port() {
        for (text, shown) in [
            ("crm.example.com", "crm.example.com"),
            ("CRM.example.com:8443", "crm.example.com:8443"),
            ("localhost", "localhost"),
            ("10.0.0.7:80", "10.0.0.7:80"),
            ("[::1]:8080", "[::1]:8080"),
            ("my_crm", "my_crm"),
        ] {
            assert_eq!(Host::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_host_says_why() {
        let address = |host: &str| BadHost::Address(host.to_owned());
        for (text, wrong) in [
            ("https://crm.example.com/v1", address("crm.example.com")),
            (
                "https://me:pw@CRM.example.com:81",
                address("crm.example.com:81"),
            ),
            ("crm.example.com/v1", address("crm.example.com")),
            ("*.example.com", BadHost::Pattern),
            ("crm.example.com:", BadHost::Port),
            ("crm.example.com:https", BadHost::Port),
            ("crm.example.com:70000", BadHost::Port),
            ("crm.example.com:+80", BadHost::Port),
            ("crm.example.com.", BadHost::Name),
            ("crm example", BadHost::Name),
            ("10.1", BadHost::Name),
            ("010.0.0.1", BadHost::Name),
            ("::1", BadHost::Name),
            ("[::1", BadHost::Name),
            ("[::1]x", BadHost::Name),
            ("bücher.example", BadHost::Name),
        ] {
            assert_eq!(Host::parse(text), Err(wrong), "{text}");
        }
    }
}
