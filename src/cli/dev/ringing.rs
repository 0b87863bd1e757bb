//! The calls that ring on the desk: started through the platform's API, which an emulator
//! beside the server stands in for, and taken here.

use std::collections::VecDeque;

use crate::cli::phone::{Call, Conversation, Paint, Registered};
use crate::flow::Catalog;
use crate::phone::Doing;
use crate::platform::emulator::Rings;

/// The most calls that ring at once; a further one is busy.
const MOST: usize = 20;

/// What can be done with a call that rings.
const TAKE: &str = "type `answer`, `busy`, or let it ring with `noanswer`";

/// The call that rings or that was taken, and those behind it.
pub struct Ringing {
    paint: Paint,
    current: Option<Taken>,
    waiting: VecDeque<Taken>,
}

/// One call. It is of the desk from when it rings.
struct Taken {
    session: String,
    /// Who calls whom.
    what: String,
    conversation: Conversation<'static>,
}

impl Ringing {
    pub fn new(paint: Paint) -> Self {
        Ringing {
            paint,
            current: None,
            waiting: VecDeque::new(),
        }
    }

    /// A call was taken, and what is typed is for it.
    pub fn is_taken(&self) -> bool {
        let current = self.current.as_ref();
        current.is_some_and(|taken| !taken.conversation.rings_here())
    }

    /// Somebody can take a call.
    pub fn is_ringing(&self) -> bool {
        let current = self.current.as_ref();
        current.is_some_and(|taken| taken.conversation.rings_here())
    }

    /// True where what is typed next may be secret.
    pub fn may_be_secret(&self) -> bool {
        let current = self.current.as_ref();
        current.is_some_and(|taken| taken.conversation.may_be_secret())
    }

    /// It rings. `is_busy` says that another phone on the desk rings, whose call the words
    /// are for.
    pub fn ring(
        &mut self,
        rings: Rings,
        catalog: &Catalog,
        may_ask_for_secret: Box<dyn Fn() -> bool>,
        is_busy: bool,
    ) -> Vec<String> {
        let (from, to, session) = (
            rings.from.clone(),
            rings.to.clone(),
            rings.session().to_owned(),
        );
        let flow = from
            .parse()
            .ok()
            .and_then(|from| catalog.answering(Some(from)));
        let (line, given) = rings.take();
        let call = Call {
            title: flow.map_or_else(
                || from.clone(),
                |flow| format!("{} {}", flow.name(), flow.revision()),
            ),
            from: to.clone(),
            to: from.clone(),
            outbound: true,
            at: line.now(),
            zone: flow.map_or(jiff::tz::TimeZone::UTC, |flow| flow.zone().clone()),
            session: session.clone(),
            rules: *line.rules(),
        };
        let end = Box::new(Registered::new(given, may_ask_for_secret));
        let mut conversation = Conversation::of_line(call, line, end, self.paint);
        // What it says of itself is said below, with the words that are good here.
        conversation.take_lines();
        let mut lines = vec![String::new()];
        let what = self.paint.name(&format!("☎ {from} calls {to}"));
        if self.waiting.len() >= MOST {
            conversation.act("busy");
            lines.push(format!("{what}: {MOST} calls ring, and this one is busy"));
            return lines;
        }
        let how = match (&self.current, is_busy) {
            (Some(_), _) => "it can be taken when the call before it is over",
            (None, true) => {
                "another call rings; when that is taken or over, type `answer`, `busy` or `noanswer`"
            }
            (None, false) => TAKE,
        };
        lines.push(format!("{what}: {how}"));
        let taken = Taken {
            session,
            what,
            conversation,
        };
        match self.current {
            None => self.current = Some(taken),
            Some(_) => self.waiting.push_back(taken),
        }
        lines
    }

    /// Nobody has taken a call for as long as a phone rings.
    pub fn rings_out(&mut self, session: &str) -> Vec<String> {
        let rings = |taken: &Taken| taken.session == session && taken.conversation.rings_here();
        if self.current.as_ref().is_some_and(rings) {
            return self.act("noanswer");
        }
        if let Some(at) = self.waiting.iter().position(rings)
            && let Some(mut taken) = self.waiting.remove(at)
        {
            taken.conversation.act("noanswer");
            return taken.conversation.take_lines();
        }
        Vec::new()
    }

    /// The call that rings, and how it can be taken.
    pub fn what_rings(&self) -> Option<String> {
        let taken = self.current.as_ref()?;
        let rings = taken.conversation.rings_here();
        rings.then(|| format!("{}: {TAKE}", taken.what))
    }

    /// Does what was typed for the call.
    pub fn act(&mut self, line: &str) -> Vec<String> {
        let Some(taken) = &mut self.current else {
            return Vec::new();
        };
        let line = match line {
            "no-answer" => "noanswer",
            line => line,
        };
        taken.conversation.act(line);
        let mut lines = taken.conversation.take_lines();
        if matches!(taken.conversation.doing(), Doing::Over(_)) {
            self.current = self.waiting.pop_front();
            lines.extend(self.what_rings());
        }
        lines
    }

    /// Leaves: every call ends.
    pub fn finish(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for mut taken in self
            .current
            .take()
            .into_iter()
            .chain(self.waiting.drain(..))
        {
            taken.conversation.finish();
            lines.extend(taken.conversation.take_lines());
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;
    use crate::flow;
    use crate::live::Clock;
    use crate::phone::Rules;
    use crate::platform::drive::{Faults, Pace};
    use crate::platform::emulator::{Emulator, EmulatorConfig, Numbers, Takes};

    const CALLFLOW: &str = r#"{"callflow": [{"action": "makeCall", "params": {
        "source": "+6561115777", "destination": "+6591234567"}}]}"#;

    /// So many calls that ring, of a platform at which nobody is registered.
    fn calls(count: usize) -> (tokio::runtime::Runtime, Vec<Rings>) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (send, rings) = channel();
        let emulator = Emulator::new(EmulatorConfig {
            subaccount: None,
            key: None,
            numbers: Numbers::Any(Box::new(Vec::new)),
            rules: Rules::default(),
            pace: Pace::Fast,
            faults: Faults::NONE,
            otherwise: None,
            caller_of: |_| Err("nobody is brought here".to_owned()),
            takes: Takes::Person(Box::new(move |call| send.send(call).unwrap())),
            told: Box::new(|_| {}),
            name: "test".to_owned(),
            clock: Clock::manual("2026-03-02T02:00:00Z".parse().unwrap()),
        });
        for _ in 0..count {
            let request = Request::post("/api/v1/subaccounts/mine/callflows")
                .header("Authorization", "Bearer any")
                .body(Body::from(CALLFLOW))
                .unwrap();
            let asked = emulator.router().oneshot(request);
            assert_eq!(runtime.block_on(asked).unwrap().status(), 200);
        }
        let rings = rings.try_iter().collect();
        (runtime, rings)
    }

    struct Desk {
        ringing: Ringing,
        sessions: Vec<String>,
        shown: Vec<String>,
        _runtime: tokio::runtime::Runtime,
    }

    fn desk(count: usize) -> Desk {
        let (_runtime, rings) = calls(count);
        assert_eq!(rings.len(), count);
        let catalog = flow::build(&[]).catalog;
        let mut ringing = Ringing::new(Paint { has_colors: false });
        let sessions = rings.iter().map(|call| call.session().to_owned()).collect();
        let shown = rings
            .into_iter()
            .flat_map(|call| ringing.ring(call, &catalog, Box::new(|| true), false))
            .collect();
        Desk {
            ringing,
            sessions,
            shown,
            _runtime,
        }
    }

    #[test]
    fn a_call_that_nobody_takes_ends_by_itself() {
        let mut desk = desk(3);
        assert!(desk.shown[1].contains("☎ +6561115777 calls +6591234567: type `answer`"));
        assert!(desk.shown[3].contains("when the call before it is over"));
        assert_eq!(desk.ringing.rings_out("another"), [""; 0]);
        // One that waits behind another, and then the one that rings.
        let second = desk.ringing.rings_out(&desk.sessions[1]).join("\n");
        assert!(
            second.contains("nobody is there · NO_ANSWER · 0:30"),
            "{second}"
        );
        let first = desk.ringing.rings_out(&desk.sessions[0]).join("\n");
        assert!(
            first.contains("NO_ANSWER")
                && first.ends_with("☎ +6561115777 calls +6591234567: type `answer`, `busy`, or let it ring with `noanswer`"),
            "{first}"
        );
        // One that was taken does not end for having rung.
        assert!(desk.ringing.is_ringing() && !desk.ringing.is_taken());
        let answered = desk.ringing.act("answer").join("\n");
        assert!(answered.contains("takes the call"), "{answered}");
        // Nobody is registered who could say how it goes on.
        assert!(
            answered.contains("no webhook is registered for VCA"),
            "{answered}"
        );
        assert_eq!(desk.ringing.rings_out(&desk.sessions[2]), [""; 0]);
        assert!(!desk.ringing.is_ringing() && !desk.ringing.is_taken());
    }

    #[test]
    fn a_call_too_many_is_busy() {
        let mut desk = desk(MOST + 2);
        let last = desk.shown.last().unwrap();
        assert!(last.ends_with("calls ring, and this one is busy"), "{last}");
        assert_eq!(desk.ringing.waiting.len(), MOST);
        desk.ringing.finish();
        assert!(!desk.ringing.is_ringing());
    }
}
