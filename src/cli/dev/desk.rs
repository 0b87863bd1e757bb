//! The phone on the designer's desk: calls to the flows that are live, in memory and in
//! virtual time, which go over to what is edited.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};

use crate::app;
use crate::call::{Party, PhoneNumber};
use crate::cli::phone::{Call, Conversation, HELP, InMemory, Paint, TestFile, performer, written};
use crate::flow::{self, Catalog, Flow};
use crate::live::{Detour, read_project};
use crate::machine::Sides;
use crate::phone::Doing;
use crate::platform::emulator::Rings;
use crate::settings::DevSettings;

use super::ringing::Ringing;

/// What can be typed here and not in `ringflow call`.
const WORDS: &str = "\
call FLOW     call a flow, by its name or number; `call` alone calls the same again
flows         the flows that are live
save NAME     write the call to the tests of its flow; NAME may be left out
answer        take a call that rings, which `ringflow dial` or a job has started; also
              `busy` and `noanswer`";

pub struct Desk {
    dir: PathBuf,
    from: String,
    /// Hosts in whose stead other servers are asked.
    detours: Vec<Detour>,
    paint: Paint,
    catalog: Arc<Catalog>,
    talk: Option<Talk>,
    /// Calls that the server starts, and that are taken here.
    ringing: Ringing,
    told: Vec<String>,
}

/// Calls to one flow.
struct Talk {
    flow: String,
    conversation: Conversation<'static>,
}

impl Desk {
    /// A phone on which the only flow is called at once.
    pub fn new(settings: &DevSettings, catalog: Arc<Catalog>, paint: Paint) -> Self {
        let mut desk = Desk {
            dir: settings.dir.clone(),
            from: Party::read(&settings.from).to_string(),
            detours: settings.server.look_up_at.clone(),
            paint,
            catalog,
            talk: None,
            ringing: Ringing::new(paint),
            told: Vec::new(),
        };
        desk.call_the_only_one();
        if desk.talk.is_none() && !desk.catalog.is_empty() {
            let text = format!("which flow to call? {}", desk.choices());
            desk.tell(&text);
        }
        desk
    }

    /// What there is to be read since this was asked last.
    pub fn take_lines(&mut self) -> Vec<String> {
        let mut lines = std::mem::take(&mut self.told);
        if let Some(talk) = &mut self.talk {
            lines.extend(talk.conversation.take_lines());
        }
        lines
    }

    /// True where what is typed next may be secret.
    pub fn may_be_secret(&self) -> bool {
        if self.ringing.is_taken() {
            return self.ringing.may_be_secret();
        }
        let talk = self.talk.as_ref();
        talk.is_some_and(|talk| talk.conversation.may_be_secret())
    }

    /// Other flows are live.
    pub fn go_live(&mut self, catalog: Arc<Catalog>) {
        self.catalog = catalog;
        match &mut self.talk {
            Some(talk) => talk.conversation.go_live(&self.catalog),
            None => self.call_the_only_one(),
        }
    }

    /// A call rings.
    pub fn ring(&mut self, rings: Rings, may_ask_for_secret: Box<dyn Fn() -> bool>) {
        let is_busy = self.is_bridging();
        let catalog = &self.catalog;
        let ringing = &mut self.ringing;
        let lines = ringing.ring(rings, catalog, may_ask_for_secret, is_busy);
        self.told.extend(lines);
    }

    /// Nobody has taken a call for as long as a phone rings.
    pub fn rings_out(&mut self, session: &str) {
        let lines = self.ringing.rings_out(session);
        self.told.extend(lines);
    }

    /// Whoever is dialled in the call that was made here rings.
    fn is_bridging(&self) -> bool {
        let talk = self.talk.as_ref();
        talk.is_some_and(|talk| matches!(talk.conversation.doing(), Doing::Ringing(_)))
    }

    /// True where a line is for a call that rings or was taken.
    fn is_for_ringing(&self, word: &str) -> bool {
        let takes = ["answer", "busy", "noanswer", "no-answer", "fail"].contains(&word);
        self.ringing.is_taken() || (takes && self.ringing.is_ringing() && !self.is_bridging())
    }

    /// True where a line can only be meant for the call that rings, which has to be taken
    /// first.
    fn is_for_no_call(&self, word: &str) -> bool {
        let is_key = |c: char| c.is_ascii_digit() || c == '*' || c == '#';
        let for_call = word == "hangup" || word.chars().all(is_key);
        let talk = self.talk.as_ref();
        let is_up = talk.is_some_and(|talk| !matches!(talk.conversation.doing(), Doing::Over(_)));
        self.ringing.is_ringing() && !is_up && (for_call || talk.is_none())
    }

    /// Does what was typed for a call that rings or was taken.
    fn act_on_ringing(&mut self, line: &str) {
        let lines = self.ringing.act(line);
        self.told.extend(lines);
        if !self.ringing.is_taken()
            && let Some(talk) = &self.talk
            && !matches!(talk.conversation.doing(), Doing::Over(_))
        {
            let flow = &talk.flow;
            let text =
                format!("what is typed is for the call to `{flow}` again; `hear` says where it is");
            self.tell(&text);
        }
    }

    /// Does what was typed; false where it is the end.
    pub fn typed(&mut self, line: &str) -> bool {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = Some(rest.trim()).filter(|rest| !rest.is_empty());
        match word.to_lowercase().as_str() {
            "quit" | "exit" => return false,
            "call" if !self.ringing.is_taken() => self.call_again(rest),
            "flows" => {
                let flows = self.catalog.flows().iter();
                self.told.extend(flows.map(|flow| app::served(flow)));
            }
            "save" if !self.ringing.is_taken() => match self.save(rest) {
                Ok(line) => self.tell(&line),
                Err(error) => self.tell(&format!("{error:#}")),
            },
            "help" | "?" => {
                let both = WORDS.lines().chain(HELP.lines());
                self.told.extend(both.map(str::to_owned));
            }
            "" => {}
            word if self.is_for_ringing(word) => self.act_on_ringing(line),
            word if self.is_for_no_call(word) => self.told.extend(self.ringing.what_rings()),
            _ => match &mut self.talk {
                Some(talk) => return talk.conversation.act(line),
                None => {
                    let text = format!("there is no call yet: {}", self.choices());
                    self.tell(&text);
                }
            },
        }
        true
    }

    /// Leaves: a call that is up is hung up.
    pub fn finish(&mut self) {
        let lines = self.ringing.finish();
        self.told.extend(lines);
        self.leave();
    }

    fn leave(&mut self) {
        if let Some(talk) = &mut self.talk {
            talk.conversation.finish();
        }
    }

    fn call_the_only_one(&mut self) {
        if let [flow] = self.catalog.flows() {
            self.call(&Arc::clone(flow));
        }
    }

    /// Calls a flow by its name or number; the same as before, where none is said.
    fn call_again(&mut self, wanted: Option<&str>) {
        let number: Option<PhoneNumber> = wanted.and_then(|wanted| wanted.parse().ok());
        let before = self.talk.as_ref().map(|talk| talk.flow.as_str());
        let found = match (number, wanted.or(before)) {
            (Some(number), _) => self.catalog.answering(Some(number)),
            (None, Some(name)) => self.catalog.named(name),
            (None, None) => None,
        };
        match (found.cloned(), wanted.or(before)) {
            (Some(flow), _) => self.call(&flow),
            (None, Some(name)) => {
                let text = format!("`{name}` is not live: {}", self.choices());
                self.tell(&text);
            }
            (None, None) => {
                let text = format!("which flow? {}", self.choices());
                self.tell(&text);
            }
        }
    }

    fn call(&mut self, flow: &Arc<Flow>) {
        self.leave();
        let lines = self.take_lines();
        self.told = lines;
        let end = InMemory::new(
            Arc::clone(&self.catalog),
            flow.name(),
            None,
            &[],
            Sides::default(),
        );
        match end {
            Ok(end) => {
                // Here it is as on the server beside it.
                let end = match performer(self.catalog.project(), &self.detours) {
                    Ok(performer) => end.asking(performer),
                    Err(error) => {
                        self.tell(&format!("look-ups fail: {error:#}"));
                        end
                    }
                };
                let call = Call::to(flow, &self.from, "ringflow-dev");
                let conversation = Conversation::begin(call, Box::new(end), self.paint, false);
                self.talk = Some(Talk {
                    flow: flow.name().to_owned(),
                    conversation,
                });
            }
            Err(why) => self.tell(&why),
        }
    }

    /// Appends the present call to the tests of its flow.
    fn save(&self, name: Option<&str>) -> Result<String> {
        let Some(talk) = &self.talk else {
            bail!("there is no call that could be saved");
        };
        let (story, began) = talk.conversation.story();
        if story.is_empty() {
            bail!("nothing has happened in the call yet");
        }
        let (files, _) = read_project(&self.dir);
        let build = flow::build(&files);
        let Some(flow) = build.catalog.named(&talk.flow).cloned() else {
            bail!("`{}` has errors now: mend them, and save then", talk.flow);
        };
        let beside = test_path(flow.path())?;
        let file = TestFile::open(&self.dir.join(&beside), &talk.flow, Arc::new(build))?;
        let at = written(began, flow.zone());
        let saved = file.append(story, name, &self.from, &at, &Sides::default())?;
        let end = match saved.is_cut {
            true => ", up to the secret, which is written only if it is typed as `test 1234`",
            false => "",
        };
        Ok(format!("saved to {beside}: {}{end}", saved.name))
    }

    fn choices(&self) -> String {
        let flows = self.catalog.flows().iter();
        let all: Vec<String> = flows
            .map(|flow| format!("`call {}`", flow.name()))
            .collect();
        match all.is_empty() {
            true => "no flow is live".to_owned(),
            false => all.join(", "),
        }
    }

    fn tell(&mut self, text: &str) {
        let lines = self.paint.wrapped("", text);
        self.told.extend(lines);
    }
}

/// The file of tests beside a flow.
fn test_path(flow: &str) -> Result<String> {
    let stem = flow.rsplit_once('.').map(|(stem, _)| stem);
    let stem = stem.ok_or_else(|| anyhow!("`{flow}` has no ending"));
    Ok(format!(
        "{}.test.yaml",
        stem.context("no test file goes with it")?
    ))
}
