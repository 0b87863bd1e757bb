//! All flows of a project, and which of them answers a number. A catalog is built
//! as a whole and never changes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::call::PhoneNumber;

use super::project::Project;
use super::resolved::{Flow, Revision, name_hash};

/// The flows that answer calls.
#[derive(Debug, Default, Clone)]
pub struct Catalog {
    flows: Vec<Arc<Flow>>,
    by_number: HashMap<PhoneNumber, usize>,
    any: Option<usize>,
    by_hash: HashMap<u32, usize>,
    pub(super) project: Arc<Project>,
}

impl Catalog {
    /// The flow that answers this number: the one that names it, else the one for
    /// every other number.
    pub fn answering(&self, number: Option<PhoneNumber>) -> Option<&Arc<Flow>> {
        let named = number.and_then(|number| self.by_number.get(&number).copied());
        named.or(self.any).map(|index| &self.flows[index])
    }

    /// The flow that names this number, and not the one for every other number.
    pub fn naming(&self, number: PhoneNumber) -> Option<&Arc<Flow>> {
        self.by_number.get(&number).map(|index| &self.flows[*index])
    }

    /// The flow whose name has this hash.
    pub fn hashed(&self, hash: u32) -> Option<&Arc<Flow>> {
        self.by_hash.get(&hash).map(|index| &self.flows[*index])
    }

    pub fn named(&self, name: &str) -> Option<&Arc<Flow>> {
        let hashed = self.hashed(name_hash(name))?;
        if hashed.name() == name {
            return Some(hashed);
        }
        // Two names of one hash: the map knows one of them.
        self.flows.iter().find(|flow| flow.name() == name)
    }

    /// The flow with this name, if it is of this revision.
    pub fn revision(&self, name: &str, revision: Revision) -> Option<&Arc<Flow>> {
        self.named(name).filter(|flow| flow.revision() == revision)
    }

    pub fn flows(&self) -> &[Arc<Flow>] {
        &self.flows
    }

    /// What the project of these flows allows.
    pub fn project(&self) -> &Arc<Project> {
        &self.project
    }

    pub fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }

    /// A catalog of these flows, each changed before anybody holds it. Those that are run
    /// are changed in the flows that run them as well.
    pub(super) fn map_flows(self, change: impl Fn(Flow) -> Flow) -> Catalog {
        let mut names: Vec<(usize, *const Flow)> = Vec::new();
        let mut held: HashMap<*const Flow, Arc<Flow>> = HashMap::new();
        for flow in self
            .flows
            .iter()
            .flat_map(|flow| flow.parts.iter().chain([flow]))
        {
            if held.insert(Arc::as_ptr(flow), Arc::clone(flow)).is_none() {
                names.push((flow.depth, Arc::as_ptr(flow)));
            }
        }
        let order: Vec<*const Flow> = self.flows.iter().map(Arc::as_ptr).collect();
        let project = Arc::clone(&self.project);
        drop(self);
        // Taken apart from the outermost, so that each is held by nobody else any more.
        names.sort_by_key(|(depth, _)| std::cmp::Reverse(*depth));
        let mut apart = Vec::new();
        for (_, name) in &names {
            let flow = held.remove(name).and_then(Arc::into_inner);
            apart.extend(flow.map(|mut flow| {
                let subs: Vec<_> = flow.subs.drain(..).map(|sub| Arc::as_ptr(&sub)).collect();
                let parts: Vec<_> = flow
                    .parts
                    .drain(..)
                    .map(|part| Arc::as_ptr(&part))
                    .collect();
                (*name, flow, subs, parts)
            }));
        }
        // Put together again from the innermost.
        let mut changed: HashMap<*const Flow, Arc<Flow>> = HashMap::new();
        for (name, mut flow, subs, parts) in apart.into_iter().rev() {
            let of = |names: &[*const Flow]| {
                let found = names.iter().filter_map(|name| changed.get(name).cloned());
                found.collect::<Vec<_>>()
            };
            (flow.subs, flow.parts) = (of(&subs), of(&parts));
            changed.insert(name, Arc::new(change(flow)));
        }
        let mut catalog = Catalog {
            project,
            ..Catalog::default()
        };
        for flow in order.iter().filter_map(|name| changed.get(name)) {
            catalog.add(Arc::clone(flow));
        }
        catalog
    }

    pub(super) fn add(&mut self, flow: Arc<Flow>) {
        let index = self.flows.len();
        for number in flow.numbers() {
            self.by_number.insert(*number, index);
        }
        if flow.takes_any() {
            self.any = Some(index);
        }
        self.by_hash.insert(name_hash(flow.name()), index);
        self.flows.push(flow);
    }
}

/// True for the path of a file that is a flow. Conversations, prompts and tables
/// lie in the same folder and are something else.
pub fn is_flow_path(path: &str) -> bool {
    let Some(below) = path.strip_prefix("flows/") else {
        return false;
    };
    let is_yaml = below.ends_with(".yaml") || below.ends_with(".yml");
    let is_test = below.ends_with(".test.yaml") || below.ends_with(".test.yml");
    let hidden = below.split('/').any(|part| part.starts_with('.'));
    is_yaml
        && !is_test
        && !hidden
        && !below.starts_with("prompts/")
        && !below.starts_with("tables/")
}

/// The name of a table, if the file is one.
pub fn table_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix("flows/tables/")?.strip_suffix(".csv")?;
    (!name.contains('/') && !name.starts_with('.')).then_some(name)
}

/// The name of the language whose prompts a file holds, if it is one of those.
pub fn prompts_language(path: &str) -> Option<&str> {
    let file = path.strip_prefix("flows/prompts/")?;
    let name = file.strip_suffix(".yaml").or(file.strip_suffix(".yml"))?;
    let is_test = name.ends_with(".test");
    (!is_test && !name.contains('/') && !name.starts_with('.')).then_some(name)
}

/// The name under which the functions of a script file are called, if it is one.
pub fn script_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix("scripts/")?.strip_suffix(".rhai")?;
    (!name.contains('/') && !name.starts_with('.')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_flows_are_flows() {
        for path in ["flows/a.yaml", "flows/cards/lost.yaml", "flows/b.yml"] {
            assert!(is_flow_path(path), "{path}");
        }
        for path in [
            "flows/a.test.yaml",
            "flows/prompts/en.yaml",
            "flows/tables/x.yaml",
            "flows/.a.yaml",
            "flows/README.md",
            "a.yaml",
        ] {
            assert!(!is_flow_path(path), "{path}");
        }
        assert_eq!(script_name("scripts/bank.rhai"), Some("bank"));
        assert_eq!(script_name("scripts/old/bank.rhai"), None);
        assert_eq!(table_name("flows/tables/branches.csv"), Some("branches"));
        assert_eq!(table_name("flows/branches.csv"), None);
        assert_eq!(prompts_language("flows/prompts/ms.yaml"), Some("ms"));
        assert_eq!(prompts_language("flows/prompts/a/ms.yaml"), None);
        assert_eq!(prompts_language("flows/ms.yaml"), None);
    }
}
