//! The servers that look-ups ask, as far as a test or the terminal's phone has them.

use std::fmt;
use std::sync::Arc;

use crate::call::{Found, LookUp, LookUpFailure, Method, Value};

/// What answers the look-ups that a pattern takes.
#[derive(Debug, Clone)]
pub struct Stub {
    pub method: Method,
    /// An address in which `*` stands for anything.
    pub url: String,
    pub answer: StubAnswer,
    /// How long it takes, in ms.
    pub after_ms: u32,
}

#[derive(Debug, Clone)]
pub enum StubAnswer {
    /// A status and the JSON of its body, if it has one that is JSON.
    Answers {
        status: u16,
        json: Option<Value>,
        /// A body that is no JSON.
        text: Option<Box<str>>,
    },
    Fails(LookUpFailure),
}

/// A look-up that was made.
#[derive(Clone, PartialEq)]
pub struct Looked {
    pub method: Method,
    pub url: String,
    pub body: Option<Box<str>>,
    pub key: Box<str>,
    /// What came of it, in a word or as a status.
    pub outcome: String,
    /// There was a stub for it, or somebody who made it.
    pub is_answered: bool,
    /// It was made when the call was over.
    pub at_end: bool,
}

/// What was sent may hold a secret, and is not shown.
impl fmt::Debug for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Looked")
            .field("method", &self.method)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// Makes look-ups for which there is no stub; gives what was found, and how long it took,
/// in ms.
pub type Performer = Box<dyn FnMut(LookUp) -> (Found, u32) + Send>;

/// All servers of a call.
#[derive(Default)]
pub struct Backend {
    pub stubs: Arc<[Stub]>,
    pub performer: Option<Performer>,
    looked: Vec<Looked>,
    /// The first look-up that nothing answers, with its address.
    unanswered: Option<(Method, String)>,
}

impl Backend {
    /// Makes a look-up. A failure of one that nothing answers is noted.
    pub fn ask(&mut self, look_up: &LookUp) -> (Found, u32) {
        let mut stubs = self.stubs.iter();
        let stub = stubs.find(|stub| stub.takes(look_up));
        let (found, after_ms) = match (stub, &mut self.performer) {
            (Some(stub), _) => (stub.found(look_up), stub.after_ms),
            (None, Some(perform)) => perform(look_up.clone()),
            (None, None) => {
                let asked = || (look_up.method, look_up.url.to_string());
                self.unanswered.get_or_insert_with(asked);
                (Found::Failed(LookUpFailure::Unreachable), 0)
            }
        };
        let is_answered = stub.is_some() || self.performer.is_some();
        let (found, after_ms) = match after_ms > look_up.within_ms {
            true => (Found::Failed(LookUpFailure::TimedOut), look_up.within_ms),
            false => (found, after_ms),
        };
        self.looked.push(Looked {
            is_answered,
            at_end: false,
            method: look_up.method,
            url: look_up.url.to_string(),
            body: look_up.body.clone(),
            key: look_up.key.clone(),
            outcome: match &found {
                Found::Answered { status, .. } => status.to_string(),
                Found::Failed(failure) => failure.word().to_owned(),
            },
        });
        (found, after_ms)
    }

    /// Makes the look-up at the end of a call. Where the call has lost its memory, what is
    /// put into the address may be lost, and there need be no stub for it.
    pub fn ask_at_end(&mut self, look_up: &LookUp, forgot: bool) {
        let before = self.unanswered.clone();
        self.ask(look_up);
        if forgot {
            self.unanswered = before;
        }
        if let Some(looked) = self.looked.last_mut() {
            looked.at_end = true;
        }
    }

    /// Every look-up that was made, in order.
    pub fn looked(&self) -> &[Looked] {
        &self.looked
    }

    /// The first look-up that nothing answers.
    pub fn unanswered(&self) -> Option<&(Method, String)> {
        self.unanswered.as_ref()
    }

    /// The look-ups that may have changed something, each once.
    pub fn changes(&self) -> Vec<Looked> {
        let mut changes: Vec<Looked> = Vec::new();
        for looked in &self.looked {
            let is_known = changes.iter().any(|other| other.key == looked.key);
            if looked.method.changes_something() && !is_known {
                changes.push(looked.clone());
            }
        }
        changes
    }

    /// The first look-up that may have changed something and was made twice.
    pub fn made_twice(&self) -> Option<&Looked> {
        let all = self.looked.iter().enumerate();
        let mut changes = all.filter(|(_, looked)| looked.method.changes_something());
        let twice = changes.find(|(at, looked)| {
            self.looked[..*at]
                .iter()
                .any(|other| other.key == looked.key)
        });
        twice.map(|(_, looked)| looked)
    }
}

impl Stub {
    fn takes(&self, look_up: &LookUp) -> bool {
        self.method == look_up.method && fits(&self.url, &look_up.url)
    }

    /// True where a server that stands in for all hosts answers this path, with its query,
    /// by this stub.
    pub fn takes_path(&self, method: Method, path: &str) -> bool {
        self.method == method && fits(&path_of(&self.url), path)
    }

    /// The scheme and the host of its address, where it names both.
    pub fn server(&self) -> Option<&str> {
        let host = self.url.find("://")? + 3;
        let rest = &self.url[host..];
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        Some(&self.url[..host + end]).filter(|_| end > 0)
    }

    /// What whoever makes look-ups would find of this answer.
    fn found(&self, look_up: &LookUp) -> Found {
        match &self.answer {
            StubAnswer::Fails(failure) => Found::Failed(*failure),
            StubAnswer::Answers {
                status,
                text: Some(_),
                ..
            } if look_up.wants_json && (200..300).contains(status) => {
                Found::Failed(LookUpFailure::NotJson)
            }
            StubAnswer::Answers { status, json, .. } => Found::Answered {
                status: *status,
                json: json.clone().filter(|_| look_up.wants_json),
            },
        }
    }
}

/// True where an address is as the pattern has it; `*` stands for anything.
pub fn fits(pattern: &str, url: &str) -> bool {
    let Some((head, mut rest)) = pattern.split_once('*') else {
        return pattern == url;
    };
    let Some(mut left) = url.strip_prefix(head) else {
        return false;
    };
    while let Some((middle, more)) = rest.split_once('*') {
        let Some(at) = left.find(middle) else {
            return false;
        };
        left = &left[at + middle.len()..];
        rest = more;
    }
    left.ends_with(rest)
}

/// The part of a pattern that is behind the host. A `*` at the end of the host may stand
/// for the beginning of a path too.
fn path_of(pattern: &str) -> String {
    let rest = pattern.split_once("://").map_or(pattern, |(_, rest)| rest);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    match host.find('*') {
        Some(at) if path.is_empty() => host[at..].to_owned(),
        Some(_) if host.ends_with('*') => format!("*{path}"),
        _ if path.starts_with('/') => path.to_owned(),
        _ => format!("/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_what_is_behind_the_host() {
        for (pattern, path) in [
            ("https://a/b/*?c=*", "/b/*?c=*"),
            ("https://a:8443", "/"),
            ("https://a?b", "/?b"),
            ("https://*.a/b", "/b"),
            ("https://a*/b", "*/b"),
            ("https://a*", "*"),
            ("*", "*"),
            ("*/b", "*/b"),
        ] {
            assert_eq!(path_of(pattern), path, "{pattern}");
        }
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, url) in [
            ("https://a/b", "https://a/b"),
            ("https://a/*", "https://a/"),
            ("https://a/*", "https://a/b?c=d"),
            ("https://a/*/c*", "https://a/b/c"),
            ("*", "https://a"),
            ("https://a/*.json", "https://a/b.json"),
        ] {
            assert!(fits(pattern, url), "{pattern} {url}");
        }
        for (pattern, url) in [
            ("https://a/b", "https://a/b?c"),
            ("https://a/*/c", "https://a/c"),
            ("https://a/*.json", "https://a/b.jso"),
            ("https://b/*", "https://a/b"),
        ] {
            assert!(!fits(pattern, url), "{pattern} {url}");
        }
    }
}
