//! How far it is, on a terminal.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::amounts::{count, ms};
use crate::platform::load::{Meter, Plan};

/// How often it is drawn.
const DRAWN: Duration = Duration::from_millis(250);

/// A bar that is drawn until it is ended.
pub struct Shown {
    bar: ProgressBar,
    drawing: JoinHandle<()>,
}

impl Shown {
    pub fn end(self) {
        self.drawing.abort();
        self.bar.finish_and_clear();
    }
}

/// Shows how far a load is that begins now, on a terminal alone.
pub fn show(plan: &Plan, meter: Arc<Meter>) -> Shown {
    let length = plan.duration.as_millis() as u64;
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let (drawn, duration) = (bar.clone(), plan.duration);
    let begun = Instant::now();
    let drawing = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(DRAWN);
        let (mut before, mut at) = (0, begun);
        loop {
            ticks.tick().await;
            if drawn.is_hidden() {
                return;
            }
            let (glance, now) = (meter.glance(), Instant::now());
            let seconds = now.duration_since(at).as_secs_f64().max(1e-3);
            let rate = (glance.turns - before) as f64 / seconds;
            (before, at) = (glance.turns, now);
            let elapsed = begun.elapsed();
            drawn.set_position(elapsed.min(duration).as_millis() as u64);
            let rest = match elapsed < duration {
                true => format!("{} of {} s", elapsed.as_secs(), duration.as_secs()),
                false => "calls come to their ends".to_owned(),
            };
            drawn.set_message(format!(
                "{rest} · {} up · {} turns/s · p99 {} · {} wrong",
                count(glance.up),
                count(rate as u64),
                ms(glance.p99_us),
                count(glance.wrong_answers)
            ));
        }
    });
    Shown { bar, drawing }
}
