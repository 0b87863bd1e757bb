//! `ringflow dev`: one terminal for the whole work on a flow. A server follows the files,
//! each save is told in a line, and a phone stays at hand.
//!
//! Whatever happens arrives here in one order and is done by one thread, which has the
//! phone; reading what is typed, running tests and serving are done by others.

mod desk;
mod report;
mod ringing;
mod screen;
mod tester;
mod typing;
mod zone;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::runtime::Runtime;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

use crate::app::{self, Dev, Phones};
use crate::live::Outcome;
use crate::platform::emulator::{Rings, Story};
use crate::settings::DevSettings;

use super::phone::Paint;
use desk::Desk;
use report::Reporter;
use screen::Screen;
use tester::{Tested, Tester};
use typing::Typing;

/// Scripts run on these threads, and a deep expression needs more than the usual 2 MiB.
const STACK: usize = 8 * 1024 * 1024;

/// How long a phone rings before nobody is taken to be there.
const RING: Duration = Duration::from_secs(30);

/// How long what an edit means for the call waits for the line of the save, which it
/// stands below. Where tests take longer, it is heard before.
const SOON: Duration = Duration::from_millis(500);

/// What this thread is told.
enum Happening {
    Typed(String),
    /// Nothing more can be typed; the reason, if that is a fault.
    Closed(Option<anyhow::Error>),
    /// Files have changed and were read.
    Read(Arc<Outcome>),
    /// The tests that a change concerns were run.
    Tested(Box<Tested>),
    /// The server says something.
    Logged(String),
    /// A call that the server has started rings here.
    Rings(Box<Rings>),
    /// It has rung for as long as a phone rings. The session's id.
    RingsOut(String),
    /// A call that a caller from a file has taken is over.
    Story(Story),
    /// A signal asks to stop.
    Stop,
}

pub fn run(settings: &DevSettings) -> Result<ExitCode> {
    if !settings.dir.is_dir() {
        bail!(app::no_flow(&settings.dir));
    }
    let paint = Paint {
        has_colors: app::has_colors(settings.color, &std::io::stdout()),
    };
    let (happens, happening) = channel();
    let log = happens.clone();
    app::hand_on_log(&settings.log, paint.has_colors, move |line| {
        // At the end nobody listens any more.
        let _ = log.send(Happening::Logged(line));
    })?;
    app::keep_quiet();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .enable_all()
        .build()
        .context("the threads cannot be started")?;
    let dev = Arc::new(runtime.block_on(Dev::start(settings, phones(happens.clone())))?);
    hear_outcomes(&runtime, &dev, happens.clone());
    let signals = hear_signals(&runtime, &dev, happens.clone());
    let (mut screen, typing) = typing::start(&settings.dir, happens.clone())?;
    let tester = Tester::start(&settings.dir, paint, happens)?;
    let done = work(
        settings,
        &dev,
        paint,
        &happening,
        &mut screen,
        &typing,
        &tester,
    );
    typing.end();
    signals.abort();
    let _ = runtime.block_on(signals);
    if let Some(dev) = Arc::into_inner(dev) {
        runtime.block_on(dev.stop());
    }
    // Threads that are still running a script are not waited for.
    runtime.shutdown_background();
    done.map(|()| ExitCode::SUCCESS)
}

/// Does what happens, one after the other, until it is the end.
fn work(
    settings: &DevSettings,
    dev: &Dev,
    paint: Paint,
    happening: &Receiver<Happening>,
    screen: &mut Screen,
    typing: &Typing,
    tester: &Tester,
) -> Result<()> {
    let mut reporter = Reporter::new(paint);
    screen.print(&reporter.greeting(dev))?;
    let mut desk = Desk::new(settings, dev.catalog(), paint);
    screen.print(&desk.take_lines())?;
    typing.next(desk.may_be_secret());
    let mut is_testing = false;
    loop {
        let next = match is_testing {
            true => happening.recv_timeout(SOON),
            false => happening.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let happening = match next {
            Ok(happening) => happening,
            Err(RecvTimeoutError::Timeout) => {
                is_testing = false;
                screen.print(&desk.take_lines())?;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        match happening {
            Happening::Typed(line) => {
                let goes_on = desk.typed(&line);
                screen.print(&desk.take_lines())?;
                if !goes_on {
                    break;
                }
                typing.next(desk.may_be_secret());
            }
            Happening::Read(outcome) => {
                screen.print(&reporter.findings(&outcome))?;
                desk.go_live(dev.catalog());
                tester.test(outcome);
                is_testing = true;
            }
            Happening::Tested(tested) => {
                is_testing = false;
                screen.print(&reporter.saved(&tested))?;
                screen.print(&desk.take_lines())?;
            }
            Happening::Rings(rings) => {
                let secret = dev.secrecy_of(rings.session());
                desk.ring(*rings, secret);
                screen.print(&desk.take_lines())?;
            }
            Happening::RingsOut(session) => {
                desk.rings_out(&session);
                screen.print(&desk.take_lines())?;
            }
            Happening::Story(story) => screen.print(&[format!("☎ {story}")])?,
            Happening::Logged(line) => screen.print(&[line])?,
            Happening::Closed(Some(error)) => return Err(error),
            Happening::Closed(None) | Happening::Stop => break,
        }
        typing.may_be_secret(desk.may_be_secret());
    }
    desk.finish();
    screen.print(&desk.take_lines())
}

/// What is told when calls ring and when they are over.
fn phones(happens: Sender<Happening>) -> Phones {
    let (story, out) = (happens.clone(), happens.clone());
    Phones {
        // At the end nobody listens any more.
        ring: Box::new(move |rings| {
            let session = rings.session().to_owned();
            let _ = happens.send(Happening::Rings(Box::new(rings)));
            let out = out.clone();
            tokio::spawn(async move {
                tokio::time::sleep(RING).await;
                let _ = out.send(Happening::RingsOut(session));
            });
        }),
        told: Box::new(move |told| {
            let _ = story.send(Happening::Story(told));
        }),
    }
}

fn hear_outcomes(runtime: &Runtime, dev: &Dev, happens: Sender<Happening>) {
    let mut outcomes = dev.outcomes();
    runtime.spawn(async move {
        loop {
            match outcomes.recv().await {
                Ok(outcome) => {
                    if happens.send(Happening::Read(outcome)).is_err() {
                        return;
                    }
                }
                // What was missed is in the next.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
}

fn hear_signals(runtime: &Runtime, dev: &Arc<Dev>, happens: Sender<Happening>) -> JoinHandle<()> {
    let dev = Arc::clone(dev);
    runtime.spawn(async move {
        dev.until_stop().await;
        let _ = happens.send(Happening::Stop);
    })
}
