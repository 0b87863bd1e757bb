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
    number_of, read_time, usual, written,
};
use crate::app::no_flow;
use crate::call::{Party, PhoneNumber};
use crate::flow::{self, Flow, Severity};
use crate::live::read_project;
use crate::phone::Rules;
use crate::platform::Delivery;
use crate::settings::CallSettings;

pub fn run(settings: &CallSettings) -> Result<ExitCode> {
    let has_colors = settings.color.on(std::io::stdout().is_terminal());
    let plan = plan(settings)?;
    let mut lines = lines(settings)?;
    let (call, test_file) = (plan.call.clone(), plan.test_file);
    let paint = Paint { has_colors };
    let mut conversation = Conversation::begin(plan.call, plan.end, paint, test_file.is_some());
    loop {
        print(conversation.take_lines())?;
        let Some(line) = lines.next(conversation.may_ask_for_secret())? else {
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
            let saved = file.append(&story, None, &call.from, &written(at, &call.zone))?;
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
    let (end, title, session): (Box<dyn OtherEnd>, String, String) = match (&settings.on, &flow) {
        (Some(url), _) => {
            let delivery = Delivery::to(url, settings.auth_header.as_ref());
            let delivery = delivery.map_err(|error| anyhow!(error))?;
            let title = delivery.address().to_owned();
            let end = OverHttp::new(delivery)?;
            (Box::new(end), title, unique_session()?)
        }
        (None, Some(found)) => {
            let state = settings.state.as_deref();
            let catalog = flow::build(&found.files).catalog;
            let name = found.flow.name();
            let end = InMemory::new(Arc::new(catalog), name, state, &settings.values);
            let end = end.map_err(|error| anyhow!(error))?;
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
        from: Party::read(&settings.from).to_string(),
        to: to.to_string(),
        at,
        zone,
        session,
        rules: Rules::default(),
    };
    Ok(Plan {
        call,
        end,
        test_file,
    })
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
        for error in &unread {
            eprintln!("error[unreadable-file]: {error}\n");
        }
        let build = flow::build(&files);
        if build.flow_files.is_empty() && unread.is_empty() {
            bail!(no_flow(&settings.dir));
        }
        for diagnostic in &build.diagnostics {
            if diagnostic.severity == Severity::Error {
                eprintln!("{}\n", diagnostic.render(std::io::stderr().is_terminal()));
            }
        }
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
        Ok(Found {
            files,
            build: Arc::new(build),
            flow,
        })
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
