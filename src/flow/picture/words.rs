//! The words of a picture: what stands in a box and beside a line, shortened.

use crate::flow::resolved::Flow;
use crate::flow::state::{Assigned, Assignee, Assignment, Dial, Edge, Kind, Speech, State};
use crate::flow::text::{Expression, Part, Template, Text};

use super::{Box, Look};

/// The longest line in a box, in characters.
const LINE: usize = 34;
/// The most lines of one text in a box.
const LINES: usize = 2;
/// The longest label, in characters.
const LABEL: usize = 26;

/// The box of a state.
pub fn state(flow: &Flow, state: &State) -> Box {
    let (look, about) = match &state.kind {
        Kind::Plain { .. } => (Look::Say, None),
        Kind::Menu(asking) => (Look::Menu, asking.prompts.first().map(text)),
        Kind::Ask(asking, _) => (Look::Ask, asking.prompts.first().map(text)),
        Kind::Transfer(transfer) => {
            let numbers: Vec<String> = transfer.numbers.iter().map(dial).collect();
            let recorded = if transfer.record { ", recorded" } else { "" };
            (Look::Transfer, Some(numbers.join(", ") + recorded))
        }
        Kind::Choose { .. } => (Look::Choose, None),
        Kind::Label { expression, .. } => (Look::Choose, Some(source(expression))),
        Kind::Split(_) => (Look::Split, None),
        Kind::Hours(by) => {
            let hours = flow.hours_of(by.hours);
            (Look::Hours, Some(hours.name().to_owned()))
        }
        Kind::Http(http) => {
            let request = &http.request;
            let about = format!("{} {}", request.method.word(), whole(&request.url));
            (Look::Http, Some(about))
        }
        Kind::Run(run) => (Look::Run, Some(flow.sub(run).name().to_owned())),
    };
    let said = state.say.as_ref().map(|say: &Speech| text(&say.text));
    let mut shown: Vec<String> = Vec::new();
    if !state.set.is_empty() {
        let set: Vec<String> = state.set.iter().map(|line| assigned(flow, line)).collect();
        shown.extend(wrapped(&format!("set {}", set.join(", ")), LINE, 1));
    }
    for words in said.into_iter().chain(about) {
        shown.extend(wrapped(&words, LINE, LINES));
    }
    Box {
        look,
        name: state.name.to_string(),
        about: shown,
    }
}

/// The name of what is set, with its value where that is short and no secret.
fn assigned(flow: &Flow, line: &Assignment) -> String {
    let var = match line.to {
        Assignee::Variable(var) => var,
        Assignee::Lang => {
            return match &line.value {
                Assigned::Ready(lang) => format!("lang: {lang}"),
                _ => "lang".to_owned(),
            };
        }
    };
    let variable = flow.variable(var);
    let name = variable.name.to_string();
    match &line.value {
        Assigned::Ready(value) if !variable.secret => {
            let value = value.to_string();
            if (1..=16).contains(&value.chars().count()) {
                format!("{name}: {value}")
            } else {
                name
            }
        }
        _ => name,
    }
}

/// What takes this way out of a state; empty for the only one.
pub fn edge(state: &State, edge: Edge) -> String {
    match (edge, &state.kind) {
        (Edge::Then, Kind::Plain { .. }) => String::new(),
        (Edge::Then, Kind::Hours(_)) => "open".to_owned(),
        (Edge::Otherwise, Kind::Hours(_)) => "closed".to_owned(),
        (Edge::Case(at), Kind::Hours(by)) => by
            .cases
            .get(usize::from(at))
            .map(|case| cut(&case.name, LABEL))
            .unwrap_or_default(),
        (Edge::Then, _) => "then".to_owned(),
        (Edge::Key(key), _) => match key.name() {
            "star" => "*".to_owned(),
            "hash" => "#".to_owned(),
            digit => digit.to_owned(),
        },
        (Edge::GiveUp, _) => "give up".to_owned(),
        (Edge::Failure(failure), _) => failure.word().replace('_', " "),
        (Edge::Arm(at), Kind::Choose { arms, .. }) => arms
            .get(usize::from(at))
            .map(|(condition, _)| cut(&source(condition), LABEL))
            .unwrap_or_default(),
        (Edge::Case(at), Kind::Label { cases, .. }) => cases
            .get(usize::from(at))
            .map(|(label, _)| cut(label, LABEL))
            .unwrap_or_default(),
        (Edge::Case(at), Kind::Http(http)) => http
            .cases
            .get(usize::from(at))
            .map(|(case, _)| case.word())
            .unwrap_or_default(),
        (Edge::Case(at), Kind::Split(split)) => split
            .sides
            .get(usize::from(at))
            .map(|side| format!("{} {}", cut(&side.label, LABEL - 6), split.share(at)))
            .unwrap_or_default(),
        (Edge::Case(at), Kind::Run(run)) => run
            .cases
            .get(usize::from(at))
            .map(|(label, _)| cut(label, LABEL))
            .unwrap_or_default(),
        (Edge::Arm(_) | Edge::Case(_), _) => String::new(),
        (Edge::Busy, _) => "busy".to_owned(),
        (Edge::NoAnswer, _) => "no answer".to_owned(),
        (Edge::Failed, Kind::Transfer(transfer))
            if transfer.busy == transfer.failed && transfer.no_answer == transfer.failed =>
        {
            "otherwise".to_owned()
        }
        (Edge::Failed, _) => "failed".to_owned(),
        (Edge::Otherwise, _) => "otherwise".to_owned(),
        (Edge::OnError, _) => "on error".to_owned(),
    }
}

fn text(text: &Text) -> String {
    match text {
        // In the language in which calls begin, where it is said in that.
        Text::Each(texts) => {
            let mut words = texts.iter().map(self::text);
            words.find(|words| !words.is_empty()).unwrap_or_default()
        }
        Text::Spoken(pieces) => {
            let pieces: Vec<&str> = pieces.iter().map(|piece| piece.as_str()).collect();
            pieces.join(" ")
        }
        Text::Recording(url) => url.as_str().to_owned(),
        Text::Template(template) => whole(template),
    }
}

fn dial(number: &Dial) -> String {
    match number {
        Dial::Fixed(number) => number.to_string(),
        Dial::Computed(template) => whole(template),
    }
}

/// A text with its values as they are written.
fn whole(template: &Template) -> String {
    let parts = template.parts.iter().map(|part| match part {
        Part::Literal(text) => text.to_string(),
        Part::Value(expression) => format!("${{{}}}", source(expression)),
    });
    parts.collect()
}

/// An expression as it is written.
fn source(expression: &Expression) -> String {
    let text = expression.file.text();
    let written = text.get(expression.at.range()).unwrap_or_default();
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text with at most so many characters, the last of them an ellipsis where some
/// are missing.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A text in lines, cut behind the last of them.
fn wrapped(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.len() == most;
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) if full => {
                *line = format!(
                    "{}…",
                    cut(line, width - 1).trim_end_matches(['…', '.', ','])
                );
                return lines;
            }
            _ => lines.push(cut(word, width)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_ends_with_an_ellipsis() {
        let lines = wrapped("one two three four five six", 9, 2);
        assert_eq!(lines, ["one two", "three…"]);
        assert_eq!(wrapped("one two", 9, 2), ["one two"]);
        assert_eq!(wrapped("", 9, 2), [""; 0]);
        assert_eq!(cut("总机请按三", 4), "总机请…");
    }
}
