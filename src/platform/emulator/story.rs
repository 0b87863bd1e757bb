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
    let mut wrong = folded(ended.wrong.iter().map(told));
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

/// Each of them once, with how often it was; a server that is not there would fill a page.
fn folded(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut folded: Vec<(String, usize)> = Vec::new();
    for one in all {
        match folded.iter_mut().find(|(other, _)| *other == one) {
            Some((_, count)) => *count += 1,
            None => folded.push((one, 1)),
        }
    }
    let written = folded.into_iter().map(|(one, count)| match count {
        1 => one,
        _ => format!("{one} ({count} times)"),
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn what_is_wrong_again_is_told_once() {
        let all = ["no answer", "HTTP 500", "no answer"].map(str::to_owned);
        assert_eq!(folded(all.into_iter()), ["no answer (2 times)", "HTTP 500"]);
    }
}
