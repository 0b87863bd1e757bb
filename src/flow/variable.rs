//! A flow's variables: their types, and sets of them.

use crate::call::Value;

use super::document::VarType;

/// A variable of a flow, by its place in the flow's list. A flow has at most 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VarId(pub u8);

/// A variable with its type and what it is before anything sets it.
#[derive(Debug, Clone)]
pub struct Variable {
    pub name: Box<str>,
    /// `None` where only expressions set it: it takes whatever they give.
    pub kind: Option<VarType>,
    pub secret: bool,
    pub default: Value,
}

/// The most variables that a flow can have.
pub const MAX_VARIABLES: usize = 64;

/// The longest text that a variable keeps, in bytes.
const MAX_TEXT: usize = 4096;

impl Variable {
    /// The value as this variable keeps it, or `None` where it is not of its type.
    /// A text that is a number can be given to a number, and the other way round,
    /// since what a caller keys in is always a text.
    pub fn accept(&self, value: Value) -> Option<Value> {
        let Some(kind) = self.kind else {
            return Some(value);
        };
        match (kind, value) {
            (_, Value::Nothing) => Some(unset(Some(kind))),
            (VarType::Text, value @ Value::Text(_)) => Some(value),
            (VarType::Text, Value::List(_) | Value::Map(_)) => None,
            (VarType::Text, value) => Some(Value::text(&value.to_string())),
            (VarType::Number, value @ (Value::Int(_) | Value::Float(_))) => Some(value),
            (VarType::Number, Value::Text(text)) => number(&text),
            (VarType::Flag, value @ Value::Flag(_)) => Some(value),
            (VarType::Flag, Value::Text(text)) => flag(&text),
            (VarType::Digits, Value::Text(text)) => digits(&text),
            (VarType::Digits, value @ Value::Int(_)) => digits(&value.to_string()),
            (VarType::List, value @ Value::List(_)) => Some(value),
            (VarType::Map, value @ Value::Map(_)) => Some(value),
            _ => None,
        }
        .filter(|value| !matches!(value, Value::Text(text) if text.len() > MAX_TEXT))
    }
}

/// What a variable of this type is before anything sets it.
pub fn unset(kind: Option<VarType>) -> Value {
    match kind {
        None => Value::Nothing,
        Some(VarType::Text | VarType::Digits) => Value::text(""),
        Some(VarType::Number) => Value::Int(0),
        Some(VarType::Flag) => Value::Flag(false),
        Some(VarType::List) => Value::List(Vec::new().into()),
        Some(VarType::Map) => Value::Map(std::sync::Arc::default()),
    }
}

fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Value::Int(whole));
    }
    text.parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .map(Value::Float)
}

fn flag(text: &str) -> Option<Value> {
    match text.trim() {
        "true" | "yes" => Some(Value::Flag(true)),
        "false" | "no" => Some(Value::Flag(false)),
        _ => None,
    }
}

fn digits(text: &str) -> Option<Value> {
    text.chars()
        .all(|c| c.is_ascii_digit())
        .then(|| Value::text(text))
}

/// A set of a flow's variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VarSet(pub u64);

impl VarSet {
    pub fn insert(&mut self, var: VarId) {
        self.0 |= 1 << var.0;
    }

    pub fn remove(&mut self, var: VarId) {
        self.0 &= !(1 << var.0);
    }

    pub fn contains(self, var: VarId) -> bool {
        self.0 & (1 << var.0) != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn and(self, other: VarSet) -> VarSet {
        VarSet(self.0 & other.0)
    }

    pub fn or(self, other: VarSet) -> VarSet {
        VarSet(self.0 | other.0)
    }

    pub fn without(self, other: VarSet) -> VarSet {
        VarSet(self.0 & !other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = VarId> {
        (0..MAX_VARIABLES as u8)
            .map(VarId)
            .filter(move |var| self.contains(*var))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(kind: VarType) -> Variable {
        Variable {
            name: "v".into(),
            kind: Some(kind),
            secret: false,
            default: unset(Some(kind)),
        }
    }

    #[test]
    fn a_variable_takes_what_is_of_its_type_or_can_be_read_as_such() {
        let number = variable(VarType::Number);
        assert_eq!(number.accept(Value::text("007")), Some(Value::Int(7)));
        assert_eq!(number.accept(Value::text("7.5")), Some(Value::Float(7.5)));
        assert_eq!(number.accept(Value::text("seven")), None);
        let digits = variable(VarType::Digits);
        assert_eq!(digits.accept(Value::text("007")), Some(Value::text("007")));
        assert_eq!(digits.accept(Value::text("0-7")), None);
        assert_eq!(digits.accept(Value::Int(-7)), None);
        let flag = variable(VarType::Flag);
        assert_eq!(flag.accept(Value::text("yes")), Some(Value::Flag(true)));
        assert_eq!(flag.accept(Value::Int(1)), None);
        let text = variable(VarType::Text);
        assert_eq!(text.accept(Value::Float(3.0)), Some(Value::text("3")));
        assert_eq!(text.accept(Value::Nothing), Some(Value::text("")));
        assert_eq!(text.accept(Value::text(&"x".repeat(5000))), None);
    }
}
