//! What can be typed, and what it means.

use crate::call::Key;
use crate::phone::OtherSide;
use crate::settings::duration;

/// One line, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    Nothing,
    /// Keys; they may be written to a test although they answer a secret question.
    Keys {
        keys: String,
        is_test: bool,
    },
    Silence,
    HangUp,
    /// The other side, and how it is said.
    Other(OtherSide),
    /// The caller gives up while it rings.
    Cancel,
    /// What is said where the call waits, once more.
    Hear,
    Again,
    /// The last webhook is delivered once more.
    Duplicate,
    /// All that is left of the call is its token.
    Restart,
    /// Milliseconds.
    Wait(u32),
    /// A new call, at this time.
    At(String),
    Help,
    Quit,
}

/// What can be typed, for those who ask.
pub const HELP: &str = "\
0-9 * #       press keys, also `star` and `hash`; the entry ends when nothing follows
silence       say nothing until the platform stops waiting
hangup        the caller hangs up
answer 42s    whoever is rung takes the call, and it lasts this long, or 30 s
busy          … is busy
noanswer      … lets it ring
fail          … cannot be reached
cancel        the caller gives up while it rings
wait 30s      let time pass
at TIME       call again at this time, as in `at 18:30` or `at 2026-12-25T10:00`
hear          hear once more what is said here, as it is now
again         call again
dup           deliver the last webhook once more
restart       restart the server: only the call's token is left
test 1234     press keys that may be written to a test, though they are secret
quit          leave";

/// The words, in the order of the help.
/// How long a conversation lasts of which nothing else is said.
const USUAL_TALK_MS: u32 = 30_000;

const WORDS: &str = "silence, hangup, answer 42s, busy, noanswer, fail, cancel, wait 30s, \
                     at TIME, hear, again, dup, restart, help or quit";

impl Typed {
    /// Reads a line; the error says what there is.
    pub fn read(line: &str) -> Result<Typed, String> {
        let line = line.trim();
        if line.is_empty() {
            return Ok(Typed::Nothing);
        }
        if let Some(keys) = keys(line) {
            return Ok(Typed::Keys {
                keys,
                is_test: false,
            });
        }
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let bare = |typed: Typed| match rest.is_empty() {
            true => Ok(typed),
            false => Err(format!("`{word}` stands alone")),
        };
        match word.to_lowercase().as_str() {
            "silence" => bare(Typed::Silence),
            "hangup" => bare(Typed::HangUp),
            "answer" => {
                let ms = match rest {
                    "" => USUAL_TALK_MS,
                    rest => time(rest, "answer 42s")?,
                };
                let seconds = ms.div_ceil(1000);
                Ok(Typed::Other(OtherSide::Answers { seconds }))
            }
            "busy" => bare(Typed::Other(OtherSide::Busy)),
            "noanswer" => bare(Typed::Other(OtherSide::NoAnswer)),
            "fail" => bare(Typed::Other(OtherSide::Fails)),
            "cancel" => bare(Typed::Cancel),
            "hear" => bare(Typed::Hear),
            "again" => bare(Typed::Again),
            "dup" => bare(Typed::Duplicate),
            "restart" => bare(Typed::Restart),
            "wait" => Ok(Typed::Wait(time(rest, "wait 30s")?)),
            "at" if rest.is_empty() => Err("write the time too, as in `at 18:30`".to_owned()),
            "at" => Ok(Typed::At(rest.to_owned())),
            "test" => match keys(rest) {
                Some(keys) => Ok(Typed::Keys {
                    keys,
                    is_test: true,
                }),
                None => Err("write the keys behind `test`, as in `test 1234`".to_owned()),
            },
            "help" | "?" => Ok(Typed::Help),
            "quit" | "exit" => Ok(Typed::Quit),
            _ => Err(unknown(word)),
        }
    }
}

fn unknown(word: &str) -> String {
    // What holds digits may be a PIN that was mistyped.
    let named = match word.chars().any(|c| c.is_ascii_digit()) {
        true => "that is nothing to type".to_owned(),
        false => format!("there is no `{word}`"),
    };
    format!("{named}; type keys (0-9 * #), {WORDS}")
}

/// Keys, with spaces between them or not; a word for one stands alone.
fn keys(text: &str) -> Option<String> {
    let keys: String = text
        .split_whitespace()
        .map(|part| key_of(part).unwrap_or(part))
        .collect();
    let good = !keys.is_empty() && keys.chars().all(|c| Key::pressed(c).is_some());
    good.then_some(keys)
}

/// The key that a word is for, as tests and flows have it.
pub fn key_of(word: &str) -> Option<&'static str> {
    match word.to_lowercase().as_str() {
        "star" => Some("*"),
        "hash" => Some("#"),
        _ => None,
    }
}

/// A time in ms.
fn time(text: &str, example: &str) -> Result<u32, String> {
    let time = duration(text).ok();
    time.and_then(|time| time.as_millis().try_into().ok())
        .ok_or_else(|| format!("write a time with its unit, as in `{example}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood() {
        let pressed = |keys: &str| Typed::Keys {
            keys: keys.to_owned(),
            is_test: false,
        };
        let cases = [
            ("", Typed::Nothing),
            (" 12 34# ", pressed("1234#")),
            ("*", pressed("*")),
            ("star", pressed("*")),
            ("12 Hash", pressed("12#")),
            ("Silence", Typed::Silence),
            (
                "answer 1500ms",
                Typed::Other(OtherSide::Answers { seconds: 2 }),
            ),
            ("wait 2m", Typed::Wait(120_000)),
            (
                "at 2026-12-25 10:00",
                Typed::At("2026-12-25 10:00".to_owned()),
            ),
            ("exit", Typed::Quit),
        ];
        for (line, typed) in cases {
            assert_eq!(Typed::read(line), Ok(typed), "{line}");
        }
        let test = Typed::read("test 1234").unwrap();
        assert!(matches!(test, Typed::Keys { is_test: true, .. }));
        let test = Typed::read("test 12 hash").unwrap();
        let keys = "12#".to_owned();
        assert_eq!(
            test,
            Typed::Keys {
                keys,
                is_test: true
            }
        );
        assert!(Typed::read("starhash").is_err());
    }

    #[test]
    fn what_is_not_understood_says_what_there_is() {
        for (line, part) in [
            ("sing", "there is no `sing`; type keys (0-9 * #), silence,"),
            ("answer soon", "as in `answer 42s`"),
            ("wait 30", "as in `wait 30s`"),
            ("wait 999999999h", "as in `wait 30s`"),
            ("at", "`at 18:30`"),
            ("hangup now", "`hangup` stands alone"),
            ("test", "`test 1234`"),
        ] {
            let error = Typed::read(line).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
        assert!(!Typed::read("86a42").unwrap_err().contains("86"));
    }
}
