//! What is to be done, and who calls whom.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use jiff::{SignedDuration, Timestamp};

use crate::app::no_flow;
use crate::cli::phone::number_of;
use crate::flow;
use crate::live::read_project;
use crate::phone::{Line, Rules, Start};
use crate::platform::drive::{Caller, Faults, FromFile, Habits, Session, Walker};
use crate::platform::load::{Arrivals, Make, Mix, Plan, Spacing};
use crate::scenario::Script;
use crate::settings::{LoadSettings, SpacingSetting};

pub fn plan(settings: &LoadSettings, target: &str, callers: &Callers) -> Result<Plan> {
    let arrivals = match (settings.rate, settings.at_once) {
        (Some(rate), _) => Arrivals::Open {
            rate,
            spacing: match settings.spacing {
                SpacingSetting::Random => Spacing::Random,
                SpacingSetting::Even => Spacing::Even,
            },
        },
        (None, Some(at_once)) => Arrivals::Closed {
            at_once: at_once as usize,
        },
        (None, None) => bail!("say how many calls: `--rate 50` or `--at-once 50`"),
    };
    if settings.ramp > settings.duration {
        bail!("`--ramp` is longer than `--duration`, in which calls begin");
    }
    Ok(Plan {
        target: target.to_owned(),
        arrivals,
        duration: settings.duration,
        ramp: settings.ramp,
        drain: settings.drain,
        pace: settings.pace,
        faults: Faults {
            seed: settings.seed,
            ..settings.faults
        },
        seed: settings.seed,
        numbers: match settings.to.is_empty() {
            true => numbers(settings)?,
            false => settings.to.clone(),
        },
        callers: callers.told(),
    })
}

/// The numbers at which the flows of the project answer, each as often as the others.
fn numbers(settings: &LoadSettings) -> Result<Vec<(String, f64)>> {
    let (files, _) = read_project(&settings.dir);
    let build = flow::build(&files);
    if build.flow_files.is_empty() {
        bail!(
            "{}; or say which numbers to call, as in `--to +6561110001`",
            no_flow(&settings.dir)
        );
    }
    let flows = build.catalog.flows().iter();
    let called = flows.filter(|flow| !flow.numbers().is_empty() || flow.takes_any());
    let numbers: Vec<_> = called
        .map(|flow| (number_of(flow).to_string(), 1.0))
        .collect();
    if numbers.is_empty() {
        bail!(
            "no flow of `{}` that is without errors has a number; say which to call, as in \
             `--to +6561110001`",
            settings.dir.display()
        );
    }
    Ok(numbers)
}

/// Who calls.
pub enum Callers {
    /// Somebody who presses keys at random, is silent or hangs up.
    Walkers,
    /// Callers from files, each as often as the others.
    Scripts(Vec<Arc<Script>>),
}

impl Callers {
    /// The callers of these files; without any, those who do anything.
    ///
    /// # Errors
    /// Where one cannot be read, or is called and does not call.
    pub fn read(files: &[PathBuf]) -> Result<Self> {
        if files.is_empty() {
            return Ok(Callers::Walkers);
        }
        let scripts: Result<Vec<_>> = files.iter().map(|path| script(path)).collect();
        Ok(Callers::Scripts(scripts?))
    }

    fn told(&self) -> Vec<String> {
        match self {
            Callers::Walkers => vec!["anybody, who presses keys at random".to_owned()],
            Callers::Scripts(scripts) => {
                let names = scripts.iter().map(|script| script.name().to_owned());
                names.collect()
            }
        }
    }
}

fn script(path: &Path) -> Result<Arc<Script>> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).with_context(|| format!("`{name}` cannot be read"))?;
    let script = Script::read(&name, &text, None).map_err(|error| anyhow!(error))?;
    if script.is_outbound() {
        bail!(
            "in `{name}` the scenario `{}` is of a call that we start, and all calls of a load \
             arrive",
            script.name()
        );
    }
    Ok(Arc::new(script))
}

/// Makes the calls of a plan that begins now, at this time.
pub fn make(plan: &Plan, callers: Callers, begun_at: Timestamp) -> Result<Arc<Make>> {
    let mix = Mix::new(plan.numbers.clone()).context("no number has any weight")?;
    let begun = Instant::now();
    let habits = Arc::new(Habits::default());
    let seed = plan.seed;
    // A server keeps a session for a while after its end, so those of each run are its own.
    let run = format!(
        "load-{:x}-{:x}",
        begun_at.as_nanosecond(),
        std::process::id()
    );
    Ok(Arc::new(move |number| {
        let (from, caller): (String, Box<dyn Caller>) = match &callers {
            Callers::Walkers => {
                let walker = Walker::new(seed, number, Arc::clone(&habits));
                (format!("+659{:07}", number % 10_000_000), Box::new(walker))
            }
            Callers::Scripts(scripts) => {
                // One after the other; which number a call is for is chance.
                let script = &scripts[number as usize % scripts.len()];
                let caller = FromFile::new(Arc::clone(script));
                (script.from().to_owned(), Box::new(caller))
            }
        };
        let since = SignedDuration::try_from(begun.elapsed()).unwrap_or(SignedDuration::ZERO);
        let start = Start {
            from,
            to: mix.of(seed, number).to_owned(),
            session: format!("{run}-{number}"),
            at: begun_at.checked_add(since).unwrap_or(begun_at),
            country: None,
        };
        Session::new(Line::call_in(start, Rules::default()), caller)
    }))
}
