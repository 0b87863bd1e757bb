//! How a conversation looks: 80 columns, and colours where they can be seen.

use clap::builder::styling::{AnsiColor, Style};

/// The width of a line, in characters.
const WIDTH: usize = 80;
/// How far what belongs to a state is set in.
const INDENT: &str = "  ";

/// Puts texts on lines, in colours or not.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    pub has_colors: bool,
}

impl Paint {
    /// A name, of a state say.
    pub fn name(&self, text: &str) -> String {
        self.styled(AnsiColor::Cyan.on_default(), text)
    }

    /// What is beside the point.
    pub fn quiet(&self, text: &str) -> String {
        self.styled(Style::new().dimmed(), text)
    }

    pub fn good(&self, text: &str) -> String {
        self.styled(AnsiColor::Green.on_default(), text)
    }

    pub fn wrong(&self, text: &str) -> String {
        self.styled(AnsiColor::Red.on_default().bold(), text)
    }

    fn styled(&self, style: Style, text: &str) -> String {
        match self.has_colors {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        }
    }

    /// A text on as many lines as it needs, all but the first set in, each without its
    /// line end. The first has room taken by a label.
    pub fn wrapped(&self, label: &str, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = label.to_owned();
        let mut length = label.chars().count();
        let mut is_empty = true;
        for word in text.split_whitespace() {
            let chars = word.chars().count();
            if !is_empty && length + 1 + chars > WIDTH {
                lines.push(std::mem::replace(&mut line, INDENT.to_owned()));
                length = INDENT.len();
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += chars;
            is_empty = false;
        }
        lines.push(line);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_set_in_behind_its_label() {
        let paint = Paint { has_colors: false };
        let text = "word ".repeat(20);
        let lines = paint.wrapped("[state] ", &text);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("[state] word") && lines[0].len() <= 80);
        assert!(lines[1].starts_with("  word"));
        let long = "x".repeat(100);
        assert_eq!(paint.wrapped("  ", &long), [format!("  {long}")]);
    }

    #[test]
    fn colours_are_for_a_terminal() {
        let plain = Paint { has_colors: false };
        assert_eq!(plain.name("a"), "a");
        let colors = Paint { has_colors: true };
        assert!(colors.wrong("a").contains("\u{1b}["));
    }
}
