//! `ringflow call`

use std::fs::File;
use std::io::{BufReader, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context, Result, anyhow, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::FOUND;
use super::phone::{
    Call, Conversation, InMemory, Lines, OtherEnd, OverHttp, Paint, Script, Terminal, TestFile,
    number_of, performer, read_time, usual, written,
};
use crate::app::{has_colors, no_flow};
use crate::call::{Party, PhoneNumber};
use crate::flow::{self, Flow, Severity};
use crate::live::{ReadError, read_project};
use crate::machine::Sides;
use crate::phone::Rules;
use crate::platform::Delivery;
use crate::scenario::{self, Stub, unknown_side};
use crate::settings::CallSettings;

pub fn run(settings: &CallSettings) -> Result<ExitCode> {
    let plan = plan(settings)?;
    let mut lines = lines(settings)?;
    let (call, test_file) = (plan.call.clone(), plan.test_file);
    let sides = plan.sides;
    let paint = Paint {
        has_colors: has_colors(settings.color, &std::io::stdout()),
    };
    let mut conversation = Conversation::begin(plan.call, plan.end, paint, test_file.is_some());
    loop {
        print(conversation.take_lines())?;
        let Some(line) = lines.next(conversation.may_be_secret())? else {
            break;
        };
        if !conversation.act(&line) {
            break;
        }
    }
    let stories = conversation.finish();
    print(conversation.take_lines())?;
    if let (Some(file), Some(path)) = (test_file, &settings.save_test) {
        for (at, story) in stories {
            let at = written(at, &call.zone);
            let saved = file.append(&story, None, &call.from, &at, &sides)?;
            let end = match saved.is_cut {
                true => ", up to the secret that was keyed in",
                false => "",
            };
            let line = format!("saved to {}: {}{end}", path.display(), saved.name);
            print(vec![line])?;
        }
    }
    let code = if conversation.has_trouble() { FOUND } else { 0 };
    Ok(ExitCode::from(code))
}

/// What is called, who answers, and where it is written down.
struct Plan {
    call: Call,
    end: Box<dyn OtherEnd>,
    sides: Sides,
    test_file: Option<TestFile>,
}

fn plan(settings: &CallSettings) -> Result<Plan> {
    let number = settings.flow.as_deref().and_then(|flow| flow.parse().ok());
    // A server that runs somewhere else may be called without its project.
    let flow = match (&settings.on, number) {
        (Some(_), Some(_)) => None,
        _ => Some(Found::in_project(settings, number)?),
    };
    let zone = match &flow {
        Some(found) => found.flow.zone().clone(),
        None => TimeZone::UTC,
    };
    let to = match (number, &flow) {
        (Some(number), _) => number,
        (None, Some(found)) => found.number(settings.on.is_some())?,
        (None, None) => bail!("say which number to call"),
    };
    let at = match (&settings.at, &settings.on) {
        (Some(text), _) => read_time(text, usual(&zone), &zone).map_err(|error| anyhow!(error))?,
        (None, Some(_)) => now()?,
        (None, None) => usual(&zone),
    };
    let from = Party::read(&settings.from);
    if settings.outbound && from.number().is_none() {
        bail!("`{from}` is nobody who can be called: say whom, as in `--from +6591234567`");
    }
    let sides = match &flow {
        Some(found) => sides(&found.flow, &settings.sides)?,
        None => Sides::default(),
    };
    let (end, title, session): (Box<dyn OtherEnd>, String, String) = match (&settings.on, &flow) {
        (Some(url), _) => {
            let delivery = Delivery::to(url, settings.auth_header.as_ref());
            let delivery = delivery.map_err(|error| anyhow!(error))?;
            let title = delivery.address().to_owned();
            let end = OverHttp::new(delivery, settings.auth_header.is_some())?;
            (Box::new(end), title, unique_session()?)
        }
        (None, Some(found)) => {
            let state = settings.state.as_deref();
            let catalog = flow::build(&found.files).catalog;
            let name = found.flow.name();
            let end = InMemory::new(
                Arc::new(catalog),
                name,
                state,
                &settings.values,
                sides.clone(),
            );
            let end = end.map_err(|error| anyhow!(error))?;
            let end = end.answered_by(&stubs(found));
            let end = match settings.look_up {
                true => end.asking(performer(found.build.project(), &settings.look_up_at)?),
                false => end,
            };
            let title = format!("{name} {}", found.flow.revision());
            (Box::new(end), title, "ringflow-call".to_owned())
        }
        (None, None) => bail!("say which flow to call"),
    };
    let test_file = match (&settings.save_test, &flow) {
        (Some(path), Some(found)) => {
            let build = Arc::clone(&found.build);
            Some(TestFile::open(path, found.flow.name(), build)?)
        }
        _ => None,
    };
    let call = Call {
        title,
        from: from.to_string(),
        to: to.to_string(),
        outbound: settings.outbound,
        at,
        zone,
        session,
        rules: Rules::default(),
    };
    Ok(Plan {
        call,
        end,
        sides,
        test_file,
    })
}

/// What answers the look-ups of a flow: the stubs of its first test file that has some.
fn stubs(found: &Found) -> Arc<[Stub]> {
    let tests = scenario::tests(&found.files, &found.build);
    let mut files = tests.files.iter();
    let file = files.find(|file| file.flow.name() == found.flow.name() && !file.stubs.is_empty());
    file.map_or_else(Arc::default, |file| Arc::clone(&file.stubs))
}

/// The sides that the caller gets where the flow splits callers.
fn sides(flow: &Flow, written: &[(String, String)]) -> Result<Sides> {
    let mut sides = Sides::default();
    for (state, label) in written {
        if let Some(unknown) = unknown_side(flow, state, label) {
            bail!("{}: {}", unknown.message, unknown.help);
        }
        sides.force(state, label);
    }
    Ok(sides)
}

/// A flow of the project.
struct Found {
    files: Vec<Arc<flow::SourceFile>>,
    build: Arc<flow::Build>,
    flow: Arc<Flow>,
}

impl Found {
    fn in_project(settings: &CallSettings, number: Option<PhoneNumber>) -> Result<Self> {
        let (files, unread) = read_project(&settings.dir);
        let build = flow::build(&files);
        if build.flow_files.is_empty() && unread.is_empty() {
            bail!(no_flow(&settings.dir));
        }
        let found = Found::among(&build, settings, number);
        // What runs on a server is not what lies here: of that, only the number is needed,
        // and its errors only where that is not found.
        if settings.on.is_none() || found.is_err() {
            tell_errors(settings, &build, &unread);
        }
        let flow = found?;
        Ok(Found {
            files,
            build: Arc::new(build),
            flow,
        })
    }

    /// The flow that is wanted among those of a project.
    fn among(
        build: &flow::Build,
        settings: &CallSettings,
        number: Option<PhoneNumber>,
    ) -> Result<Arc<Flow>> {
        let flows = build.catalog.flows();
        let names: Vec<String> = flows
            .iter()
            .map(|flow| format!("`{}`", flow.name()))
            .collect();
        let names = names.join(", ");
        let found = match (&settings.flow, number) {
            (_, Some(number)) => build.catalog.answering(Some(number)),
            (Some(name), None) => build.catalog.named(name),
            (None, None) if flows.len() == 1 => flows.first(),
            (None, None) if flows.is_empty() => bail!("no flow of the project is without errors"),
            (None, None) => bail!("say which flow to call: {names}"),
        };
        let Some(flow) = found.cloned() else {
            let wanted = settings.flow.as_deref().unwrap_or_default();
            match flows.is_empty() {
                true => bail!("no flow of the project is without errors"),
                false => bail!("there is no flow `{wanted}` that can be called; there are {names}"),
            }
        };
        Ok(flow)
    }

    /// The number to call it at, which over HTTP is all that finds it.
    fn number(&self, is_served: bool) -> Result<PhoneNumber> {
        if is_served && self.flow.numbers().is_empty() && !self.flow.takes_any() {
            let name = self.flow.name();
            bail!("`{name}` has no number, by which a server would find it");
        }
        Ok(number_of(&self.flow))
    }
}

fn tell_errors(settings: &CallSettings, build: &flow::Build, unread: &[ReadError]) {
    for error in unread {
        eprintln!("error[unreadable-file]: {error}\n");
    }
    let colors = has_colors(settings.color, &std::io::stderr());
    for diagnostic in &build.diagnostics {
        if diagnostic.severity == Severity::Error {
            eprintln!("{}\n", diagnostic.render(colors));
        }
    }
}

fn lines(settings: &CallSettings) -> Result<Box<dyn Lines>> {
    if let Some(path) = &settings.script {
        let file = File::open(path)
            .with_context(|| format!("the script `{}` cannot be read", path.display()))?;
        return Ok(Box::new(Script::new(
            BufReader::new(file),
            std::io::stdout(),
        )));
    }
    let stdin = std::io::stdin();
    if stdin.is_terminal() && std::io::stdout().is_terminal() {
        let history = settings.dir.join(".ringflow").join("call_history");
        return Ok(Box::new(Terminal::new(Some(history))?));
    }
    Ok(Box::new(Script::new(stdin.lock(), std::io::stdout())))
}

fn print(lines: Vec<String>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for line in lines {
        // A reader that has seen enough and closed the pipe is no failure.
        match writeln!(out, "{line}") {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

fn now() -> Result<Timestamp> {
    Timestamp::try_from(SystemTime::now()).context("the clock of this machine shows no time")
}

/// A server keeps a session for a while after its end, so each call is one of its own.
fn unique_session() -> Result<String> {
    let now = now()?.as_nanosecond();
    Ok(format!("ringflow-call-{now:x}-{:x}", std::process::id()))
}
