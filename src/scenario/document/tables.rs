//! Every key of a test file: where it belongs, what it means, what stands behind it.
//!
//! These tables are what the reader knows keys from and what the schema for editors is
//! made of, so that an editor offers what is read and shows what it means.

use super::Leg;

/// One key: its name, what stands behind it, and what it means in a sentence or two.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    pub shape: Shape,
    /// For people, in Markdown.
    pub doc: &'static str,
}

/// What stands behind a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The name of a flow.
    Flow,
    /// A number, or a word where it is withheld.
    Caller,
    /// A date with a time.
    Time,
    /// A list of scenarios.
    Scenarios,
    Text,
    /// A list of steps.
    Steps,
    /// What must not happen, or a list of that.
    Never,
    /// `inbound` or `outbound`.
    Direction,
    /// `true` or `false`.
    Flag,
    /// `true`, or the key is not there.
    True,
    /// Names of states.
    States,
    /// Names of variables, and what they hold.
    Variables,
    /// States that split callers, each with the side that is forced there.
    Sides,
    /// One of the ways to run a scenario again, or a list of them.
    Survives,
    /// A part of a text, or a pattern.
    Heard,
    /// Keys of a telephone.
    Keys,
    /// A phone number.
    Number,
    /// What whoever is dialled does.
    Leg,
    /// A time with its unit.
    Duration,
    /// What answers look-ups, a list.
    Stubs,
    /// A method and an address, as in `GET https://…`.
    Request,
    /// An address.
    Address,
    /// Any value.
    Value,
    /// A status of HTTP.
    Status,
    /// How a look-up fails.
    Failure,
}

const fn key(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, doc }
}

const FROM: Key = key(
    "from",
    Shape::Caller,
    "Who calls: a number with its country code, or `anonymous`. Without it `+6591234567`.",
);
const AT: Key = key(
    "at",
    Shape::Time,
    "When the call begins, as in `2026-03-02T10:00:00+08:00`, or without an offset in the zone of the flow. Without it Monday 2 March 2026, 10:00.",
);

const SPLIT: Key = key(
    "split",
    Shape::Sides,
    "The sides that the caller gets where callers are split, as in `{offer: new}`. Without it the caller's own.",
);

const DIRECTION: Key = key(
    "direction",
    Shape::Direction,
    "`outbound`: we call the person of `from`, as with a call that was started for us. Without it the person calls.",
);

const STUBS: Key = key(
    "stubs",
    Shape::Stubs,
    "What answers the look-ups, as in `- GET: https://crm.example.com/*` with `json`, `status`, `text`, `fails` or `after`. The first that fits counts, and those of a scenario come before those of the file.",
);

/// Keys of the file itself.
pub const FILE: &[Key] = &[
    key(
        "flow",
        Shape::Flow,
        "The flow that is called; without it the one beside the file, of the same name.",
    ),
    FROM,
    AT,
    SPLIT,
    DIRECTION,
    STUBS,
    key(
        "scenarios",
        Shape::Scenarios,
        "The conversations, each with a `name` and its `call`.",
    ),
];

/// Keys of a scenario.
pub const SCENARIO: &[Key] = &[
    key("name", Shape::Text, "What the scenario shows, in words."),
    FROM,
    AT,
    SPLIT,
    DIRECTION,
    key(
        "with",
        Shape::Variables,
        "What variables hold when the call begins, as with a call that is started with them.",
    ),
    STUBS,
    key(
        "call",
        Shape::Steps,
        "The steps in their order, as in `- hears: Welcome` and `- press: 1`. What is said and not named here is passed over.",
    ),
    key(
        "never",
        Shape::Never,
        "What must not happen in the whole call, as in `{hears: press}`.",
    ),
    key(
        "strict",
        Shape::Flag,
        "Everything that is said has to be named by a `hears`.",
    ),
    key(
        "states",
        Shape::States,
        "The states that are entered, in their order; one of a sub-flow by its name, or as `flow/state` where several flows have one of that name.",
    ),
    key(
        "vars",
        Shape::Variables,
        "What the variables hold when the call is over.",
    ),
    key(
        "survives",
        Shape::Survives,
        "Under what the scenario is run again: webhooks that come twice, restarts, a reload in the middle, a memory that is lost. Without it all four; fewer need a `because`.",
    ),
    key(
        "because",
        Shape::Text,
        "Why the scenario survives less than everything.",
    ),
    key(
        "faults",
        Shape::True,
        "A script fails in this call, and that is meant.",
    ),
];

/// The steps of a conversation, one word with its value each.
pub const STEP: &[Key] = &[
    key(
        "hears",
        Shape::Heard,
        "A part of what is said, `<id>` for a prompt in the language that is spoken, or `/…/` for a pattern.",
    ),
    key(
        "press",
        Shape::Keys,
        "Keys of the telephone, `0` to `9`, `*` and `#`; a `#` goes in quotes.",
    ),
    key(
        "silence",
        Shape::True,
        "The caller says and presses nothing until we stop waiting.",
    ),
    key("dialled", Shape::Number, "The number that is dialled now."),
    key(
        "leg",
        Shape::Leg,
        "What whoever is dialled does, as in `busy` or `{answered: 42s}`.",
    ),
    key("wait", Shape::Duration, "Time that passes, as in `20s`."),
    key("hangs_up", Shape::True, "The caller hangs up."),
    key("hung_up", Shape::True, "We hang up, and the call is over."),
    key(
        "looked_up",
        Shape::Request,
        "What was looked up, behind what was asked for before, as in `GET https://crm.example.com/*`.",
    ),
    key("vars", Shape::Variables, "What variables hold now."),
];

/// Who calls whom.
pub const DIRECTIONS: [&str; 2] = ["inbound", "outbound"];

const fn method(name: &'static str) -> Key {
    key(
        name,
        Shape::Address,
        "The address that it answers, in which `*` stands for anything.",
    )
}

/// Keys of a stub: one method, and what it answers.
pub const STUB: &[Key] = &[
    method("GET"),
    method("HEAD"),
    method("POST"),
    method("PUT"),
    method("PATCH"),
    method("DELETE"),
    key(
        "json",
        Shape::Value,
        "The body, as in `{tier: gold, points: 120}`. A number or flag without quotes is one.",
    ),
    key("status", Shape::Status, "The status; without it 200."),
    key(
        "text",
        Shape::Text,
        "A body that is no JSON, in the place of `json`.",
    ),
    key(
        "fails",
        Shape::Failure,
        "No answer comes, and why: `timed_out`, `unreachable`, `not_allowed`, `too_large`, `not_json`, `redirected`, `busy` or `broken`.",
    ),
    key(
        "after",
        Shape::Duration,
        "How long it takes, as in `800ms`; longer than `within` is `timed_out`.",
    ),
];

/// What must not happen.
pub const NEVER: &[Key] = &[
    key("hears", Shape::Heard, "What must not be said."),
    key(
        "dialled",
        Shape::Number,
        "A number that must not be dialled.",
    ),
];

/// What whoever is dialled does, in a word.
pub const LEGS: [(&str, Leg); 4] = [
    ("busy", Leg::Busy),
    ("no_answer", Leg::NoAnswer),
    ("failed", Leg::Failed),
    ("cancelled", Leg::Cancelled),
];

/// A conversation on the dialled leg.
pub const ANSWERED: Key = key(
    "answered",
    Shape::Duration,
    "How long the conversation takes.",
);

pub fn names(keys: &[Key]) -> Vec<&'static str> {
    keys.iter().map(|key| key.name).collect()
}
