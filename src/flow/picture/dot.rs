//! A picture as DOT, for Graphviz.

use std::fmt::Write as _;

use super::{Box, Look, Picture, Tone};

/// The picture as a DOT graph.
pub fn dot(picture: &Picture) -> String {
    let mut text = format!(
        "digraph {} {{\n  rankdir=TB;\n  label={};\n  labelloc=t;\n  bgcolor=white;\n  \
         node [fontname=\"Helvetica\", fontsize=11, style=filled, margin=\"0.15,0.08\"];\n  \
         edge [fontname=\"Helvetica\", fontsize=10, arrowsize=0.7];\n",
        quoted(&picture.title),
        quoted(&picture.title)
    );
    for (at, drawn) in picture.boxes.iter().enumerate() {
        let (fill, edge) = drawn.look.colours();
        let letters = match drawn.look {
            Look::Start => ", fontcolor=white",
            _ => "",
        };
        let _ = writeln!(
            text,
            "  s{at} [label={}, {}, fillcolor=\"{fill}\", color=\"{edge}\"{letters}];",
            quoted(&label(drawn)),
            shape(drawn.look)
        );
    }
    for line in &picture.lines {
        let label = match line.labels.as_slice() {
            [] => String::new(),
            labels => format!("label={}, ", quoted(&labels.join(", "))),
        };
        let style = match line.tone {
            Tone::Error => ", style=dashed",
            _ => "",
        };
        let colour = line.tone.colour();
        let _ = writeln!(
            text,
            "  s{} -> s{} [{label}color=\"{colour}\", fontcolor=\"{colour}\"{style}];",
            line.from, line.to
        );
    }
    text.push_str("}\n");
    text
}

fn label(drawn: &Box) -> String {
    if !drawn.look.is_state() {
        return drawn.name.clone();
    }
    let mut label = format!("{}\n{}", drawn.look.word(), drawn.name);
    for line in &drawn.about {
        label.push('\n');
        label.push_str(line);
    }
    label
}

fn shape(look: Look) -> &'static str {
    match look {
        Look::Say => "shape=box, style=\"filled,rounded\"",
        Look::Menu => "shape=octagon",
        Look::Ask => "shape=parallelogram",
        Look::Transfer => "shape=box, style=\"filled,rounded\", peripheries=2",
        Look::Choose | Look::Hours | Look::Split => "shape=hexagon",
        Look::Http => "shape=cylinder",
        Look::Run => "shape=box, peripheries=2",
        Look::Start | Look::Hangup | Look::Return => {
            "shape=box, style=\"filled,rounded\", height=0.3"
        }
        Look::Error => "shape=box, style=\"filled,rounded,dashed\", height=0.3",
    }
}

/// A text in quotes, in which no sign means anything to Graphviz.
fn quoted(text: &str) -> String {
    let mut safe = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => safe.push_str("\\\""),
            '\\' => safe.push_str("\\\\"),
            '\n' => safe.push_str("\\n"),
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe.push('"');
    safe
}
