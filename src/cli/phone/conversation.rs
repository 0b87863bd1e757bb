//! The loop of a call: a line is typed, the phone and the other end go on as far as
//! nobody has to decide anything, and what the caller notices is told.

mod live;
mod tell;

use jiff::{SignedDuration, Timestamp};

use super::made::Call;
use super::other_end::OtherEnd;
use super::paint::Paint;
use super::story::Story;
use super::typed::{HELP, Typed};
use super::when;
use crate::call::{PhoneNumber, SessionId};
use crate::phone::{Account, Doing, Line, OtherSide, Start, Webhook, WebhookKind};
use crate::scenario::Response;

/// One or more calls, line by line.
pub struct Conversation<'a> {
    call: Call,
    end: Box<dyn OtherEnd + 'a>,
    paint: Paint,
    line: Line,
    calls: u32,
    /// The states of the present turn, until the first thing is heard in it.
    label: String,
    /// The present turn has entered a state.
    is_entered: bool,
    /// The variables as they were shown last.
    known: Vec<(String, String)>,
    last_answer: Option<Response>,
    told: Vec<String>,
    /// Calls are to become scenarios.
    saves: bool,
    story: Story,
    stories: Vec<(Timestamp, Story)>,
    is_over: bool,
    /// The person whom we call has not taken the call yet.
    is_first_ringing: bool,
    has_trouble: bool,
}

impl<'a> Conversation<'a> {
    /// Calls, and goes on to where somebody has to do something.
    pub fn begin(call: Call, end: Box<dyn OtherEnd + 'a>, paint: Paint, saves: bool) -> Self {
        let mut end = end;
        let (line, why_not) = line(&call, end.as_mut(), 0);
        let mut conversation = Conversation::over(call, line, end, paint, saves);
        conversation.tell_begin();
        conversation.begin_line(why_not);
        conversation
    }

    /// Takes over a call that rings, and goes on to where somebody has to do something.
    pub fn of_line(call: Call, line: Line, end: Box<dyn OtherEnd + 'a>, paint: Paint) -> Self {
        let mut conversation = Conversation::over(call, line, end, paint, false);
        conversation.begin_line(None);
        conversation
    }

    fn over(
        call: Call,
        line: Line,
        end: Box<dyn OtherEnd + 'a>,
        paint: Paint,
        saves: bool,
    ) -> Self {
        Conversation {
            call,
            end,
            paint,
            line,
            calls: 1,
            label: String::new(),
            is_entered: false,
            known: Vec::new(),
            last_answer: None,
            told: Vec::new(),
            saves,
            story: Story::default(),
            stories: Vec::new(),
            is_over: false,
            is_first_ringing: false,
            has_trouble: false,
        }
    }

    /// What goes on.
    pub fn doing(&self) -> Doing {
        self.line.doing()
    }

    /// The person whom we call has not taken the call yet.
    pub fn rings_here(&self) -> bool {
        self.is_first_ringing && matches!(self.line.doing(), Doing::Ringing(_))
    }

    /// What there is to be read since this was asked last, line by line.
    pub fn take_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }

    /// True where what is typed next may be secret: it is not to be shown or kept. Where
    /// nobody waits for keys, they may have been meant for a question that was never asked,
    /// as the call went another way or is over.
    pub fn may_be_secret(&self) -> bool {
        self.line.doing() != Doing::Listening || self.asks_for_secret()
    }

    fn asks_for_secret(&self) -> bool {
        self.line.doing() == Doing::Listening && self.end.may_ask_for_secret()
    }

    /// Something went wrong: an answer was refused, or a script failed.
    pub fn has_trouble(&self) -> bool {
        self.has_trouble
    }

    /// What has happened in the present call, or in the last where none is up, and when it
    /// began.
    pub fn story(&self) -> (&Story, Timestamp) {
        (&self.story, self.call.at)
    }

    /// Does what was typed; false where it is the end.
    pub fn act(&mut self, typed: &str) -> bool {
        match Typed::read(typed) {
            Ok(Typed::Quit) => return false,
            Ok(typed) => self.done(typed),
            Err(message) => self.tell_text("", &message),
        }
        true
    }

    /// Leaves: a call that is up is hung up. What was said becomes stories, each with the
    /// time at which its call began.
    pub fn finish(&mut self) -> Vec<(Timestamp, Story)> {
        self.leave();
        std::mem::take(&mut self.stories)
    }

    fn done(&mut self, typed: Typed) {
        match typed {
            Typed::Nothing | Typed::Quit => {}
            Typed::Help => self.told.extend(HELP.lines().map(str::to_owned)),
            Typed::Keys { keys, is_test } => self.press(&keys, is_test),
            Typed::Silence if self.line.doing() == Doing::Listening => {
                self.story.silence();
                self.pass_silence();
            }
            Typed::Silence => self.tell_why_not(),
            Typed::HangUp => match self.line.doing() {
                Doing::Over(_) => self.tell_why_not(),
                _ => {
                    self.story.hangs_up();
                    self.line.hang_up();
                    self.go_on();
                }
            },
            Typed::Other(how) => self.other_side(how),
            Typed::Cancel => match self.line.doing() {
                Doing::Ringing(_) => {
                    self.story.cancelled();
                    self.line.hang_up();
                    self.go_on();
                }
                _ => self.tell_why_not(),
            },
            Typed::Wait(ms) => self.wait(ms),
            Typed::Hear => self.hear(),
            Typed::Again => self.call_again(self.call.at),
            Typed::At(text) => match when::read_time(&text, self.call.at, &self.call.zone) {
                Ok(time) => self.call_again(time),
                Err(message) => self.tell_text("", &message),
            },
            Typed::Duplicate => self.deliver_again(),
            Typed::Restart => match self.end.restart() {
                Ok(()) => self.tell_quiet("restarted: only the token of the call is left"),
                Err(message) => self.tell_text("", &message),
            },
        }
    }

    fn press(&mut self, keys: &str, is_test: bool) {
        if self.line.doing() != Doing::Listening {
            return self.tell_why_not();
        }
        let is_secret = self.end.may_ask_for_secret();
        self.story.press(keys, is_secret, is_test);
        keys.chars().for_each(|key| self.line.press(key));
        self.pass_silence();
    }

    /// Nothing more is keyed in: the capture comes to its end.
    fn pass_silence(&mut self) {
        while let (Doing::Listening, Some(until)) = (self.line.doing(), self.line.until()) {
            self.line.pass_until(until);
        }
        self.go_on();
    }

    fn other_side(&mut self, how: OtherSide) {
        if !matches!(self.line.doing(), Doing::Ringing(_)) {
            return self.tell_why_not();
        }
        self.story.leg(how);
        self.line.other_side(how);
        let is_first = std::mem::take(&mut self.is_first_ringing);
        let what = match how {
            OtherSide::Answers { .. } if is_first => "takes the call".to_owned(),
            OtherSide::Answers { seconds } => format!("they talk for {seconds} s"),
            OtherSide::Busy => "busy (486)".to_owned(),
            OtherSide::NoAnswer => "nobody answers (480)".to_owned(),
            OtherSide::Fails => "cannot be reached (404)".to_owned(),
        };
        self.tell_quiet(&what);
        while let (Doing::Ringing(_), Some(until)) = (self.line.doing(), self.line.until()) {
            self.line.pass_until(until);
        }
        self.go_on();
    }

    fn wait(&mut self, ms: u32) {
        if matches!(self.line.doing(), Doing::Over(_)) {
            return self.tell_why_not();
        }
        self.story.wait(ms);
        let wait = SignedDuration::from_millis(ms.into());
        let end = self.line.now().checked_add(wait).unwrap_or(Timestamp::MAX);
        loop {
            self.deliver_all();
            let happens = self.line.until().is_some_and(|until| until <= end);
            self.line.pass_until(end);
            if !happens {
                break;
            }
        }
        self.go_on();
    }

    fn call_again(&mut self, at: Timestamp) {
        self.leave();
        self.told.push(String::new());
        self.call.at = at;
        if let Err(why) = self.end.next_call() {
            return self.tell_text("", &why);
        }
        let (line, why_not) = line(&self.call, self.end.as_mut(), self.calls);
        self.line = line;
        self.calls += 1;
        self.label.clear();
        self.known.clear();
        self.last_answer = None;
        self.is_over = false;
        self.tell_begin();
        self.begin_line(why_not);
    }

    /// The first turn of a call that we start was its start.
    fn begin_line(&mut self, why_not: Option<String>) {
        self.tell_turn();
        if let Some(why) = why_not {
            self.has_trouble = true;
            self.tell_wrong(&why);
        }
        if let Doing::Ringing(number) = self.line.doing() {
            self.is_first_ringing = true;
            let how = "`answer`, `busy`, `noanswer` or `fail`";
            self.tell_quiet(&format!("{number} rings: {how}"));
        }
        self.go_on();
    }

    /// Ends the present call, if it is up, and keeps its story.
    fn leave(&mut self) {
        if !matches!(self.line.doing(), Doing::Over(_)) {
            self.line.hang_up();
            self.go_on();
        }
        let story = std::mem::take(&mut self.story);
        if self.saves && !story.is_empty() {
            self.stories.push((self.call.at, story));
        }
    }

    /// Goes on to where somebody has to do something.
    fn go_on(&mut self) {
        loop {
            self.deliver_all();
            match (self.line.doing(), self.line.until()) {
                (Doing::Speaking | Doing::Talking(_), Some(until)) => self.line.pass_until(until),
                _ => break,
            }
        }
        self.tell_variables();
        if self.saves && self.asks_for_secret() {
            self.tell_quiet("a secret: it is written to the test only as `test 1234`");
        }
    }

    fn deliver_all(&mut self) {
        self.tell_heard();
        while let Some(webhook) = self.line.next_webhook() {
            match webhook.kind {
                WebhookKind::Action => self.turn(&webhook),
                WebhookKind::Status => self.notify(&webhook),
                WebhookKind::Summary => {
                    self.notify(&webhook);
                    self.end.is_over(&self.line);
                    self.tell_end(&webhook);
                }
            }
            self.tell_heard();
        }
    }

    fn turn(&mut self, webhook: &Webhook) {
        self.tell_variables();
        match self.end.post(webhook, self.line.now()) {
            Ok(response) => {
                let judged = self.line.answered(response.status, &response.body);
                self.tell_turn();
                if let Err(refused) = judged {
                    self.tell_refused(&refused, response.status);
                }
                self.last_answer = Some(response);
            }
            Err(why) => {
                self.has_trouble = true;
                self.line.unanswered(&why);
                self.tell_wrong(&why);
            }
        }
    }

    /// What needs no answer. One that does not arrive changes nothing for the caller, and
    /// the turns say it where nobody is there.
    fn notify(&mut self, webhook: &Webhook) {
        if let Err(why) = self.end.post(webhook, self.line.now())
            && !self.has_trouble
        {
            self.has_trouble = true;
            self.tell_wrong(&why);
        }
    }

    fn deliver_again(&mut self) {
        let Some(webhook) = self.line.last_webhook().cloned() else {
            return self.tell_why_not();
        };
        match self.end.post(&webhook, self.line.now()) {
            Ok(response) if self.last_answer.as_ref() == Some(&response) => {
                self.tell_quiet("the last webhook again: the same answer");
            }
            Ok(_) if self.is_over => {
                self.tell_quiet("the last webhook again: the call is over, and hung up");
            }
            Ok(_) => {
                self.has_trouble = true;
                self.tell_wrong("the last webhook again: another answer than before");
            }
            Err(why) => {
                self.has_trouble = true;
                self.tell_wrong(&why);
            }
        }
    }
}

/// The line of a call, and why it could not be started, where it could not.
fn line(call: &Call, end: &mut dyn OtherEnd, number: u32) -> (Line, Option<String>) {
    let session = match number {
        0 => call.session.clone(),
        number => format!("{}-{number}", call.session),
    };
    if call.outbound {
        let started = call_out(call, end, &session);
        return started.map_or_else(
            |why| {
                let mut line = Line::call_in(start(call, session), call.rules);
                line.unanswered(&why);
                (line, Some(why))
            },
            |line| (line, None),
        );
    }
    (Line::call_in(start(call, session), call.rules), None)
}

fn start(call: &Call, session: String) -> Start {
    Start {
        from: call.from.clone(),
        to: call.to.clone(),
        session,
        at: call.at,
        country: None,
    }
}

/// A call that we start, and that rings.
fn call_out(call: &Call, end: &mut dyn OtherEnd, session: &str) -> Result<Line, String> {
    let number = |text: &str| {
        let number = text.parse::<PhoneNumber>();
        number.map_err(|_| format!("`{text}` is no number that can call or be called"))
    };
    let parties = (number(&call.to)?, number(&call.from)?);
    let id = SessionId::new(session).ok_or("the session has no name")?;
    let request = end.call_out(&id, parties, call.at)?;
    let line = Line::call_out(&request, session, call.at, call.rules, Account::default());
    line.map_err(|refused| refused.to_string())
}
