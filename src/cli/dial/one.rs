//! One call, followed to its end with a line for all that comes of it.

use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;

use super::{Said, Server, print_line, read, refused};
use crate::cli::FOUND;
use crate::outbound::{News, Outcome, What};
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
        Some(path) => Some(
            std::fs::read_to_string(path)
                .with_context(|| format!("the caller `{}` cannot be read", path.display()))?,
        ),
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
    loop {
        let path = format!("/api/calls/{}?after={after}", begun.id);
        let told: Told = match server.get(&path).await? {
            Said::Good(body) => read(&body)?,
            Said::Refused(why) => return Ok(refused(&why)),
        };
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

fn line(what: &What) -> String {
    match what {
        What::Queued => "queued".to_owned(),
        What::Sent => "sent".to_owned(),
        What::Unanswered { why } => format!("no answer: {why}"),
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
