//! Walks what Rhai parsed: every name must be known, every function given as many
//! values as it takes, and no text is compared with a number. On the way it notes
//! what the expression reads, shows, names and calls.

mod calls;
mod changes;
mod expressions;
mod kinds;
mod notes;
mod operations;
mod statements;
mod walk;

pub(super) use walk::{Check, Surroundings};
