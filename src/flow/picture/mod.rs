//! A flow as a picture: what there is to be drawn ([`Picture`]), and three ways to
//! write it down, of which SVG needs no other program to be seen.
//!
//! States are boxes that differ by kind, ways out are lines with the key or outcome
//! that takes them, and lines between the same two boxes are one. What happens on an
//! error is dashed, and drawn once for all the states in which it is the same.

mod dot;
mod layout;
mod lines;
mod mermaid;
mod outline;
mod svg;
mod words;

use super::resolved::Flow;

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;

/// What there is to be drawn of a flow.
#[derive(Debug)]
pub struct Picture {
    /// The name of the flow and the numbers that it answers.
    pub title: String,
    pub boxes: Vec<Box>,
    pub lines: Vec<Line>,
}

/// A state, or one of the signs beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Box {
    pub look: Look,
    /// The name of the state.
    pub name: String,
    /// What it says or does, shortened, a line each.
    pub about: Vec<String>,
}

/// How a box looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Look {
    /// Where calls begin.
    Start,
    Say,
    Menu,
    Ask,
    Transfer,
    Choose,
    Split,
    Hours,
    Http,
    /// A sub-flow that is run.
    Run,
    /// The call ends.
    Hangup,
    /// Back to the flow that runs this one.
    Return,
    /// An error, in whatever state has no line of its own for it.
    Error,
}

/// A way from one box to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Places in the list of boxes.
    pub from: usize,
    pub to: usize,
    /// What takes it: keys and outcomes, in their order. Empty for the only way out.
    pub labels: Vec<String>,
    pub tone: Tone,
}

/// How strong a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// What is meant to happen.
    Way,
    /// The caller gave up, or nobody answered.
    Trouble,
    /// A script or the program failed; dashed.
    Error,
}

impl Picture {
    /// The picture of a flow. States come in the order of the file, and the same flow
    /// gives the same picture.
    pub fn of(flow: &Flow) -> Picture {
        let states = flow.states().iter();
        let mut boxes: Vec<Box> = states.map(|state| words::state(flow, state)).collect();
        let lines = lines::of(flow, &mut boxes);
        let numbers: Vec<String> = flow.numbers().iter().map(|n| n.to_string()).collect();
        let any = flow.takes_any().then(|| "every other number".to_owned());
        let numbers: Vec<String> = numbers.into_iter().chain(any).collect();
        let title = if numbers.is_empty() {
            flow.name().to_owned()
        } else {
            format!("{}: {}", flow.name(), numbers.join(", "))
        };
        Picture {
            title,
            boxes,
            lines,
        }
    }
}

impl Look {
    /// The word for it, as it stands in a box.
    pub fn word(self) -> &'static str {
        match self {
            Look::Start => "start",
            Look::Say => "say",
            Look::Menu => "menu",
            Look::Ask => "ask",
            Look::Transfer => "transfer",
            Look::Choose => "choose",
            Look::Split => "split",
            Look::Hours => "hours",
            Look::Http => "http",
            Look::Run => "run",
            Look::Hangup => "hang up",
            Look::Return => "return",
            Look::Error => "error anywhere",
        }
    }

    /// True for the box of a state.
    pub fn is_state(self) -> bool {
        !matches!(
            self,
            Look::Start | Look::Hangup | Look::Return | Look::Error
        )
    }

    /// The colours of its inside and of its edge.
    fn colours(self) -> (&'static str, &'static str) {
        match self {
            Look::Start => ("#1f2937", "#1f2937"),
            Look::Say => ("#eef4fb", "#5b87b8"),
            Look::Menu => ("#fdf3dc", "#c08a1e"),
            Look::Ask => ("#e6f5ea", "#3f9059"),
            Look::Transfer => ("#f3ebfa", "#8658ad"),
            Look::Choose => ("#f1f2f4", "#6b7280"),
            Look::Split => ("#e3f4f4", "#2f8f8f"),
            Look::Hours => ("#f4f3dc", "#857a2a"),
            Look::Http => ("#e8ecfb", "#4a5fc1"),
            Look::Run => ("#fdeef5", "#b04f82"),
            Look::Hangup => ("#fbe9e7", "#b6483d"),
            Look::Return => ("#e8ecfa", "#4b5fb0"),
            Look::Error => ("#ffffff", "#9ca3af"),
        }
    }
}

impl Tone {
    fn colour(self) -> &'static str {
        match self {
            Tone::Way => "#374151",
            Tone::Trouble => "#b45309",
            Tone::Error => "#9ca3af",
        }
    }
}
