//! A designer's file, from text to something that runs: the document as written
//! ([`document`]), what is wrong with it ([`Diagnostic`]), the resolved [`Flow`],
//! and the [`Catalog`] of all flows with the numbers they answer.
//!
//! This room is given paths and texts; it must never know the disk, what time it
//! is, or that there is HTTP.

mod build;
mod catalog;
mod claims;
mod code;
mod compile;
mod design;
mod diagnostic;
mod document;
mod exits;
mod explain;
mod hours;
mod language;
mod lookup;
mod loss;
mod misread;
mod on_end;
mod order;
mod own_numbers;
mod picture;
mod project;
mod prompts;
mod resolved;
mod reworded;
mod schema;
mod source;
mod split;
mod state;
mod suggest;
mod table;
mod text;
mod variable;
mod voices;
pub mod yaml;

pub use build::{Build, Refused, build, build_upon};
pub use catalog::{Catalog, is_flow_path, prompts_language, script_name, table_name};
pub use code::Code;
pub use diagnostic::{Diagnostic, Findings, Severity, has_errors};
pub use document::{VarType, values as written};
pub use explain::Explanation;
pub use hours::{Exception, Hours, HoursId, Opening, Verdict};
pub use language::{LangId, Language, Voices, is_language_name};
pub use lookup::{HeaderPiece, Http, MAX_WITHIN_MS, Request, StatusCase};
pub use loss::Loss;
pub use on_end::{AtEnd, MAX_PATH, OnEnd};
pub use picture::{Line, Look, Picture, Tone, dot, mermaid, svg};
pub use project::{
    Host, MAX_TRANSFERS, PROJECT_FILE, PROJECT_FILES, Project, Unlisted, is_project_path,
    project_schema,
};
pub use prompts::{BadSheet, PromptFile, Prompts, Wording, prompt_id};
pub use prompts::{
    Written as WrittenPrompts, from_sheet as prompts_from_sheet, to_sheet as prompts_to_sheet,
};
pub use resolved::{Flow, Revision, Written, name_hash};
pub use reworded::reworded;
pub use schema::{flow_schema, parts as schema_parts, prompts_schema};
pub use source::{Located, SourceFile, Span};
pub use split::{Lot, Side, Split};
pub use state::{
    Asking, Assigned, Assignee, Assignment, At, Dial, Edge, Entry, ExceptionCase, Failure,
    KeyTarget, Kind, OpenOrClosed, PartId, Reads, Run, Speech, State, StateId, Target, Transfer,
};
pub use suggest::did_you_mean;
pub use table::{Table, Tables};
pub use text::{Expression, Part, Template, Text};
pub use variable::{VarId, VarSet, Variable};
pub use voices::VOICES_FILE;
