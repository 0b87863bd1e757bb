//! The one place where an engine is built, and its limits. Checking, serving and
//! testing get the same engine, so what passed the check also runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rhai::{Dynamic, Engine, OptimizationLevel, Position, Token};

use super::functions::{self, Listener, MAX_ITEMS, MAX_TEXT};
use super::program::Rows;

/// How deep expressions may be nested.
pub(super) const MAX_DEPTH: usize = 32;
/// How deep functions may call each other.
const MAX_CALLS: usize = 16;
/// How many variables a script may have at once, and functions a file.
const MAX_VARIABLES: usize = 64;
pub(super) const MAX_FUNCTIONS: usize = 64;

/// The last net. The budget stops scripts long before; where this strikes, it is us.
pub(super) const DEADLINE: Duration = Duration::from_millis(250);
/// The clock is read at every so manieth operation.
const CLOCK_EVERY: u64 = 256;

/// An engine with every limit set and our functions in it, nothing of Rhai's own.
fn bare() -> Engine {
    let mut engine = Engine::new_raw();
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_max_strings_interned(0)
        .set_max_call_levels(MAX_CALLS)
        .set_max_expr_depths(MAX_DEPTH, MAX_DEPTH)
        .set_max_string_size(MAX_TEXT)
        .set_max_array_size(MAX_ITEMS)
        .set_max_map_size(MAX_ITEMS)
        .set_max_variables(MAX_VARIABLES)
        .set_max_functions(MAX_FUNCTIONS)
        .set_max_modules(0)
        .set_allow_anonymous_fn(false)
        // The check reports unknown variables, all of them and in our words.
        .set_strict_variables(false)
        .set_fail_on_invalid_map_property(false)
        // Otherwise our own operators are never asked.
        .set_fast_operators(false);
    engine
}

/// The engine that cuts a source into words.
pub(super) fn for_words() -> Engine {
    bare()
}

/// The engine that parses sources. Rhai runs some words itself, outside any table of
/// functions (`eval`, `Fn`, `call`, `curry`, `is_shared` …). They are not disabled
/// here, since then they could not be fields; that no program has a call of one is
/// the check's work, which knows our functions and no others.
pub(super) fn for_reading() -> Engine {
    let mut engine = bare();
    let after_dot = AtomicBool::new(false);
    // The call is marked so because it may change with Rhai's version; our tests
    // would show it.
    #[allow(deprecated)]
    engine.on_parse_token(move |token, _: Position, _| {
        let is_dot = matches!(token, Token::Period | Token::Elvis);
        if after_dot.swap(is_dot, Ordering::Relaxed) {
            field_name(token)
        } else {
            token
        }
    });
    engine
}

/// Behind a dot every word is the name of a field, so that an answer's `default`
/// and `call` can be read.
fn field_name(token: Token) -> Token {
    let word = match &token {
        Token::Reserved(word) => word.to_string(),
        token if token.is_literal() => token.literal_syntax().to_string(),
        _ => return token,
    };
    if rhai::is_valid_identifier(&word) {
        Token::Identifier(Box::new(word.as_str().into()))
    } else {
        token
    }
}

/// What counts the operations of one run: those of the engine, and what functions add
/// for values that are long.
#[derive(Default)]
pub(super) struct Meter {
    engine: AtomicU64,
    added: AtomicU64,
}

impl Meter {
    pub(super) fn operations(&self) -> u64 {
        self.engine.load(Ordering::Relaxed) + self.added.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, operations: u64) {
        self.added.fetch_add(operations, Ordering::Relaxed);
    }
}

/// What functions know of the run they are called in.
#[derive(Clone, Default)]
pub(super) struct Run {
    pub meter: Arc<Meter>,
    /// How often states were entered, by name.
    pub visits: Arc<BTreeMap<Box<str>, u32>>,
    /// The tables, where it looks something up.
    pub rows: Option<Arc<dyn Rows>>,
    /// Whom it speaks to.
    pub listener: Arc<Listener>,
}

/// Why a run was ended from outside of it: the work that functions added was too much,
/// or else the clock.
pub(super) const OVER_BUDGET: bool = true;

/// The engine for one run of at most `operations`, which must not be 0: that would
/// be no limit at all.
pub(super) fn for_running(operations: u64, deadline: Duration, run: Run) -> Engine {
    let mut engine = bare();
    engine.set_max_operations(operations.max(1));
    engine.register_global_module(functions::module());
    let meter = run.meter.clone();
    engine.set_default_tag(Dynamic::from(run));
    let started = Instant::now();
    engine.on_progress(move |count| {
        meter.engine.store(count, Ordering::Relaxed);
        if meter.operations() > operations {
            return Some(Dynamic::from_bool(OVER_BUDGET));
        }
        let late = count % CLOCK_EVERY == 0 && started.elapsed() > deadline;
        late.then_some(Dynamic::UNIT)
    });
    // Reading past the end of a list gives nothing; being read-only, it cannot be
    // assigned to, so that such a write does not vanish.
    engine.on_invalid_array_index(|_, _, _| Ok(Dynamic::UNIT.into_read_only().into()));
    engine
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::fault::{Fault, FaultKind};

    #[test]
    fn the_clock_stops_what_the_budget_does_not() {
        let engine = for_running(u64::MAX, Duration::ZERO, Run::default());
        let error = engine.run("loop { }").unwrap_err();
        assert_eq!(Fault::from_rhai(&error).kind, FaultKind::Deadline);
    }
}
