//! The states and variables that a scenario speaks of, by the names in its flow.

use crate::call::Value;
use crate::flow::yaml::{Body, Node};
use crate::flow::{At, Code, Findings, Flow, Located, did_you_mean, written};
use crate::machine::Sides;

use super::super::sides_of::unknown_side;
use super::Expected;
use super::read::map_of;

/// The names of a flow, by which a scenario speaks of it.
pub struct Names<'a> {
    pub flow: &'a Flow,
}

impl Names<'_> {
    /// States that are there, in the flow or in one that it runs.
    pub fn states(&self, findings: &mut Findings, node: &Node) -> Vec<Located<At>> {
        let Body::List(items) = &node.body else {
            findings
                .add(
                    Code::WrongShape,
                    node.at,
                    format!("`states` is a list of names, and this is {}", node.shape()),
                )
                .help("write `states: [FIRST, SECOND]`");
            return Vec::new();
        };
        let mut states = Vec::new();
        for item in items {
            let Some(word) = written::word(findings, item, "states") else {
                continue;
            };
            match self.flow.state_shown(&word.value) {
                Some(at) => states.push(Located::new(at, word.at)),
                None => {
                    let parts = self.flow.parts();
                    let states = parts.flat_map(|(_, flow)| flow.states());
                    let names = states.map(|state| &*state.name);
                    findings
                        .add(
                            Code::UnknownState,
                            word.at,
                            format!("`{}` has no state `{}`", self.flow.name(), word.value),
                        )
                        .help(did_you_mean(&word.value, names, "the states are"));
                }
            }
        }
        states
    }

    /// States that split callers, each with the side that is forced there.
    pub fn sides(&self, findings: &mut Findings, node: &Node, sides: &mut Sides) {
        let Some(map) = map_of(findings, node, "`split`") else {
            return;
        };
        for entry in &map.entries {
            let state = &entry.key;
            let Some(label) = written::word(findings, &entry.value, &state.value) else {
                continue;
            };
            match unknown_side(self.flow, &state.value, &label.value) {
                None => sides.force(&state.value, &label.value),
                Some(unknown) => {
                    let at = match unknown.code {
                        Code::UnknownLabel => label.at,
                        _ => state.at,
                    };
                    findings
                        .add(unknown.code, at, unknown.message)
                        .help(unknown.help);
                }
            }
        }
    }

    /// Variables and what they hold when a call begins, which they must be able to.
    pub fn given(&self, findings: &mut Findings, node: &Node) -> Vec<(String, String)> {
        let mut given = Vec::new();
        for Expected { var, value, at } in self.variables(findings, node, "`with`") {
            let variable = self.flow.variable(var);
            if variable.accept(Value::text(&value)).is_some() {
                given.push((variable.name.to_string(), value));
                continue;
            }
            findings
                .add(
                    Code::BadValue,
                    at,
                    format!("`{}` cannot hold what is given to it", variable.name),
                )
                .help("its type is in the `vars` of the flow; a list or map cannot be given");
        }
        given
    }

    /// Variables and what they must be.
    pub fn expected(&self, findings: &mut Findings, node: &Node) -> Vec<Expected> {
        self.variables(findings, node, "`vars`")
    }

    fn variables(&self, findings: &mut Findings, node: &Node, what: &str) -> Vec<Expected> {
        let Some(map) = map_of(findings, node, what) else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for entry in &map.entries {
            let name = entry.key.value.as_str();
            let Some(var) = self.flow.variable_named(name) else {
                let names = self.flow.variables().iter().map(|var| &*var.name);
                findings
                    .add(
                        Code::UnknownVariable,
                        entry.key.at,
                        format!("`{}` has no variable `{name}`", self.flow.name()),
                    )
                    .help(did_you_mean(name, names, "the variables are"));
                continue;
            };
            let value = match &entry.value.body {
                Body::Scalar(scalar) if scalar.text.is_empty() => Some(String::new()),
                _ => written::text(findings, &entry.value, name)
                    .map(|text| text.value.text.trim().to_owned()),
            };
            all.extend(value.map(|value| Expected {
                var,
                value,
                at: entry.key.at,
            }));
        }
        all
    }
}
