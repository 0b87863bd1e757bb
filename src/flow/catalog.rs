//! All flows of a project, and which of them answers a number. A catalog is built
//! as a whole and never changes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::call::PhoneNumber;
use crate::script::Library;

use super::code::Code;
use super::compile::{self, Scripts};
use super::diagnostic::{Diagnostic, Findings, has_errors};
use super::document::{self, NumberDoc};
use super::resolved::{Flow, Revision, name_hash};
use super::source::{Located, SourceFile};

/// The flows that answer calls.
#[derive(Debug, Default)]
pub struct Catalog {
    flows: Vec<Arc<Flow>>,
    by_number: HashMap<PhoneNumber, usize>,
    any: Option<usize>,
    by_hash: HashMap<u32, usize>,
}

impl Catalog {
    /// The flow that answers this number: the one that names it, else the one for
    /// every other number.
    pub fn answering(&self, number: Option<PhoneNumber>) -> Option<&Arc<Flow>> {
        let named = number.and_then(|number| self.by_number.get(&number).copied());
        named.or(self.any).map(|index| &self.flows[index])
    }

    /// The flow whose name has this hash.
    pub fn hashed(&self, hash: u32) -> Option<&Arc<Flow>> {
        self.by_hash.get(&hash).map(|index| &self.flows[*index])
    }

    pub fn named(&self, name: &str) -> Option<&Arc<Flow>> {
        self.flows.iter().find(|flow| flow.name() == name)
    }

    /// The flow with this name, if it is of this revision.
    pub fn revision(&self, name: &str, revision: Revision) -> Option<&Arc<Flow>> {
        self.named(name).filter(|flow| flow.revision() == revision)
    }

    pub fn flows(&self) -> &[Arc<Flow>] {
        &self.flows
    }

    pub fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }

    /// A catalog of these flows, each changed before anybody holds it.
    pub(super) fn map_flows(self, change: impl Fn(Flow) -> Flow) -> Catalog {
        let mut changed = Catalog::default();
        for flow in self.flows {
            if let Some(flow) = Arc::into_inner(flow) {
                changed.add(change(flow));
            }
        }
        changed
    }

    fn add(&mut self, flow: Flow) {
        let index = self.flows.len();
        for number in flow.numbers() {
            self.by_number.insert(*number, index);
        }
        if flow.takes_any() {
            self.any = Some(index);
        }
        self.by_hash.insert(name_hash(flow.name()), index);
        self.flows.push(Arc::new(flow));
    }
}

/// A project's files, compiled.
#[derive(Debug)]
pub struct Build {
    pub catalog: Catalog,
    /// Everything that was found, in the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
    /// The paths of all files that are meant to be flows.
    pub flow_files: Vec<String>,
    /// The names of the flows that do not compile; `None` for one whose name cannot be
    /// read either.
    broken: Vec<Option<String>>,
}

impl Build {
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }

    /// True where a flow that does not compile has this name, or may have it.
    pub fn may_hold(&self, name: &str) -> bool {
        let may = |broken: &Option<String>| broken.as_deref().is_none_or(|other| other == name);
        self.broken.iter().any(may)
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

/// The name under which the functions of a script file are called, if it is one.
pub fn script_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix("scripts/")?.strip_suffix(".rhai")?;
    (!name.contains('/') && !name.starts_with('.')).then_some(name)
}

/// Compiles the files of a project. Paths are relative to it, with `/` between
/// their parts; files that are neither flows nor scripts are left alone.
pub fn build(files: &[Arc<SourceFile>]) -> Build {
    let mut files: Vec<_> = files.iter().collect();
    files.sort_by(|a, b| a.path().cmp(b.path()));
    let (scripts, mut diagnostics) = compile_scripts(&files);
    let mut catalog = Catalog::default();
    let mut claims = Claims::default();
    let mut flow_files = Vec::new();
    let mut broken = Vec::new();
    for file in files.iter().filter(|file| is_flow_path(file.path())) {
        flow_files.push(file.path().to_owned());
        let mut findings = Findings::about(file);
        match document::read(&mut findings) {
            None => broken.push(None),
            Some(document) => {
                claims.check(&document, &mut findings);
                match compile::compile(&document, &scripts, &mut findings) {
                    Some(flow) => catalog.add(flow),
                    None => broken.push(Some(compile::flow_name(&document))),
                }
            }
        }
        diagnostics.extend(findings.into_sorted());
    }
    Build {
        catalog,
        diagnostics,
        flow_files,
        broken,
    }
}

fn compile_scripts(files: &[&Arc<SourceFile>]) -> (Scripts, Vec<Diagnostic>) {
    let named: HashMap<String, Arc<SourceFile>> = files
        .iter()
        .filter_map(|file| Some((script_name(file.path())?.to_owned(), Arc::clone(file))))
        .collect();
    let mut sources: Vec<(&str, &str)> = named
        .iter()
        .map(|(name, file)| (name.as_str(), file.text()))
        .collect();
    sources.sort_unstable();
    let (library, problems) = Library::compile(sources);
    let mut diagnostics = Vec::new();
    for (module, problem) in problems {
        let Some(file) = named.get(&module) else {
            continue;
        };
        let spot = problem.spot;
        let at = file.span_at(spot.line, spot.column, spot.len);
        let code = compile::code_of(problem.kind);
        let help = compile::help_for(&problem);
        let mut diagnostic = Diagnostic::new(code, file, at, problem.message);
        diagnostic.help(help);
        diagnostics.push(diagnostic);
    }
    diagnostics.sort_by(|a, b| (a.file(), a.at()).cmp(&(b.file(), b.at())));
    let scripts = Scripts {
        library,
        files: named,
    };
    (scripts, diagnostics)
}

/// Which file has claimed which number and name. The first in the order of paths
/// has it.
#[derive(Default)]
struct Claims {
    numbers: Vec<(NumberDoc, Arc<SourceFile>, super::source::Span)>,
    names: HashMap<String, Arc<SourceFile>>,
}

impl Claims {
    fn check(&mut self, document: &document::Document, findings: &mut Findings) {
        for number in &document.numbers {
            self.claim_number(number, findings);
        }
        let name = compile::flow_name(document);
        let at = document
            .name
            .as_ref()
            .map_or(super::source::Span::default(), |name| name.at);
        if let Some(other) = self.names.get(&name) {
            findings
                .add(
                    Code::DuplicateFlow,
                    at,
                    format!("`{}` is called `{name}` too", other.path()),
                )
                .help("give one of the two another name with `flow:`");
        } else {
            self.names.insert(name, Arc::clone(findings.file()));
        }
    }

    fn claim_number(&mut self, number: &Located<NumberDoc>, findings: &mut Findings) {
        let other = self
            .numbers
            .iter()
            .find(|(claimed, ..)| *claimed == number.value);
        if let Some((_, file, at)) = other {
            let shown = match number.value {
                NumberDoc::Number(number) => number.to_string(),
                NumberDoc::Any => "*".to_owned(),
            };
            let (file, at) = (Arc::clone(file), *at);
            findings
                .add(
                    Code::DuplicateNumber,
                    number.at,
                    format!("`{shown}` is answered by another flow already"),
                )
                .help("take the number out of one of the two files")
                .related_in(&file, at, "it is here as well");
        } else {
            let file = Arc::clone(findings.file());
            self.numbers.push((number.value, file, number.at));
        }
    }
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
    }
}
