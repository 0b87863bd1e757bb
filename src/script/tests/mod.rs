//! How the room behaves as a whole, told as tables of scripts.

mod any_text;
mod attacks;
mod expressions;
mod files;
mod notes;
mod problems;
mod readme;
mod speech;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::tz::TimeZone;

use super::{Budget, Context, Fault, Library, Program};
use crate::call::Value;

/// What most tests run with: a call in which a few things are known.
struct Call(BTreeMap<&'static str, Value>, &'static str);

impl Call {
    fn new() -> Self {
        let card = map(&[("tier", text("gold")), ("default", Value::Flag(true))]);
        let customer = map(&[
            ("card", card),
            ("name", text("Mei")),
            ("call", text("later")),
            ("offers", Value::List(vec![text("a"), text("b")].into())),
        ]);
        let caller = map(&[
            ("number", text("+6591234567")),
            ("known", Value::Flag(true)),
        ]);
        Call(
            BTreeMap::from([
                ("tier", text("gold")),
                ("vip", Value::Flag(true)),
                ("n", Value::Int(3)),
                ("half", Value::Float(0.5)),
                ("pin", text("79927398713")),
                ("empty", text("")),
                ("missing", Value::Nothing),
                (
                    "list",
                    Value::List(vec![Value::Int(1), Value::Int(2)].into()),
                ),
                ("customer", customer),
                ("caller", caller),
                ("input", text("42")),
                ("now", now()),
            ]),
            "en",
        )
    }

    fn variables(&self) -> Vec<&'static str> {
        let builtin = |name: &&'static str| super::BUILTINS.contains(name);
        self.0
            .keys()
            .copied()
            .filter(|name| !builtin(name))
            .collect()
    }

    fn compile(&self, source: &str) -> Program {
        self.compile_with(source, &Library::empty())
    }

    fn compile_with(&self, source: &str, library: &Library) -> Program {
        Program::compile(source, library, &self.variables())
            .unwrap_or_else(|problems| panic!("{source}\n{problems:#?}"))
    }

    fn run(&self, source: &str) -> Result<Value, Fault> {
        self.compile(source).run(self, &mut Budget::new(20_000))
    }
}

impl Context for Call {
    fn variable(&self, name: &str) -> Value {
        self.0.get(name).cloned().unwrap_or_default()
    }

    fn visits(&self, state: &str) -> u32 {
        u32::from(state == "main") * 2
    }

    fn rows(&self) -> Arc<dyn super::Rows> {
        Arc::new(Branches)
    }

    fn lang(&self) -> &str {
        self.1
    }

    fn zone(&self) -> &TimeZone {
        static ZONE: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::fixed(jiff::tz::offset(8)));
        &ZONE
    }
}

/// A table `branches` with one row.
struct Branches;

impl super::Rows for Branches {
    fn row(&self, table: &str, key: &str) -> Value {
        match (table, key) {
            ("branches", "012" | "7") => map(&[("name", text("North")), ("seats", Value::Int(4))]),
            _ => Value::Nothing,
        }
    }
}

/// What a flow would know of a Monday afternoon.
fn now() -> Value {
    map(&[("date", text("2026-03-02")), ("time", text("15:05"))])
}

fn text(text: &str) -> Value {
    Value::text(text)
}

fn map(fields: &[(&str, Value)]) -> Value {
    let fields = fields.iter();
    let fields = fields.map(|(name, value)| (Box::from(*name), value.clone()));
    Value::Map(Arc::new(fields.collect()))
}

/// A value as it would be written in a script, which `Value` itself never tells.
fn told(value: &Value) -> String {
    match value {
        Value::Nothing => "()".into(),
        Value::Text(text) => format!("{text:?}"),
        Value::Float(number) => format!("{number:?}"),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(told).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(n, v)| format!("{n}: {}", told(v)))
                .collect();
            format!("#{{{}}}", fields.join(", "))
        }
        other => other.to_string(),
    }
}
