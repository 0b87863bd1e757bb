//! What Rhai cannot make sense of, in the words of people who do not program.

use rhai::{LexError, ParseError, ParseErrorType, Position, Token};

use super::lexical::lexical;
use super::problem::{Problem, ProblemKind, Spot};
use super::source::Source;

/// What the parser could not make sense of.
pub(super) fn parsing(error: &ParseError, source: &Source) -> Problem {
    use ParseErrorType as P;
    let position = error.position();
    let spot = source.spot(position);
    let found = source.word(position);
    let found = if position.is_none() || source.index(position).is_none() {
        "the end".to_string()
    } else {
        format!("`{found}`")
    };
    let problem = |kind, message: String| Problem::new(spot, kind, message);
    let syntax = |message: &str| problem(ProblemKind::Syntax, message.to_string());
    match error.err_type() {
        P::BadInput(error) => match error {
            LexError::UnexpectedInput(_) => value_expected(spot, &found),
            LexError::ImproperSymbol(symbol, _) if symbol == "=" => equals(spot),
            error => lexical(error, position, source),
        },
        P::UnexpectedEOF => syntax("the script ends too early")
            .help("something is open: a bracket, or a value is missing"),
        P::UnknownOperator(name) => problem(
            ProblemKind::Syntax,
            format!("`{name}` is not an operator here"),
        )
        .help("use + - * / % == != < <= > >= && || ! in"),
        P::MissingToken(token, _) if source_has_single_equals(source, position) => {
            let _ = token;
            equals(spot)
        }
        P::MissingToken(token, _) => missing(spot, token, &found, source),
        P::MissingSymbol(_) | P::ExprExpected(_) => {
            if source.word(position) == "=" || source_has_single_equals(source, position) {
                return equals(spot);
            }
            value_expected(spot, &found)
        }
        P::MalformedIndexExpr(_) => syntax("what stands in `[…]` cannot name a place")
            .help("a number for a list, a text in quotes for a map"),
        P::MalformedCapture(_) => {
            syntax("`!` behind a function's name has no meaning here").help("leave it out")
        }
        P::DuplicatedProperty(name) => problem(
            ProblemKind::Syntax,
            format!("the field `{name}` is there twice"),
        ),
        P::DuplicatedVariable(name) | P::VariableExists(name) => problem(
            ProblemKind::Syntax,
            format!("the name `{name}` is there twice"),
        ),
        P::WrongSwitchIntegerCase => syntax("a number stands behind a range in this `switch`")
            .help("put single numbers in front of ranges"),
        P::WrongSwitchDefaultCase => {
            syntax("`_` must be the last line of a `switch`").help("move it to the end")
        }
        P::WrongSwitchCaseCondition => syntax("this line of the `switch` cannot have an `if`"),
        P::PropertyExpected => {
            unexpected(spot, &found).help("behind a dot stands the name of a field")
        }
        P::VariableExpected => {
            unexpected(spot, &found).help("the name of a variable is expected here")
        }
        P::ForbiddenVariable(name) => problem(
            ProblemKind::Forbidden,
            format!("`{name}` cannot be used here"),
        ),
        P::Reserved(name) => problem(
            ProblemKind::Syntax,
            format!("`{name}` is a word of the language and no name"),
        )
        .help("choose another name; as a field it can be read: `answer.name`"),
        P::MismatchedType(..) => {
            if source_has_single_equals(source, position) {
                return equals(spot);
            }
            syntax("a condition is expected here, something that is true or false")
                .help("compare it, as in `x == 1`")
        }
        P::WrongFnDefinition => problem(
            ProblemKind::Forbidden,
            "a function cannot be defined inside another one".into(),
        )
        .help("put it beside the other functions of the file"),
        P::FnMissingName => syntax("this function has no name").help("write `fn name(x) { … }`"),
        P::FnMissingParams(name) => problem(
            ProblemKind::Syntax,
            format!("the function `{name}` has no list of values"),
        )
        .help(format!(
            "write `fn {name}(x) {{ … }}`, or `fn {name}() {{ … }}`"
        )),
        P::FnMissingBody(name) => problem(
            ProblemKind::Syntax,
            format!("the function `{name}` has nothing in braces"),
        )
        .help(format!("write `fn {name}(x) {{ … }}`")),
        P::FnDuplicatedDefinition(name, _) => problem(
            ProblemKind::Syntax,
            format!("the function `{name}` is there twice"),
        )
        .help("give one of them another name"),
        P::FnDuplicatedParam(name, value) => problem(
            ProblemKind::Syntax,
            format!("the function `{name}` takes `{value}` twice"),
        ),
        P::AssignmentToConstant(name) => problem(
            ProblemKind::Forbidden,
            format!("`{name}` is a constant and cannot be changed"),
        )
        .help("write `let` in front of it instead of `const`"),
        P::AssignmentToInvalidLHS(_) => equals(spot),
        P::ExprTooDeep => problem(
            ProblemKind::TooLarge,
            "this is too long, or nested too deeply; at most 32 parts in a row or in one another are read".into(),
        )
        .help("take parts out: `let part = …;`"),
        P::TooManyFunctions => problem(
            ProblemKind::TooLarge,
            "a file has at most 64 functions".into(),
        )
        .help("make two files of it"),
        P::LiteralTooLarge(..) => problem(
            ProblemKind::TooLarge,
            "this is too large to be written in a script".into(),
        )
        .help("texts have at most 4 KiB, lists and maps 256 entries"),
        P::LoopBreak => syntax("`break` and `continue` stand in a loop only")
            .help("use `return` to leave with a value"),
        P::WrongDocComment => {
            syntax("a comment with `///` stands in front of a function only").help("write `//`")
        }
        _ => syntax("this cannot be understood"),
    }
}

fn unexpected(spot: Spot, found: &str) -> Problem {
    Problem::new(
        spot,
        ProblemKind::Syntax,
        format!("{found} is not expected here"),
    )
}

fn value_expected(spot: Spot, found: &str) -> Problem {
    unexpected(spot, found).help("a value is expected here: a name, a number or a text in quotes")
}

/// `=` where two values are compared.
fn equals(spot: Spot) -> Problem {
    Problem::new(
        spot,
        ProblemKind::Syntax,
        "`=` sets a variable and cannot stand here",
    )
    .help("to compare, write `==`")
}

/// True where the word at or before a position is a lone `=`.
fn source_has_single_equals(source: &Source, position: Position) -> bool {
    let Some(i) = source.index(position) else {
        return false;
    };
    let around = &source.words[i.saturating_sub(1)..=i];
    around.iter().any(|(token, _)| *token == Token::Equals)
}

/// Two things in a row with nothing between them.
fn not_joined(spot: Spot, found: &str, source: &Source) -> Problem {
    let before = source.text.lines().nth(spot.line - 1).unwrap_or_default();
    let before: String = before.chars().take(spot.column - 1).collect();
    let help = match found {
        "the end" => "something is open: close it with `}` or `)`",
        "`else`" => "close what stands in front of it with `}`",
        _ if before.trim().is_empty() && spot.line > 1 => "put `;` at the end of the line above",
        _ if source.kind == super::source::Kind::Expression => {
            "put a sign such as `==`, `&&` or `+` between two values, and a text in quotes"
        }
        _ => "put a sign such as `==` or `+` between two values, and `;` between two steps",
    };
    unexpected(spot, found).help(help)
}

fn missing(spot: Spot, token: &str, found: &str, source: &Source) -> Problem {
    let problem = Problem::new(
        spot,
        ProblemKind::Syntax,
        format!("`{token}` is expected before {found}"),
    );
    match token {
        ";" => not_joined(spot, found, source),
        ")" | "]" | "}" => problem.help(format!("close what is open with `{token}`")),
        "," => problem.help("separate with commas, and close what is open"),
        "=>" => problem.help("a line of a `switch` is `value => result,`"),
        "{" => problem.help("write `{` and `}` around what belongs together"),
        _ => problem,
    }
}
