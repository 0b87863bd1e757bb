//! How long something takes to be heard.

use jiff::SignedDuration;

/// A voice speaks about 15 characters a second at normal speed, in nearly all languages
/// that are written in letters.
const MS_A_CHARACTER: f64 = 1000.0 / 15.0;
/// No text is over at once.
const SHORTEST_MS: i64 = 300;
/// A recording is not fetched, so all are of one length.
const RECORDING: SignedDuration = SignedDuration::from_secs(5);

/// How long a text takes to speak.
pub(super) fn length(text: &str, speed: f64, repetition: u32) -> SignedDuration {
    let once = text.chars().count() as f64 * MS_A_CHARACTER / speed;
    let once = (once as i64).max(SHORTEST_MS);
    SignedDuration::from_millis(once * i64::from(repetition))
}

/// How long a recording takes to play.
pub(super) fn recording(repetition: u32) -> SignedDuration {
    RECORDING * repetition as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_slow_text_that_is_said_again_takes_longer() {
        let text = "a".repeat(150);
        assert_eq!(length(&text, 1.0, 1), SignedDuration::from_secs(10));
        assert_eq!(length(&text, 0.5, 3), SignedDuration::from_secs(60));
        assert_eq!(length("a", 2.0, 1), SignedDuration::from_millis(300));
        assert_eq!(recording(3), SignedDuration::from_secs(15));
    }
}
