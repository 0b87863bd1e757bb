//! Tables for people: columns under each other, two blanks between them.

use std::iter;

/// The rows below a heading; the last column is not filled up.
pub fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = heading.map(width);
    for row in rows {
        for (wide, cell) in widths.iter_mut().zip(row) {
            *wide = (*wide).max(width(cell));
        }
    }
    let heading = heading.map(str::to_owned);
    let lines = iter::once(&heading).chain(rows).map(|row| {
        let cells = row.iter().zip(widths).map(|(cell, wide)| {
            let blanks = " ".repeat(wide - width(cell));
            format!("{cell}{blanks}")
        });
        let cells: Vec<String> = cells.collect();
        format!("{}\n", cells.join("  ").trim_end())
    });
    lines.collect()
}

/// A text of somebody else's, which cannot move the cursor.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [
            ["é".to_owned(), "yes".to_owned()],
            ["longer".to_owned(), String::new()],
        ];
        assert_eq!(
            table(["NAME", "ON"], &rows),
            "NAME    ON\né       yes\nlonger\n"
        );
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a[2Jb");
    }
}
