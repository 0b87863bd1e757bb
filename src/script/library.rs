//! The functions of a project's script files.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rhai::{AST, ASTNode, Module, Scope, Shared, Stmt};

use super::check::{Check, Surroundings};
use super::engine;
use super::problem::{self, Problem, ProblemKind, Spot};
use super::signature::{self, Signature};
use super::source::{Kind, Source};
use super::syntax;

/// Every function of the project's script files, compiled. It does not change, and
/// a clone is the same library.
#[derive(Clone, Default)]
pub struct Library {
    files: Arc<Files>,
}

/// The script files by name.
#[derive(Default)]
pub(super) struct Files(BTreeMap<Box<str>, File>);

#[derive(Default)]
struct File {
    /// How many values each function takes; two functions may share a name.
    functions: BTreeMap<Box<str>, Vec<usize>>,
    /// Calls into other files, with their places.
    calls: Vec<(Box<str>, Spot)>,
    /// `None` where the file has problems.
    module: Option<Shared<Module>>,
}

impl Library {
    pub fn empty() -> Library {
        Library::default()
    }

    /// Compiles files, each a name and a text. Those without problems can be used,
    /// the others are remembered as broken.
    pub fn compile<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Library, Vec<(String, Problem)>) {
        let mut known = Files::default();
        let mut problems = Vec::new();
        let mut sources = Vec::new();
        for (name, text) in files {
            let (file, found) = read(text, &mut problems, name);
            known.0.insert(name.into(), file);
            sources.extend(found.map(|found| (name, found)));
        }
        for (name, (source, signatures)) in &sources {
            match check(&known, name, source, signatures) {
                Ok((module, calls)) => {
                    if let Some(file) = known.0.get_mut(*name) {
                        file.module = Some(module);
                        file.calls = calls;
                    }
                }
                Err(found) => {
                    problems.extend(found.into_iter().map(|found| (name.to_string(), found)));
                    known.mark_broken(name);
                }
            }
        }
        known.break_callers(&mut problems);
        problems.sort_by(|a, b| (&a.0, a.1.spot).cmp(&(&b.0, b.1.spot)));
        let files = Arc::new(known);
        (Library { files }, problems)
    }

    /// The names of all files, broken ones too.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.files.names()
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.modules()).finish()
    }
}

impl Files {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|name| &**name)
    }

    pub fn knows(&self, file: &str) -> bool {
        self.0.contains_key(file)
    }

    /// True for a file with problems. While files are checked, one that is not
    /// checked yet counts as good.
    pub fn is_broken(&self, file: &str) -> bool {
        self.0.get(file).is_some_and(|file| file.module.is_none())
    }

    /// The counts of values that a function takes, where there is one.
    pub fn takes(&self, file: &str, function: &str) -> Option<&[usize]> {
        let takes = self.0.get(file)?.functions.get(function)?;
        Some(takes)
    }

    pub fn functions(&self, file: &str) -> impl Iterator<Item = &str> {
        let functions = self.0.get(file).map(|file| file.functions.keys());
        functions.into_iter().flatten().map(|name| &**name)
    }

    /// A file that has a function of this name.
    pub fn file_with(&self, function: &str) -> Option<&str> {
        let mut files = self.0.iter();
        let (name, _) = files.find(|(_, file)| file.functions.contains_key(function))?;
        Some(name)
    }

    /// These files and all that they call, in turn, with what runs them.
    pub fn reached(&self, calls: &[(Box<str>, Spot)]) -> Vec<(Box<str>, Shared<Module>)> {
        let mut reached: Vec<(Box<str>, Shared<Module>)> = Vec::new();
        let mut open: Vec<&str> = calls.iter().map(|(name, _)| &**name).rev().collect();
        while let Some(name) = open.pop() {
            let Some(file) = self.0.get(name) else {
                continue;
            };
            let known = reached.iter().any(|(known, _)| **known == *name);
            if let (false, Some(module)) = (known, &file.module) {
                reached.push((name.into(), module.clone()));
                open.extend(file.calls.iter().map(|(name, _)| &**name));
            }
        }
        reached
    }

    fn mark_broken(&mut self, name: &str) {
        if let Some(file) = self.0.get_mut(name) {
            file.module = None;
        }
    }

    /// A file that calls a broken one cannot run either.
    fn break_callers(&mut self, problems: &mut Vec<(String, Problem)>) {
        loop {
            let found: Vec<_> = self
                .0
                .iter()
                .filter(|(_, file)| file.module.is_some())
                .filter_map(|(name, file)| {
                    let mut calls = file.calls.iter();
                    let (called, spot) = calls.find(|(called, _)| self.is_broken(called))?;
                    Some((name.clone(), called.clone(), *spot))
                })
                .collect();
            if found.is_empty() {
                return;
            }
            for (name, called, spot) in found {
                let message = format!("`scripts/{called}.rhai` has problems of its own");
                let problem = Problem::new(spot, ProblemKind::UnknownFunction, message);
                let problem = problem.help("put that file right first");
                problems.push((name.to_string(), problem));
                self.mark_broken(&name);
            }
        }
    }
}

type Readable<'a> = (Source<'a>, Vec<Signature>);

/// What can be told of a file before the others are known. Until it is checked a
/// readable file counts as good, with a module that nobody runs.
fn read<'a>(
    text: &'a str,
    problems: &mut Vec<(String, Problem)>,
    name: &str,
) -> (File, Option<Readable<'a>>) {
    let mut file = File::default();
    let mut report = |found: Vec<Problem>| {
        problems.extend(found.into_iter().map(|found| (name.to_string(), found)));
    };
    let source = match Source::read(text, Kind::File) {
        Ok(source) => source,
        Err(found) => {
            report(found);
            return (file, None);
        }
    };
    let (signatures, mut found) = signature::read(&source);
    for signature in &signatures {
        let functions = file.functions.entry(signature.name.as_str().into());
        functions.or_default().push(signature.values.len());
    }
    found.extend(syntax::before_parsing(&source));
    if found.is_empty() {
        file.module = Some(Module::new().into());
        return (file, Some((source, signatures)));
    }
    report(problem::sorted(found));
    (file, None)
}

type Checked = (Shared<Module>, Vec<(Box<str>, Spot)>);

fn check(
    files: &Files,
    name: &str,
    source: &Source,
    signatures: &[Signature],
) -> Result<Checked, Vec<Problem>> {
    let engine = engine::for_reading();
    let mut ast = engine
        .compile(source.text)
        .map_err(|error| vec![syntax::parsing(&error, source)])?;
    ast.set_source(name);
    let around = Surroundings {
        variables: &[],
        files,
        own_file: Some(name),
    };
    let mut check = Check::new(source, around);
    let statements = bodies(&ast);
    for signature in signatures {
        let body: Vec<Stmt> = statements
            .iter()
            .filter(|statement| signature.holds(statement.position()))
            .cloned()
            .collect();
        check.body(&signature.values, &body);
    }
    let notes = check.notes;
    if !notes.problems.is_empty() {
        return Err(problem::sorted(notes.problems));
    }
    let module = Module::eval_ast_as_new(Scope::new(), &ast, &engine).map_err(|_| {
        let spot = Spot {
            line: 1,
            column: 1,
            len: 1,
        };
        vec![Problem::new(
            spot,
            ProblemKind::Syntax,
            "this file cannot be used",
        )]
    })?;
    Ok((module.into(), notes.calls))
}

/// The statements of all functions. Rhai hands out function bodies in a walk only;
/// which function a statement belongs to is told by its place.
fn bodies(ast: &AST) -> Vec<Stmt> {
    let mut statements = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let [ASTNode::Stmt(statement)] = path {
            statements.push((*statement).clone());
        }
        true
    });
    statements.sort_by_key(|statement| {
        let position = statement.position();
        (position.line(), position.position())
    });
    statements
}
