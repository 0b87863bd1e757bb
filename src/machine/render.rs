//! Texts with their values in them.

use smallvec::SmallVec;

use crate::call::{FileUrl, Limit, SpokenText, Value, clean_value};
use crate::flow::{LangId, Part, Template, Text};
use crate::script;

use super::step::{Runner, Trouble};

/// Most texts are one piece.
pub(super) type Pieces = SmallVec<[SpokenText; 1]>;

/// What a text has become.
pub(super) enum Heard {
    /// Nothing, or one or more pieces that can each be spoken at once.
    Spoken(Pieces),
    Recording(FileUrl),
}

impl Runner<'_> {
    /// A text as it is heard in a language. One whose values leave nothing to say is no
    /// piece at all.
    pub(super) fn hear(&mut self, text: &Text, lang: LangId) -> Result<Heard, Trouble> {
        let text = text.in_language(lang);
        let template = match text {
            Text::Spoken(pieces) => return Ok(Heard::Spoken(pieces.iter().cloned().collect())),
            Text::Recording(url) => return Ok(Heard::Recording(url.clone())),
            Text::Template(template) => template,
            // None of those in it is one again.
            Text::Each(_) => return Ok(Heard::Spoken(Pieces::new())),
        };
        // Its values are those of the language in which they are said.
        let spoken = std::mem::replace(&mut self.session.lang, lang);
        let filled = self.fill(template);
        self.session.lang = spoken;
        let filled = filled?;
        if let Ok(url) = FileUrl::new(&filled) {
            return Ok(Heard::Recording(url));
        }
        match SpokenText::pieces(&filled) {
            Ok(pieces) => Ok(Heard::Spoken(pieces.into())),
            Err(Limit::EmptyText) => Ok(Heard::Spoken(Pieces::new())),
            Err(limit) => Err(self.wrong_text(text, limit.to_string())),
        }
    }

    /// A text that is spoken at once: its first piece, or nothing.
    pub(super) fn hear_once(
        &mut self,
        text: &Text,
        lang: LangId,
    ) -> Result<Option<SpokenText>, Trouble> {
        Ok(match self.hear(text, lang)? {
            Heard::Spoken(pieces) => pieces.into_iter().next(),
            Heard::Recording(_) => None,
        })
    }

    /// The fault of a text that came out as it cannot be heard.
    pub(super) fn wrong_text(&self, text: &Text, message: String) -> Trouble {
        let first = text.all().iter().find_map(|text| match text {
            Text::Template(template) => template.expressions().next(),
            Text::Spoken(_) | Text::Recording(_) | Text::Each(_) => None,
        });
        Trouble::Fault(match first {
            Some(expression) => self.fault_at(expression, 0, 0, message),
            None => self.our_fault(&message),
        })
    }

    /// The text with its values, each made fit to be heard or to stand in an address.
    pub(super) fn fill(&mut self, template: &Template) -> Result<String, Trouble> {
        self.fill_with(template, |value| {
            let clean = clean_value(value);
            if template.is_address {
                percent_encoded(&clean)
            } else {
                clean
            }
        })
    }

    /// The text with its values as they are, to be kept and not heard.
    pub(super) fn fill_plain(&mut self, template: &Template) -> Result<String, Trouble> {
        let text = self.fill_with(template, Value::to_string)?;
        if script::is_keepable(&Value::text(&text)) {
            return Ok(text);
        }
        let message = "the text is larger than 4 KiB".to_owned();
        Err(Trouble::Fault(match template.expressions().next() {
            Some(expression) => self.fault_at(expression, 0, 0, message),
            None => self.our_fault(&message),
        }))
    }

    fn fill_with(
        &mut self,
        template: &Template,
        with: impl Fn(&Value) -> String,
    ) -> Result<String, Trouble> {
        let mut text = String::new();
        for part in &template.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Value(expression) => text.push_str(&with(&self.evaluate(expression)?)),
            }
        }
        Ok(text)
    }
}

/// Every byte but the unreserved ones of RFC 3986 as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_an_address_is_encoded() {
        assert_eq!(percent_encoded("a b/é?"), "a%20b%2F%C3%A9%3F");
    }
}
