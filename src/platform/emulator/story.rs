//! What became of a session, for people.

use std::fmt;

use crate::phone::Refused;
use crate::platform::drive::{Ended, Wrong};

/// A session that is over, in a line or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Who called whom and how it ended.
    pub line: String,
    /// What went wrong: answers that the platform does not take, and what a caller expected
    /// and did not find.
    pub wrong: Vec<String>,
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)?;
        self.wrong
            .iter()
            .try_for_each(|wrong| write!(f, "\n  ! {wrong}"))
    }
}

pub(super) fn of(from: String, to: String, ended: &Ended) -> Story {
    let status = ended.status.as_ref().map_or("", |status| status.word());
    let seconds = ended.lasted.as_secs();
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let ending = ended.ending.words();
    let mut wrong: Vec<String> = ended.wrong.iter().map(told).collect();
    let more = (ended.wrong_answers as usize).saturating_sub(ended.wrong.len());
    if more > 0 {
        wrong.push(format!("and {more} more"));
    }
    wrong.extend(ended.verdict.clone().err());
    Story {
        line: format!("{from} calls {to} · {ending} · {status} · {minutes}:{seconds:02}"),
        wrong,
    }
}

fn told(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Refused(refused) if refused.code != Refused::CONNECTIVITY => {
            let Refused { code, rule } = refused;
            format!(
                "the platform refuses an answer, and the session ends with -2003 ({code}): {rule}"
            )
        }
        other => other.to_string(),
    }
}
