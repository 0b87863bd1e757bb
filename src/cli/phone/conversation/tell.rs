//! What is told of a call: states, what is heard, variables, and what goes wrong.

use super::super::when;
use super::{Call, Conversation};
use crate::phone::{Doing, Heard, Refused, Webhook};
use crate::wire;

impl Conversation<'_> {
    pub(super) fn tell_begin(&mut self) {
        let Call {
            title,
            from,
            to,
            outbound,
            at,
            zone,
            ..
        } = &self.call;
        let who = match outbound {
            true => format!("{title} · {to} calls {from}"),
            false => format!("{title} · {from} calls {to}"),
        };
        let when = when::day(*at, zone);
        if who.chars().count() + 3 + when.chars().count() <= 85 {
            self.told.push(self.paint.quiet(&format!("{who} · {when}")));
        } else {
            self.told.push(self.paint.quiet(&who));
            self.told.push(self.paint.quiet(&when));
        }
    }

    pub(super) fn tell_turn(&mut self) {
        self.flush_label();
        self.is_entered = false;
        for turn in self.end.take_turns() {
            if !turn.states.is_empty() {
                self.is_entered = true;
                self.label = turn.states.join(" › ");
            }
            for line in &turn.looked_up {
                self.tell_quiet(&format!("looks up {line}"));
            }
            for fault in turn.faults {
                self.has_trouble = true;
                self.story.fails();
                let place = format!("{}:{}:{}", fault.file, fault.line, fault.column);
                let state = &fault.state;
                self.tell_wrong(&format!("{place}: in `{state}`: {}", fault.message));
            }
        }
        if self.label.is_empty()
            && let Some(view) = self.end.view()
        {
            self.label = view.state;
        }
    }

    pub(super) fn tell_heard(&mut self) {
        for heard in self.line.take_heard() {
            match heard {
                Heard::Said {
                    text, repetition, ..
                } => {
                    self.story.hears(&text);
                    let times = match repetition {
                        1 => String::new(),
                        times => format!(" ×{times}"),
                    };
                    self.tell_labelled(&format!("“{text}”{times}"));
                }
                Heard::Asked { text, .. } => {
                    self.story.hears(&text);
                    self.tell_labelled(&format!("“{text}”"));
                }
                Heard::Played { url, .. } => self.tell_labelled(&format!("plays {url}")),
                Heard::Dialled { from, to } => {
                    self.story.dialled(&to);
                    let from = match from == self.call.to {
                        true => String::new(),
                        false => format!(" as {from}"),
                    };
                    self.tell_labelled(&format!("rings {to}{from}"));
                }
                Heard::HungUp => self.story.hung_up(),
            }
        }
    }

    /// The variables that have changed.
    pub(super) fn tell_variables(&mut self) {
        let Some(view) = self.end.view() else { return };
        for (name, value) in &view.vars {
            let before = self.known.iter().find(|(known, _)| known == name);
            let is_new = match before {
                Some((_, before)) => before != value,
                None => !matches!(value.as_str(), "" | "0" | "false" | "[]" | "#{}" | "{}"),
            };
            if is_new {
                let line = format!("  {name} = {value}");
                self.told.push(self.paint.quiet(&line));
            }
        }
        self.known = view.vars;
    }

    pub(super) fn tell_refused(&mut self, refused: &Refused, status: u16) {
        self.has_trouble = true;
        match refused.code {
            Refused::CONNECTIVITY => {
                self.tell_wrong(&refused.rule);
                if matches!(status, 401 | 403) {
                    self.tell_quiet(match self.end.says_who_asks() {
                        true => "the server refuses this `--auth-header`: give the one that it has",
                        false => "the server wants to know who asks: set `--auth-header`",
                    });
                }
            }
            code => {
                self.tell_wrong(&format!("the platform refuses this answer ({code})"));
                self.tell_text("  ", &refused.rule);
                self.tell_quiet("the caller hears nothing more; the session ends with -2003");
            }
        }
    }

    pub(super) fn tell_end(&mut self, webhook: &Webhook) {
        self.flush_label();
        self.tell_variables();
        self.is_over = true;
        let Doing::Over(ending) = self.line.doing() else {
            return;
        };
        let mut line = ending.words().to_owned();
        if let Ok(wire::Webhook::Summary(summary)) = wire::parse(&webhook.bytes) {
            if let Some(status) = &summary.status {
                line.push_str(&format!(" · {}", status.word()));
            }
            if let (Some(start), Some(end)) = (summary.start, summary.end) {
                let seconds = end.duration_since(start).as_secs();
                line.push_str(&format!(" · {}:{:02}", seconds / 60, seconds % 60));
            }
        }
        self.tell_quiet(&line);
    }

    /// Why what was typed means nothing now.
    pub(super) fn tell_why_not(&mut self) {
        let text = match self.line.doing() {
            Doing::Over(_) => "the call is over: `again` calls again, `quit` leaves",
            Doing::Ringing(_) => {
                "it rings: `answer 42s`, `busy`, `noanswer`, `fail`, or `cancel` to give up"
            }
            _ => "keys are waited for: type them, or `silence` or `hangup`",
        };
        self.tell_text("", text);
    }

    /// What is heard or dialled, with the state where it is the first of its turn.
    pub(super) fn tell_labelled(&mut self, text: &str) {
        let label = std::mem::take(&mut self.label);
        if label.is_empty() {
            return self.tell_text("  ", text);
        }
        let shown = format!("[{label}]");
        let mut lines = self.paint.wrapped(&format!("{shown} "), text);
        if let Some(first) = lines.first_mut() {
            *first = first.replacen(&shown, &self.paint.name(&shown), 1);
        }
        self.told.extend(lines);
    }

    /// States that were entered, and in which nothing was heard.
    pub(super) fn flush_label(&mut self) {
        let label = std::mem::take(&mut self.label);
        if self.is_entered && !label.is_empty() {
            self.told.push(self.paint.name(&format!("[{label}]")));
        }
    }

    pub(super) fn tell_text(&mut self, label: &str, text: &str) {
        self.told.extend(self.paint.wrapped(label, text));
    }

    pub(super) fn tell_quiet(&mut self, text: &str) {
        self.told.push(self.paint.quiet(&format!("  {text}")));
    }

    pub(super) fn tell_wrong(&mut self, text: &str) {
        let lines = self.paint.wrapped("  ! ", text);
        let lines = lines.iter().map(|line| self.paint.wrong(line));
        self.told.extend(lines);
    }
}
