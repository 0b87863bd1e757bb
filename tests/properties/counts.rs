//! What the random conversations met. What is listed here and was never met is a
//! hole in the test.

use std::collections::BTreeMap;

/// Everything that has to be met.
pub const ALL: &[&str] = &[
    "kind: say",
    "kind: set alone",
    "kind: menu",
    "kind: ask",
    "kind: transfer",
    "kind: choose a condition",
    "kind: choose a label",
    "kind: split",
    "kind: hours",
    "kind: http",
    "look-up: in the background",
    "look-up: at once",
    "kind: run",
    "target: a name",
    "target: hangup",
    "target: repeat",
    "target: in place",
    "target: return",
    "in place: say",
    "in place: set",
    "in place: ask",
    "in place: transfer",
    "outcome: a key",
    "outcome: a global key",
    "outcome: then",
    "outcome: give_up",
    "outcome: no_input",
    "outcome: no_match",
    "outcome: invalid",
    "outcome: busy",
    "outcome: no_answer",
    "outcome: failed",
    "outcome: otherwise",
    "outcome: on_error",
    "outcome: a condition",
    "outcome: a label",
    "confirm: keep",
    "confirm: again",
    "confirm: another key",
    "confirm: silence",
    "action: say",
    "action: playFile",
    "action: sayAndCapture",
    "action: makeCall",
    "action: hangup",
    "set: text",
    "set: number",
    "set: flag",
    "set: digits",
    "set: list",
    "set: map",
    "set: secret",
    "set: undeclared, and secret",
    "a secret was keyed in",
    "set: undeclared",
    "set: lang",
    "said in two languages",
    "saved: text",
    "saved: number",
    "saved: digits",
    "saved: secret",
    "limit: a text was cut",
    "limit: a prompt was cut",
    "limit: joined",
    "limit: not joined, a recording",
    "limit: not joined, another voice",
    "limit: not joined, another speed",
    "limit: not joined, a repetition",
    "limit: not joined, too long",
    "limit: not joined, a transfer",
    "limit: a value was cut",
    "limit: markup was taken out",
    "limit: an address was encoded",
    "limit: a speed",
    "limit: 25 digits",
    "limit: the shortest wait",
    "limit: the longest wait",
    "fault: over budget",
    "fault: of another type",
    "fault: no condition",
    "fault: not to be dialled",
    "fault: no number",
    "fault: nothing to say",
    "fault: of a script",
    "the full allowance was needed",
    "the last resort",
    "ended by the caller",
    "begun for us",
    "begun for us, with digits",
    "repeated",
    "an older event",
    "another arrival",
    "a restart",
    "a restart, another leg",
    "a status before",
    "after the end",
    "number: fixed",
    "number: computed",
    "number: the second of a list",
    "number: from",
];

#[derive(Debug, Default)]
pub struct Counts {
    counts: BTreeMap<&'static str, usize>,
}

impl Counts {
    pub fn met(&mut self, what: &str) {
        let known = ALL.iter().find(|known| **known == what);
        let known = known.unwrap_or_else(|| panic!("`{what}` is not on the list"));
        *self.counts.entry(known).or_default() += 1;
    }

    /// What was never met.
    pub fn missing(&self) -> Vec<&'static str> {
        let met = |what: &&&str| self.counts.contains_key(**what);
        ALL.iter().filter(|what| !met(what)).copied().collect()
    }

    pub fn table(&self) -> String {
        let lines = self.counts.iter().map(|(what, n)| format!("{n:7} {what}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Counts {
    pub fn add(&mut self, other: Counts) {
        for (what, count) in other.counts {
            *self.counts.entry(what).or_default() += count;
        }
    }
}
