//! What stands out on a terminal.

/// Text that is bad news.
pub fn bad(text: &str, has_colors: bool) -> String {
    match has_colors {
        true => format!("\x1b[31m{text}\x1b[0m"),
        false => text.to_owned(),
    }
}
