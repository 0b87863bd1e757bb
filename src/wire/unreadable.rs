//! A body that could not be read, and what of it can still be made out.
//!
//! Somebody is on the phone behind it, so the broken bytes are searched for the few
//! fields by which the call can be found again.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::json::unquote;
use crate::call::{ActionEvent, Direction, EventKey, LegId, Medium, Occasion, Party, SessionId};

/// What could not be read. If a session is found in it, the call can still be saved.
#[derive(Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub session: Option<SessionId>,
    /// The platform's word for the kind of webhook, where it can be made out.
    pub event_type: Option<String>,
    /// What came back of our previous answer's token, whatever it holds.
    pub token: Option<Arc<str>>,
    /// Where the JSON is broken, or which field is missing. It holds nothing of what
    /// the body holds, which may be the digits of a PIN.
    pub reason: String,
}

impl Unreadable {
    /// Searches a body that cannot be read, for the given reason.
    pub(super) fn find(body: &[u8], reason: String) -> Self {
        Unreadable {
            session: values(body, b"\"sessionId\"").find_map(|text| SessionId::new(&text)),
            event_type: values(body, b"\"eventType\"").find_map(|text| type_name(&text)),
            token: values(body, b"\"clientActionId\"")
                .find(|text| !text.is_empty())
                .map(|text| text.into()),
            reason,
        }
    }

    /// The turn that this body most likely was: of a session that it names, and not
    /// plainly of another type. The same bytes are the same event.
    pub fn as_action(&self, body: &[u8]) -> Option<ActionEvent> {
        let other_type = self
            .event_type
            .as_deref()
            .is_some_and(|name| !name.eq_ignore_ascii_case("CALL_ACTION"));
        if other_type {
            return None;
        }
        Some(ActionEvent {
            key: EventKey::of_body(body),
            session: self.session.clone()?,
            leg: LegId::of(""),
            occasion: Occasion::Garbled,
            direction: Direction::Inbound,
            medium: Medium::Pstn,
            source: Party::unknown(),
            destination: Party::unknown(),
            source_country: None,
            destination_country: None,
            source_ref: None,
            destination_ref: None,
            seconds: None,
            digits: None,
            sip_code: None,
            token: self.token.clone(),
        })
    }
}

/// Prints nothing of the body but the session.
impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unreadable")
            .field("session", &self.session)
            .field("event_type", &self.event_type)
            .field("has_token", &self.token.is_some())
            .field("reason", &self.reason)
            .finish()
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Unreadable {}

/// A text that may be the name of a kind of webhook: letters, digits, `_`, `.`, `-`,
/// beginning with a letter. What is none is not repeated to anyone.
pub(super) fn type_name(text: &str) -> Option<String> {
    let name = text.trim();
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let is_name = name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(good);
    is_name.then(|| name.to_owned())
}

/// Every whole value behind this quoted key, wherever it stands. A quote that is part
/// of a text is escaped there, so the key as it is searched for is never inside one.
///
/// The time is linear in the body, since a value ends at the latest at the quote that
/// ends the next key.
fn values<'a>(body: &'a [u8], quoted_key: &'a [u8]) -> impl Iterator<Item = Cow<'a, str>> {
    let mut rest = body;
    std::iter::from_fn(move || {
        let at = rest
            .windows(quoted_key.len())
            .position(|window| window == quoted_key)?;
        rest = &rest[at + quoted_key.len()..];
        Some(value(rest))
    })
    .flatten()
}

/// The value behind a key: a text with its closing quote, or a number and something
/// behind it, as one at the very end may be cut short.
fn value(behind_key: &[u8]) -> Option<Cow<'_, str>> {
    let text = behind_key.trim_ascii_start().strip_prefix(b":")?;
    let text = text.trim_ascii_start();
    match text.first()? {
        b'"' => unquote(&text[..end_of_string(text)?]),
        b'0'..=b'9' => {
            let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
            Some(String::from_utf8_lossy(&text[..end]))
        }
        _ => None,
    }
}

/// Where the string that begins here has ended, its closing quote included.
fn end_of_string(text: &[u8]) -> Option<usize> {
    let mut is_escaped = false;
    for (i, byte) in text.iter().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(i + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session_in(body: &str) -> Option<String> {
        Unreadable::find(body.as_bytes(), String::new())
            .session
            .map(|session| session.to_string())
    }

    #[test]
    fn a_session_is_found_in_the_ruins() {
        let cases = [
            (r#"{"payload":{"sessionId":"abc","#, Some("abc")),
            ("\"sessionId\" \r\n\t: \"abc\"", Some("abc")),
            (r#""sessionId":"a\"b\u0041""#, Some("a\"bA")),
            (r#""sessionId":"abc"#, None),
            (r#""sessionId":"abc\""#, None),
            (r#""sessionId":12345,"#, Some("12345")),
            (r#""sessionId":12345"#, None),
            (r#""sessionId":null,"x":{"sessionId":"abc"}"#, Some("abc")),
            (r#""sessionId":"","sessionId":"abc""#, Some("abc")),
            (r#""note":"\"sessionId\":\"evil\"","#, None),
            (r#"{"source": "+65 , "sessionId":"abc"}"#, Some("abc")),
            (r#""sessionId""#, None),
            (r#""sessionId":"#, None),
            ("", None),
        ];
        for (body, session) in cases {
            assert_eq!(session_in(body).as_deref(), session, "{body}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_do_not_hide_a_session() {
        let body = b"\xff\xfe\0{\"x\":\"\xc3\",\"sessionId\":\"abc\"\0";
        let found = Unreadable::find(body, String::new());
        assert_eq!(found.session.unwrap().as_str(), "abc");
    }

    #[test]
    fn a_search_takes_linear_time() {
        let body = format!("\"sessionId\":\"\\{}", "x".repeat(70)).repeat(100_000);
        let begun = std::time::Instant::now();
        assert_eq!(session_in(&body), None);
        assert!(begun.elapsed().as_secs() < 5);
    }

    #[test]
    fn only_a_name_is_the_name_of_a_type() {
        assert_eq!(type_name(" CALL_ACTION ").as_deref(), Some("CALL_ACTION"));
        for odd in ["", "4711", "A B", "<x>", &"A".repeat(65)] {
            assert_eq!(type_name(odd), None, "{odd}");
        }
    }
}
