//! The walk itself: statements and expressions, with the names that are in scope at
//! each of them.

use rhai::{ASTFlags, Expr, Position, Stmt};

use super::notes::{Notes, push_once};
use crate::script::library::Files;
use crate::script::names::{self, BUILTINS};
use crate::script::problem::{Problem, ProblemKind};
use crate::script::source::{Kind, Source};

/// How deep the walk goes. A long chain of `+` is deep too, and each level of it
/// costs stack when it runs.
const MAX_DEPTH: usize = 100;

/// What is around a program.
pub(in crate::script) struct Surroundings<'a> {
    /// The flow's variables; none in a script file.
    pub variables: &'a [&'a str],
    pub files: &'a Files,
    /// The script file that is checked.
    pub own_file: Option<&'a str>,
}

pub(in crate::script) struct Check<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) around: Surroundings<'a>,
    pub notes: Notes,
    locals: Vec<Box<str>>,
    /// True where a value cannot get into the result from here: behind `mask`, in a
    /// comparison, in a condition.
    hidden: bool,
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
        let problem = Problem::new(self.source.spot(position), kind, message);
        self.notes.problems.push(Problem { help, ..problem });
    }

    pub(super) fn is_local(&self, name: &str) -> bool {
        self.locals.iter().any(|local| **local == *name)
    }

    /// Names that are declared inside are forgotten behind it.
    fn scope(&mut self, inside: impl FnOnce(&mut Self)) {
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

    fn show(&mut self, inside: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.hidden, false);
        inside(self);
        self.hidden = before;
    }

    fn deeper(&mut self, position: Position, inside: impl FnOnce(&mut Self)) {
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

    /// The statements of a block; `last` is true where the last one's value is the
    /// result of the program.
    fn statements(&mut self, statements: &[Stmt], last: bool) {
        for (i, statement) in statements.iter().enumerate() {
            let last = last && i + 1 == statements.len();
            self.deeper(statement.position(), |check| {
                check.statement(statement, last)
            });
        }
    }

    /// A block can assign to what is outside of it, so nothing in it is hidden.
    fn block(&mut self, statements: &[Stmt], last: bool) {
        self.show(|check| check.scope(|check| check.statements(statements, last)));
    }

    fn statement(&mut self, statement: &Stmt, last: bool) {
        match statement {
            Stmt::Noop(_) => (),
            Stmt::If(x, _) => {
                self.hide(|check| check.expr(&x.expr, false));
                self.block(x.body.statements(), last);
                self.block(x.branch.statements(), last);
            }
            Stmt::Switch(x, position) => {
                let (subject, cases) = &**x;
                self.hide(|check| check.expr(subject, false));
                self.switch_kinds(subject, *position);
                for case in cases.expressions.iter() {
                    self.hide(|check| check.expr(&case.lhs, false));
                    self.show(|check| check.expr(&case.rhs, last));
                }
            }
            Stmt::While(x, _) | Stmt::Do(x, ..) => {
                self.hide(|check| check.expr(&x.expr, false));
                self.block(x.body.statements(), false);
            }
            Stmt::For(x, _) => {
                let (name, counter, control) = &**x;
                self.show(|check| check.range_or(&control.expr));
                self.scope(|check| {
                    let names = std::iter::once(name).chain(counter);
                    check
                        .locals
                        .extend(names.map(|name| Box::from(name.as_str())));
                    check.block(control.body.statements(), false);
                });
            }
            Stmt::Var(x, ..) => {
                self.show(|check| check.expr(&x.1, false));
                self.locals.push(x.0.as_str().into());
            }
            Stmt::Assignment(x) => {
                self.assigned(&x.1.lhs);
                if let Some((.., operator)) = x.0.get_op_assignment_info() {
                    self.operator(operator, x.0.position());
                }
                self.show(|check| check.expr(&x.1.rhs, false));
            }
            Stmt::FnCall(call, position) => self.call(call, *position, false),
            Stmt::Block(x) => self.block(x.statements(), last),
            // A `try` gives nothing, whatever its blocks give.
            Stmt::TryCatch(x, _) => {
                self.block(x.body.statements(), false);
                self.scope(|check| {
                    if let Expr::Variable(name, ..) = &x.expr {
                        check.locals.push(name.1.as_str().into());
                    }
                    check.block(x.branch.statements(), false);
                });
            }
            Stmt::Expr(expr) => self.expr(expr, last),
            Stmt::BreakLoop(Some(expr), ..) => self.show(|check| check.expr(expr, last)),
            Stmt::Return(Some(expr), flags, _) => {
                let gives_back = !flags.contains(ASTFlags::BREAK);
                self.show(|check| check.expr(expr, gives_back));
            }
            Stmt::BreakLoop(None, ..) | Stmt::Return(None, ..) => (),
            other => {
                let message = "this cannot be done in a script";
                self.problem(other.position(), ProblemKind::Forbidden, message, None);
            }
        }
    }

    /// What stands in front of `=`: a variable of the script's own, or a part of it.
    fn assigned(&mut self, target: &Expr) {
        let mut root = target;
        while let Expr::Dot(x, ..) | Expr::Index(x, ..) = root {
            root = &x.lhs;
        }
        if let Expr::Variable(x, _, position) = root
            && x.2.is_empty()
            && !self.is_local(&x.1)
            && (self.around.variables.contains(&x.1.as_str()) || self.is_builtin(&x.1))
        {
            let name = x.1.as_str();
            self.problem(
                *position,
                ProblemKind::Forbidden,
                format!("an expression cannot change `{name}`"),
                Some(format!(
                    "use `set` in the flow, or a name of your own: `let my_{name} = …;`"
                )),
            );
            return;
        }
        self.show(|check| check.expr(target, false));
    }

    fn is_builtin(&self, name: &str) -> bool {
        self.source.kind == Kind::Expression && BUILTINS.contains(&name)
    }

    pub(super) fn expr(&mut self, expr: &Expr, last: bool) {
        self.deeper(expr.start_position(), |check| check.expression(expr, last));
    }

    fn expression(&mut self, expr: &Expr, last: bool) {
        match expr {
            Expr::StringConstant(text, position) if last => {
                let spot = self.source.spot(*position);
                self.notes.labels.push((text.as_str().into(), spot));
            }
            Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => {
                parts.iter().for_each(|part| self.expr(part, false));
            }
            Expr::Map(x, _) => x.0.iter().for_each(|(_, value)| self.expr(value, false)),
            Expr::Variable(x, _, position) => {
                if x.2.is_empty() {
                    self.read(&x.1, *position);
                } else {
                    let message = format!("`{}::{}` is no value", x.2, x.1);
                    let help = format!("to call the function, write `{}::{}(…)`", x.2, x.1);
                    let position = x.2.position();
                    self.problem(position, ProblemKind::UnknownVariable, message, Some(help));
                }
            }
            Expr::ThisPtr(position) => {
                let help = "give the value to the function in brackets: `f(x)`";
                let message = "`this` is not known here";
                self.problem(
                    *position,
                    ProblemKind::Forbidden,
                    message,
                    Some(help.into()),
                );
            }
            Expr::Stmt(block) => self.block(block.statements(), last),
            Expr::FnCall(call, position) => self.call(call, *position, false),
            Expr::MethodCall(call, position) => self.call(call, *position, true),
            Expr::Dot(x, ..) | Expr::Index(x, ..) => self.chain(expr, &x.lhs),
            Expr::And(parts, _) | Expr::Or(parts, _) => {
                self.hide(|check| parts.iter().for_each(|part| check.expr(part, false)));
            }
            Expr::Coalesce(parts, _) => parts.iter().for_each(|part| self.expr(part, last)),
            _ => (),
        }
    }

    /// `a.b["c"].d(e)`: the beginning, then link by link.
    fn chain(&mut self, chain: &Expr, root: &Expr) {
        let mut links = Vec::new();
        let mut node = chain;
        loop {
            let (is_index, rhs, ends) = match node {
                Expr::Dot(x, flags, _) => (false, &x.rhs, flags.contains(ASTFlags::BREAK)),
                Expr::Index(x, flags, _) => (true, &x.rhs, flags.contains(ASTFlags::BREAK)),
                _ => break,
            };
            match rhs {
                Expr::Dot(x, ..) | Expr::Index(x, ..) if !(is_index && ends) => {
                    links.push((is_index, &x.lhs));
                    node = rhs;
                }
                link => {
                    links.push((is_index, link));
                    break;
                }
            }
        }
        let hides = match links.last() {
            Some((false, Expr::MethodCall(call, _))) => super::calls::hides(&call.name),
            _ => false,
        };
        let walk = |check: &mut Self| {
            check.expr(root, false);
            for (is_index, link) in links {
                match link {
                    Expr::Property(..) if !is_index => (),
                    link => check.expr(link, false),
                }
            }
        };
        if hides { self.hide(walk) } else { walk(self) }
    }

    fn read(&mut self, name: &str, position: Position) {
        if self.is_local(name) {
            return;
        }
        if self.around.variables.contains(&name) || self.is_builtin(name) {
            push_once(&mut self.notes.reads, name);
            if !self.hidden {
                push_once(&mut self.notes.exposes, name);
            }
            return;
        }
        let message = format!("there is no variable `{name}`");
        let help = self.meant(name);
        self.problem(position, ProblemKind::UnknownVariable, message, help);
    }

    /// What to write for a name that is no variable.
    fn meant(&self, name: &str) -> Option<String> {
        if self.source.kind == Kind::File && BUILTINS.contains(&name) {
            return Some(format!(
                "a script file sees only what it is given; pass `{name}` as an argument"
            ));
        }
        let known = self.locals.iter().map(|local| &**local);
        let known = known.chain(self.around.variables.iter().copied());
        let builtins = BUILTINS.iter().copied();
        let builtins = builtins.filter(|_| self.source.kind == Kind::Expression);
        if let Some(near) = names::nearest(name, known.chain(builtins)) {
            return Some(format!("did you mean `{near}`?"));
        }
        if let Some(function) = crate::script::functions::find(name) {
            return Some(format!("to call it, write `{}(…)`", function.name));
        }
        Some(format!("if it is a text, put it in quotes: `\"{name}\"`"))
    }
}
