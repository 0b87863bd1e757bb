//! Statements: what they declare, change and give.

use rhai::{ASTFlags, Expr, Stmt};

use super::walk::Check;
use crate::script::problem::ProblemKind;

impl Check<'_> {
    /// The statements of a block; `last` is true where the last one's value is the
    /// result of the program.
    pub(super) fn statements(&mut self, statements: &[Stmt], last: bool) {
        for (i, statement) in statements.iter().enumerate() {
            let last = last && i + 1 == statements.len();
            self.deeper(statement.position(), |check| {
                check.statement(statement, last)
            });
        }
    }

    /// A block can assign to what is outside of it, so nothing in it is hidden.
    pub(super) fn block(&mut self, statements: &[Stmt], last: bool) {
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
}
