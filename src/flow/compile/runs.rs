//! Sub-flows: which flow is run, what it is given, and where each of its labels leads.

use std::collections::HashMap;
use std::sync::Arc;

use crate::flow::code::Code;
use crate::flow::document::{KindDoc, RunDoc, StateDoc};
use crate::flow::resolved::Flow;
use crate::flow::source::Located;
use crate::flow::state::{Assigned, Kind, Run, State, StateId, Target};
use crate::flow::suggest::did_you_mean;
use crate::flow::variable::{VarId, VarSet, Variable};

use super::Compiler;

/// How many flows may run in each other, the first among them.
pub const MAX_DEPTH: usize = 8;
/// How many flows one bundle may hold.
const MAX_PARTS: usize = 200;
/// The variable whose value goes to the flow that runs this one.
const RESULT: &str = "result";

/// What is known of a flow that another one runs.
#[derive(Debug, Clone)]
pub enum Known {
    Flow(Arc<Flow>),
    /// It has errors of its own, or its name is not its alone.
    Broken,
    /// It runs the flow that is being compiled, on this way: "`a` → `b` → `a`".
    Ring(String),
}

/// All flows of a project, by name, as one of them sees them.
#[derive(Debug, Default)]
pub struct Flows {
    pub known: HashMap<String, Known>,
}

impl Compiler<'_> {
    pub(super) fn run(&mut self, index: usize, doc: &StateDoc, run: &RunDoc) -> Kind {
        let cases: Vec<(Box<str>, Target)> = doc
            .cases
            .iter()
            .map(|(name, target)| (name.value.as_str().into(), self.target(target, index)))
            .collect();
        let then = doc.then.as_ref().map(|then| self.target(then, index));
        let otherwise = self.otherwise(index, doc);
        let found = run.flow.as_ref().and_then(|name| self.sub_flow(name));
        let (Some((sub, flow)), Some(name)) = (found, &run.flow) else {
            self.holes = true;
            return Kind::Plain {
                then: then.unwrap_or(Target::Hangup),
            };
        };
        let before = self.take_reads();
        let with = self.with(&flow, name, run);
        let reads = self.take_reads();
        self.reads = before.merged(reads);
        let save = run
            .save
            .as_ref()
            .and_then(|save| self.saved_result(&flow, save));
        let run = Run {
            sub,
            with,
            reads,
            save,
            cases,
            then,
            otherwise,
        };
        self.check_returns(doc, &flow, &run);
        Kind::Run(run)
    }

    /// The flow of this name, and its place among those that are run.
    fn sub_flow(&mut self, name: &Located<String>) -> Option<(u16, Arc<Flow>)> {
        let flows = self.flows;
        let known = flows.known.get(&name.value);
        if let Some(Known::Flow(flow)) = known {
            let at = self.subs.iter().position(|sub| Arc::ptr_eq(sub, flow));
            let at = at.unwrap_or_else(|| {
                self.subs.push(Arc::clone(flow));
                self.subs.len() - 1
            });
            return Some((at as u16, Arc::clone(flow)));
        }
        // Said once, however often it is run.
        if !self.lost_flows.insert(name.value.clone()) {
            return None;
        }
        let shown = &name.value;
        match known {
            Some(Known::Ring(way)) => self
                .findings
                .add(
                    Code::RunsItself,
                    name.at,
                    format!("a sub-flow that calls itself: {way}"),
                )
                .help("let one of them end with `return` or `hangup`, without running the next"),
            Some(_) => self
                .findings
                .add(
                    Code::UnknownFlow,
                    name.at,
                    format!("`{shown}` cannot be run, as it has errors"),
                )
                .help(format!(
                    "mend `{shown}` first; its own errors are told as well"
                )),
            None => {
                let mut names: Vec<&str> = flows.known.keys().map(String::as_str).collect();
                names.sort_unstable();
                let own = super::flow_name(self.document);
                names.retain(|name| *name != own);
                self.findings
                    .add(
                        Code::UnknownFlow,
                        name.at,
                        format!("there is no flow `{shown}`"),
                    )
                    .help(did_you_mean(shown, names, "the flows are"))
            }
        };
        None
    }

    /// The lines of `with`: variables of the sub-flow, values of this flow.
    fn with(
        &mut self,
        flow: &Flow,
        name: &Located<String>,
        run: &RunDoc,
    ) -> Vec<(VarId, Assigned)> {
        let mut with = Vec::new();
        let mut missing = flow.needed;
        for (var, value) in &run.with {
            let declared = &flow.variables()[..flow.declared];
            let Some(at) = declared.iter().position(|known| *known.name == *var.value) else {
                let names = declared.iter().map(|known| &*known.name);
                let message = format!("`{}` has no `{}` in its `vars`", name.value, var.value);
                self.findings
                    .add(Code::UnknownVariable, var.at, message)
                    .help(match declared {
                        [] => format!("declare it under `vars` of `{}`", name.value),
                        _ => did_you_mean(&var.value, names, "they are"),
                    });
                // It may be the one that seems to be missing.
                missing = VarSet::default();
                continue;
            };
            let id = VarId(at as u8);
            missing.remove(id);
            if let Some(value) = self.assigned_to(&declared[at], var, value) {
                with.push((id, value));
            }
        }
        let missing: Vec<&Variable> = missing.iter().map(|var| flow.variable(var)).collect();
        if let Some(first) = missing.first() {
            let names: Vec<String> = missing
                .iter()
                .map(|var| format!("`{}`", var.name))
                .collect();
            let it = if names.len() == 1 { "it" } else { "them" };
            let message = format!(
                "`{}` reads {} and never sets {it}, and `with` does not give {it}",
                name.value,
                names.join(" and "),
            );
            self.findings
                .add(Code::MissingKey, name.at, message)
                .help(format!(
                    "add `with: {{{}: …}}`, or write a `default` for it under `vars` of `{}`",
                    first.name, name.value
                ));
        }
        with
    }

    /// The variable that keeps the result, and the result.
    fn saved_result(&mut self, flow: &Flow, save: &Located<String>) -> Option<(VarId, VarId)> {
        let var = self.id_of(&save.value)?;
        let Some(result) = flow.variable_named(RESULT) else {
            let message = format!("`{}` has no `{RESULT}`, so nothing is saved", flow.name());
            self.findings
                .add(Code::UnknownVariable, save.at, message)
                .help(format!(
                    "`set` it in a state of `{}`, or take `save` out",
                    flow.name()
                ));
            return None;
        };
        if flow.variable(result).secret && !self.variables[usize::from(var.0)].secret {
            let message = format!(
                "`{RESULT}` of `{}` is secret, and what it is saved in is not",
                flow.name()
            );
            self.findings
                .add(Code::SecretSpoken, save.at, message)
                .help(format!(
                    "declare `{}` under `vars`, with `secret` in front of its type",
                    save.value
                ));
        }
        Some((var, result))
    }

    /// Every label needs a way on, and every case a label.
    fn check_returns(&mut self, doc: &StateDoc, flow: &Flow, run: &Run) {
        let returns = &flow.exits.returns;
        let labels: Vec<&str> = returns
            .iter()
            .filter_map(|exit| exit.label.as_deref())
            .collect();
        for (name, _) in &doc.cases {
            if labels.contains(&name.value.as_str()) {
                continue;
            }
            let help = match labels.as_slice() {
                [] => "take it out: the flow has no `return` with a label".to_owned(),
                _ => did_you_mean(&name.value, labels.iter().copied(), "it gives back"),
            };
            let message = format!("`{}` never gives back `{}`", flow.name(), name.value);
            self.findings
                .add(Code::UnusedCase, name.at, message)
                .help(help);
        }
        if doc.unread_target {
            return;
        }
        let open = |label: &Option<Box<str>>| run.back(label.as_deref()).is_none();
        let Some(exit) = returns.iter().find(|exit| open(&exit.label)) else {
            return;
        };
        self.holes = true;
        match &exit.label {
            None => {
                self.missing(
                    doc,
                    "then",
                    "say where the call goes when the sub-flow comes back: add `then:` with a state's name or `hangup`",
                );
            }
            Some(label) => {
                let message = format!(
                    "`{}` can give back `{label}`, and no case takes it",
                    flow.name()
                );
                self.findings
                    .add(Code::MissingTarget, doc.name.at, message)
                    .help(format!(
                        "add `{label}:` under `cases`, or a `then` for all that no case takes"
                    ));
            }
        }
    }

    /// What the flow and its sub-flows are together: all of them, and how deep they run
    /// in each other.
    pub(super) fn bundle(&mut self) -> (Vec<Arc<Flow>>, usize) {
        let mut parts: Vec<Arc<Flow>> = Vec::new();
        let mut depth = 1;
        for sub in &self.subs {
            depth = depth.max(sub.depth + 1);
            for flow in std::iter::once(sub).chain(&sub.parts) {
                if !parts.iter().any(|known| Arc::ptr_eq(known, flow)) {
                    parts.push(Arc::clone(flow));
                }
            }
        }
        let runs = self
            .document
            .states
            .iter()
            .filter_map(|state| match &state.kind {
                KindDoc::Run(run) => run.flow.as_ref(),
                _ => None,
            });
        let deepest = self.subs.iter().max_by_key(|sub| sub.depth);
        let at = deepest.and_then(|deepest| {
            let mut runs = runs.filter(|name| *name.value == *deepest.name);
            runs.next().map(|name| name.at)
        });
        if let Some(at) = at.filter(|_| depth > MAX_DEPTH) {
            let message =
                format!("{depth} flows run in each other here, and at most {MAX_DEPTH} may");
            self.findings
                .add(Code::TooMany, at, message)
                .help("put the states of two of them into one flow");
        } else if let Some(at) = at.filter(|_| parts.len() > MAX_PARTS) {
            let message =
                format!("a flow has at most {MAX_PARTS} sub-flows, with those that they run");
            self.findings
                .add(Code::TooMany, at, message)
                .help("put the states of two of them into one flow");
        }
        (parts, depth)
    }

    /// The variables that a flow which runs this one has to give: declared without a
    /// default, read and never set.
    pub(super) fn needed(&self, states: &[State]) -> VarSet {
        let mut needed = VarSet::default();
        for doc in self
            .document
            .vars
            .iter()
            .filter(|doc| doc.default.is_none())
        {
            self.id_of(&doc.name.value)
                .into_iter()
                .for_each(|var| needed.insert(var));
        }
        let mut read = VarSet::default();
        for state in states {
            needed = needed.without(state.sets());
            read = read
                .or(state.reads_on_entry.vars)
                .or(state.reads_inside.vars);
        }
        needed.and(read)
    }

    /// In a token a state that runs a sub-flow has 16 bits of its name's hash.
    pub(super) fn check_run_names(&mut self, states: &[State]) {
        let mut hashes: HashMap<u16, StateId> = HashMap::new();
        for (state, at) in states.iter().zip(0..) {
            if !matches!(state.kind, Kind::Run(_)) {
                continue;
            }
            if let Some(other) = hashes.insert(state.run_hash(), StateId(at)) {
                let other = &states[usize::from(other.0)].name;
                let message = format!(
                    "the names `{}` and `{other}` have the same hash",
                    state.name
                );
                let at = self.document.states[usize::from(at)].name.at;
                self.findings
                    .add(Code::BadName, at, message)
                    .help("give one of the two another name");
            }
        }
    }
}
