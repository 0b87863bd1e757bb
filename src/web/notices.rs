//! Notifications: each is answered at once, and is one line of the log.

use axum::response::Response;
use tracing::{debug, info};

use crate::live;
use crate::platform::codes;
use crate::wire::{LegName, NumberUpdate, Recording, Status, Summary};

use super::{Web, respond};

pub fn status(web: &Web, status: Status) -> Response {
    debug!(
        session = %status.event.session,
        status = status.status.as_ref().map(|word| word.word()),
        direction = status.event.direction.word(),
        source = %status.source,
        destination = %status.event.destination,
        sip_code = status.event.sip_code,
        seconds = status.event.seconds,
        "call status"
    );
    web.calls.status(status.event);
    respond::noted()
}

pub fn summary(web: &Web, summary: &Summary) -> Response {
    let word = summary.status.as_ref().map(|status| status.word());
    let error = summary.error.as_ref();
    let leg = |name| summary.leg(name);
    debug!(
        session = %summary.session,
        status = word,
        last_action = summary.last_action.as_ref().map(|action| action.word()),
        legs = summary.call_count,
        seconds_a = leg(LegName::A).and_then(|leg| leg.seconds),
        seconds_b = leg(LegName::B).and_then(|leg| leg.seconds),
        client_request = summary.client_request_id,
        error_code = error.and_then(|error| error.code),
        error_action = error.and_then(|error| error.action.as_deref()),
        "session summary"
    );
    let error = error.map(|error| {
        let code = error.code.map(|code| code.to_string()).unwrap_or_default();
        let message = error.message.as_deref().unwrap_or_default();
        let told = format!("{code} {message}").trim().to_owned();
        let known = error.code.and_then(|code| i32::try_from(code).ok());
        match known.and_then(codes::status) {
            Some(known) => format!("{told} ({known})"),
            None => told,
        }
    });
    let told = live::Summary {
        status: word.unwrap_or("unknown").to_owned(),
        error,
        ending: summary.ending(),
        request: summary.client_request_id.clone(),
    };
    web.calls.close(&summary.session, told);
    respond::noted()
}

pub fn recording(recording: &Recording) -> Response {
    info!(
        session = %recording.session,
        recording = recording.recording_id,
        seconds = recording.seconds,
        path = recording.file_path,
        status = recording.status.as_ref().map(|status| status.word()),
        "recording uploaded"
    );
    respond::noted()
}

pub fn numbers(update: &NumberUpdate) -> Response {
    let unwell: Vec<String> = update
        .numbers
        .iter()
        .filter_map(|number| {
            let status = number.status.as_ref()?.word();
            (!status.eq_ignore_ascii_case("active")).then(|| format!("{} {status}", number.number))
        })
        .collect();
    info!(
        account = update.sub_account,
        kind = update.kind.as_ref().map(|kind| kind.word()),
        numbers = update.numbers.len(),
        not_active = unwell.join(", "),
        "virtual numbers updated"
    );
    respond::noted()
}

pub fn unknown(event_type: &str) -> Response {
    info!(event_type, "a webhook of a type that is not known");
    respond::noted()
}
