//! What is wrong with a project's files, in one form for the command line, the
//! log, the console and the tests.

use std::fmt::Write as _;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::code::Code;
use super::source::{SourceFile, Span};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The flow does not go live.
    Error,
    /// The flow goes live, and its author should look.
    Warning,
}

impl Severity {
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// One finding: what, where, and what to type instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    pub message: String,
    pub help: Option<String>,
    /// What a caller would have heard, where that can be told: a whole sentence
    /// without a point, as in `a caller would hear: "Press"`.
    pub hears: Option<String>,
    file: Arc<SourceFile>,
    at: Span,
    /// A second place that belongs to the finding, with what it has to do with it.
    related: Option<(Arc<SourceFile>, Span, String)>,
}

impl Diagnostic {
    pub fn new(code: Code, file: &Arc<SourceFile>, at: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            help: None,
            hears: None,
            file: Arc::clone(file),
            at: file.on_characters(at),
            related: None,
        }
    }

    /// Says what to type instead.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Says what a caller would have heard.
    pub fn hears(&mut self, hears: impl Into<String>) -> &mut Self {
        self.hears = Some(hears.into());
        self
    }

    /// Points at a second place in the same file.
    pub fn related(&mut self, at: Span, label: impl Into<String>) -> &mut Self {
        let file = Arc::clone(&self.file);
        self.related_in(&file, at, label)
    }

    /// Points at a second place in another file.
    pub fn related_in(
        &mut self,
        file: &Arc<SourceFile>,
        at: Span,
        label: impl Into<String>,
    ) -> &mut Self {
        self.related = Some((Arc::clone(file), file.on_characters(at), label.into()));
        self
    }

    pub fn file(&self) -> &str {
        self.file.path()
    }

    pub fn at(&self) -> Span {
        self.at
    }

    /// Line and column, counted from 1, the column in characters.
    pub fn line_column(&self) -> (usize, usize) {
        self.file.line_column(self.at.start)
    }

    /// The file of the second place, where there is one.
    pub fn related_file(&self) -> Option<&str> {
        self.related.as_ref().map(|(file, ..)| file.path())
    }

    /// True where another says the same of the same place, whatever else it points at.
    pub fn says_the_same(&self, other: &Diagnostic) -> bool {
        (self.code, self.at, &self.message, self.file())
            == (other.code, other.at, &other.message, other.file())
    }

    /// One line for a log: place, code and message.
    pub fn line(&self) -> String {
        let (line, column) = self.line_column();
        let mut text = format!(
            "{}:{line}:{column}: {}[{}]: {}",
            self.file(),
            self.severity.word(),
            self.code.word(),
            self.message
        );
        if let Some(help) = &self.help {
            let _ = write!(text, " ({help})");
        }
        text
    }

    /// Several lines for a person: the message, the line of the file with carets,
    /// what a caller would hear, and the help. With `color`, for a terminal.
    pub fn render(&self, color: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = level
            .primary_title(self.message.as_str())
            .id(self.code.word())
            .element(
                Snippet::source(self.file.text())
                    .path(self.file.path())
                    .annotation(AnnotationKind::Primary.span(self.visible_span())),
            );
        if let Some((file, at, label)) = &self.related {
            let annotation = AnnotationKind::Context
                .span(at.range())
                .label(label.as_str());
            let snippet = Snippet::source(file.text())
                .path(file.path())
                .annotation(annotation);
            group = group.element(snippet);
        }
        if let Some(hears) = &self.hears {
            group = group.element(Level::NOTE.message(hears.as_str()));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if color {
            Renderer::styled().decor_style(DecorStyle::Unicode)
        } else {
            Renderer::plain()
        };
        renderer.render(&[group])
    }

    /// The place cut to its first line, so that a long block is not printed whole.
    fn visible_span(&self) -> std::ops::Range<usize> {
        let text = self.file.text();
        let start = self.at.start.min(text.len());
        let end = self.at.end.clamp(start, text.len());
        let first_line = text[start..end].lines().next().unwrap_or("").trim_end();
        start..start + first_line.len()
    }
}

/// The findings about one file, as they are collected.
#[derive(Debug)]
pub struct Findings {
    file: Arc<SourceFile>,
    list: Vec<Diagnostic>,
}

impl Findings {
    pub fn about(file: &Arc<SourceFile>) -> Self {
        Findings {
            file: Arc::clone(file),
            list: Vec::new(),
        }
    }

    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// From now on findings are about this file; the one before comes back.
    pub fn turn_to(&mut self, file: &Arc<SourceFile>) -> Arc<SourceFile> {
        std::mem::replace(&mut self.file, Arc::clone(file))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Of the findings behind the first `from`, those that point at no second place
    /// point at this one.
    pub fn relate_from(&mut self, from: usize, file: &Arc<SourceFile>, at: Span, label: &str) {
        for found in self.list.iter_mut().skip(from) {
            if found.related.is_none() {
                found.related_in(file, at, label);
            }
        }
    }

    /// Adds a finding; what it returns takes a help line.
    pub fn add(&mut self, code: Code, at: Span, message: impl Into<String>) -> &mut Diagnostic {
        let file = Arc::clone(&self.file);
        self.add_in(&file, code, at, message)
    }

    /// Adds a finding whose place is in another file.
    pub fn add_in(
        &mut self,
        file: &Arc<SourceFile>,
        code: Code,
        at: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.list.push(Diagnostic::new(code, file, at, message));
        self.list
            .last_mut()
            .expect("one was pushed on the line before")
    }

    /// The finding that was added last.
    pub fn last(&mut self) -> Option<&mut Diagnostic> {
        self.list.last_mut()
    }

    /// Takes back all findings of a code.
    pub fn forget(&mut self, code: Code) {
        self.list.retain(|found| found.code != code);
    }

    pub fn have_errors(&self) -> bool {
        has_errors(&self.list)
    }

    /// True where what declares a variable may have been lost with a key that could
    /// not be read.
    pub fn lost_variables(&self) -> bool {
        let lost = |found: &Diagnostic| match found.code {
            Code::WrongShape | Code::EmptyValue => ["`save`", "`set`", "`vars`"]
                .iter()
                .any(|key| found.message.starts_with(key)),
            _ => false,
        };
        self.list.iter().any(lost)
    }

    /// All of them in the order of their places. What stands in `defaults` is met in
    /// every state, and told once.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list
            .sort_by(|a, b| (a.file(), a.at).cmp(&(b.file(), b.at)));
        self.list.dedup();
        self.list
    }
}

/// True where one of them keeps a flow from going live.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// A text that is heard, in quotes: on one line, and its beginning alone where it is
/// long.
pub fn quoted(text: &str) -> String {
    const MOST: usize = 70;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((end, _)) => {
            let cut = line[..end].rfind(' ').unwrap_or(end);
            format!("\"{} …\"", &line[..cut])
        }
        None => format!("\"{line}\""),
    }
}
