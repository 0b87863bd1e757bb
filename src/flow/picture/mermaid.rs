//! A picture as Mermaid, which many wikis and code hosts draw by themselves.

use std::fmt::Write as _;

use super::{Box, Line, Look, Picture, Tone};

/// The picture as a Mermaid flowchart.
pub fn mermaid(picture: &Picture) -> String {
    let mut text = format!(
        "---\ntitle: {}\n---\nflowchart TD\n",
        quoted(&picture.title)
    );
    for (at, drawn) in picture.boxes.iter().enumerate() {
        let (open, close) = shape(drawn.look);
        let _ = writeln!(text, "  s{at}{open}{}{close}", label(drawn));
    }
    for line in &picture.lines {
        let arrow = match line.tone {
            Tone::Way | Tone::Trouble => "-->",
            Tone::Error => "-.->",
        };
        let _ = writeln!(
            text,
            "  s{} {arrow}{} s{}",
            line.from,
            beside(line),
            line.to
        );
    }
    styles(picture, &mut text);
    text
}

/// What a box is called, in quotes.
fn label(drawn: &Box) -> String {
    if !drawn.look.is_state() {
        return quoted(&drawn.name);
    }
    let about = drawn
        .about
        .iter()
        .map(|line| format!("<br/>{}", escaped(line)));
    format!(
        "\"<small>{}</small><br/><b>{}</b>{}\"",
        drawn.look.word(),
        escaped(&drawn.name),
        about.collect::<String>()
    )
}

fn beside(line: &Line) -> String {
    if line.labels.is_empty() {
        return String::new();
    }
    format!("|{}|", quoted(&line.labels.join(", ")))
}

fn shape(look: Look) -> (&'static str, &'static str) {
    match look {
        Look::Start | Look::Hangup | Look::Return | Look::Error => ("([", "])"),
        Look::Run => ("[[", "]]"),
        Look::Say => ("(", ")"),
        Look::Menu => ("[[", "]]"),
        Look::Ask => ("[/", "/]"),
        Look::Transfer => ("([", "])"),
        Look::Choose | Look::Hours | Look::Split => ("{{", "}}"),
        Look::Http => ("[(", ")]"),
    }
}

/// The colours of boxes and of lines that are no usual way.
fn styles(picture: &Picture, text: &mut String) {
    let mut looks: Vec<Look> = Vec::new();
    for drawn in &picture.boxes {
        if !looks.contains(&drawn.look) {
            looks.push(drawn.look);
        }
    }
    for look in looks {
        let (fill, edge) = look.colours();
        let letters = if look == Look::Start {
            "#ffffff"
        } else {
            "#111827"
        };
        let name = class(look);
        let _ = writeln!(
            text,
            "  classDef {name} fill:{fill},stroke:{edge},color:{letters}"
        );
        let all = picture.boxes.iter().enumerate();
        let ids: Vec<String> = all
            .filter(|(_, drawn)| drawn.look == look)
            .map(|(at, _)| format!("s{at}"))
            .collect();
        let _ = writeln!(text, "  class {} {name}", ids.join(","));
    }
    for tone in [Tone::Trouble, Tone::Error] {
        let all = picture.lines.iter().enumerate();
        let places: Vec<String> = all
            .filter(|(_, line)| line.tone == tone)
            .map(|(at, _)| at.to_string())
            .collect();
        if !places.is_empty() {
            let (places, colour) = (places.join(","), tone.colour());
            let _ = writeln!(text, "  linkStyle {places} stroke:{colour}");
        }
    }
}

fn class(look: Look) -> &'static str {
    match look {
        Look::Start => "begin",
        Look::Say => "say",
        Look::Menu => "menu",
        Look::Ask => "ask",
        Look::Transfer => "transfer",
        Look::Choose => "choose",
        Look::Split => "split",
        Look::Hours => "hours",
        Look::Http => "http",
        Look::Run => "run",
        Look::Hangup => "hangup",
        Look::Return => "back",
        Look::Error => "error",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A text of which no sign means anything to Mermaid: all but letters, digits and a
/// few harmless ones are written as their numbers.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || " .,:+-_/?!'…".contains(c) {
            safe.push(c);
        } else if !c.is_control() {
            let _ = write!(safe, "#{};", u32::from(c));
        }
    }
    safe
}
