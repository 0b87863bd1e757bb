//! The state of a walk: which names are in scope, whether what is read can be seen
//! in the result, and how deep it is.

use rhai::{Position, Stmt};

use super::notes::Notes;
use crate::script::files::Files;
use crate::script::names::BUILTINS;
use crate::script::problem::{Problem, ProblemKind};
use crate::script::source::{Kind, Source};

/// How deep the walk goes. A long chain of `+` is deep too, and each level of it
/// costs stack when it runs.
const MAX_DEPTH: usize = 100;

/// How many problems of one source are told; nobody reads more.
const MAX_PROBLEMS: usize = 50;

/// What is around a program.
pub(in crate::script) struct Surroundings<'a> {
    /// The flow's variables; none in a script file.
    pub variables: &'a [&'a str],
    /// Those of them that always hold a text.
    pub texts: &'a [&'a str],
    pub files: &'a Files,
    /// The script file that is checked.
    pub own_file: Option<&'a str>,
}

pub(in crate::script) struct Check<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) around: Surroundings<'a>,
    pub notes: Notes,
    pub(super) locals: Vec<Box<str>>,
    /// True where a value cannot get into the result from here: behind `mask`, in a
    /// comparison, in a condition.
    pub(super) hidden: bool,
    depth: usize,
}

impl<'a> Check<'a> {
    pub fn new(source: &'a Source<'a>, around: Surroundings<'a>) -> Self {
        Check {
            source,
            around,
            notes: Notes::default(),
            locals: Vec::new(),
            hidden: false,
            depth: 0,
        }
    }

    /// Walks a program, or a function's body with the names of what it takes.
    pub fn body(&mut self, takes: &[String], statements: &[Stmt]) {
        self.scope(|check| {
            check
                .locals
                .extend(takes.iter().map(|name| Box::from(name.as_str())));
            check.statements(statements, true);
        });
    }

    pub(super) fn problem(
        &mut self,
        position: Position,
        kind: ProblemKind,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        if !self.has_told_enough() {
            let problem = Problem::new(self.source.spot(position), kind, message);
            self.notes.problems.push(Problem { help, ..problem });
        }
    }

    /// True where no further problem is told, so that none has to be made.
    pub(super) fn has_told_enough(&self) -> bool {
        self.notes.problems.len() >= MAX_PROBLEMS
    }

    pub(super) fn is_local(&self, name: &str) -> bool {
        self.locals.iter().any(|local| **local == *name)
    }

    /// Names that are declared inside are forgotten behind it.
    pub(super) fn scope(&mut self, inside: impl FnOnce(&mut Self)) {
        let before = self.locals.len();
        inside(self);
        self.locals.truncate(before);
    }

    /// Values inside do not get into the result.
    pub(super) fn hide(&mut self, inside: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.hidden, true);
        inside(self);
        self.hidden = before;
    }

    pub(super) fn show(&mut self, inside: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.hidden, false);
        inside(self);
        self.hidden = before;
    }

    pub(super) fn deeper(&mut self, position: Position, inside: impl FnOnce(&mut Self)) {
        if self.depth >= MAX_DEPTH {
            let known = &mut self.notes.problems;
            if !known.iter().any(|p| p.kind == ProblemKind::TooLarge) {
                let help = "take parts out: `let part = …;`".to_string();
                let message = "this is nested too deeply, or too long a chain";
                self.problem(position, ProblemKind::TooLarge, message, Some(help));
            }
            return;
        }
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }

    pub(super) fn is_builtin(&self, name: &str) -> bool {
        self.source.kind == Kind::Expression && BUILTINS.contains(&name)
    }
}
