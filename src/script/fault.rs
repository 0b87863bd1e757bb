//! What went wrong while a script ran. A fault is told in fixed words and names
//! from the source, never with a value: variables may be PINs.

use rhai::{EvalAltResult, Position};

use super::engine::OVER_BUDGET;
use super::functions::Trouble;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The budget of the turn is used up.
    OverBudget,
    /// A text, list, map or the depth of calls grew over its limit.
    Limit,
    Failed,
    /// The result is of a kind, size or depth that cannot be kept.
    Nonsense,
    /// The clock stopped it. The budget should have, so this is a fault of ours.
    Deadline,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    pub kind: FaultKind,
    /// The script file it happened in; `None` is the expression itself.
    pub module: Option<Box<str>>,
    /// Where, counted from 1.
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Fault {
            kind,
            module: None,
            line: 1,
            column: 1,
            message: message.into(),
        }
    }

    pub(super) fn over_budget() -> Self {
        Fault::new(
            FaultKind::OverBudget,
            "the script does more work than one turn may do",
        )
    }

    /// Finds the innermost error and the script file it belongs to.
    pub(super) fn from_rhai(error: &EvalAltResult) -> Self {
        let mut error = error;
        let mut module = None;
        let mut outer = Position::NONE;
        while let EvalAltResult::ErrorInFunctionCall(_, source, inner, position)
        | EvalAltResult::ErrorInModule(source, inner, position) = error
        {
            if !source.is_empty() {
                module = Some(Box::from(source.as_str()));
            }
            outer = *position;
            error = inner;
        }
        let position = if error.position().is_none() {
            outer
        } else {
            error.position()
        };
        let (kind, message) = told(error);
        Fault {
            kind,
            module,
            line: position.line().unwrap_or(1),
            column: position.position().unwrap_or(1),
            message,
        }
    }
}

/// The kind and the words for one of Rhai's errors. Only names and kinds are taken
/// out of it.
fn told(error: &EvalAltResult) -> (FaultKind, String) {
    use EvalAltResult as E;
    use FaultKind::*;
    let fixed = |kind, text: &str| (kind, text.to_string());
    match error {
        E::ErrorTooManyOperations(_) => (OverBudget, Fault::over_budget().message),
        E::ErrorTerminated(why, _) if why.as_bool() == Ok(OVER_BUDGET) => {
            (OverBudget, Fault::over_budget().message)
        }
        E::ErrorTerminated(..) => fixed(Deadline, "the script took too long"),
        E::ErrorDataTooLarge(..) => fixed(Limit, "a text, list or map grows too large"),
        E::ErrorStackOverflow(_) => fixed(Limit, "functions call each other too deeply"),
        E::ErrorTooManyVariables(_) => fixed(Limit, "the script has too many variables at once"),
        E::ErrorTooManyModules(_) => fixed(Limit, "the script uses too many files"),
        E::ErrorRuntime(value, _) => match value.read_lock::<Trouble>() {
            Some(trouble) => (trouble.kind, trouble.message.to_string()),
            None => fixed(Failed, "the script gave up with `throw`"),
        },
        E::ErrorMismatchDataType(wanted, found, _)
        | E::ErrorMismatchOutputType(wanted, found, _) => {
            let (wanted, found) = (kind_word(wanted), kind_word(found));
            (Failed, format!("{wanted} is needed here, this is {found}"))
        }
        E::ErrorDotExpr(..) => fixed(
            Failed,
            "only a map has fields, and this is something else or not there",
        ),
        E::ErrorIndexingType(..) => fixed(
            Failed,
            "only lists, maps and texts have places in `[…]`, and this is something else",
        ),
        E::ErrorArrayBounds(..) => fixed(Failed, "the list has nothing at this place"),
        E::ErrorStringBounds(..) => fixed(Failed, "the text has nothing at this place"),
        E::ErrorAssignmentToConstant(..) | E::ErrorNonPureMethodCallOnConstant(..) => {
            fixed(Failed, "this cannot be changed, or is not there")
        }
        E::ErrorFor(_) => fixed(Failed, "`for` walks over a list, a text or a range only"),
        E::ErrorArithmetic(..) => fixed(Failed, "the numbers of this calculation are out of range"),
        E::ErrorFunctionNotFound(signature, _) => {
            let name = signature.split([' ', '(']).next().unwrap_or_default();
            (
                Failed,
                format!("`{name}` cannot be done with values of these kinds"),
            )
        }
        _ => fixed(Failed, "the script failed"),
    }
}

/// A type of Rhai in the words of the flow language.
fn kind_word(rhai: &str) -> &'static str {
    match rhai {
        "()" => "nothing",
        "bool" => "true or false",
        "i64" | "f64" | "int" | "float" => "a number",
        "string" | "char" | "&str" | "ImmutableString" => "a text",
        "array" => "a list",
        "map" => "a map",
        name if name.ends_with("String") => "a text",
        name if name.contains("Vec<") => "a list",
        name if name.contains("Map<") => "a map",
        _ => "something else",
    }
}
