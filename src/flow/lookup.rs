//! Look-ups of a running flow: what is asked of somebody's server, and where each answer
//! leads.

use crate::call::Method;

use super::state::{Assigned, Edge, Speech, Target};
use super::text::{Expression, Template};
use super::variable::VarId;

/// The longest that a call waits for a look-up without a word, in ms: callers take a
/// longer silence for a line that is dead, and the platform waits for 5 s at most.
pub const MAX_WITHIN_MS: u32 = 2_500;

/// How long a look-up may take where nothing says it, in ms.
pub const USUAL_WITHIN_MS: u32 = 1_500;

/// A state that looks something up.
#[derive(Debug)]
pub struct Http {
    pub request: Request,
    /// What keeps the JSON of an answer that leads to `then`.
    pub save: Option<VarId>,
    /// What is said at once and again until the answer is there. It is one piece.
    pub while_waiting: Option<Speech>,
    /// A status from 200 to 299 that no case takes.
    pub then: Target,
    /// In the order in which they are written.
    pub cases: Vec<(StatusCase, Target)>,
    /// Any other status, and no answer at all.
    pub otherwise: Target,
}

/// What is asked for, before values are put in.
#[derive(Debug)]
pub struct Request {
    pub method: Method,
    /// An address with a host that stands as it is written.
    pub url: Template,
    pub headers: Vec<(Box<str>, Vec<HeaderPiece>)>,
    /// Sent as JSON.
    pub body: Option<Assigned>,
    pub within_ms: u32,
    pub retries: u8,
}

/// A piece of the value of a header.
#[derive(Debug)]
pub enum HeaderPiece {
    Text(Box<str>),
    Value(Expression),
    /// This value of the environment, which is put in where the look-up is made.
    Env(Box<str>),
}

/// The statuses that one of the `cases` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatusCase {
    Exactly(u16),
    /// The hundreds: 4 for 400 to 499.
    Class(u8),
}

impl StatusCase {
    /// Reads `404` or `4xx`. A redirect is followed or fails, and is no case; nor is
    /// `2xx`, which is `then`.
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "4xx" | "4XX" => return Some(StatusCase::Class(4)),
            "5xx" | "5XX" => return Some(StatusCase::Class(5)),
            _ => {}
        }
        let status: u16 = word.parse().ok()?;
        let is_status = word.len() == 3 && matches!(status, 200..=299 | 400..=599);
        is_status.then_some(StatusCase::Exactly(status))
    }

    pub fn takes(self, status: u16) -> bool {
        match self {
            StatusCase::Exactly(exact) => exact == status,
            StatusCase::Class(class) => u16::from(class) == status / 100,
        }
    }

    /// As it is written.
    pub fn word(self) -> String {
        match self {
            StatusCase::Exactly(status) => status.to_string(),
            StatusCase::Class(class) => format!("{class}xx"),
        }
    }
}

impl Http {
    /// The case that takes a status, by its place: `404` beats `4xx`, wherever they stand.
    pub fn case(&self, status: u16) -> Option<(Edge, Target)> {
        let cases = || self.cases.iter().zip(0..);
        let exact = cases().find(|((case, _), _)| *case == StatusCase::Exactly(status));
        let found = exact.or_else(|| cases().find(|((case, _), _)| case.takes(status)));
        found.map(|((_, target), at)| (Edge::Case(at), *target))
    }

    pub(super) fn edges(&self, edges: &mut Vec<(Edge, Target)>) {
        edges.push((Edge::Then, self.then));
        let cases = self.cases.iter().zip(0..);
        edges.extend(cases.map(|((_, target), at)| (Edge::Case(at), *target)));
        edges.push((Edge::Otherwise, self.otherwise));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_a_status_or_a_class_of_them() {
        for (word, status) in [("404", 404), ("4xx", 499), ("5xx", 500), ("202", 202)] {
            let case = StatusCase::read(word).unwrap();
            assert!(case.takes(status), "{word}");
            assert!(!case.takes(200), "{word}");
            assert_eq!(case.word(), word);
        }
        for word in ["2xx", "3xx", "301", "099", "4040", "40", "+404", "four", ""] {
            assert_eq!(StatusCase::read(word), None, "{word}");
        }
    }
}
