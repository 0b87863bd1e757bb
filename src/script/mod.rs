//! Expressions and script files: compiled once, run many times, held by limits.
//! This is the only room that knows Rhai; flows and sessions are unknown here, and
//! what an expression reads comes from a [`Context`]. No message that leaves this
//! room holds a value, since a variable may be a PIN.

mod budget;
mod check;
mod engine;
mod fault;
mod files;
mod functions;
mod lexical;
mod library;
mod names;
mod problem;
mod program;
mod signature;
mod source;
mod syntax;
mod value;
mod words;

pub use budget::Budget;
pub use fault::{Fault, FaultKind};
pub use library::Library;
pub use names::{BUILTINS, FIELDS, is_reserved};
pub use problem::{Problem, ProblemKind, Spot};
pub use program::{Context, Program, Rows};
pub use value::is_keepable;

#[cfg(test)]
mod tests;
