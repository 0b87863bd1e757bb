//! What of the saves went live, as the project's own server tells.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::platform::{Delivered, Operator};

/// How often a server is asked at the most. It takes a moment for each answer.
const LEAST: Duration = Duration::from_millis(100);

/// Counts the revisions that are live at one time or another.
pub struct Revisions {
    counting: Option<(oneshot::Sender<()>, JoinHandle<Option<u64>>)>,
}

impl Revisions {
    /// Asks the server that runs with this project, if one does, until it is ended.
    pub fn watch(dir: &Path, every: Duration) -> Self {
        let counting = operator(dir).map(|operator| {
            let (stop, stopped) = oneshot::channel();
            (
                stop,
                tokio::spawn(count(operator, every.max(LEAST), stopped)),
            )
        });
        Revisions { counting }
    }

    /// How many there were beside those at the beginning. `None` where no server could be
    /// asked.
    pub async fn end(&mut self) -> Option<u64> {
        let (stop, counting) = self.counting.take()?;
        drop(stop);
        counting.await.ok().flatten()
    }
}

/// The way to the server, by what it has left in the project.
fn operator(dir: &Path) -> Option<Operator> {
    let text = std::fs::read_to_string(dir.join(".ringflow").join("admin.json")).ok()?;
    let left: Value = serde_json::from_str(&text).ok()?;
    let (address, token) = (left["address"].as_str()?, left["token"].as_str()?);
    Operator::at(address, &SecretString::from(token)).ok()
}

async fn count(
    operator: Operator,
    every: Duration,
    mut stopped: oneshot::Receiver<()>,
) -> Option<u64> {
    let first = live(&operator).await?;
    let mut seen = first.clone();
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            _ = ticks.tick() => seen.extend(live(&operator).await.unwrap_or_default()),
        }
    }
    Some(seen.difference(&first).count() as u64)
}

/// What is live just now: flows and their revisions.
async fn live(operator: &Operator) -> Option<BTreeSet<(String, String)>> {
    let answer = operator.get("/flows").await.ok()??;
    let Delivered { status: 200, body } = answer else {
        return None;
    };
    let report: Value = serde_json::from_slice(&body).ok()?;
    let flows = report["flows"].as_array()?.iter();
    let text = |flow: &Value, key| flow[key].as_str().unwrap_or_default().to_owned();
    Some(
        flows
            .map(|flow| (text(flow, "flow"), text(flow, "revision")))
            .collect(),
    )
}
