//! In which column a line begins: tabs, spaces and the dashes of a list.

use super::line::Line;
use super::{Misread, misread};
use crate::flow::source::Span;

pub(super) fn tab(line: Line, below: Option<Line>) -> Option<Misread> {
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

/// A line in a column in which no key around it begins.
pub(super) fn indentation(line: Line, above: &[Line]) -> Option<Misread> {
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
pub(super) fn dash_without_space(line: Line, above: &[Line]) -> Option<Misread> {
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
