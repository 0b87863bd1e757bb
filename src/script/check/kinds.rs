//! Kinds of values that can be told without running anything, so that a text that
//! is compared with a number is found when the file is saved.

use rhai::Expr;

use super::walk::Check;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Unknown,
}

impl Check<'_> {
    /// The kind of an expression. What a caller keyed in is a text, and so are the
    /// flow's variables that can hold nothing else.
    pub(super) fn kind(&self, expr: &Expr) -> Kind {
        match expr {
            Expr::StringConstant(..) | Expr::CharConstant(..) | Expr::InterpolatedString(..) => {
                Kind::Text
            }
            Expr::IntegerConstant(..) | Expr::FloatConstant(..) => Kind::Number,
            Expr::Variable(x, ..)
                if !self.is_local(&x.1)
                    && (x.1 == "input" || self.around.texts.contains(&x.1.as_str())) =>
            {
                Kind::Text
            }
            Expr::FnCall(call, _) if !call.is_qualified() => {
                match (call.name.as_str(), &*call.args) {
                    ("+", [a, b]) => match (self.kind(a), self.kind(b)) {
                        (Kind::Text, _) | (_, Kind::Text) => Kind::Text,
                        (Kind::Number, Kind::Number) => Kind::Number,
                        _ => Kind::Unknown,
                    },
                    ("-" | "*" | "/" | "%" | "**", _) => Kind::Number,
                    (name, _) => result_kind(name),
                }
            }
            Expr::Dot(x, ..) => match &x.rhs {
                Expr::MethodCall(call, _) => result_kind(&call.name),
                _ => Kind::Unknown,
            },
            _ => Kind::Unknown,
        }
    }
}

fn result_kind(function: &str) -> Kind {
    match function {
        "number" | "len" | "visits" | "index_of" | "abs" | "round" | "floor" | "ceiling"
        | "to_int" | "to_float" => Kind::Number,
        "digits" | "mask" | "to_string" | "to_upper" | "to_lower" | "trim" | "sub_string"
        | "replace" | "pad_left" | "pad_right" | "repeat" | "join" | "spell" | "money"
        | "amount" | "date" | "time" => Kind::Text,
        _ => Kind::Unknown,
    }
}

/// How an expression is written, where it is a name, a literal or a call of names.
pub(super) fn written(expr: &Expr) -> String {
    match expr {
        Expr::Variable(x, ..) => x.1.to_string(),
        Expr::IntegerConstant(number, _) => number.to_string(),
        Expr::FloatConstant(number, _) => number.to_string(),
        Expr::StringConstant(text, _) => format!("\"{text}\""),
        Expr::FnCall(call, _) if !call.is_operator_call() && !call.is_qualified() => {
            let values: Vec<String> = call.args.iter().map(written).collect();
            format!("{}({})", call.name, values.join(", "))
        }
        _ => "…".to_string(),
    }
}
