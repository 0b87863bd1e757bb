//! YAML read once, for syntax alone: a tree in which everything keeps its place
//! and every scalar is the text that was written.
//!
//! YAML's own ideas about a text (`yes` is true, `0123` a number) are not applied.
//! Marks that flows do not use (`&`, `*`, `!`) are findings, and so is every line
//! that YAML would drop without a word.

use granit_parser::{Event, Parser, Placement, ScalarStyle, ScanError, StructureStyle};

use super::code::Code;
use super::diagnostic::Findings;
use super::misread::{self, Misread};
use super::source::{Located, Span};

/// One value of a file, and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    pub at: Span,
    pub body: Body,
}

#[derive(Debug, Clone)]
pub enum Body {
    /// A key with nothing behind it.
    Nothing {
        comment: Option<Span>,
    },
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Map),
}

#[derive(Debug, Clone, Default)]
pub struct Map {
    pub entries: Vec<Entry>,
    /// Written in braces, where a comma ends a text.
    pub in_braces: bool,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub key: Located<String>,
    pub value: Node,
}

/// A text as it was written.
#[derive(Debug, Clone)]
pub struct Scalar {
    pub text: String,
    pub style: Style,
    /// A comment on the same line, which may be the rest of the text.
    pub comment: Option<Span>,
}

impl Scalar {
    /// True where a part of the text may be lost in a comment. Where texts are read,
    /// this is a finding.
    pub fn is_cut(&self) -> bool {
        self.comment.is_some()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    Quoted,
    /// A `|` block: lines and columns are those of the file.
    Literal,
    Folded,
}

impl Node {
    /// What this is, in words for people.
    pub fn shape(&self) -> &'static str {
        match &self.body {
            Body::Nothing { .. } => "nothing",
            Body::Scalar(_) => "a text",
            Body::List(_) => "a list",
            Body::Map(_) => "keys with values",
        }
    }
}

/// Reads a file. `None` where it cannot be read at all; what is wrong is in `findings`.
/// `is_key` is true for words that stand in front of a colon.
pub fn read(findings: &mut Findings, is_key: fn(&str) -> bool) -> Option<Node> {
    let file = findings.file().clone();
    let text = file.text();
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
    };
    let mut builder = Builder {
        text,
        findings,
        open: Vec::new(),
        root: None,
        documents: 0,
        is_key,
        marked: None,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.take(event, bytes(&span, text.len())),
            Err(error) => {
                builder.syntax_error(&error);
                return None;
            }
        }
    }
    builder.root
}

fn bytes(span: &granit_parser::Span, len: usize) -> Span {
    let range = span.byte_range().unwrap_or(len..len);
    Span::new(range.start, range.end)
}

/// A collection whose end has not come yet.
enum Open {
    List(Span, Vec<Node>),
    Map(Span, Map, Option<Located<String>>),
}

struct Builder<'a> {
    text: &'a str,
    findings: &'a mut Findings,
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
    is_key: fn(&str) -> bool,
    /// Where the last mark was found.
    marked: Option<usize>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, at: Span) {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents == 2 {
                    self.findings
                        .add(Code::NotAFlow, at, "a second document begins here")
                        .help("write one flow a file, without a line `---` in it");
                }
            }
            Event::Scalar(text, style, _, tag) => {
                if tag.is_some() {
                    let mark = self.mark(at, '!', "a type");
                    if text.is_empty() || at.start == at.end {
                        self.as_written(mark);
                        return;
                    }
                }
                self.scalar(&text, style, at);
            }
            Event::SequenceStart(_, _, tag) => {
                if tag.is_some() {
                    self.mark(at, '!', "a type");
                }
                self.open.push(Open::List(at, Vec::new()));
            }
            Event::MappingStart(style, _, tag) => {
                if tag.is_some() {
                    self.mark(at, '!', "a type");
                }
                let map = Map {
                    entries: Vec::new(),
                    in_braces: style == StructureStyle::Flow,
                };
                self.open.push(Open::Map(at, map, None));
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(at),
            Event::Anchor(..) => {
                self.mark(at, '&', "a name for what follows");
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let mark = self.mark(at, '*', "a reference");
                self.as_written(mark);
            }
            Event::Comment(text, placement) => self.comment(&text, placement, at),
            _ => {}
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, at: Span) {
        // A key without a value comes as a plain `~` that stands nowhere.
        if at.start == at.end && style == ScalarStyle::Plain {
            self.push(Node {
                at,
                body: Body::Nothing { comment: None },
            });
            return;
        }
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        self.push(Node {
            at,
            body: Body::Scalar(Scalar {
                text: text.to_owned(),
                style,
                comment: None,
            }),
        });
    }

    /// Puts a finished node where it belongs: as a key, as a value, into a list.
    fn push(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = self.root.take().or(Some(node)),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, map, key)) => match key.take() {
                None => *key = Some(key_of(self.findings, node)),
                Some(key) => map.entries.push(Entry { key, value: node }),
            },
        }
    }

    fn close(&mut self, end: Span) {
        let node = match self.open.pop() {
            Some(Open::List(start, items)) => Node {
                at: start.to(end),
                body: Body::List(items),
            },
            Some(Open::Map(start, map, _)) => {
                self.find_duplicates(&map);
                Node {
                    at: start.to(end),
                    body: Body::Map(map),
                }
            }
            None => return,
        };
        self.push(node);
    }

    /// Tells the first key that is there twice: where several are, it is two things in
    /// one, such as states of which the second has lost its name.
    fn find_duplicates(&mut self, map: &Map) {
        for (i, entry) in map.entries.iter().enumerate() {
            let key = &entry.key;
            let before = &map.entries[..i];
            if let Some(first) = before.iter().find(|other| other.key.value == key.value) {
                let message = format!("`{}` stands here twice", key.value);
                self.findings
                    .add(Code::DuplicateKey, key.at, message)
                    .help("keep one of the two, or, where it is a name of your own, change one")
                    .related(first.key.at, "the first is here");
                return;
            }
        }
    }

    /// Reports a mark, and says where it stands.
    fn mark(&mut self, at: Span, mark: char, meaning: &str) -> Span {
        let at = if self.text[at.range()].starts_with(mark) {
            at
        } else {
            let line = self.line_around(at.start);
            let start = line.start + self.text[line.range()].find(mark).unwrap_or(0);
            Span::new(start, start + 1)
        };
        self.marked = Some(at.start);
        let shown = Span::new(at.start, at.start + mark.len_utf8());
        let message = format!("YAML reads a `{mark}` in front as {meaning}, not as text");
        let help = match mark {
            '*' => "put the text in quotes; the key `*` of a telephone is written `star`",
            _ => "put the text in quotes, or under `|` on lines of its own",
        };
        self.findings.add(Code::YamlMark, shown, message).help(help);
        at
    }

    /// What a mark swallowed, as it was written, so that nothing seems to be missing.
    fn as_written(&mut self, mark: Span) {
        let rest = &self.text[mark.start..];
        let in_braces = |open: &Open| matches!(open, Open::Map(_, map, _) if map.in_braces);
        let end = if self.open.iter().any(in_braces) {
            rest.find(['\n', ',', '}'])
        } else {
            rest.find('\n')
        };
        let end = end.unwrap_or(rest.len());
        let written = rest[..end].trim_end();
        let at = Span::new(mark.start, mark.start + written.len());
        self.scalar(written, ScalarStyle::Plain, at);
    }

    /// A comment may be the rest of a text, or a key that was written as `#`.
    fn comment(&mut self, text: &str, placement: Placement, at: Span) {
        if text.starts_with(':') {
            self.findings
                .add(Code::LostLine, at, "YAML reads this line as a comment")
                .help("the key `#` is written `hash`");
        }
        if !matches!(placement, Placement::Right) {
            return;
        }
        let line = self.line_around(at.start);
        if let Some(node) = self.last_node()
            && node.at.end > line.start
        {
            match &mut node.body {
                Body::Scalar(scalar) if scalar.style == Style::Plain => scalar.comment = Some(at),
                Body::Nothing { comment } => *comment = Some(at),
                _ => {}
            }
        }
    }

    /// The value that was finished last, on whatever level it stands.
    fn last_node(&mut self) -> Option<&mut Node> {
        match self.open.last_mut()? {
            Open::List(_, items) => items.last_mut(),
            Open::Map(_, map, None) => map.entries.last_mut().map(|entry| &mut entry.value),
            Open::Map(_, _, Some(_)) => None,
        }
    }

    fn line_around(&self, offset: usize) -> Span {
        let start = self.text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[offset..]
            .find('\n')
            .map_or(self.text.len(), |at| offset + at);
        Span::new(start, end)
    }

    /// A fault of syntax, told by what was most likely meant.
    fn syntax_error(&mut self, error: &ScanError) {
        let offset = error.marker().byte_offset().unwrap_or(self.text.len());
        let line = self.line_around(offset.min(self.text.len()));
        if self.marked.is_some_and(|at| line.range().contains(&at)) {
            // What follows a mark makes no sense to YAML either, and the mark was told.
            return;
        }
        // What was made of the line so far is no further fault.
        self.findings.forget(Code::WrongShape);
        let Misread { at, message, help } = misread::explain(self.text, error, self.is_key);
        self.findings.add(Code::YamlSyntax, at, message).help(help);
    }
}

/// A key, which is a single word.
fn key_of(findings: &mut Findings, node: Node) -> Located<String> {
    match node.body {
        Body::Scalar(scalar) => Located::new(scalar.text, node.at),
        other => {
            if !matches!(other, Body::Nothing { .. }) {
                findings
                    .add(Code::WrongShape, node.at, "a key is a single word")
                    .help("write `key: value`; a text with braces or brackets goes in quotes");
            }
            Located::new(String::new(), node.at)
        }
    }
}

/// Where in the file a byte of a scalar's text was written. White space that was
/// folded, and escapes, make the two run at different speeds, so both are walked.
pub fn place_of(file_text: &str, at: Span, scalar: &Scalar, offset: usize) -> usize {
    let written = &file_text[at.range()];
    let mut source = written.char_indices().peekable();
    let is_single = scalar.style == Style::Quoted && written.starts_with('\'');
    // In single quotes a backslash is one.
    let is_double = scalar.style == Style::Quoted && !is_single;
    if scalar.style == Style::Quoted {
        source.next();
    }
    for (i, wanted) in scalar.text.char_indices() {
        if wanted.is_whitespace() {
            if i >= offset {
                break;
            }
            continue;
        }
        while source.peek().is_some_and(|(_, c)| c.is_whitespace()) {
            source.next();
        }
        if is_double && source.peek().is_some_and(|(_, c)| *c == '\\') {
            source.next();
        }
        if i >= offset {
            break;
        }
        source.next();
        if is_single && wanted == '\'' {
            source.next();
        }
    }
    let here = source.peek().map_or(written.len(), |(i, _)| *i);
    at.start + here
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::source::SourceFile;

    fn first_value(text: &str) -> (Node, Vec<String>) {
        let file = SourceFile::new("a.yaml", text);
        let mut findings = Findings::about(&file);
        let node = read(&mut findings, |_| false).unwrap();
        let Body::Map(map) = node.body else {
            panic!("not a map")
        };
        let lines = findings.into_sorted().iter().map(|d| d.line()).collect();
        (map.entries[0].value.clone(), lines)
    }

    #[test]
    fn scalars_stay_as_they_were_written() {
        for text in ["+6568332048", "0123", "09:00", "no", "1.50", "~"] {
            let (node, _) = first_value(&format!("a: {text}\n"));
            let Body::Scalar(scalar) = node.body else {
                panic!("{text}")
            };
            assert_eq!(scalar.text, text);
        }
    }

    #[test]
    fn every_character_of_a_scalar_is_found_in_the_file() {
        let texts = [
            "a: one ${x} two\n",
            "a: |\n  é one\n    ${x}\n\n  two\n",
            "a: >-\n  one\n  ${x} two\n",
            "a: one\n  ${x}\n",
            "a: 'it''s ${x}'\n",
            "a: 'say \\\"hi\\\" ${x}'\n",
            "a: \"say \\\"hi\\\" ${x}\"\n",
        ];
        for text in texts {
            let (node, _) = first_value(text);
            let Body::Scalar(scalar) = &node.body else {
                panic!("{text}")
            };
            let offset = scalar.text.find("${").unwrap();
            let place = place_of(text, node.at, scalar, offset);
            assert!(
                text[place..].starts_with("${x}"),
                "{text}: {}",
                &text[place..]
            );
        }
    }

    #[test]
    fn a_comment_behind_a_text_is_kept_with_it() {
        let (node, _) = first_value("a: press # to finish\n");
        let Body::Scalar(scalar) = node.body else {
            panic!("not a scalar")
        };
        assert!(scalar.comment.is_some());
        let (node, _) = first_value("a: # nothing\nb: 1\n");
        assert!(matches!(node.body, Body::Nothing { comment: Some(_) }));
        let (node, _) = first_value("a: text\n# a line of its own\nb: 1\n");
        let Body::Scalar(scalar) = node.body else {
            panic!("not a scalar")
        };
        assert_eq!(scalar.comment, None);
    }

    #[test]
    fn marks_and_doubled_keys_are_found() {
        let (_, lines) = first_value("a: !vip\nb: &x text\nc: *x\na: 2\n");
        let codes: Vec<_> = lines
            .iter()
            .map(|line| line.split(['[', ']']).nth(1).unwrap().to_owned())
            .collect();
        assert_eq!(
            codes,
            ["yaml-mark", "yaml-mark", "yaml-mark", "duplicate-key"]
        );
    }
}
