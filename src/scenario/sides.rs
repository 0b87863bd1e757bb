//! What was expected and what was heard, side by side.

use crate::phone::Heard;

use super::command::said;
use super::document::{Scenario, Step, TestFile};
use super::run::Failure;
use super::words::shown_without;

/// The widest that the left side becomes, and a line of the right one, in characters.
const LEFT: usize = 44;
const RIGHT: usize = 76;
/// The most lines of both.
const MOST_ROWS: usize = 60;

/// One line of both sides.
struct Row {
    /// The line in the test file; 0 for none.
    line: usize,
    left: String,
    right: String,
    is_wrong: bool,
}

/// Both sides of a failure, each line indented by two.
pub fn sides(file: &TestFile, scenario: &Scenario, failure: &Failure) -> String {
    let rows = match &failure.should {
        Some(should) => compared(should, failure),
        None => walked(file, scenario, failure),
    };
    let head = match &failure.should {
        Some(_) => "the same call, plain",
        None => "expected",
    };
    let widest = rows.iter().map(|row| row.left.chars().count()).max();
    let width = widest.unwrap_or(0).max(head.chars().count()).min(LEFT);
    let mut text = format!("         {head:width$}  | heard\n");
    // What goes round for ever is understood when it has been seen some times.
    let left_out = rows.len().saturating_sub(MOST_ROWS);
    for row in rows.into_iter().take(MOST_ROWS) {
        let mark = if row.is_wrong { '>' } else { ' ' };
        let line = match row.line {
            0 => String::new(),
            line => line.to_string(),
        };
        let left = cut(&row.left, width);
        let right = cut(&row.right, RIGHT);
        let shown = format!("  {mark} {line:>4} {left:width$}  | {right}");
        text.push_str(shown.trim_end());
        text.push('\n');
    }
    if left_out > 0 {
        text.push_str(&format!("         … and {left_out} lines more\n"));
    }
    text
}

/// Two conversations; the first line that differs is marked.
fn compared(should: &[Heard], failure: &Failure) -> Vec<Row> {
    let heard = &failure.heard;
    let shown = |heard: &Heard| shown_without(&failure.secrets, heard);
    let wrong = (0..should.len().max(heard.len())).find(|at| should.get(*at) != heard.get(*at));
    (0..should.len().max(heard.len()))
        .map(|at| Row {
            line: 0,
            left: should.get(at).map(shown).unwrap_or_default(),
            right: heard.get(at).map(shown).unwrap_or_default(),
            is_wrong: wrong == Some(at),
        })
        .collect()
}

/// The steps, each beside what it found, and what was heard in between beside nothing.
fn walked(file: &TestFile, scenario: &Scenario, failure: &Failure) -> Vec<Row> {
    let name = |var| {
        let var = file.flow.variable(var);
        (var.name.to_string(), var.secret)
    };
    let shown = |heard: &Heard| shown_without(&failure.secrets, heard);
    let heard = |at: usize| failure.heard.get(at).map(shown).unwrap_or_default();
    let mut rows = Vec::new();
    let mut at = 0;
    for (index, step) in scenario.steps.iter().enumerate() {
        let finds = matches!(step.value, Step::Hears(_) | Step::Dialled(_));
        let behind = failure.behind.get(index).copied();
        let mut right = String::new();
        if let Some(behind) = behind {
            // What a step finds stands beside it; what was heard before it acts, above.
            while at + usize::from(finds) < behind {
                rows.push(between(heard(at)));
                at += 1;
            }
            if finds && at < behind {
                right = heard(at);
                at += 1;
            }
        }
        let is_wrong = index == failure.behind.len();
        if is_wrong {
            // All that could have been meant.
            while at < failure.heard.len() {
                rows.push(between(heard(at)));
                at += 1;
            }
        }
        rows.push(Row {
            line: file.line(step.at),
            left: match &step.value {
                Step::Press(keys) if failure.secrets.has(index) => {
                    format!("press {}", "•".repeat(keys.chars().count()))
                }
                Step::Hears(_) => failure.secrets.hide(&said(&step.value, name)),
                other => said(other, name),
            },
            right,
            is_wrong,
        });
        if is_wrong {
            break;
        }
    }
    while at < failure.heard.len() {
        rows.push(between(heard(at)));
        at += 1;
    }
    rows
}

fn between(right: String) -> Row {
    Row {
        line: 0,
        left: String::new(),
        right,
        is_wrong: false,
    }
}

/// A text cut to so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept + "…"
}
