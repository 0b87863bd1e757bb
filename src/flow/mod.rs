//! A designer's file, from text to something that runs: the document as written
//! ([`document`]), what is wrong with it ([`Diagnostic`]), the resolved [`Flow`],
//! and the [`Catalog`] of all flows with the numbers they answer.
//!
//! This room is given paths and texts; it must never know the disk, what time it
//! is, or that there is HTTP.

mod catalog;
mod code;
mod compile;
mod diagnostic;
mod document;
mod loss;
mod misread;
mod picture;
mod resolved;
mod schema;
mod source;
mod state;
mod suggest;
mod text;
mod variable;
mod yaml;

pub use catalog::{Build, Catalog, build, is_flow_path, script_name};
pub use code::Code;
pub use diagnostic::{Diagnostic, Severity, has_errors};
pub use document::VarType;
pub use loss::Loss;
pub use picture::{Line, Look, Picture, Tone, dot, mermaid, svg};
pub use resolved::{Flow, Revision, name_hash};
pub use schema::{flow_schema, tests_schema};
pub use source::SourceFile;
pub use state::{
    Asking, Assigned, Assignment, Dial, Edge, Entry, Failure, KeyTarget, Kind, Reads, Speech,
    State, StateId, Target, Transfer,
};
pub use text::{Expression, Part, Template, Text};
pub use variable::{VarId, VarSet, Variable};
