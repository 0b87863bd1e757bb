//! All the ways in which a PIN could be written by somebody who does not mean to.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// What to look for, each with the name of the way it is written.
pub struct Needles(Vec<(&'static str, String)>);

impl Needles {
    pub fn of(pin: &str) -> Self {
        let each = |write: &dyn Fn(u8) -> String, between: &str| {
            let parts: Vec<String> = pin.bytes().map(write).collect();
            parts.join(between)
        };
        let digit = |byte: u8| char::from(byte).to_string();
        let mut needles = vec![
            ("as it is", pin.to_owned()),
            ("with spaces", each(&digit, " ")),
            ("with commas", each(&digit, ", ")),
            (
                "in quotes",
                each(&|byte| format!("'{}'", char::from(byte)), ", "),
            ),
            ("with dashes", each(&digit, "-")),
            ("in hex", each(&|byte| format!("{byte:02x}"), "")),
            ("as bytes", each(&|byte| byte.to_string(), ", ")),
            ("in percents", each(&|byte| format!("%{byte:02X}"), "")),
            ("in escapes", each(&|byte| format!("\\u{byte:04x}"), "")),
            (
                "in bytes of hex",
                each(&|byte| format!("\\x{byte:02x}"), ""),
            ),
            ("as entities", each(&|byte| format!("&#{byte};"), "")),
        ];
        for engine in [STANDARD, URL_SAFE] {
            for before in 0..3 {
                // What three bytes make stands still; the ends depend on what is around.
                let text = [&"?".repeat(before), pin].concat();
                let whole = engine.encode(text.as_bytes());
                let (start, end) = (before.div_ceil(3) * 4, text.len() / 3 * 4);
                needles.push(("in base64", whole[start..end].to_owned()));
            }
        }
        Needles(needles)
    }

    /// The first way in which it stands in these bytes, and what is around it.
    pub fn find_in(&self, bytes: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(bytes);
        self.0.iter().find_map(|(way, needle)| {
            let at = text.find(needle.as_str())?;
            let around = text.char_indices().map(|(at, _)| at);
            let (from, to) = (at.saturating_sub(120), at + needle.len() + 60);
            let from = around.clone().find(|place| *place >= from).unwrap_or(at);
            let to = around
                .clone()
                .find(|place| *place >= to)
                .unwrap_or(text.len());
            Some(format!("{way}: {}", &text[from..to]))
        })
    }
}

#[test]
fn a_pin_is_found_however_it_is_written() {
    let pin = "83519274";
    let needles = Needles::of(pin);
    let base64 = |text: String| STANDARD.encode(text);
    for text in [
        "x83519274y".to_owned(),
        "8 3 5 1 9 2 7 4".to_owned(),
        "3833353139323734".to_owned(),
        "[56, 51, 53, 49, 57, 50, 55, 52]".to_owned(),
        "%38%33%35%31%39%32%37%34".to_owned(),
        base64(format!("a{pin}")),
        base64(format!("{{\"dtmf\":\"{pin}\"}}")),
        base64(format!("ab{pin}c")),
        base64(format!("abc{pin}")),
    ] {
        assert!(needles.find_in(text.as_bytes()).is_some(), "{text}");
    }
    for text in ["8351927", "9 2 7 4", "•••", ""] {
        assert_eq!(needles.find_in(text.as_bytes()), None);
    }
}
