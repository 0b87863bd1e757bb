//! Expressions: names, paths, and the texts that are results.

use rhai::{ASTFlags, Expr, Position};

use super::calls::hides;
use super::notes::push_once;
use super::walk::Check;
use crate::script::functions::{self, TABLE};
use crate::script::names::{self, BUILTINS};
use crate::script::problem::ProblemKind;
use crate::script::source::Kind;

impl Check<'_> {
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
            Expr::Map(x, _) => {
                for (name, value) in &x.0 {
                    self.name_length(name.as_str(), name.pos);
                    self.expr(value, false);
                }
            }
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
        for (i, (_, link)) in links.iter().enumerate() {
            if let Expr::MethodCall(call, position) = link {
                self.changed(&call.name, Some(root).filter(|_| i == 0), *position);
            }
        }
        let hides = match links.last() {
            Some((false, Expr::MethodCall(call, _))) => hides(&call.name),
            _ => false,
        };
        let walk = |check: &mut Self| {
            check.expr(root, false);
            check.known_field(root, &links);
            check.column(root, &links);
            for (is_index, link) in links {
                match link {
                    Expr::Property(..) if !is_index => (),
                    link => check.expr(link, false),
                }
            }
        };
        if hides { self.hide(walk) } else { walk(self) }
    }

    /// What is known of a call has fixed fields, and any other would be nothing.
    fn known_field(&mut self, root: &Expr, links: &[(bool, &Expr)]) {
        let Expr::Variable(x, ..) = root else { return };
        let Some((false, Expr::Property(field, position))) = links.first() else {
            return;
        };
        let (name, field) = (x.1.as_str(), field.2.as_str());
        let Some(fields) = names::fields(name).filter(|fields| !fields.contains(&field)) else {
            return;
        };
        if self.is_local(name) || !self.is_builtin(name) {
            return;
        }
        let help = match names::nearest(field, fields.iter().copied()) {
            Some(near) => format!("did you mean `{name}.{near}`?"),
            None => format!("`{name}` has `{}`", fields.join("`, `")),
        };
        let message = format!("`{name}` has no `{field}`");
        self.problem(*position, ProblemKind::UnknownVariable, message, Some(help));
    }

    /// A column that is read right behind a look-up, for whoever knows the tables.
    fn column(&mut self, root: &Expr, links: &[(bool, &Expr)]) {
        if let Expr::FnCall(call, _) = root
            && call.name.as_str() == TABLE
            && let Some(Expr::StringConstant(table, _)) = call.args.first()
            && let Some((false, Expr::Property(column, position))) = links.first()
        {
            let spot = self.source.spot(*position);
            let (table, column) = (table.as_str().into(), column.2.as_str().into());
            self.notes.columns.push((table, column, spot));
        }
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
        if self.has_told_enough() {
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
        if self.source.kind == Kind::Expression
            && let Some(whole) = names::field_of(name)
        {
            return Some(format!("did you mean `{whole}.{name}`?"));
        }
        if let Some(near) = names::nearest(name, known.chain(builtins)) {
            return Some(format!("did you mean `{near}`?"));
        }
        if let Some(function) = functions::find(name) {
            return Some(format!("to call it, write `{}(…)`", function.name));
        }
        Some(format!("if it is a text, put it in quotes: `\"{name}\"`"))
    }
}
