//! What a script may change: its own variables, and a field right behind one. Of such
//! a change the engine measures the whole variable; of one further inside it would
//! measure only the part, and the whole could grow past every limit.

use rhai::{Expr, Position};

use super::walk::Check;
use crate::script::functions::{self, MAX_NAME};
use crate::script::problem::ProblemKind;

impl Check<'_> {
    /// What stands in front of `=`.
    pub(super) fn assigned(&mut self, target: &Expr) {
        let mut root = target;
        while let Expr::Dot(x, ..) | Expr::Index(x, ..) = root {
            root = &x.lhs;
        }
        if let Expr::Variable(x, _, position) = root
            && self.belongs_to_the_flow(root)
        {
            let compare = "to compare, write `==`; ";
            self.not_ours(&x.1, *position, compare);
            return;
        }
        match target {
            Expr::Dot(x, ..) if matches!(x.lhs, Expr::Variable(..)) => match &x.rhs {
                Expr::Property(field, position) => self.name_length(&field.2, *position),
                _ => self.too_far_inside(target),
            },
            Expr::Dot(..) | Expr::Index(..) => self.too_far_inside(target),
            _ => (),
        }
        self.show(|check| check.expr(target, false));
    }

    /// The first value of a function that changes it in place.
    pub(super) fn changed(&mut self, function: &str, first: Option<&Expr>, position: Position) {
        if !functions::find(function).is_some_and(|function| function.changes) {
            return;
        }
        match first {
            Some(Expr::Variable(x, _, place)) if self.belongs_to_the_flow_name(&x.1) => {
                self.not_ours(&x.1, *place, "");
            }
            Some(Expr::Variable(x, ..)) if x.2.is_empty() => (),
            _ => {
                let message = format!("`{function}` changes a variable of the script's own only");
                let help = "take the part out first: `let part = …;`".to_string();
                self.problem(position, ProblemKind::Forbidden, message, Some(help));
            }
        }
    }

    /// Names of fields are not measured with what is in them, so they stay short.
    pub(super) fn name_length(&mut self, name: &str, position: Position) {
        if name.len() > MAX_NAME {
            let message = "the name of a field is too long; at most 64 bytes can be used";
            self.problem(position, ProblemKind::TooLarge, message, None);
        }
    }

    fn belongs_to_the_flow(&self, root: &Expr) -> bool {
        matches!(root, Expr::Variable(x, ..) if x.2.is_empty() && self.belongs_to_the_flow_name(&x.1))
    }

    fn belongs_to_the_flow_name(&self, name: &str) -> bool {
        !self.is_local(name) && (self.around.variables.contains(&name) || self.is_builtin(name))
    }

    fn not_ours(&mut self, name: &str, position: Position, first: &str) {
        let message = format!("an expression cannot change `{name}`");
        let help = format!("{first}to change `{name}`, use `set` in the flow");
        self.problem(position, ProblemKind::Forbidden, message, Some(help));
    }

    fn too_far_inside(&mut self, target: &Expr) {
        let help = match target {
            Expr::Index(x, ..) => match (&x.lhs, &x.rhs) {
                (Expr::Variable(name, ..), Expr::StringConstant(field, _))
                    if rhai::is_valid_identifier(field.as_str()) =>
                {
                    format!("write `{}.{field} = …`", name.1)
                }
                (Expr::Variable(name, ..), _) => {
                    format!("write `put({}, place, value)`", name.1)
                }
                _ => "take the part out first: `let part = …;`".to_string(),
            },
            _ => "take the part out first: `let part = …;`".to_string(),
        };
        let message = "only a variable or a field right behind one can be set";
        let position = target.start_position();
        self.problem(position, ProblemKind::Forbidden, message, Some(help));
    }
}
