//! What a designer most likely meant where YAML cannot read a line. YAML's own words
//! are about its grammar, and often about a line behind the one that is wrong, so
//! the lines around the place are looked at instead.

use granit_parser::{ErrorKind, ScanError};

use super::source::Span;

/// A fault of syntax in plain words.
#[derive(Debug, PartialEq, Eq)]
pub struct Misread {
    pub at: Span,
    pub message: String,
    pub help: String,
}

/// The help for whatever a text cannot hold without quotes.
const IN_QUOTES: &str = "put the text in quotes, or under `|` on lines of its own";

/// Says what is wrong where YAML gave up. `is_key` is true for the words of the
/// flow language that stand in front of a colon.
pub fn explain(text: &str, error: &ScanError, is_key: impl Fn(&str) -> bool) -> Misread {
    let offset = error.marker().byte_offset().unwrap_or(text.len());
    let lines = lines(text);
    let last = lines.iter().rposition(|line| !line.text.is_empty());
    let here = lines.iter().rposition(|line| line.begin <= offset);
    let mut here = here.unwrap_or(0).min(last.unwrap_or(0));
    if error.kind().to_string().contains("comment intercepting") {
        // A remark is found in what the line below it makes a text of several lines.
        let below = lines
            .iter()
            .skip(here + 1)
            .position(|line| !line.text.is_empty());
        here += below.map_or(0, |lines| lines + 1);
    }
    let Some(line) = lines.get(here).copied() else {
        return misread(Span::default(), "the file is empty", "write a flow into it");
    };
    let above = lines[..here].iter().rev().copied();
    let above: Vec<Line> = above.filter(|line| !line.text.is_empty()).collect();
    let below = lines.get(here + 1).copied();
    tab(line, below)
        .or_else(|| quote(line, offset, error))
        .or_else(|| first_character(line, &is_key))
        .or_else(|| braces(line, &is_key))
        .or_else(|| open_bracket(line, &above, error))
        .or_else(|| colon_without_space(line, &above, &is_key))
        .or_else(|| block_text(line, error))
        .or_else(|| dash_without_space(line, &above))
        .or_else(|| second_colon(line))
        .or_else(|| line_above(line, &above, &is_key))
        .or_else(|| indentation(line, &above))
        .or_else(|| no_key(line, &is_key))
        .unwrap_or_else(|| unknown(line, offset, error))
}

fn misread(at: Span, message: impl Into<String>, help: impl Into<String>) -> Misread {
    Misread {
        at,
        message: message.into(),
        help: help.into(),
    }
}

#[derive(Clone, Copy)]
struct Line<'a> {
    /// Where the line begins.
    begin: usize,
    /// The white space in front of its text.
    indent: &'a str,
    text: &'a str,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut begin = 0;
    let line = |whole: &'_ str, begin| {
        let body = whole.trim_end();
        let indent = body.len() - body.trim_start().len();
        (begin, indent, body.len())
    };
    text.split_inclusive('\n')
        .map(|whole| {
            let (at, indent, end) = line(whole, begin);
            begin += whole.len();
            Line {
                begin: at,
                indent: &whole[..indent],
                text: &whole[indent..end],
            }
        })
        .collect()
}

impl<'a> Line<'a> {
    fn start(&self) -> usize {
        self.begin + self.indent.len()
    }

    fn span(&self) -> Span {
        self.part(0, self.text.len())
    }

    /// The place of some bytes of the line's text.
    fn part(&self, from: usize, to: usize) -> Span {
        Span::new(self.start() + from, self.start() + to)
    }

    /// Where the text begins behind `- `.
    fn behind_dash(&self) -> usize {
        self.text.len() - self.text.trim_start_matches("- ").len()
    }

    /// Where the colon behind the key is, if the line has a key.
    fn key_end(&self) -> Option<usize> {
        let found = self.text.find(": ");
        found.or_else(|| self.text.ends_with(':').then(|| self.text.len() - 1))
    }

    fn key(&self) -> Option<&'a str> {
        Some(self.text[self.behind_dash()..self.key_end()?].trim())
    }

    /// Where the value begins, behind `- ` and `key: `.
    fn value_at(&self) -> usize {
        let from = self.key_end().map_or(self.behind_dash(), |colon| colon + 1);
        let rest = &self.text[from..];
        from + rest.len() - rest.trim_start().len()
    }

    fn value(&self) -> &'a str {
        &self.text[self.value_at()..]
    }

    fn is_remark(&self) -> bool {
        self.text.starts_with('#')
    }
}

fn tab(line: Line, below: Option<Line>) -> Option<Misread> {
    let line = [Some(line), below]
        .into_iter()
        .flatten()
        .find(|line| !line.text.is_empty() && line.indent.contains('\t'))?;
    Some(misread(
        Span::new(line.begin, line.start()),
        "this line begins with a tab",
        "write spaces instead, in the column where the lines around it begin",
    ))
}

/// Quotes that end too early, or never.
fn quote(line: Line, offset: usize, error: &ScanError) -> Option<Misread> {
    let words = error.kind().to_string();
    if words.contains("trailing content") {
        let from = offset.saturating_sub(line.start()).min(line.text.len());
        let (mark, help) = if line.value().starts_with('\'') {
            (
                "'",
                "write `''` for a `'` inside the text, or put `\"` around it instead",
            )
        } else {
            (
                "\"",
                "put `'` around the whole text, or write it under `|` on lines of its own",
            )
        };
        let rest = &line.text[from..];
        let from = from + rest.len() - rest.trim_start().len();
        return Some(misread(
            line.part(from, line.text.len()),
            format!("the text ends at the `{mark}` in front of this"),
            help,
        ));
    }
    if words.contains("quote") && !words.contains("escape") {
        let value = line.value();
        let mark = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        return Some(misread(
            line.part(line.value_at(), line.text.len()),
            "the quote that begins here is never closed",
            format!("write `{}` at the end of the text too", mark.unwrap_or('"')),
        ));
    }
    if words.contains("escape") {
        let known = |rest: &str| rest.starts_with(|c| "0abtnvfre \"/\\N_LPxuU".contains(c));
        let mut slashes = line.text.match_indices('\\').map(|(at, _)| at);
        let slash = slashes.find(|at| !known(&line.text[at + 1..])).unwrap_or(0);
        return Some(misread(
            line.part(slash, slash + 1),
            "in double quotes a `\\` begins a special character, and there is none of this kind",
            "write `\\\\` for one `\\`, or put `'` around the text instead",
        ));
    }
    None
}

/// Texts that begin with a character which YAML keeps for itself.
fn first_character(line: Line, is_key: &impl Fn(&str) -> bool) -> Option<Misread> {
    let key = &line.text[line.behind_dash()..];
    if key.starts_with('*') && line.key_end().is_some() {
        let at = line.behind_dash();
        return Some(misread(
            line.part(at, at + 1),
            "a key cannot begin with `*`",
            "the key `*` of a telephone is written `star`",
        ));
    }
    let value = line.value();
    let first = value.chars().next()?;
    let at = line.value_at();
    let reads = match first {
        '[' => "the beginning of a list",
        '{' => "the beginning of keys in braces",
        '@' | '`' | '%' => "a mark of its own",
        _ => return None,
    };
    if matches!(first, '[' | '{') {
        let close = closed_at(value)?;
        let rest = value[close..].trim();
        if rest.is_empty() || rest.starts_with('#') {
            return None;
        }
        if let Some((word, _)) = rest.split_once(':')
            && is_key(word)
        {
            let from = at + close + value[close..].len() - value[close..].trim_start().len();
            return Some(misread(
                line.part(from, from + word.len()),
                format!("`{word}` begins on the line of another key"),
                format!("begin a new line with `{word}`"),
            ));
        }
        if rest.chars().all(|c| matches!(c, ']' | '}')) {
            return Some(misread(
                line.part(at + close, at + close + rest.len()),
                format!("this `{rest}` closes nothing"),
                "take it out",
            ));
        }
    }
    let shown = if first == '`' {
        "a backtick".to_owned()
    } else {
        format!("a `{first}`")
    };
    let help = if first == '{' {
        "put the text in quotes, or under `|`; a value in a text is written `${name}`"
    } else {
        IN_QUOTES
    };
    Some(misread(
        line.part(at, at + 1),
        format!("YAML reads {shown} in front as {reads}, not as text"),
        help,
    ))
}

/// The byte behind the bracket that closes the one a value begins with.
fn closed_at(value: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in value.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if matches!(before, ' ' | '[' | '{' | ',') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + c.len_utf8());
                }
            }
            _ => {}
        }
        before = c;
    }
    None
}

/// What cannot stand unquoted inside `{…}`.
fn braces(line: Line, is_key: &impl Fn(&str) -> bool) -> Option<Misread> {
    let open = line
        .text
        .find('{')
        .filter(|at| !line.text[..*at].ends_with('$'))?;
    let value_of = line.text[..open].trim_end();
    let is_value = value_of.is_empty() || value_of.ends_with([':', '-', ',', '[']);
    if !is_value {
        return None;
    }
    let inside = open + 1;
    for (mark, name) in [("#:", "hash"), ("*:", "star")] {
        if let Some(at) = line.text[inside..].find(mark) {
            let at = inside + at;
            return Some(misread(
                line.part(at, at + 1),
                format!("a key cannot begin with `{}`", &mark[..1]),
                format!(
                    "the key `{}` of a telephone is written `{name}`",
                    &mark[..1]
                ),
            ));
        }
    }
    if let Some(from) = line.text[inside..].find("${") {
        let from = inside + from;
        return Some(misread(
            line.part(from, line.text.len()),
            "a text with `${…}` cannot stand unquoted inside `{…}`",
            "put the text in quotes, or the keys on lines of their own",
        ));
    }
    if let Some(found) = remark_in_braces(line) {
        return Some(found);
    }
    // A key of ours in the middle of a text: the comma in front of it is missing.
    let words = line.text[inside..]
        .match_indices(": ")
        .map(|(at, _)| inside + at);
    for colon in words {
        let start = line.text[..colon]
            .rfind([' ', '{', ','])
            .map_or(0, |at| at + 1);
        let front = line.text[..start].trim_end();
        if is_key(&line.text[start..colon]) && !front.ends_with(['{', ',']) {
            let word = &line.text[start..colon];
            return Some(misread(
                line.part(start, colon),
                format!("a comma is missing in front of `{word}`"),
                format!("write `, {word}: …`"),
            ));
        }
    }
    None
}

/// A ` #` behind a bracket, which hides the end of the line.
fn remark_in_braces(line: Line) -> Option<Misread> {
    let at = line.value_at();
    let from = at + line.text[at..].find(" #")?;
    if closed_at(&line.text[at..from]).is_some() {
        return None;
    }
    Some(misread(
        line.part(from + 1, line.text.len()),
        "YAML takes everything behind ` #` for a remark, so nothing closes what is open",
        "put the text in quotes, or the keys on lines of their own",
    ))
}

/// A bracket that nothing closes, here or on a line above.
fn open_bracket(line: Line, above: &[Line], error: &ScanError) -> Option<Misread> {
    use ErrorKind as Kind;
    let words = error.kind().to_string();
    let in_brackets = matches!(
        error.kind(),
        Kind::ExpectedFlowMappingSeparator
            | Kind::ExpectedFlowSequenceSeparator
            | Kind::UnexpectedEofFlowMapping
            | Kind::UnexpectedEofFlowSequence
            | Kind::UnexpectedEofImplicitFlowMapping
    ) || words.contains("illegal placement of ':'")
        || words.contains("flow");
    if !in_brackets {
        return None;
    }
    let near = std::iter::once(&line).chain(above).take(20);
    for line in near {
        let value = line.value();
        if !value.starts_with(['[', '{']) {
            continue;
        }
        if let Some(found) = remark_in_braces(*line) {
            return Some(found);
        }
        if closed_at(value).is_none() {
            let at = line.value_at();
            let close = if value.starts_with('[') { ']' } else { '}' };
            return Some(misread(
                line.part(at, at + 1),
                format!("nothing closes this `{}`", &value[..1]),
                format!("write `{close}` at the end of the line"),
            ));
        }
    }
    None
}

/// `key:value`, here or on the line above, which reads as a text.
fn colon_without_space(
    line: Line,
    above: &[Line],
    is_key: &impl Fn(&str) -> bool,
) -> Option<Misread> {
    let near = std::iter::once(&line).chain(above.first());
    for line in near {
        let Some((key, rest)) = line.text[line.behind_dash()..].split_once(':') else {
            continue;
        };
        if is_key(key) && !rest.is_empty() && !rest.starts_with(' ') {
            let colon = line.behind_dash() + key.len();
            return Some(misread(
                line.part(colon, colon + 1),
                "a space is missing behind this `:`",
                format!("write `{key}: {rest}`"),
            ));
        }
    }
    None
}

/// A text that begins on the line of its `|`.
fn block_text(line: Line, error: &ScanError) -> Option<Misread> {
    let value = line.value();
    let mark = value.chars().next().filter(|c| matches!(c, '|' | '>'))?;
    if !error.kind().to_string().contains("block scalar") {
        return None;
    }
    let at = line.value_at() + 1;
    Some(misread(
        line.part(at, line.text.len()),
        format!("nothing stands behind `{mark}` on its line"),
        "begin the text on the next line, further right than its key",
    ))
}

fn second_colon(line: Line) -> Option<Misread> {
    let first = line.text.find(": ")? + 2;
    let rest = &line.text[first..];
    if rest.trim_start().starts_with("- ") {
        return Some(misread(
            line.part(first + rest.find("- ").unwrap_or(0), line.text.len()),
            "a list does not begin on the line of its key",
            "put the `- ` on a line of its own, below the key",
        ));
    }
    let end = rest.ends_with(':').then(|| rest.len() - 1);
    let second = first + rest.find(": ").or(end)?;
    Some(misread(
        line.part(second, second + 1),
        "a second `: ` in one line reads as another key",
        IN_QUOTES,
    ))
}

/// What the line above has to do with it.
fn line_above(line: Line, above: &[Line], is_key: &impl Fn(&str) -> bool) -> Option<Misread> {
    let before = above.first()?;
    let deeper = line.indent.len() > before.indent.len();
    if before.is_remark() && line.key_end().is_none() {
        return Some(misread(
            before.span(),
            "a remark ends the text above it, so the line below belongs to nothing",
            "move the remark above the whole text",
        ));
    }
    if before.text.ends_with(['|', '>']) && !deeper && line.key_end().is_none() {
        let mark = &before.text[before.text.len() - 1..];
        return Some(misread(
            line.span(),
            format!("a text under `{mark}` begins further right than its key"),
            "put two more spaces in front of each of its lines",
        ));
    }
    if deeper && before.key_end().is_none() && !before.text.contains(' ') {
        return Some(misread(
            before.span(),
            format!("a `:` is missing behind `{}`", before.text),
            format!("write `{}:`", before.text),
        ));
    }
    if line.text.starts_with("- ") && !before.text.starts_with("- ") && !deeper {
        return Some(misread(
            line.part(0, 1),
            "a `- ` begins a line of a list, and the lines around this one are keys",
            "take the `- ` out",
        ));
    }
    // The key before it on the same level lacks its colon.
    let sibling = above
        .iter()
        .find(|other| other.indent.len() <= line.indent.len() && !other.is_remark())
        .filter(|other| other.indent.len() == line.indent.len());
    if let Some(other) = sibling
        && other.key_end().is_none()
        && !other.text.starts_with("- ")
    {
        let text = other.text;
        if let Some((word, rest)) = text.split_once(':') {
            return Some(misread(
                other.part(word.len(), word.len() + 1),
                "a space is missing behind this `:`",
                format!("write `{word}: {rest}`"),
            ));
        }
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        return Some(misread(
            other.part(0, word.len()),
            format!("a `:` is missing behind `{word}`"),
            format!("write `{}`", format!("{word}: {rest}").trim()),
        ));
    }
    let key = line.key()?;
    if deeper && !before.value().is_empty() {
        return Some(if is_key(key) {
            misread(
                line.part(0, key.len()),
                format!(
                    "`{key}` begins further right than the key above it, so it reads as a part of that text"
                ),
                format!("begin `{key}` in the same column as the key above"),
            )
        } else {
            let colon = line.key_end().unwrap_or(0);
            misread(
                line.part(colon, colon + 1),
                "a `: ` inside a text reads as a key",
                IN_QUOTES,
            )
        });
    }
    None
}

/// A line in a column in which no key around it begins.
fn indentation(line: Line, above: &[Line]) -> Option<Misread> {
    line.key()?;
    let mine = line.indent.len();
    let mut open: Vec<usize> = Vec::new();
    for other in above.iter().filter(|line| !line.is_remark()) {
        let indent = other.indent.len();
        if open.last().is_none_or(|inner| indent < *inner) {
            open.push(indent);
        }
    }
    if open.contains(&mine) {
        return None;
    }
    let nearest = open.iter().min_by_key(|indent| indent.abs_diff(mine))?;
    Some(misread(
        line.span(),
        format!(
            "this line begins with {mine} {}, and no key above it does",
            spaces(mine)
        ),
        format!(
            "begin it with {nearest} {}, like the keys it belongs to",
            spaces(*nearest)
        ),
    ))
}

fn spaces(count: usize) -> &'static str {
    if count == 1 { "space" } else { "spaces" }
}

/// `-if:`, without a space.
fn dash_without_space(line: Line, above: &[Line]) -> Option<Misread> {
    let near = std::iter::once(&line).chain(above.first());
    near.copied().find_map(stuck_dash)
}

fn stuck_dash(line: Line) -> Option<Misread> {
    let rest = line.text.strip_prefix('-')?;
    (line.key_end().is_some() && rest.starts_with(char::is_alphanumeric)).then(|| {
        misread(
            line.part(0, 1),
            "a space is missing behind this `-`",
            format!("write `- {rest}`"),
        )
    })
}

fn no_key(line: Line, is_key: &impl Fn(&str) -> bool) -> Option<Misread> {
    if line.key_end().is_some() {
        return None;
    }
    let end = line.text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let (word, rest) = line.text.split_at(end.unwrap_or(line.text.len()));
    if is_key(word) && !rest.is_empty() {
        let value = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        return Some(misread(
            line.part(0, word.len()),
            format!("a `:` is missing behind `{word}`"),
            format!("write `{word}: {value}`"),
        ));
    }
    Some(if line.text.contains(' ') {
        misread(
            line.span(),
            "this line is no `key: value`, and belongs to no text above it",
            "write a key and `:` in front of it; the lines of a text begin further right than their key",
        )
    } else {
        misread(
            line.span(),
            format!("a `:` is missing behind `{}`", line.text),
            format!("write `{}:`", line.text),
        )
    })
}

/// Whatever is left is told in YAML's words.
fn unknown(line: Line, offset: usize, error: &ScanError) -> Misread {
    let from = offset.saturating_sub(line.start());
    let from = if from < line.text.len() && line.text.is_char_boundary(from) {
        from
    } else {
        0
    };
    let words = error.kind().to_string();
    misread(
        line.part(from, line.text.len()),
        format!("YAML cannot read this: {words}"),
        "check in which column the line begins; a text with `: `, ` #`, `{` or quotes in it goes \
         in quotes, or under `|` on lines of its own",
    )
}
