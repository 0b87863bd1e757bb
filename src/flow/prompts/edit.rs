//! Changes in a file of prompts: each text is replaced where it stands, new ones come
//! behind the last, and all else stays as it was, to the byte.

use std::collections::BTreeMap;
use std::ops::Range;

use super::read::{Prompt, PromptFile, read};
use crate::flow::diagnostic::has_errors;
use crate::flow::document::TextDoc;
use crate::flow::source::SourceFile;
use crate::flow::yaml::{Scalar, Style};

/// A text as it is compared and handed to translators: white space at its ends, and how
/// its lines end, mean nothing.
pub fn canonical(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = lines.split('\n').map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

/// What is to be changed in one file.
#[derive(Debug, Default)]
pub struct Edits {
    /// In the order in which they came: the id, which text of it, and what it says.
    list: Vec<Edit>,
}

#[derive(Debug)]
struct Edit {
    id: String,
    nth: usize,
    text: String,
    is_new: bool,
}

impl Edits {
    /// The n-th text of a prompt, of which `there` are in the file, says this.
    pub fn put(&mut self, id: &str, nth: usize, text: String, there: usize) {
        self.list.push(Edit {
            id: id.to_owned(),
            nth,
            text,
            is_new: nth >= there,
        });
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many texts a prompt has that is among them, as far as they say.
    pub fn texts_of(&self, id: &str) -> usize {
        let of = self.list.iter().filter(|edit| edit.id == id);
        of.map(|edit| edit.nth + 1).max().unwrap_or(0)
    }

    pub fn changed(&self) -> Vec<String> {
        self.names(false)
    }

    pub fn added(&self) -> Vec<String> {
        self.names(true)
    }

    fn names(&self, is_new: bool) -> Vec<String> {
        let some = self.list.iter().filter(|edit| edit.is_new == is_new);
        some.map(|edit| match edit.nth {
            0 => edit.id.clone(),
            nth => format!("{}#{}", edit.id, nth + 1),
        })
        .collect()
    }
}

/// The file with its changes. The error is the id of a text that cannot be written into
/// it, so that it would be read again as it is meant.
pub fn edited(file: &PromptFile, edits: Edits) -> Result<String, String> {
    let mut wrong = String::new();
    // First as a person would write it, and where that is read otherwise, in quotes.
    for manner in [Manner::Plain, Manner::Quoted] {
        let text = write(file, &edits, manner);
        match first_wrong(file, &edits, &text) {
            None => return Ok(text),
            Some(id) => wrong = id,
        }
    }
    Err(wrong)
}

/// Some bytes of a file, and what stands in their place.
type Patch = (Range<usize>, String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Plain,
    Quoted,
}

/// The id of the first text that is not what it should be in a file as it would be
/// written: those that change, and those that must not.
fn first_wrong(file: &PromptFile, edits: &Edits, text: &str) -> Option<String> {
    let first = edits.list.first().map(|edit| edit.id.clone());
    let now = read(&SourceFile::new(file.file.path(), text));
    if has_errors(&now.diagnostics) {
        return first;
    }
    let Some(now) = &now.prompts else {
        return first;
    };
    let mut wanted: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (id, prompt) in file.prompts.iter().flatten() {
        let texts = prompt.texts.iter();
        let texts = texts.map(|text| canonical(&text.value.text));
        wanted.insert(id, texts.collect());
    }
    for edit in &edits.list {
        let texts = wanted.entry(&edit.id).or_default();
        match texts.get_mut(edit.nth) {
            Some(text) => text.clone_from(&edit.text),
            None => texts.push(edit.text.clone()),
        }
    }
    if now.len() != wanted.len() {
        return first;
    }
    let is_wrong = |(id, texts): &(&&str, &Vec<String>)| {
        now.get(**id).is_none_or(|prompt| {
            let is = prompt.texts.iter().map(|text| canonical(&text.value.text));
            !is.eq(texts.iter().cloned())
        })
    };
    wanted.iter().find(is_wrong).map(|(id, _)| (*id).to_owned())
}

fn write(file: &PromptFile, edits: &Edits, manner: Manner) -> String {
    let source = file.file.text();
    // Each with the bytes that it replaces.
    let mut patches: Vec<Patch> = Vec::new();
    let mut new: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut more: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for edit in &edits.list {
        let prompt = file
            .prompts
            .as_ref()
            .and_then(|all| all.get(edit.id.as_str()));
        match prompt {
            Some(prompt) => match prompt.texts.get(edit.nth) {
                Some(old) => patches.push(replaced(source, old, &edit.text, manner)),
                None => more.entry(&edit.id).or_default().push(&edit.text),
            },
            None => match new.iter_mut().find(|(id, _)| *id == edit.id) {
                Some((_, texts)) => texts.push(&edit.text),
                None => new.push((&edit.id, vec![&edit.text])),
            },
        }
    }
    for (id, texts) in more {
        if let Some(prompt) = file.prompts.as_ref().and_then(|all| all.get(id)) {
            longer(source, prompt, &texts, manner, &mut patches);
        }
    }
    let mut text = source.to_owned();
    patches.sort_by_key(|(at, _)| std::cmp::Reverse((at.start, at.end)));
    for (at, with) in patches {
        text.replace_range(at, &with);
    }
    append(&mut text, file, &new, manner);
    text
}

/// A text that says something else, with the bytes in whose place it stands.
fn replaced(source: &str, old: &TextDoc, text: &str, manner: Manner) -> Patch {
    let at = old.at.range();
    let end = end_of(source, at.clone(), &old.value);
    let Some(header) = header_of(source, old) else {
        let place = Place::of(source, at.start, &old.value, manner);
        return (at.start..end, place.render(text));
    };
    let line = source[header..]
        .find('\n')
        .map_or(end, |length| header + length);
    let head = source[header..line].trim_end();
    if manner == Manner::Quoted {
        let remark = remark_of(source, old, header);
        return (header..end, format!("{}{remark}", quoted(text)));
    }
    let body = source[line..end].trim_start_matches(['\r', '\n']);
    let lead = &body[..body.len() - body.trim_start_matches(' ').len()];
    // In a folded block it takes an empty line to end one.
    let between = match old.value.style {
        Style::Folded => "\n\n",
        _ => "\n",
    };
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| match line {
            "" => String::new(),
            line => format!("{lead}{line}"),
        })
        .collect();
    (header..end, format!("{head}\n{}", lines.join(between)))
}

/// The remark behind the sign of a block, which stays where the block goes.
fn remark_of(source: &str, text: &TextDoc, header: usize) -> String {
    let line = source[header..].lines().next().unwrap_or_default();
    match line.find('#') {
        Some(from) if matches!(text.value.style, Style::Literal | Style::Folded) => {
            format!(" {}", line[from..].trim_end())
        }
        _ => String::new(),
    }
}

/// Where the sign stands that begins the block of a text; `None` for one that is none.
fn header_of(source: &str, text: &TextDoc) -> Option<usize> {
    if !matches!(text.value.style, Style::Literal | Style::Folded) {
        return None;
    }
    let is_header = |from: usize| {
        let line = source[from..].lines().next().unwrap_or_default();
        let behind = line[1..].trim_start_matches(|c: char| c.is_ascii_digit() || "+-".contains(c));
        behind.trim().is_empty()
            || behind.starts_with([' ', '\t']) && behind.trim().starts_with('#')
    };
    let start = text.at.start;
    if source[start..].starts_with(['|', '>']) {
        return Some(start);
    }
    let before = source[..start].trim_end();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let signs = before[line..].match_indices(['|', '>']);
    let mut signs = signs.map(|(at, _)| line + at);
    signs.find(|from| is_header(*from))
}

/// More texts of a prompt that has some.
fn longer(source: &str, prompt: &Prompt, texts: &[&str], manner: Manner, patches: &mut Vec<Patch>) {
    let Some(last) = prompt.texts.last() else {
        return;
    };
    let start = header_of(source, last).unwrap_or(last.at.start);
    let end = end_of(source, last.at.range(), &last.value);
    if !prompt.is_list {
        // One text becomes a list. What it is now may be changed as well.
        let changed = patches.iter().position(|(at, _)| at.start == start);
        let first = changed.map(|index| patches.remove(index).1);
        let first = match first {
            Some(rendered) => unrendered(&rendered),
            None => canonical(&last.value.text),
        };
        let all = std::iter::once(first.as_str()).chain(texts.iter().copied());
        let all: Vec<String> = all.map(quoted).collect();
        let remark = remark_of(source, last, start);
        patches.push((start..end, format!("[{}]{remark}", all.join(", "))));
        return;
    }
    let line = source[..start].rfind('\n').map_or(0, |at| at + 1);
    let lead = &source[line..start];
    let dash = lead.trim_start();
    if dash.starts_with('-') && dash[1..].trim().is_empty() {
        let indent = &lead[..lead.len() - dash.len()];
        let place = Place {
            indent: indent.len(),
            manner,
            is_in_brackets: false,
        };
        let lines: Vec<String> = texts
            .iter()
            .map(|text| format!("\n{indent}- {}", place.render(text)))
            .collect();
        patches.push((end..end, lines.concat()));
    } else {
        let items: Vec<String> = texts
            .iter()
            .map(|text| format!(", {}", quoted(text)))
            .collect();
        patches.push((end..end, items.concat()));
    }
}

/// What a text rendered anew says: only what [`Place::render`] wrote comes here.
fn unrendered(rendered: &str) -> String {
    let file = SourceFile::new("one.yaml", &format!("one: {rendered}\n"));
    let read = read(&file);
    let text = read
        .prompts
        .as_ref()
        .and_then(|all| all.get("one")?.texts.first());
    text.map(|text| canonical(&text.value.text))
        .unwrap_or_default()
}

/// New prompts behind the last one.
fn append(text: &mut String, file: &PromptFile, new: &[(&str, Vec<&str>)], manner: Manner) {
    if new.is_empty() {
        return;
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let first = file
        .prompts
        .iter()
        .flatten()
        .map(|(_, prompt)| prompt.id_at.start);
    let first = first.min().unwrap_or(0);
    let line = file.file.text()[..first].rfind('\n').map_or(0, |at| at + 1);
    let indent = first - line;
    let lead = " ".repeat(indent);
    for (id, texts) in new {
        match texts.as_slice() {
            [one] => {
                let place = Place {
                    indent,
                    manner,
                    is_in_brackets: false,
                };
                text.push_str(&format!("{lead}{id}: {}\n", place.render(one)));
            }
            texts => {
                text.push_str(&format!("{lead}{id}:\n"));
                for one in texts {
                    let place = Place {
                        indent: indent + 2,
                        manner,
                        is_in_brackets: false,
                    };
                    text.push_str(&format!("{lead}  - {}\n", place.render(one)));
                }
            }
        }
    }
}

/// Where a text ends, without the line breaks behind it.
fn end_of(source: &str, at: Range<usize>, scalar: &Scalar) -> usize {
    match scalar.style {
        Style::Quoted => at.end,
        _ => at.start + source[at.clone()].trim_end().len(),
    }
}

/// Where a text is to stand.
struct Place {
    /// The column of the key or the dash in front of it.
    indent: usize,
    manner: Manner,
    is_in_brackets: bool,
}

impl Place {
    fn of(source: &str, start: usize, old: &Scalar, manner: Manner) -> Place {
        let line = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let lead = &source[line..start];
        let indent = lead.len() - lead.trim_start().len();
        // A remark behind the text stays where it is, and so does the text.
        let behind = &source[start..];
        let is_alone = match old.style {
            Style::Literal | Style::Folded => true,
            _ => {
                let length = behind.find('\n').unwrap_or(behind.len());
                !behind[..length].contains(" #")
            }
        };
        Place {
            indent,
            manner,
            is_in_brackets: lead.contains(['[', '{', ',']) || lead.trim().is_empty() || !is_alone,
        }
    }

    /// The text as it is written here.
    fn render(&self, text: &str) -> String {
        if self.manner == Manner::Quoted || self.is_in_brackets {
            return quoted(text);
        }
        if text.contains('\n') {
            return match text.contains('\t') {
                true => quoted(text),
                false => self.block(text),
            };
        }
        let is_plain = text
            .chars()
            .all(|c| c.is_alphanumeric() || " ,.;!?()/+=%$€<>_-–’…。，！？".contains(c))
            && !text.contains("  ")
            && text
                .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '<' | '(' | '+' | '='));
        if is_plain {
            text.to_owned()
        } else if text.chars().any(char::is_control) || text.contains('\'') {
            quoted(text)
        } else {
            format!("'{text}'")
        }
    }

    fn block(&self, text: &str) -> String {
        let lead = " ".repeat(self.indent + 2);
        let mut block = "|".to_owned();
        for line in text.split('\n') {
            block.push('\n');
            if !line.is_empty() {
                block.push_str(&lead);
                block.push_str(line);
            }
        }
        block
    }
}

/// A text in double quotes, on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
