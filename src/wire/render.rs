//! The answer to a webhook that waits, as the platform's callflow.

use serde::{Serialize, Serializer};

use crate::call::{Action, Answer, PhoneNumber, Speed};

/// The bytes of an answer. The same answer always gives the same bytes.
pub fn render(answer: &Answer) -> Vec<u8> {
    let body = Body {
        token: answer.token(),
        callflow: Callflow(answer.actions()),
    };
    // Enough for a prompt of a few sentences; a longer one makes it grow.
    let mut bytes = Vec::with_capacity(512);
    serde_json::to_writer(&mut bytes, &body)
        .expect("memory takes every byte, and an answer is made of texts and numbers alone");
    bytes
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "clientActionId", skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    callflow: Callflow<'a>,
}

/// Actions in their order.
pub(super) struct Callflow<'a>(pub &'a [Action]);

impl Serialize for Callflow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Step::of))
    }
}

/// One action with every field the platform has a default for: what it states about
/// those differs from page to page. A hangup is sent without `params`, as in every
/// sample of the platform.
#[derive(Serialize)]
#[serde(tag = "action", content = "params", rename_all = "camelCase")]
#[serde(rename_all_fields = "camelCase")]
enum Step<'a> {
    Say {
        text: &'a str,
        voice_profile: &'a str,
        repetition: u8,
        #[serde(serialize_with = "times")]
        speed: Speed,
    },
    PlayFile {
        file_url: &'a str,
        repetition: u8,
    },
    SayAndCapture {
        prompt_message: &'a str,
        voice_profile: &'a str,
        #[serde(serialize_with = "times")]
        speed: Speed,
        min_digits: u8,
        max_digits: u8,
        digit_timeout: u32,
        overall_timeout: u32,
        complete_on_hash: bool,
        no_of_tries: u8,
    },
    MakeCall {
        #[serde(serialize_with = "number")]
        source: PhoneNumber,
        #[serde(serialize_with = "number")]
        destination: PhoneNumber,
        /// Without a recording the field is left out, as it is where none is set up.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        call_recording: bool,
    },
    Hangup,
}

impl<'a> Step<'a> {
    fn of(action: &'a Action) -> Self {
        match action {
            Action::Say {
                text,
                voice,
                speed,
                repetition,
            } => Step::Say {
                text: text.as_str(),
                voice_profile: voice.as_str(),
                repetition: repetition.times(),
                speed: *speed,
            },
            Action::PlayFile { url, repetition } => Step::PlayFile {
                file_url: url.as_str(),
                repetition: repetition.times(),
            },
            Action::SayAndCapture(capture) => Step::SayAndCapture {
                prompt_message: capture.prompt.as_str(),
                voice_profile: capture.voice.as_str(),
                speed: capture.speed,
                min_digits: 1,
                max_digits: capture.max_digits(),
                digit_timeout: capture.digit_timeout_ms(),
                overall_timeout: capture.overall_timeout_ms(),
                complete_on_hash: capture.complete_on_hash(),
                // Silence and wrong entries are counted and spoken about by us.
                no_of_tries: 1,
            },
            Action::MakeCall {
                source,
                destination,
                record,
            } => Step::MakeCall {
                source: *source,
                destination: *destination,
                call_recording: *record,
            },
            Action::Hangup => Step::Hangup,
        }
    }
}

/// A whole speed as an integer, as the platform's document has it.
fn times<S: Serializer>(speed: &Speed, serializer: S) -> Result<S::Ok, S::Error> {
    let times = speed.times();
    if times.fract() == 0.0 {
        serializer.serialize_u8(times as u8)
    } else {
        serializer.serialize_f64(times)
    }
}

fn number<S: Serializer>(number: &PhoneNumber, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}
