//! A callflow as the platform reads it: in a form that can be wrong in every way, so
//! that whoever plays the platform can judge it. [`render`](super::render) is the other
//! side of it and cannot write a wrong one.

use std::fmt;

use serde_json::{Map, Value};

/// The body of an answer to a webhook that waits, or of a request that starts a call.
/// Fields of unknown names are left out; a `null` reads as absent.
#[derive(Debug, Clone)]
pub struct Callflow {
    /// What comes back with the next webhook that waits.
    pub token: Option<Loose>,
    /// A request's own name for the call, which its summary tells again.
    pub request_id: Option<Loose>,
    /// Until when a call may be started.
    pub valid_until: Option<Loose>,
    pub actions: Vec<LooseAction>,
}

/// One action as it was written.
#[derive(Debug, Clone)]
pub struct LooseAction {
    pub name: Option<Loose>,
    /// `None` where the name is missing, or is that of no action.
    pub kind: Option<ActionKind>,
    params: Map<String, Value>,
}

/// A value as it was written. It prints its kind alone, as it may be anything.
#[derive(Clone, PartialEq)]
pub enum Loose {
    Text(String),
    Whole(i64),
    Number(f64),
    Flag(bool),
    List,
    Object,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionKind {
    MakeCall,
    Say,
    PlayFile,
    SayAndCapture,
    Hangup,
}

/// A parameter of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    Text,
    Voice,
    Speed,
    Repetition,
    FileUrl,
    Prompt,
    MinDigits,
    MaxDigits,
    DigitTimeout,
    OverallTimeout,
    CompleteOnHash,
    Tries,
    SuccessMessage,
    FailureMessage,
    Source,
    Destination,
    Recording,
}

/// Why a body is no callflow at all. It holds nothing of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCallflow {
    #[error("the body is not valid JSON: {0}")]
    NotJson(String),
    #[error("$: {0} found, object expected")]
    NoObject(&'static str),
    #[error("$.callflow: is missing but it is required")]
    Missing,
    #[error("$.callflow: {0} found, array expected")]
    NoList(&'static str),
    #[error("$.callflow: must have at least 1 items but found 0")]
    Empty,
}

impl Callflow {
    /// Reads a body as far as it is a list of actions, right or wrong.
    pub fn read(body: &[u8]) -> Result<Self, NoCallflow> {
        let body: Value =
            serde_json::from_slice(body).map_err(|e| NoCallflow::NotJson(e.to_string()))?;
        let Value::Object(fields) = &body else {
            return Err(NoCallflow::NoObject(kind_of(&body)));
        };
        let actions = match fields.get("callflow") {
            None | Some(Value::Null) => return Err(NoCallflow::Missing),
            Some(Value::Array(actions)) if actions.is_empty() => return Err(NoCallflow::Empty),
            Some(Value::Array(actions)) => actions,
            Some(other) => return Err(NoCallflow::NoList(kind_of(other))),
        };
        let field = |name: &str| fields.get(name).and_then(Loose::read);
        Ok(Callflow {
            token: field(Self::TOKEN),
            request_id: field(Self::REQUEST_ID),
            valid_until: field(Self::VALID_UNTIL),
            actions: actions.iter().map(LooseAction::read).collect(),
        })
    }

    pub const TOKEN: &str = "clientActionId";
    pub const REQUEST_ID: &str = "clientRequestId";
    pub const VALID_UNTIL: &str = "validUntil";

    /// Where the name of the action at `index` is written, in the platform's words.
    pub fn place_of_name(index: usize) -> String {
        format!("$.callflow[{index}].action")
    }

    /// Where a parameter of the action at `index` is written, in the platform's words.
    pub fn place_of(index: usize, param: Param) -> String {
        format!("$.callflow[{index}].params.{}", param.word())
    }
}

impl LooseAction {
    fn read(action: &Value) -> Self {
        let name = action.get("action").and_then(Loose::read);
        let kind = match &name {
            Some(Loose::Text(name)) => ActionKind::read(name),
            _ => None,
        };
        let params = match action.get("params") {
            Some(Value::Object(params)) => params.clone(),
            _ => Map::new(),
        };
        LooseAction { name, kind, params }
    }

    pub fn param(&self, param: Param) -> Option<Loose> {
        self.params.get(param.word()).and_then(Loose::read)
    }

    /// True where the parameter is there, and is `null`.
    pub fn is_null(&self, param: Param) -> bool {
        self.params.get(param.word()).is_some_and(Value::is_null)
    }
}

impl Loose {
    fn read(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(flag) => Loose::Flag(*flag),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Loose::Whole(whole),
                None => Loose::Number(number.as_f64().unwrap_or(f64::INFINITY)),
            },
            Value::String(text) => Loose::Text(text.clone()),
            Value::Array(_) => Loose::List,
            Value::Object(_) => Loose::Object,
        })
    }

    /// The kind of value, in the words of a JSON schema.
    pub fn kind(&self) -> &'static str {
        match self {
            Loose::Text(_) => "string",
            Loose::Whole(_) => "integer",
            Loose::Number(_) => "number",
            Loose::Flag(_) => "boolean",
            Loose::List => "array",
            Loose::Object => "object",
        }
    }
}

impl fmt::Debug for Loose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.kind())
    }
}

fn kind_of(value: &Value) -> &'static str {
    Loose::read(value).map_or("null", |value| value.kind())
}

impl ActionKind {
    pub const ALL: [ActionKind; 5] = [
        ActionKind::MakeCall,
        ActionKind::Say,
        ActionKind::PlayFile,
        ActionKind::SayAndCapture,
        ActionKind::Hangup,
    ];

    fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == name)
    }

    /// The platform's word for it.
    pub fn word(self) -> &'static str {
        match self {
            ActionKind::MakeCall => "makeCall",
            ActionKind::Say => "say",
            ActionKind::PlayFile => "playFile",
            ActionKind::SayAndCapture => "sayAndCapture",
            ActionKind::Hangup => "hangup",
        }
    }
}

impl Param {
    /// The platform's name for it.
    pub fn word(self) -> &'static str {
        match self {
            Param::Text => "text",
            Param::Voice => "voiceProfile",
            Param::Speed => "speed",
            Param::Repetition => "repetition",
            Param::FileUrl => "fileUrl",
            Param::Prompt => "promptMessage",
            Param::MinDigits => "minDigits",
            Param::MaxDigits => "maxDigits",
            Param::DigitTimeout => "digitTimeout",
            Param::OverallTimeout => "overallTimeout",
            Param::CompleteOnHash => "completeOnHash",
            Param::Tries => "noOfTries",
            Param::SuccessMessage => "successMessage",
            Param::FailureMessage => "failureMessage",
            Param::Source => "source",
            Param::Destination => "destination",
            Param::Recording => "callRecording",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_kept_as_it_is() {
        let body = br#"{"clientActionId":7,"callflow":[
            {"action":"say","params":{"text":5,"speed":1.5,"repetition":null,"new":1}},
            {"action":"sing"}, {"action":"hangup","params":[]}, 3]}"#;
        let callflow = Callflow::read(body).unwrap();
        assert_eq!(callflow.token, Some(Loose::Whole(7)));
        let [say, sing, hangup, three] = &callflow.actions[..] else {
            panic!("{callflow:?}");
        };
        assert_eq!(say.kind, Some(ActionKind::Say));
        assert_eq!(say.param(Param::Text), Some(Loose::Whole(5)));
        assert_eq!(say.param(Param::Speed), Some(Loose::Number(1.5)));
        assert_eq!(say.param(Param::Repetition), None);
        assert_eq!(sing.name, Some(Loose::Text("sing".into())));
        assert_eq!(sing.kind, None);
        assert_eq!(hangup.kind, Some(ActionKind::Hangup));
        assert_eq!(three.name, None);
    }

    #[test]
    fn what_is_no_list_of_actions_says_so() {
        let cases = [
            ("[]", "$: array found, object expected"),
            ("{}", "$.callflow: is missing but it is required"),
            (
                r#"{"callflow":7}"#,
                "$.callflow: integer found, array expected",
            ),
            (
                r#"{"callflow":[]}"#,
                "$.callflow: must have at least 1 items but found 0",
            ),
        ];
        for (body, message) in cases {
            let error = Callflow::read(body.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), message, "{body}");
        }
        let error = Callflow::read(b"{").unwrap_err();
        assert!(matches!(error, NoCallflow::NotJson(_)), "{error}");
    }
}
