//! The platform's rules for a callflow, as tables. They are read from the platform's
//! documents, and from nothing of the product: where both say the same, both read the
//! same documents.

/// One parameter of an action.
#[derive(Debug, Clone)]
pub struct Row {
    pub action: &'static str,
    pub param: &'static str,
    pub needed: bool,
    /// `null` is the same as none.
    pub nullable: bool,
    pub form: Form,
    /// What a value out of range is refused with.
    pub code: i32,
}

/// What a value has to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// Spoken text of at most so many characters.
    Text {
        most: usize,
    },
    /// A voice that the subaccount has.
    Voice,
    Whole {
        least: i64,
        most: i64,
    },
    Number {
        least: f64,
        most: f64,
    },
    Flag,
    /// An address with one of these beginnings and one of these endings.
    File {
        beginnings: &'static [&'static str],
        endings: &'static [&'static str],
    },
    /// A number of the subaccount.
    Source,
    /// Digits behind a `+` or none, the first not 0.
    Destination {
        most: usize,
    },
}

/// A rule about more than one parameter, or about the whole callflow.
#[derive(Debug, Clone)]
pub struct Rule {
    pub broken: Broken,
    /// Each of them is right; the first is the plain one.
    pub codes: Vec<i32>,
}

/// When a rule is broken. A parameter is *valid* where it is there and keeps its row; a
/// rule about two says nothing of a `param` that does not.
#[derive(Debug, Clone, PartialEq)]
pub enum Broken {
    NotJson,
    /// The body, or one of its fields, is not of the form that it should have.
    BodyForm,
    /// A time before which the call has to start, and it has passed.
    Passed,
    NoSuchAction,
    /// An entry of the callflow, its `action` or its `params` is of no right form.
    ActionForm,
    /// A needed parameter is not there.
    Missing,
    /// A parameter is of another type.
    Type,
    /// `param` is valid, and `needs` is not.
    Without {
        action: &'static str,
        param: &'static str,
        needs: &'static str,
    },
    /// `param` is `false`, and `needs` is not valid.
    FalseWithout {
        action: &'static str,
        param: &'static str,
        needs: &'static str,
    },
    /// `param` is valid, and `needs` is not there.
    Alone {
        action: &'static str,
        param: &'static str,
        needs: &'static str,
    },
    /// Both are valid, and `param` is not below `limit`.
    NotBelow {
        action: &'static str,
        param: &'static str,
        limit: &'static str,
        equal: Equal,
    },
    /// The action for which keys are told, and nowhere to tell them.
    NoWebhook {
        action: &'static str,
    },
    /// A recording is wanted, and recording is not set up.
    NoRecording {
        action: &'static str,
        param: &'static str,
    },
    TooOften {
        action: &'static str,
        most: usize,
    },
    /// Several values where one is wanted.
    Several {
        action: &'static str,
        param: &'static str,
    },
    NotLast {
        action: &'static str,
    },
    /// In a request that starts a call.
    NotFirst {
        action: &'static str,
    },
    /// One of these is in a text, or a control character is.
    Characters {
        refused: &'static str,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Equal {
    Fine,
    Refused,
    /// The documents do not agree.
    Open,
}

/// What a parameter is where it is not given.
#[derive(Debug, Clone)]
pub struct Default {
    pub action: &'static str,
    pub param: &'static str,
    pub value: f64,
}

#[derive(Debug, Clone)]
pub struct Tables {
    pub rows: Vec<Row>,
    pub rules: Vec<Rule>,
    pub defaults: Vec<Default>,
    /// Those without parameters too.
    pub actions: Vec<&'static str>,
}

const MALFORMED: i32 = -1009;

fn row(action: &'static str, param: &'static str, form: Form) -> Row {
    let code = match form {
        Form::Voice => -1002,
        Form::Source => -1014,
        Form::Destination { .. } => -1017,
        _ => MALFORMED,
    };
    Row {
        action,
        param,
        needed: false,
        nullable: false,
        form,
        code,
    }
}

impl Row {
    fn needed(self) -> Row {
        Row {
            needed: true,
            ..self
        }
    }

    fn nullable(self) -> Row {
        Row {
            nullable: true,
            ..self
        }
    }
}

const NO_LIMIT: i64 = i32::MAX as i64;

pub fn tables() -> Tables {
    use Form::*;
    let text = Text { most: 3000 };
    let whole = |least, most| Whole { least, most };
    let speed = Number {
        least: 0.5,
        most: 2.0,
    };
    let file = File {
        beginnings: &["http://", "https://"],
        endings: &[".mp3", ".wav"],
    };
    let destination = Destination { most: 15 };
    const CAPTURE: &str = "sayAndCapture";
    Tables {
        rows: vec![
            row("say", "text", text.clone()).needed(),
            row("say", "voiceProfile", Voice).needed(),
            row("say", "repetition", whole(1, 3)),
            row("say", "speed", speed.clone()),
            row("playFile", "fileUrl", file).needed(),
            row("playFile", "repetition", whole(1, 3)),
            row(CAPTURE, "promptMessage", text.clone()).needed(),
            row(CAPTURE, "voiceProfile", Voice).needed(),
            row(CAPTURE, "speed", speed),
            row(CAPTURE, "minDigits", whole(1, NO_LIMIT)).nullable(),
            row(CAPTURE, "maxDigits", whole(1, 25)).nullable(),
            row(CAPTURE, "digitTimeout", whole(1, NO_LIMIT)).nullable(),
            row(CAPTURE, "overallTimeout", whole(1, NO_LIMIT)).nullable(),
            row(CAPTURE, "completeOnHash", Flag).nullable(),
            row(CAPTURE, "noOfTries", whole(1, NO_LIMIT)).nullable(),
            row(CAPTURE, "successMessage", text.clone()).nullable(),
            row(CAPTURE, "failureMessage", text).nullable(),
            row("makeCall", "source", Source).needed(),
            row("makeCall", "destination", destination).needed(),
            row("makeCall", "callRecording", Flag),
        ],
        rules: rules(),
        defaults: vec![
            default("say", "repetition", 1.0),
            default("say", "speed", 1.0),
            default("playFile", "repetition", 1.0),
            default(CAPTURE, "speed", 1.0),
            default(CAPTURE, "maxDigits", 25.0),
        ],
        actions: vec!["say", "playFile", CAPTURE, "makeCall", "hangup"],
    }
}

fn default(action: &'static str, param: &'static str, value: f64) -> Default {
    Default {
        action,
        param,
        value,
    }
}

fn rules() -> Vec<Rule> {
    use Broken::*;
    const CAPTURE: &str = "sayAndCapture";
    let rule = |broken, codes: &[i32]| Rule {
        broken,
        codes: codes.to_vec(),
    };
    vec![
        rule(NotJson, &[-1001]),
        rule(BodyForm, &[MALFORMED]),
        rule(Passed, &[-1015]),
        rule(NoSuchAction, &[-1007]),
        rule(ActionForm, &[MALFORMED, -1007]),
        rule(Missing, &[MALFORMED]),
        rule(Type, &[MALFORMED]),
        rule(NoWebhook { action: CAPTURE }, &[-1004]),
        rule(
            Without {
                action: CAPTURE,
                param: "minDigits",
                needs: "maxDigits",
            },
            &[-1003],
        ),
        // A `maxDigits` below `minDigits` is none that is valid for it.
        rule(
            NotBelow {
                action: CAPTURE,
                param: "minDigits",
                limit: "maxDigits",
                equal: Equal::Fine,
            },
            &[-1003],
        ),
        rule(
            Alone {
                action: CAPTURE,
                param: "digitTimeout",
                needs: "overallTimeout",
            },
            &[-1005],
        ),
        rule(
            NotBelow {
                action: CAPTURE,
                param: "digitTimeout",
                limit: "overallTimeout",
                equal: Equal::Open,
            },
            &[-1006],
        ),
        rule(
            FalseWithout {
                action: CAPTURE,
                param: "completeOnHash",
                needs: "maxDigits",
            },
            &[-1008],
        ),
        rule(
            NoRecording {
                action: "makeCall",
                param: "callRecording",
            },
            &[MALFORMED],
        ),
        rule(
            TooOften {
                action: "makeCall",
                most: 2,
            },
            &[-1010],
        ),
        rule(
            Several {
                action: "makeCall",
                param: "destination",
            },
            &[-1011],
        ),
        rule(NotLast { action: "hangup" }, &[-1012]),
        rule(NotFirst { action: "makeCall" }, &[-1013]),
        rule(Characters { refused: "<>&" }, &[-1016]),
    ]
}
