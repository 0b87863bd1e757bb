//! One expression or block of a flow: compiled once, run many times.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::tz::TimeZone;
use rhai::{AST, Dynamic, Expr, Module, Scope, Shared, Stmt};

use super::budget::Budget;
use super::check::{Check, Surroundings};
use super::engine::{self, DEADLINE, Meter, Run};
use super::fault::{Fault, FaultKind};
use super::functions::Listener;
use super::library::Library;
use super::problem::{self, Problem, ProblemKind, Spot};
use super::source::{Kind, Source};
use super::{syntax, value, words};
use crate::call::Value;

/// What an expression reads while it runs.
pub trait Context {
    /// A variable of the flow, or one of [`BUILTINS`](super::BUILTINS).
    fn variable(&self, name: &str) -> Value;
    /// How often a state was entered in this call.
    fn visits(&self, state: &str) -> u32;
    /// The tables, for an expression that looks something up.
    fn rows(&self) -> Arc<dyn Rows>;
    /// The language of the call, as in `en` or `zh-TW`.
    fn lang(&self) -> &str;
    /// The zone in which moments are told.
    fn zone(&self) -> &TimeZone;
}

/// Tables, as expressions ask them.
pub trait Rows: Send + Sync {
    /// The row of a table with this key: a map by the names of columns, or nothing.
    fn row(&self, table: &str, key: &str) -> Value;
}

/// One expression or block from a flow file, compiled and checked. A clone is the
/// same program.
#[derive(Clone)]
pub struct Program(Arc<Compiled>);

/// A table, the column of it that is read, and where.
pub type ReadColumn = (Box<str>, Box<str>, Spot);

struct Compiled {
    reads: Box<[Box<str>]>,
    exposes: Box<[Box<str>]>,
    labels: Box<[(Box<str>, Spot)]>,
    visited: Box<[(Box<str>, Spot)]>,
    tables: Box<[(Box<str>, Spot)]>,
    columns: Box<[ReadColumn]>,
    modules: Box<[Box<str>]>,
    way: Way,
}

/// How it is run. Many expressions of a flow are just a name.
enum Way {
    /// A variable, and fields of it.
    Path(Box<str>, Box<[Box<str>]>),
    Constant(Value),
    Engine(Box<AST>, Box<[Shared<Module>]>),
}

impl Program {
    /// Compiles one expression or block whose flow has these `variables`. All its
    /// problems are reported, in the order of their places.
    pub fn compile(
        source: &str,
        library: &Library,
        variables: &[&str],
    ) -> Result<Program, Vec<Problem>> {
        Program::compile_with_texts(source, library, variables, &[])
    }

    /// The same where some of the variables, `texts`, always hold a text, so that a
    /// comparison of one with a number is found here and not in a call.
    pub fn compile_with_texts(
        source: &str,
        library: &Library,
        variables: &[&str],
        texts: &[&str],
    ) -> Result<Program, Vec<Problem>> {
        let source = Source::read(source, Kind::Expression)?;
        if source.words.is_empty() {
            let spot = Spot {
                line: 1,
                column: 1,
                len: 1,
            };
            let problem = Problem::new(spot, ProblemKind::Syntax, "an expression is expected here");
            return Err(vec![
                problem.help("write a condition or a value, as in `tier == \"gold\"`"),
            ]);
        }
        let found = words::problems(&source);
        if !found.is_empty() {
            return Err(problem::sorted(found));
        }
        let ast = engine::for_reading()
            .compile(source.text)
            .map_err(|error| vec![syntax::parsing(&error, &source)])?;
        let around = Surroundings {
            variables,
            texts,
            files: library.files(),
            own_file: None,
        };
        let mut check = Check::new(&source, around);
        check.body(&[], ast.statements());
        let notes = check.notes;
        if !notes.problems.is_empty() {
            return Err(problem::sorted(notes.problems));
        }
        let (modules, shared): (Vec<_>, Vec<_>) =
            library.files().reached(&notes.calls).into_iter().unzip();
        let way = short_way(&ast).unwrap_or_else(|| Way::Engine(Box::new(ast), shared.into()));
        Ok(Program(Arc::new(Compiled {
            reads: notes.reads.into(),
            exposes: notes.exposes.into(),
            labels: notes.labels.into(),
            visited: notes.visited.into(),
            tables: notes.tables.into(),
            columns: notes.columns.into(),
            modules: modules.into(),
            way,
        })))
    }

    /// The variables and builtins it reads, each once.
    pub fn reads(&self) -> &[Box<str>] {
        &self.0.reads
    }

    /// Those of [`reads`](Self::reads) whose value could be in the result: what a script
    /// function is given, and what something is looked up by, are among them. What is
    /// only masked, compared, measured or asked in a condition is not.
    pub fn exposes(&self) -> &[Box<str>] {
        &self.0.exposes
    }

    /// Texts that stand where the result is made.
    pub fn labels(&self) -> &[(Box<str>, Spot)] {
        &self.0.labels
    }

    /// The states whose visits it counts.
    pub fn visited(&self) -> &[(Box<str>, Spot)] {
        &self.0.visited
    }

    /// The tables in which it looks something up, at every place.
    pub fn tables(&self) -> &[(Box<str>, Spot)] {
        &self.0.tables
    }

    /// The columns it reads of a row right where it looks that up.
    pub fn columns(&self) -> &[ReadColumn] {
        &self.0.columns
    }

    /// The script files it calls, and those that these call.
    pub fn modules(&self) -> &[Box<str>] {
        &self.0.modules
    }

    /// Runs it, taking what it costs from the budget.
    pub fn run(&self, context: &dyn Context, budget: &mut Budget) -> Result<Value, Fault> {
        if budget.left() == 0 {
            return Err(Fault::over_budget());
        }
        match &self.0.way {
            Way::Constant(value) => {
                budget.spend(1);
                Ok(value.clone())
            }
            Way::Path(name, fields) => {
                budget.spend(1);
                follow(context.variable(name), fields)
            }
            Way::Engine(ast, modules) => self.run_engine(ast, modules, context, budget),
        }
    }

    fn run_engine(
        &self,
        ast: &AST,
        modules: &[Shared<Module>],
        context: &dyn Context,
        budget: &mut Budget,
    ) -> Result<Value, Fault> {
        let states = self.0.visited.iter();
        let visits = states.map(|(state, _)| (state.clone(), context.visits(state)));
        let run = Run {
            meter: Arc::new(Meter::default()),
            visits: Arc::new(visits.collect()),
            rows: (!self.0.tables.is_empty()).then(|| context.rows()),
            listener: Arc::new(Listener {
                lang: context.lang().into(),
                zone: context.zone().clone(),
            }),
        };
        let meter = run.meter.clone();
        let mut engine = engine::for_running(budget.left(), DEADLINE, run);
        for (name, module) in self.0.modules.iter().zip(modules) {
            engine.register_static_module(&**name, module.clone());
        }
        let mut scope = Scope::with_capacity(self.0.reads.len());
        for name in &self.0.reads {
            scope.push_dynamic(&**name, value::into_rhai(&context.variable(name)));
        }
        // Everything that a panic could leave half done is dropped right here.
        let run = AssertUnwindSafe(|| engine.eval_ast_with_scope::<Dynamic>(&mut scope, ast));
        let result = catch_unwind(run);
        budget.spend(meter.operations().max(1));
        match result {
            Ok(Ok(result)) => value::from_rhai(&result),
            Ok(Err(error)) => Err(Fault::from_rhai(&error)),
            Err(_) => Err(Fault::new(FaultKind::Failed, "the script failed inside")),
        }
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("reads", &self.reads())
            .finish_non_exhaustive()
    }
}

/// The way without the engine, for a literal and for a name with fields.
fn short_way(ast: &AST) -> Option<Way> {
    let [Stmt::Expr(expr)] = ast.statements() else {
        return None;
    };
    match &**expr {
        Expr::BoolConstant(flag, _) => Some(Way::Constant(Value::Flag(*flag))),
        Expr::IntegerConstant(number, _) => Some(Way::Constant(Value::Int(*number))),
        Expr::StringConstant(text, _) => Some(Way::Constant(Value::text(text))),
        Expr::Unit(_) => Some(Way::Constant(Value::Nothing)),
        Expr::Variable(x, ..) => Some(Way::Path(x.1.as_str().into(), Box::default())),
        Expr::Dot(x, ..) => {
            let Expr::Variable(root, ..) = &x.lhs else {
                return None;
            };
            let mut fields = Vec::new();
            let mut rest = &x.rhs;
            while let Expr::Dot(x, ..) = rest {
                fields.push(field(&x.lhs)?);
                rest = &x.rhs;
            }
            fields.push(field(rest)?);
            Some(Way::Path(root.1.as_str().into(), fields.into()))
        }
        _ => None,
    }
}

fn field(expr: &Expr) -> Option<Box<str>> {
    match expr {
        Expr::Property(x, _) => Some(x.2.as_str().into()),
        _ => None,
    }
}

/// Fields of a value; behind a missing one everything is missing.
fn follow(mut value: Value, fields: &[Box<str>]) -> Result<Value, Fault> {
    for name in fields {
        value = match &value {
            Value::Nothing => return Ok(Value::Nothing),
            Value::Map(map) => map.get(name).cloned().unwrap_or_default(),
            _ => {
                return Err(Fault::new(
                    FaultKind::Failed,
                    "only a map has fields, and this is something else or not there",
                ));
            }
        };
    }
    Ok(value)
}
