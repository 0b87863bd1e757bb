//! One call, followed to its end with a line for all that comes of it.

use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;

use super::{Said, Server, print_line, read, refused};
use crate::cli::FOUND;
use crate::outbound::{News, Outcome, What};
use crate::scenario::Script;
use crate::settings::DialSettings;

#[derive(Deserialize)]
pub(super) struct Begun {
    pub id: String,
}

#[derive(Deserialize)]
struct Told {
    news: Vec<News>,
    over: bool,
}

pub(super) async fn run(settings: &DialSettings, server: &Server<'_>) -> Result<ExitCode> {
    let caller = match &settings.caller {
        Some(path) => {
            let shown = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("the caller `{shown}` cannot be read"))?;
            // Where it goes to nobody knows its name.
            if let Err(why) = Script::read(&shown, &text, None) {
                return Ok(refused(&why));
            }
            Some(text)
        }
        None => None,
    };
    let with: serde_json::Map<_, _> = settings
        .values
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    let order = json!({
        "flow": settings.flow,
        "to": settings.to,
        "from": settings.from,
        "with": with,
        "valid_for_s": settings.valid_for.map(|time| time.as_secs()),
        "caller": caller,
    });
    let begun: Begun = match server.post("/api/calls", order.to_string()).await? {
        Said::Good(body) => read(&body)?,
        Said::Refused(why) => return Ok(refused(&why)),
    };
    let mut after = 0;
    let mut silence = Silence::default();
    loop {
        let path = format!("/api/calls/{}?after={after}", begun.id);
        let said = server.get(&path).await;
        let said = said.with_context(|| {
            "the call is not followed any more, and may go on; its webhooks are answered again \
             when the server is started anew"
        })?;
        let told: Told = match said {
            Said::Good(body) => read(&body)?,
            Said::Refused(why) => return Ok(refused(&why)),
        };
        if let Some(hint) = silence.hint(&told.news) {
            eprintln!("hint: {hint}");
        }
        let mut is_good = false;
        for news in &told.news {
            after = news.n;
            print_line(&match settings.json {
                true => serde_json::to_string(news)?,
                false => line(&news.what),
            })?;
            is_good = matches!(&news.what, What::Ended(end) if end.status == Outcome::COMPLETED);
        }
        if told.over {
            return Ok(match is_good {
                true => ExitCode::SUCCESS,
                false => ExitCode::from(FOUND),
            });
        }
    }
}

/// How often an answer without news is taken for nothing; each takes some seconds.
const PATIENCE: u32 = 3;

/// How long nothing was told.
#[derive(Default)]
struct Silence {
    answers: u32,
    last: Option<What>,
}

impl Silence {
    /// What it may be that nothing is told, once it has been so for long.
    fn hint(&mut self, news: &[News]) -> Option<&'static str> {
        if let Some(last) = news.last() {
            self.last = Some(last.what.clone());
            self.answers = 0;
            return None;
        }
        self.answers += 1;
        if self.answers != PATIENCE {
            return None;
        }
        match self.last.as_ref()? {
            What::Queued => Some(
                "another call between the same two numbers is being started; this one waits for it",
            ),
            What::Sent => Some("the platform has not answered yet"),
            What::Unanswered { .. } => Some(
                "nothing is heard of such a call; it counts as lost when the time of \
                 `--valid-for` has passed",
            ),
            What::Created { .. } => Some(
                "no webhook of the call has come; `ringflow doctor` says whether they can reach \
                 the server",
            ),
            _ => None,
        }
    }
}

fn line(what: &What) -> String {
    match what {
        What::Queued => "queued".to_owned(),
        What::Sent => "sent".to_owned(),
        What::Unanswered { why } => format!("unclear: {why}"),
        What::Created { session } => format!("created: session {session}"),
        What::Ringing => "ringing".to_owned(),
        What::Answered => "answered".to_owned(),
        What::State { state } => format!("in `{state}`"),
        What::Ended(end) => {
            let seconds = end.seconds.map(|seconds| format!(" after {seconds} s"));
            let error = end.error.as_ref().map(|error| format!(": {error}"));
            format!(
                "ended: {}{}{}",
                end.status,
                seconds.unwrap_or_default(),
                error.unwrap_or_default()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_long_is_told_what_it_may_be_and_only_once() {
        let news = |what| News {
            n: 1,
            at: jiff::Timestamp::UNIX_EPOCH,
            what,
        };
        let created = What::Created {
            session: "s".to_owned(),
        };
        let unclear = What::Unanswered {
            why: "cut off".to_owned(),
        };
        for (what, word) in [
            (What::Queued, Some("the same two numbers")),
            (What::Sent, Some("not answered yet")),
            (unclear, Some("--valid-for")),
            (created, Some("ringflow doctor")),
            // It may ring and talk for as long as it likes.
            (What::Ringing, None),
            (What::Answered, None),
        ] {
            let mut silence = Silence::default();
            assert_eq!(silence.hint(&[news(what.clone())]), None);
            let hints: Vec<_> = (0..9).filter_map(|_| silence.hint(&[])).collect();
            match word {
                Some(word) => assert!(hints.len() == 1 && hints[0].contains(word), "{hints:?}"),
                None => assert!(hints.is_empty(), "{what:?}: {hints:?}"),
            }
        }
    }
}
