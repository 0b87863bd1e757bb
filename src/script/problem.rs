//! What is wrong with a script, found before anybody calls.

/// A place in a source: line and column count from 1, columns and length in
/// characters. A length is at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub line: usize,
    pub column: usize,
    pub len: usize,
}

/// One mistake, in words for designers who do not program.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub spot: Spot,
    pub kind: ProblemKind,
    pub message: String,
    /// What to type instead.
    pub help: Option<String>,
    /// The fault itself is in another file, which tells it.
    pub is_elsewhere: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    Syntax,
    UnknownFunction,
    UnknownVariable,
    /// A function is given too many or too few values, or values of a wrong kind.
    Arguments,
    /// Something that scripts may not do here.
    Forbidden,
    TooLarge,
    /// A text is compared with a number.
    Comparison,
}

impl Problem {
    pub(super) fn new(spot: Spot, kind: ProblemKind, message: impl Into<String>) -> Self {
        Problem {
            spot,
            kind,
            message: message.into(),
            help: None,
            is_elsewhere: false,
        }
    }

    pub(super) fn elsewhere(self) -> Self {
        Problem {
            is_elsewhere: true,
            ..self
        }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Problem {
            help: Some(help.into()),
            ..self
        }
    }
}

/// Brings problems into the order of their places, each once.
pub(super) fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| problem.spot);
    problems.dedup();
    problems
}
