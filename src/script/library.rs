//! The functions of a project's script files.

use std::fmt;
use std::sync::Arc;

use rhai::{AST, ASTNode, Module, Scope, Shared, Stmt};

use super::check::{Check, Surroundings};
use super::engine;
use super::files::{File, Files};
use super::problem::{self, Problem, ProblemKind, Spot};
use super::signature::{self, Signature};
use super::source::{Kind, Source};
use super::{syntax, words};

/// Every function of the project's script files, compiled. It does not change, and
/// a clone is the same library.
#[derive(Clone, Default)]
pub struct Library {
    files: Arc<Files>,
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
            known.add(name, file);
            sources.extend(found.map(|found| (name, found)));
        }
        for (name, (source, signatures)) in &sources {
            match check(&known, name, source, signatures) {
                Ok((module, calls)) => known.checked(name, module, calls),
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
    found.extend(words::problems(&source));
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
        texts: &[],
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
