//! What a call asks of somebody's server, and what came of it.

use std::fmt;

use super::value::Value;

/// The method of a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub const ALL: [Method; 6] = [
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Put,
        Method::Patch,
        Method::Delete,
    ];

    /// As HTTP writes it, in capitals.
    pub fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// True where asking twice may do something twice, so that it is asked once.
    pub fn changes_something(self) -> bool {
        !matches!(self, Method::Get | Method::Head)
    }
}

/// A piece of the value of a header.
#[derive(Clone, PartialEq, Eq)]
pub enum HeaderPart {
    Text(Box<str>),
    /// The value of this variable of the environment, one that the project names. Only
    /// who performs the look-up knows it.
    Env(Box<str>),
}

/// One request to somebody's server, with everything that it takes but the values of the
/// environment.
#[derive(Clone, PartialEq)]
pub struct LookUp {
    pub method: Method,
    /// Absolute, with all values put in and encoded. It may hold what callers have keyed in.
    pub url: Box<str>,
    /// Names, and values in pieces.
    pub headers: Vec<(Box<str>, Vec<HeaderPart>)>,
    /// JSON text. It may hold secrets.
    pub body: Option<Box<str>>,
    /// How long all of it may take, retries included, in ms.
    pub within_ms: u32,
    /// How often it is tried again, where that can do no harm.
    pub retries: u8,
    /// What makes it this look-up and no other, for servers that must not do a thing twice.
    pub key: Box<str>,
    /// The body of a good answer is read as JSON; what is none is a failure.
    pub wants_json: bool,
}

impl LookUp {
    /// The host of the address, with its port where one is written: as much of it as may
    /// be told.
    pub fn host(&self) -> &str {
        let rest = self
            .url
            .split_once("://")
            .map_or(&*self.url, |(_, rest)| rest);
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        rest[..end].rsplit('@').next().unwrap_or_default()
    }
}

/// Values of headers, the body, and the path and query of the address may hold what
/// nobody is to read in a log.
impl fmt::Debug for LookUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("LookUp")
            .field("method", &self.method)
            .field("host", &self.host())
            .field("headers", &names)
            .field("has_body", &self.body.is_some())
            .field("within_ms", &self.within_ms)
            .field("retries", &self.retries)
            .field("wants_json", &self.wants_json)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HeaderPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeaderPart::Text(_) => f.write_str("<text>"),
            HeaderPart::Env(name) => write!(f, "<env {name}>"),
        }
    }
}

/// What came of a look-up.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The server answered, with any status. `json` is `None` where none was wanted, or
    /// the answer has no body or is no good one (its status is none of 200 to 299) and its
    /// body is no JSON.
    Answered {
        status: u16,
        json: Option<Value>,
    },
    Failed(LookUpFailure),
}

/// Why a look-up has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LookUpFailure {
    /// It took longer than it may.
    TimedOut,
    /// There is no such host, nobody listens, or the connection broke.
    Unreachable,
    /// The project does not allow this host, this address or this scheme, or lacks a
    /// value of the environment.
    NotAllowed,
    /// The body is larger than what is read.
    TooLarge,
    /// The body is no JSON though JSON was wanted, or nested or long without measure.
    NotJson,
    /// The server sent to another host, or in a circle.
    Redirected,
    /// So many look-ups ask this host at once that this one did not get its turn.
    Busy,
    /// The host has failed so often that it is left alone for a moment.
    Broken,
}

impl LookUpFailure {
    pub const ALL: [LookUpFailure; 8] = [
        LookUpFailure::TimedOut,
        LookUpFailure::Unreachable,
        LookUpFailure::NotAllowed,
        LookUpFailure::TooLarge,
        LookUpFailure::NotJson,
        LookUpFailure::Redirected,
        LookUpFailure::Busy,
        LookUpFailure::Broken,
    ];

    /// The word that scripts, test files and logs use for it.
    pub fn word(self) -> &'static str {
        match self {
            LookUpFailure::TimedOut => "timed_out",
            LookUpFailure::Unreachable => "unreachable",
            LookUpFailure::NotAllowed => "not_allowed",
            LookUpFailure::TooLarge => "too_large",
            LookUpFailure::NotJson => "not_json",
            LookUpFailure::Redirected => "redirected",
            LookUpFailure::Busy => "busy",
            LookUpFailure::Broken => "broken",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look_up(url: &str) -> LookUp {
        LookUp {
            method: Method::Post,
            url: url.into(),
            headers: vec![(
                "authorization".into(),
                vec![
                    HeaderPart::Text("Bearer hush".into()),
                    HeaderPart::Env("CRM_TOKEN".into()),
                ],
            )],
            body: Some("{\"pin\": \"4711\"}".into()),
            within_ms: 2000,
            retries: 1,
            key: "a-b-c".into(),
            wants_json: true,
        }
    }

    #[test]
    fn debug_output_tells_the_host_and_nothing_that_was_put_in() {
        let shown = format!(
            "{:?}",
            look_up("https://me:hush@crm.example.com/4711?pin=4711#4711")
        );
        assert!(shown.contains("crm.example.com"), "{shown}");
        assert!(shown.contains("authorization"), "{shown}");
        for hidden in ["4711", "hush", "me:"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        let part = format!("{:?}", look_up("https://a.example").headers);
        assert!(
            part.contains("CRM_TOKEN") && !part.contains("hush"),
            "{part}"
        );
    }

    #[test]
    fn the_host_is_cut_out_of_the_address() {
        for (url, host) in [
            ("https://a.example:81/b", "a.example:81"),
            ("https://a.example?b@c", "a.example"),
            ("https://me@a.example/b", "a.example"),
            ("a.example/b", "a.example"),
            ("https://a.example\\@b", "a.example"),
            ("", ""),
        ] {
            assert_eq!(look_up(url).host(), host, "{url}");
        }
    }
}
