//! Operators: is there one, and does it get values that go together?

use rhai::{Expr, FnCallExpr, Position, Token};

use super::kinds::{Kind, written};
use super::walk::Check;
use crate::script::functions;
use crate::script::problem::ProblemKind;

impl Check<'_> {
    pub(super) fn operation(&mut self, call: &FnCallExpr, is_in: bool, position: Position) {
        let name = call.name.as_str();
        let compares = matches!(name, "==" | "!=" | "<" | "<=" | ">" | ">=");
        if !is_in {
            self.operator(name, position);
        }
        if matches!(name, ".." | "..=") {
            return;
        }
        if let [a, b] = &*call.args {
            match (self.kind(a), self.kind(b)) {
                (Kind::Text, Kind::Number) if compares => self.mixed(a, b, name, position, false),
                (Kind::Number, Kind::Text) if compares => self.mixed(a, b, name, position, true),
                (Kind::Text, _) | (_, Kind::Text)
                    if matches!(name, "-" | "*" | "/" | "%" | "**") =>
                {
                    let message = format!("`{name}` needs numbers, and this is a text");
                    let help = Some("write `number(…)` around the text".to_string());
                    self.problem(position, ProblemKind::Arguments, message, help);
                }
                _ => (),
            }
            if is_in && let Expr::Array(items, _) = a {
                let text = self.kind(b);
                for item in items.iter() {
                    if matches!(
                        (text, self.kind(item)),
                        (Kind::Text, Kind::Number) | (Kind::Number, Kind::Text)
                    ) {
                        self.mixed_list(item);
                        break;
                    }
                }
            }
        }
        let values = |check: &mut Self| call.args.iter().for_each(|value| check.expr(value, false));
        if compares || is_in || name == "!" {
            self.hide(values);
        } else {
            values(self);
        }
    }

    pub(super) fn operator(&mut self, name: &str, position: Position) {
        if functions::is_operator(name) {
            return;
        }
        let help = match name {
            "&" => Some("write `&&`".to_string()),
            "|" => Some("write `||`".to_string()),
            "^" => Some("for a power, write `**`".to_string()),
            ".." | "..=" => Some(
                "write one `.` in front of a field; a range stands behind `in` of a `for` loop"
                    .to_string(),
            ),
            _ => None,
        };
        let message = format!("`{name}` cannot be used here");
        self.problem(position, ProblemKind::Forbidden, message, help);
    }

    /// What a `for` walks over may be a range, which is no value anywhere else.
    pub(super) fn range_or(&mut self, expr: &Expr) {
        match expr {
            Expr::FnCall(call, _) if matches!(call.name.as_str(), ".." | "..=") => {
                call.args.iter().for_each(|end| self.expr(end, false));
            }
            expr => self.expr(expr, false),
        }
    }

    fn mixed(&mut self, a: &Expr, b: &Expr, name: &str, position: Position, text_second: bool) {
        let (left, right) = (written(a), written(b));
        let help = match (a, b) {
            (Expr::StringConstant(text, _), _) if text.parse::<f64>().is_ok() => {
                format!("write `{text} {name} {right}`")
            }
            (_, Expr::StringConstant(text, _)) if text.parse::<f64>().is_ok() => {
                format!("write `{left} {name} {text}`")
            }
            _ if text_second => format!("write `{left} {name} number({right})`"),
            _ => format!("write `number({left}) {name} {right}`"),
        };
        let message = "a text is compared with a number";
        self.problem(position, ProblemKind::Comparison, message, Some(help));
    }

    fn mixed_list(&mut self, item: &Expr) {
        let help = match item {
            Expr::IntegerConstant(number, _) => format!("write `\"{number}\"`"),
            _ => "write all of them as texts, or all as numbers".to_string(),
        };
        let message = "a text is compared with a number";
        let position = item.start_position();
        self.problem(position, ProblemKind::Comparison, message, Some(help));
    }

    /// A `switch` over a text whose lines are numbers would silently take none.
    pub(super) fn switch_kinds(&mut self, subject: &Expr, position: Position) {
        let kind = self.kind(subject);
        let Some(start) = self.source.index(position) else {
            return;
        };
        let mut depth = 0;
        let mut found = None;
        let words = &self.source.words;
        for (i, (token, place)) in words.iter().enumerate().skip(start) {
            match token {
                Token::LeftBrace | Token::MapStart => depth += 1,
                Token::RightBrace if depth == 1 => break,
                Token::RightBrace => depth -= 1,
                Token::IntegerConstant(number) if depth == 1 && kind == Kind::Text => {
                    let next = words.get(i + 1).map(|(token, _)| token);
                    if matches!(next, Some(Token::DoubleArrow | Token::Pipe)) {
                        found = Some((*place, format!("write `\"{number}\"`")));
                        break;
                    }
                }
                _ => (),
            }
        }
        if let Some((place, help)) = found {
            let message = "a text is compared with a number";
            self.problem(place, ProblemKind::Comparison, message, Some(help));
        }
    }
}
