//! What a state computes: its `set`, its conditions, its expressions, and how a
//! fault in one of them is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::call::Value;
use crate::flow::{Assigned, Assignee, Assignment, Expression, State};
use crate::script::{self, Budget, FaultKind};

use super::scope::Scope;
use super::step::{Runner, Trouble, Unfinished};
use super::turn::Fault;

/// Operations that are left when a script has used up all others, so that what is said
/// where `on_error` leads can have values in it. As faults are few, so are these.
const RESERVE: u64 = 1_000;

impl Runner<'_> {
    /// Carries out the `set` of a state, line by line.
    pub(super) fn assign(&mut self, state: &State) -> Result<(), Trouble> {
        for line in &state.set {
            let value = self.assigned(&line.value)?;
            // A list or map of the file with values in it, which no script has measured.
            if !script::is_keepable(&value) {
                let message = "the value is larger than 4 KiB or deeper than 8 lists or maps";
                return Err(Trouble::Fault(self.fault(&line.value, message.to_owned())));
            }
            let var = match line.to {
                Assignee::Variable(var) => var,
                Assignee::Lang => {
                    self.change_language(value, line)?;
                    continue;
                }
            };
            if !self.session.assign(var, value) {
                let name = &self.flow.variable(var).name;
                let message = format!("the value for `{name}` is not of its type");
                return Err(Trouble::Fault(self.fault(&line.value, message)));
            }
        }
        Ok(())
    }

    /// From here on this language is spoken. One that the flow does not have is a fault,
    /// and nothing changes.
    fn change_language(&mut self, name: Value, line: &Assignment) -> Result<(), Trouble> {
        let name = name.to_string();
        match self.flow.language_named(name.trim()) {
            Some(lang) => {
                self.session.lang = lang;
                Ok(())
            }
            None => {
                let message = "what `lang` is set to is no language of the flow".to_owned();
                Err(Trouble::Fault(self.fault(&line.value, message)))
            }
        }
    }

    pub(super) fn assigned(&mut self, value: &Assigned) -> Result<Value, Trouble> {
        Ok(match value {
            Assigned::Ready(value) => value.clone(),
            Assigned::Value(expression) => self.evaluate(expression)?,
            Assigned::Text(template) => Value::text(&self.fill_plain(template)?),
            Assigned::List(items) => {
                let items: Result<Vec<_>, _> =
                    items.iter().map(|item| self.assigned(item)).collect();
                Value::List(items?.into())
            }
            Assigned::Map(fields) => {
                let mut map = BTreeMap::new();
                for (name, item) in fields {
                    map.insert(name.clone(), self.assigned(item)?);
                }
                Value::Map(Arc::new(map))
            }
        })
    }

    /// Whether a condition holds. Anything but true and false is a fault; nothing,
    /// which a path through a missing field gives, is false.
    pub(super) fn holds(&mut self, condition: &Expression) -> Result<bool, Trouble> {
        match self.evaluate(condition)? {
            Value::Flag(flag) => Ok(flag),
            Value::Nothing => Ok(false),
            other => {
                let message = format!(
                    "a condition is true or false, and this is a {}",
                    other.kind()
                );
                Err(Trouble::Fault(self.fault_at(condition, 0, 0, message)))
            }
        }
    }

    pub(super) fn evaluate(&mut self, expression: &Expression) -> Result<Value, Trouble> {
        let scope = Scope {
            session: &self.session,
            now: self.now,
            candidate: self.candidate.as_ref(),
            ending: self.ending,
        };
        let result = expression.program.run(&scope, &mut self.budget);
        result.map_err(|fault| self.trouble(expression, fault))
    }

    fn trouble(&mut self, expression: &Expression, fault: script::Fault) -> Trouble {
        if fault.kind == FaultKind::OverBudget {
            if !self.last_allowance {
                return Trouble::Unfinished(Unfinished::OverBudget);
            }
            self.budget = Budget::new(RESERVE);
        }
        let ours = fault.kind == FaultKind::Deadline;
        let mut found = self.fault_at(expression, fault.line, fault.column, fault.message);
        if let Some(module) = fault.module {
            found.file = format!("scripts/{module}.rhai").into();
            (found.line, found.column) = (fault.line, fault.column);
        }
        Trouble::Fault(Fault { ours, ..found })
    }

    pub(super) fn fault(&self, value: &Assigned, message: String) -> Fault {
        match first_expression(value) {
            Some(expression) => self.fault_at(expression, 0, 0, message),
            None => self.our_fault(&message),
        }
    }

    pub(super) fn fault_at(
        &self,
        expression: &Expression,
        line: usize,
        column: usize,
        message: String,
    ) -> Fault {
        let (line, column) = expression.line_column(line, column);
        Fault {
            state: self.session.state_name().into(),
            file: expression.file.path().into(),
            line,
            column,
            message,
            ours: false,
        }
    }

    /// A fault that no place in a file explains.
    pub(super) fn our_fault(&self, message: &str) -> Fault {
        Fault {
            state: self.session.state_name().into(),
            file: self.flow.path().into(),
            line: 0,
            column: 0,
            message: message.to_owned(),
            ours: true,
        }
    }
}

fn first_expression(value: &Assigned) -> Option<&Expression> {
    match value {
        Assigned::Ready(_) => None,
        Assigned::Value(expression) => Some(expression),
        Assigned::Text(template) => template.expressions().next(),
        Assigned::List(items) => items.iter().find_map(first_expression),
        Assigned::Map(fields) => fields.iter().find_map(|(_, item)| first_expression(item)),
    }
}
