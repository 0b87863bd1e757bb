//! Every key of a flow file: where it belongs, what it means, what stands behind it.
//!
//! These tables are what the reader knows keys from and what the schema for editors
//! is made of, so that an editor offers what is read and shows what it means.

use crate::call::Capture;

/// One key: its name, what it means in a sentence or two, and what stands behind it.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    /// For people, in Markdown.
    pub doc: &'static str,
    pub shape: Shape,
}

/// What stands behind a key. The reader turns each into a type of its own; here is
/// what an editor can know of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// The name of a flow, with `/` between its parts.
    FlowName,
    /// The name of a state that is not a target.
    StateName,
    /// One word or text on which there are no rules here.
    Word,
    /// The code of a voice.
    Voice,
    /// Languages by name, each with its voice.
    Languages,
    /// The name of a language, or a list of them.
    Langs,
    /// One text.
    Text,
    /// A text, or a list of them.
    Texts,
    /// An expression.
    Expression,
    /// A whole number within bounds.
    Whole(u8, u8),
    /// `true` or `false`.
    Flag,
    /// A number within bounds, in tenths.
    Tenths(u8, u8),
    /// A time with its unit.
    Duration,
    /// `8`, or `6-8`, up to the most that one entry has.
    Digits(u8),
    /// Virtual numbers, or `"*"`.
    Numbers,
    /// Beginnings of numbers.
    Prefixes,
    /// A number to dial, which may be computed.
    Dial,
    /// One or more of them, up to so many, tried in order.
    Dials(u8),
    /// Where a call goes.
    Target,
    /// A target for each key of a telephone.
    Keys,
    /// The same at an `ask`, where `#` ends the entry.
    EntryKeys,
    /// A target for each outcome of this list.
    Outcomes(&'static [&'static str]),
    /// A target for each label.
    Labels,
    /// A list of conditions with targets, or one expression.
    Choice,
    /// Weights by label.
    Weights,
    /// A method and an address, as in `GET https://…`.
    Request,
    /// Texts by the name of a header.
    Headers,
    /// A target by status, as in `404` or `4xx`.
    Statuses,
    /// Values by the name of a variable.
    Values,
    /// A text, a list or a map.
    Value,
    /// The type of a variable.
    Type,
    /// Types by the name of a variable.
    Variables,
    /// The name of opening hours.
    HoursName,
    /// Opening hours by name.
    Hours,
    /// Lines of a week, as in `mon-fri 09:00-18:00`.
    Week,
    /// Spans of time, as in `13:00-18:00`.
    Spans,
    /// Dates.
    Dates,
    /// Exceptions of opening hours by name.
    Exceptions,
    /// The keys of `defaults`.
    Defaults,
    /// A look-up with the keys of [`ON_END`], or an expression.
    OnEnd,
    /// The states by name.
    States,
}

const fn key(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, doc, shape }
}

/// A kind of state: the key that makes one, and those that only some kinds have.
#[derive(Debug)]
pub struct StateKind {
    pub key: Key,
    /// What else it has, beside what every state can have.
    pub keys: &'static [Key],
    /// Keys without which it is no whole state, whatever `defaults` say.
    pub needs: &'static [&'static str],
}

/// Keys of the file itself.
pub const FILE: &[Key] = &[
    key(
        "flow",
        Shape::FlowName,
        "The name of the flow: letters, digits, `_` and `-`, with `/` between parts. Without it the name is the path of the file, as in `cards/lost`.",
    ),
    key(
        "numbers",
        Shape::Numbers,
        "The virtual numbers that the flow answers, with or without `+` and spaces. `\"*\"` is every number that no flow has. A number belongs to one flow.",
    ),
    key(
        "start",
        Shape::StateName,
        "The state where calls begin; without it the first one.",
    ),
    key(
        "voice",
        Shape::Voice,
        "The code of the voice that speaks, as in `en-US-BenjaminRUS`. Its first part is the language, `lang`.",
    ),
    key(
        "languages",
        Shape::Languages,
        "Languages with their voices, instead of one `voice`, as in `{en: {voice: en-US-BenjaminRUS}, ms: {voice: ms-MY-Yasmin}}`. Calls begin in the first; `set: {lang: ms}` changes it.",
    ),
    key(
        "zone",
        Shape::Word,
        "The time zone of `now` and of `hours`, as in `Asia/Singapore`; without it UTC.",
    ),
    key(
        "vars",
        Shape::Variables,
        "Variables with their types, as in `account: digits`, `pin: secret digits` or `n: {type: number, default: 3}`.",
    ),
    key(
        "defaults",
        Shape::Defaults,
        "What states inherit where they say nothing else.",
    ),
    key(
        "hours",
        Shape::Hours,
        "Opening hours by name, as in `office: {open: [mon-fri 09:00-18:00]}`. A state asks for them with `hours: office`.",
    ),
    key(
        "allow_dial",
        Shape::Prefixes,
        "Beginnings of the numbers that a computed `transfer` may dial, as in `[+65]`. Any other counts as `failed`.",
    ),
    key(
        "on_end",
        Shape::OnEnd,
        "What happens once when the call is over: a look-up, as in `{http: POST https://crm.example.com/calls, json: {outcome: \"${outcome}\"}}`, or an expression whose value goes into the log. `outcome`, `duration` and `path` tell of the whole call.",
    ),
    key(
        "states",
        Shape::States,
        "The states of the flow by name. A call goes from one to the next.",
    ),
];

/// Keys of `on_end` where it is a look-up.
pub const ON_END: &[Key] = &[
    key(
        "http",
        Shape::Request,
        "Method and address, as in `POST https://crm.example.com/calls`. The host stands in `ringflow.yaml`. Values are encoded.",
    ),
    key(
        "headers",
        Shape::Headers,
        "Headers by name. `${env.NAME}` puts in a value of the environment that `ringflow.yaml` names under `env`.",
    ),
    key(
        "json",
        Shape::Value,
        "What is sent, as JSON: texts and values, in lists and maps as in `set`.",
    ),
    key(
        "within",
        Shape::Duration,
        "How long it may take, `100ms` to `30s`; usually `1500ms`. Nobody waits for it.",
    ),
    key(
        "retries",
        Shape::Whole(0, 3),
        "How often a `GET` or `HEAD` is tried again within the time, 0 to 3; usually 0.",
    ),
];

const TRIES: Key = key(
    "tries",
    Shape::Whole(1, 9),
    "How many failures of all kinds together end the asking, 1 to 9; usually 3.",
);
const WAIT: Key = key(
    "wait",
    Shape::Duration,
    "The longest pause that the caller may make, `500ms` to `60s`; usually `5s`.",
);
const NO_INPUT: Key = key(
    "no_input",
    Shape::Texts,
    "What is said when the caller keyed in nothing. Of a list the n-th failure hears the n-th text, and the last one stays.",
);
const NO_MATCH: Key = key(
    "no_match",
    Shape::Texts,
    "What is said when the caller pressed a key that there is not, or too few digits. Of a list the n-th failure hears the n-th text.",
);
const INVALID: Key = key(
    "invalid",
    Shape::Texts,
    "What is said when `valid` does not hold. Of a list the n-th failure hears the n-th text.",
);
const GIVE_UP: Key = key(
    "give_up",
    Shape::Target,
    "Where the call goes after the last of the `tries`.",
);
const ON_ERROR: Key = key(
    "on_error",
    Shape::Target,
    "Where the call goes when a script or a value failed; without it `give_up`, and without that `hangup`.",
);
const KEYS: Key = key(
    "keys",
    Shape::Keys,
    "Where each key of the telephone leads: `0` to `9`, `star` and `hash`.",
);
const SPEED: Key = key(
    "speed",
    Shape::Tenths(5, 20),
    "How fast the voice speaks, 0.5 to 2; usually 1.",
);
const REPETITION: Key = key(
    "repetition",
    Shape::Whole(1, 3),
    "How often `say` is heard in a row, 1 to 3.",
);

/// Keys of `defaults`.
pub const DEFAULTS: &[Key] = &[
    TRIES,
    WAIT,
    NO_INPUT,
    NO_MATCH,
    INVALID,
    GIVE_UP,
    key(
        "otherwise",
        Shape::Target,
        "Where a `transfer` without conversation, a `choose` without match, closed `hours`, an `http` without a good answer and a `run` that has failed go.",
    ),
    ON_ERROR,
    key(
        "keys",
        Shape::Keys,
        "Keys that every `menu` and `ask` has beside its own. At an `ask` they count only where they are not an entry.",
    ),
    SPEED,
    REPETITION,
    key(
        "patience",
        Shape::Whole(1, 99),
        "How many failures in a row, in whatever states, end the call with `give_up`; usually 10.",
    ),
];

/// Keys of a language.
pub const LANGUAGE: &[Key] = &[key(
    "voice",
    Shape::Voice,
    "The code of the voice that speaks this language.",
)];

/// Keys of named opening hours.
pub const HOURS: &[Key] = &[
    key(
        "zone",
        Shape::Word,
        "The time zone of these hours, as in `Asia/Singapore`; without it the flow's `zone`.",
    ),
    key(
        "open",
        Shape::Week,
        "The week: days and times, as in `mon-fri 09:00-18:00`. A time ends before the minute it names, and one over midnight belongs to the day it begins on.",
    ),
    key(
        "except",
        Shape::Exceptions,
        "Dates by name on which the week does not hold, as in `holiday: [2026-12-25]`.",
    ),
];

/// Keys of an exception that is written out.
pub const EXCEPTION: &[Key] = &[
    key("on_dates", Shape::Dates, "Its dates, as in `[2026-12-25]`."),
    key(
        "open",
        Shape::Spans,
        "When it is open on these dates, as in `[13:00-18:00]`; without it they are closed.",
    ),
];

/// Keys of one arm of `choose`.
pub const ARM: &[Key] = &[
    key(
        "if",
        Shape::Expression,
        "A condition, as in `now.hour < 12`. The first that holds wins.",
    ),
    key(
        "then",
        Shape::Target,
        "Where the call goes where the condition holds.",
    ),
];

/// Keys of a variable that is written out.
pub const VARIABLE: &[Key] = &[
    key(
        "type",
        Shape::Type,
        "What the variable holds; `secret` in front keeps it out of every text and log.",
    ),
    key(
        "default",
        Shape::Value,
        "What it is before anything sets it.",
    ),
];

/// Keys that a state of any kind can have.
pub const ANY: &[Key] = &[
    key(
        "set",
        Shape::Values,
        "Variables to set first, as in `day: today` or `n: ${n + 1}`.",
    ),
    key(
        "say",
        Shape::Text,
        "What is said first. The address of an `.mp3` or `.wav` file is played. `${…}` puts in a value.",
    ),
    key(
        "voice",
        Shape::Voice,
        "The voice of this state, as in `en-GB-George`.",
    ),
    key(
        "lang",
        Shape::Langs,
        "The languages in which everything is said here, one after the other, as in `[en, ms]`. Each text is then a prompt, as in `<welcome>`.",
    ),
    SPEED,
    REPETITION,
    ON_ERROR,
];

/// A state that only sets and says.
pub const PLAIN: &[Key] = &[key(
    "then",
    Shape::Target,
    "Where the call goes next: the name of a state, `hangup`, or a state written here.",
)];

/// The kinds of state, in the order in which help names them.
pub const STATE_KINDS: &[StateKind] = &[
    StateKind {
        key: key(
            "menu",
            Shape::Texts,
            "**Asks for one key.** The text is the prompt, and `keys` say where each key leads. Of a list each repeat takes the next text.",
        ),
        keys: &[
            KEYS,
            GIVE_UP,
            key(
                "cases",
                Shape::Outcomes(&["no_input", "no_match"]),
                "Where giving up leads elsewhere than `give_up`, by the last failure.",
            ),
            TRIES,
            WAIT,
            NO_INPUT,
            NO_MATCH,
        ],
        needs: &[],
    },
    StateKind {
        key: key(
            "ask",
            Shape::Texts,
            "**Asks for digits**, as many as `digits` says, and keeps them under the name behind `save`. The text is the prompt; of a list each repeat takes the next.",
        ),
        keys: &[
            key(
                "digits",
                Shape::Digits(Capture::MAX_DIGITS),
                "How many digits: `8` for exactly 8, `6-8` for 6 to 8; 25 at most.",
            ),
            key(
                "save",
                Shape::Word,
                "The variable that keeps the entry; it holds `digits` where `vars` says nothing else.",
            ),
            key(
                "valid",
                Shape::Expression,
                "A condition that the entry has to meet, as in `luhn(input)`.",
            ),
            key(
                "confirm",
                Shape::Text,
                "Reads the entry back: 1 keeps it, 2 asks again.",
            ),
            key(
                "keys",
                Shape::EntryKeys,
                "Keys that lead elsewhere where they are all that was pressed: `0` to `9` and `star`.",
            ),
            key("then", Shape::Target, "Where the call goes with the entry."),
            GIVE_UP,
            key(
                "cases",
                Shape::Outcomes(&["no_input", "no_match", "invalid"]),
                "Where giving up leads elsewhere than `give_up`, by the last failure.",
            ),
            TRIES,
            WAIT,
            NO_INPUT,
            NO_MATCH,
            INVALID,
        ],
        needs: &["digits", "then"],
    },
    StateKind {
        key: key(
            "transfer",
            Shape::Dials(2),
            "**Connects the caller** with a number, or with the first of two that answers. A computed number needs `allow_dial`.",
        ),
        keys: &[
            key(
                "from",
                Shape::Dial,
                "The number that the called party sees; without it our virtual number.",
            ),
            key(
                "record",
                Shape::Flag,
                "`true`: the platform records the conversation. Recording has to be set up for the account; without that the platform refuses the call.",
            ),
            key(
                "then",
                Shape::Target,
                "Where the call goes after a conversation.",
            ),
            key(
                "otherwise",
                Shape::Target,
                "Where the call goes without a conversation.",
            ),
            key(
                "cases",
                Shape::Outcomes(&["busy", "no_answer", "failed"]),
                "Where one outcome leads elsewhere than `otherwise`.",
            ),
        ],
        needs: &["then"],
    },
    StateKind {
        key: key(
            "choose",
            Shape::Choice,
            "**Decides.** Either a list of `if` and `then`, of which the first that holds wins, or one expression whose value is one of the `cases`.",
        ),
        keys: &[
            key(
                "cases",
                Shape::Labels,
                "Where each value of the expression leads.",
            ),
            key(
                "otherwise",
                Shape::Target,
                "Where the call goes where no condition holds and no case fits.",
            ),
        ],
        needs: &[],
    },
    StateKind {
        key: key(
            "split",
            Shape::Weights,
            "**Divides callers** by weights, as in `{a: 20, b: 80}`. The same caller always gets the same side.",
        ),
        keys: &[key("cases", Shape::Labels, "Where each side leads.")],
        needs: &["cases"],
    },
    StateKind {
        key: key(
            "hours",
            Shape::HoursName,
            "**Asks whether it is open**, by the `hours` of the flow that have this name.",
        ),
        keys: &[
            key(
                "then",
                Shape::Target,
                "Where the call goes while it is open.",
            ),
            key(
                "otherwise",
                Shape::Target,
                "Where the call goes while it is closed.",
            ),
            key(
                "cases",
                Shape::Labels,
                "Where the call goes on the dates of an exception, open or closed, by its name.",
            ),
        ],
        needs: &["then"],
    },
    StateKind {
        key: key(
            "http",
            Shape::Request,
            "**Asks somebody's server**, as in `GET https://crm.example.com/customers/${caller.number}`. The host stands in `ringflow.yaml`. Values are encoded.",
        ),
        keys: &[
            key(
                "headers",
                Shape::Headers,
                "Headers by name. `${env.NAME}` puts in a value of the environment that `ringflow.yaml` names under `env`.",
            ),
            key(
                "json",
                Shape::Value,
                "What is sent, as JSON: texts and values, in lists and maps as in `set`.",
            ),
            key(
                "within",
                Shape::Duration,
                "How long it may take, `100ms` to `2500ms`, and up to `30s` with `while_waiting`; usually `1500ms`.",
            ),
            key(
                "retries",
                Shape::Whole(0, 3),
                "How often a `GET` or `HEAD` is tried again within the time, 0 to 3; usually 0.",
            ),
            key(
                "save",
                Shape::Word,
                "The variable that keeps the JSON of a good answer.",
            ),
            key(
                "while_waiting",
                Shape::Text,
                "What is said at once, and again until the answer has come.",
            ),
            key(
                "then",
                Shape::Target,
                "Where the call goes after a good answer, one with a status from 200 to 299.",
            ),
            key(
                "cases",
                Shape::Statuses,
                "Where a status leads, as in `404` or `4xx`.",
            ),
            key(
                "otherwise",
                Shape::Target,
                "Where the call goes after any other status, and where no answer came in time or it cannot be read.",
            ),
        ],
        needs: &["then"],
    },
    StateKind {
        key: key(
            "run",
            Shape::FlowName,
            "**Runs another flow** and goes on here when that one returns. It has its own variables, voice and `defaults`.",
        ),
        keys: &[
            key(
                "with",
                Shape::Values,
                "What the sub-flow's variables begin with, as in `account: ${account}`. Each has to stand in its `vars`.",
            ),
            key(
                "save",
                Shape::Word,
                "The variable that keeps what the sub-flow has set as `result`.",
            ),
            key(
                "cases",
                Shape::Labels,
                "Where each label leads that the sub-flow gives back with `return LABEL`.",
            ),
            key(
                "then",
                Shape::Target,
                "Where the call goes with a plain `return`, and with a label that no case takes.",
            ),
            key(
                "otherwise",
                Shape::Target,
                "Where the call goes where something failed in the sub-flow and nothing there says where to go; without it `on_error`.",
            ),
        ],
        needs: &[],
    },
];
