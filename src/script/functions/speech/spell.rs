//! Texts letter by letter, so that a voice reads none of it as a word or a number.

use unicode_segmentation::UnicodeSegmentation;

use super::super::MAX_TEXT;
use super::language::SIGNS;
use super::{Speech, Trouble};

/// The letters and digits of a text, each apart. The signs that callers must hear are
/// words; every other sign, and space, is a pause.
pub(super) fn spoken(speech: &Speech, text: &str) -> Result<String, Trouble> {
    let mut spoken = String::with_capacity(2 * text.len().min(MAX_TEXT));
    let mut pause = false;
    for letter in text.graphemes(true) {
        let first = letter.chars().next().unwrap_or(' ');
        let place = SIGNS.iter().position(|sign| *sign == first);
        let word = match (place, speech.language) {
            (Some(place), Some(language)) => Some(language.signs[place]),
            _ => None,
        };
        if word.is_none() && !first.is_alphanumeric() {
            pause = !spoken.is_empty();
            continue;
        }
        if !spoken.is_empty() {
            spoken.push_str(if pause { ", " } else { " " });
        }
        pause = false;
        match word {
            Some(word) => spoken.push_str(word),
            None => push_capital(&mut spoken, letter),
        }
        if spoken.len() > MAX_TEXT {
            return Err(Trouble::too_long());
        }
    }
    Ok(spoken)
}

/// A letter as a capital, since a small `a` is a word. A sharp s stays one letter.
fn push_capital(spoken: &mut String, letter: &str) {
    let mut letters = letter.chars();
    let first = letters.next().into_iter();
    for first in first {
        let mut capital = first.to_uppercase();
        match (capital.next(), capital.next()) {
            (Some(one), None) => spoken.push(one),
            _ => spoken.push(first),
        }
    }
    // What is joined to a letter, as marks are, without what a text cannot hold.
    spoken.extend(letters.filter(|c| !c.is_control()));
}
