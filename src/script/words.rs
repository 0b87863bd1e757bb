//! What can be told from the words of a source, before Rhai parses it: things that
//! scripts may not do, and words of other languages.

use rhai::Token;

use super::problem::{Problem, ProblemKind};
use super::source::{Kind, Source};

/// All such problems. Where there is one, the rest is not worth parsing.
pub(super) fn problems(source: &Source) -> Vec<Problem> {
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

pub(super) fn reserved(word: &str, next: Option<&Token>) -> Option<(&'static str, &'static str)> {
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
        "print" | "debug" => Some(("scripts have nowhere to print to", "leave it out")),
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
