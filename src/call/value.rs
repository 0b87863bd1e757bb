//! The values that flows keep and scripts compute.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A value of a flow variable or of an expression. Cheap to clone.
#[derive(Clone, PartialEq, Default)]
pub enum Value {
    /// What a path through a missing field gives. It prints as an empty text.
    #[default]
    Nothing,
    Flag(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    List(Arc<[Value]>),
    Map(Arc<BTreeMap<Box<str>, Value>>),
}

impl Value {
    pub fn text(text: &str) -> Self {
        Value::Text(text.into())
    }

    /// What kind of value this is, in the words of the flow language.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Nothing => "nothing",
            Value::Flag(_) => "flag",
            Value::Int(_) | Value::Float(_) => "number",
            Value::Text(_) => "text",
            Value::List(_) => "list",
            Value::Map(_) => "map",
        }
    }
}

/// As it is put into a text: whole numbers without a point, nothing as nothing.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nothing => Ok(()),
            Value::Flag(flag) => write!(f, "{flag}"),
            Value::Int(number) => write!(f, "{number}"),
            Value::Float(number) => write!(f, "{number}"),
            Value::Text(text) => f.write_str(text),
            Value::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{item}")?;
                }
                Ok(())
            }
            Value::Map(fields) => {
                for (i, (name, item)) in fields.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{name}: {item}")?;
                }
                Ok(())
            }
        }
    }
}

/// A variable may hold a PIN, so a value shows its kind and never itself.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_print_without_a_point() {
        assert_eq!(Value::Float(3.0).to_string(), "3");
        assert_eq!(Value::Float(2.5).to_string(), "2.5");
        assert_eq!(Value::Int(-7).to_string(), "-7");
        assert_eq!(Value::Nothing.to_string(), "");
    }

    #[test]
    fn debug_output_holds_no_value() {
        assert_eq!(format!("{:?}", Value::text("4711")), "<text>");
    }
}
