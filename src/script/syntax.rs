//! What is wrong with how a script is written: Rhai's errors in the words of people
//! who do not program, and mistakes seen in the words before Rhai is asked.

use rhai::{LexError, ParseError, ParseErrorType, Position, Token};

use super::problem::{Problem, ProblemKind, Spot};
use super::source::{Kind, Source, is_about_quotes};

/// What can be told from the words alone: things that scripts may not do, and words
/// of other languages. Where there is one, the rest is not worth parsing.
pub(super) fn before_parsing(source: &Source) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, (token, position)) in source.words.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| &source.words[i].0);
        if matches!(before, Some(Token::Period | Token::Elvis)) {
            continue;
        }
        let next = source.words.get(i + 1).map(|(token, _)| token);
        let found = match token {
            Token::Fn if source.kind == Kind::Expression => Some((
                "a function cannot be defined in a flow",
                "put it into a file in `scripts/` and call it as `file::name(…)`",
            )),
            Token::Import | Token::Export => Some((
                "files cannot be loaded from a script",
                "a function of `scripts/file.rhai` is called as `file::name(…)`",
            )),
            Token::Pipe if is_value_start(before) => Some((
                "functions without a name are not allowed",
                "use a `for` loop, or a named function in a file in `scripts/`",
            )),
            Token::Or if is_value_start(before) => Some((
                "a value is missing in front of `||`",
                "write what is compared on both sides of `||`",
            )),
            Token::Reserved(word) => reserved(word, next),
            Token::Identifier(word) => joining_word(word, before, next),
            _ => None,
        };
        if let Some((message, help)) = found {
            let kind = match token {
                Token::Identifier(_) | Token::Or => ProblemKind::Syntax,
                _ => ProblemKind::Forbidden,
            };
            problems.push(Problem::new(source.spot(*position), kind, message).help(help));
        }
    }
    problems
}

/// True where a value would begin behind this word, so that `|` opens a closure.
fn is_value_start(before: Option<&Token>) -> bool {
    use Token as T;
    matches!(
        before,
        None | Some(
            T::LeftParen
                | T::Comma
                | T::Equals
                | T::LeftBracket
                | T::LeftBrace
                | T::SemiColon
                | T::Colon
                | T::DoubleArrow
                | T::Return
                | T::EqualsTo
                | T::And
                | T::Or
                | T::Plus
        )
    )
}

fn reserved(word: &str, next: Option<&Token>) -> Option<(&'static str, &'static str)> {
    let called = matches!(next, Some(Token::LeftParen | Token::Bang));
    match word {
        "eval" | "Fn" | "call" | "curry" | "is_shared" | "is_def_var" | "is_def_fn" | "import"
        | "export"
            if called || matches!(word, "import" | "export") =>
        {
            Some((
                "scripts cannot make or load code",
                "call a function of a file in `scripts/` by its name",
            ))
        }
        "print" | "debug" => Some((
            "scripts have nowhere to print to",
            "leave it out; a simulated call shows what variables hold",
        )),
        "type_of" => Some((
            "scripts cannot ask for the type of a value",
            "compare with `()` to see whether something is there",
        )),
        "===" => Some(("`===` is not known here", "write `==`")),
        "!==" => Some(("`!==` is not known here", "write `!=`")),
        "<>" => Some(("`<>` is not known here", "write `!=`")),
        ":=" => Some(("`:=` is not known here", "write `=`")),
        "++" => Some(("`++` is not known here", "write `+= 1`")),
        "--" => Some(("`--` is not known here", "write `-= 1`")),
        "null" | "nil" | "void" => Some((
            "nothing is written as `()` here",
            "write `()`, as in `x == ()`",
        )),
        _ => None,
    }
}

fn joining_word(
    word: &str,
    before: Option<&Token>,
    next: Option<&Token>,
) -> Option<(&'static str, &'static str)> {
    let starts = |token: Option<&Token>| {
        matches!(
            token,
            Some(
                Token::Identifier(_)
                    | Token::IntegerConstant(_)
                    | Token::StringConstant(_)
                    | Token::LeftParen
                    | Token::Bang
                    | Token::True
                    | Token::False
            )
        )
    };
    let between = !is_value_start(before) && starts(next);
    match word {
        "and" if between => Some(("`and` is not known here", "write `&&`")),
        "or" if between => Some(("`or` is not known here", "write `||`")),
        "not" if starts(next) => Some(("`not` is not known here", "write `!`")),
        "AND" if between => Some(("`AND` is not known here", "write `&&`")),
        "OR" if between => Some(("`OR` is not known here", "write `||`")),
        "True" => Some(("`True` is not known here", "write `true`")),
        "False" => Some(("`False` is not known here", "write `false`")),
        "elif" | "elsif" | "elseif" => Some(("this word is not known here", "write `else if`")),
        _ => None,
    }
}

/// A character or number that cannot be read.
pub(super) fn lexical(error: &LexError, position: Position, source: &Source) -> Problem {
    let spot = source.spot(position);
    let syntax = |message: &str| Problem::new(spot, ProblemKind::Syntax, message);
    match error {
        error if is_about_quotes(error) => {
            let line = source.text.lines().nth(spot.line - 1).unwrap_or_default();
            let open: Vec<char> = line.chars().skip(spot.column - 1).collect();
            if open.first() == Some(&'\'') || line.contains('\'') && !line.contains('"') {
                quotes(line, spot)
            } else {
                syntax("this text has no closing quote").help("close it with `\"`")
            }
        }
        LexError::UnexpectedInput(text) => match text.chars().next() {
            Some('“' | '”' | '‘' | '’' | '„' | '«' | '»') => {
                syntax("these are typographic quotes").help("use plain quotes: `\"`")
            }
            Some('\'') => {
                syntax("single quotes hold one letter only").help("use double quotes: `\"`")
            }
            _ => syntax("this character has no meaning here")
                .help("leave it out, or put text in quotes: `\"`"),
        },
        LexError::ImproperSymbol(symbol, _) => match reserved(symbol, None) {
            Some((message, help)) => syntax(message).help(help),
            None => syntax("this sign has no meaning here"),
        },
        LexError::StringTooLong(_) => Problem::new(
            spot,
            ProblemKind::TooLarge,
            "this text is too long; at most 4 KiB can be written here",
        ),
        LexError::MalformedEscapeSequence(_) => {
            syntax("a `\\` in a text stands before `n`, `t`, `\"` or `\\` only")
                .help("write `\\\\` for one `\\`")
        }
        LexError::MalformedNumber(_) => syntax("this number cannot be read")
            .help("write digits and at most one point, or quotes around it where it is a text"),
        LexError::MalformedIdentifier(_) => {
            syntax("this name cannot be read").help("names are made of letters, digits and `_`")
        }
        _ => syntax("this cannot be read").help("put text in double quotes: `\"`"),
    }
}

/// Several letters in single quotes.
fn quotes(line: &str, spot: Spot) -> Problem {
    let problem = Problem::new(
        spot,
        ProblemKind::Syntax,
        "a text stands in double quotes, not in single ones",
    );
    let mut parts = line.split('\'');
    match (parts.next(), parts.next()) {
        (Some(_), Some(text)) if !text.is_empty() => problem.help(format!("write `\"{text}\"`")),
        _ => problem.help("use double quotes: `\"`"),
    }
}

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
        P::MissingToken(token, _) => missing(spot, token, &found),
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
            "this is nested too deeply; at most 32 levels are read".into(),
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

fn missing(spot: Spot, token: &str, found: &str) -> Problem {
    let problem = Problem::new(
        spot,
        ProblemKind::Syntax,
        format!("`{token}` is expected before {found}"),
    );
    match token {
        ";" => Problem::new(
            spot,
            ProblemKind::Syntax,
            format!("{found} is not expected here"),
        )
        .help("join two values with an operator, or put `;` between two steps"),
        ")" | "]" | "}" => problem.help(format!("close what is open with `{token}`")),
        "," => problem.help("separate with commas, and close what is open"),
        "=>" => problem.help("a line of a `switch` is `value => result,`"),
        "{" => problem.help("write `{` and `}` around what belongs together"),
        _ => problem,
    }
}
