//! `ringflow emulate`: the platform, until a signal ends it or its calls are made.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::call::PhoneNumber;
use crate::live::Clock;
use crate::platform::Delivery;
use crate::platform::drive::Faults;
use crate::platform::emulator::{CallIn, Emulator, EmulatorConfig, Numbers, Story, Takes};
use crate::settings::EmulateSettings;

use super::callers::{Make, caller_of, callers};
use super::emulator::{Emulated, unique_name};
use super::running::bind;
use super::signals::Signals;

/// The subaccount of calls that go to `--target`, where none is named.
const SUBACCOUNT: &str = "emulated";

/// Emulates until a signal ends it, or the calls that it was to make are over; false where
/// something was wrong in them. Where it listens goes to `out`, and to `told` what became
/// of each session.
///
/// # Errors
/// A bad setting, or an address that is taken.
pub async fn emulate(
    settings: &EmulateSettings,
    out: &mut impl Write,
    told: impl Fn(Story) + Send + Sync + 'static,
) -> Result<bool> {
    let make = callers(settings.caller.as_deref(), settings.seed)?;
    let takes = Arc::clone(&make);
    let otherwise = match &settings.target {
        Some(url) => {
            let target = Delivery::to(url, settings.auth_header.as_ref());
            Some(Arc::new(
                target.map_err(|why| anyhow!("`--target`: {why}"))?,
            ))
        }
        None => None,
    };
    let emulator = Emulator::new(EmulatorConfig {
        subaccount: settings.subaccount.clone(),
        key: settings.key.clone(),
        numbers: match settings.numbers.is_empty() {
            true => Numbers::Any(Box::new(Vec::new)),
            false => Numbers::These(settings.numbers.clone()),
        },
        rules: settings.rules(),
        pace: settings.pace,
        faults: Faults {
            seed: settings.seed,
            ..settings.faults
        },
        otherwise,
        caller_of,
        takes: Takes::Caller(Box::new(move |number| takes(number))),
        told: Box::new(told),
        name: unique_name()?,
        clock: Clock::system(),
    });
    // Signals are heard before the address is told: whoever reads it may send one.
    let signals = Signals::listen()?;
    let emulated = Emulated::start(bind(settings.listen).await?, emulator)?;
    writeln!(out, "emulating on http://{}", emulated.address)
        .and_then(|()| out.flush())
        .context("the output cannot be written")?;
    let good = match settings.call {
        Some(number) => tokio::select! {
            good = call(settings, &emulated.emulator, number, &make) => good?,
            () = signals.stop() => true,
        },
        None => {
            signals.stop().await;
            true
        }
    };
    emulated.stop().await;
    Ok(good)
}

/// Makes the calls; true where nothing was wrong in any.
async fn call(
    settings: &EmulateSettings,
    emulator: &Arc<Emulator>,
    number: PhoneNumber,
    make: &Make,
) -> Result<bool> {
    let subaccount = match (&settings.subaccount, &settings.target) {
        (Some(subaccount), Some(_)) => subaccount.clone(),
        (None, Some(_)) => SUBACCOUNT.to_owned(),
        (_, None) => emulator.subaccount_that_asks().await,
    };
    let places = Arc::new(Semaphore::new(settings.at_once as usize));
    let mut calls = JoinSet::new();
    let mut good = true;
    for index in 0..settings.calls {
        let place = Arc::clone(&places).acquire_owned().await;
        let call = CallIn {
            from: settings.from.clone(),
            to: number.to_string(),
            subaccount: subaccount.clone(),
            caller: make(u64::from(index)),
        };
        let emulator = Arc::clone(emulator);
        calls.spawn(async move {
            let story = emulator.call_in(call).await;
            drop(place);
            story.is_some_and(|story| story.wrong.is_empty())
        });
        while let Some(done) = calls.try_join_next() {
            good &= done.context("a call broke off")?;
        }
    }
    while let Some(done) = calls.join_next().await {
        good &= done.context("a call broke off")?;
    }
    Ok(good)
}
