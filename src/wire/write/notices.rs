//! What tells of no call that is up: recordings, and virtual numbers.

use jiff::Timestamp;
use serde::Serialize;

use super::super::numbers::{NumberState, NumberUpdate};
use super::super::recording::Recording;
use super::{envelope, some_time};
use crate::call::Country;

/// A recording is on the customer's storage (VRU).
pub fn write_recording(recording: &Recording) -> Vec<u8> {
    let payload = RecordingPayload {
        session_id: recording.session.as_str(),
        recording_id: recording.recording_id.as_deref(),
        sub_account_id: recording.sub_account.as_deref(),
        duration_seconds: recording.seconds,
        file_path: recording.file_path.as_deref(),
        status: recording.status.as_ref().map(|status| status.word()),
    };
    let description = "Voice recording uploaded";
    envelope("CALL_RECORDING_STATUS", description, None, payload)
}

/// How it stands with virtual numbers (VNU).
pub fn write_numbers(update: &NumberUpdate) -> Vec<u8> {
    let payload = NumbersPayload {
        sub_account_id: update.sub_account.as_deref(),
        total_numbers: update.total,
        update_event_type: update.kind.as_ref().map(|kind| kind.word()),
        virtual_numbers: update.numbers.iter().map(NumberPayload::of).collect(),
    };
    let description = "Virtual number updated";
    envelope("VIRTUAL_NUMBER_UPDATE", description, None, payload)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordingPayload<'a> {
    session_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    recording_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_account_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NumbersPayload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_account_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_numbers: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_event_type: Option<&'a str>,
    virtual_numbers: Vec<NumberPayload<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NumberPayload<'a> {
    /// Numbers are written without a `+` here.
    msisdn: String,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_time")]
    updated_timestamp: Option<Timestamp>,
    country_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operational_status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rental_price: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incoming_rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_unit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_health_check_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_status: Option<&'a str>,
}

impl<'a> NumberPayload<'a> {
    fn of(state: &'a NumberState) -> Self {
        NumberPayload {
            msisdn: state.number.to_string().trim_start_matches('+').to_owned(),
            updated_timestamp: state.updated,
            country_code: state.country.as_ref().map(Country::as_str),
            operational_status: state.status.as_ref().map(|status| status.word()),
            reference_id: state.reference.as_deref(),
            rental_price: state.rental_price,
            incoming_rate: state.incoming_rate,
            billing_unit: state.billing_unit,
            billing_currency: state.billing_currency.as_deref(),
            number_health_check_enabled: state.is_health_checked,
            update_status: state.change.as_ref().map(|change| change.word()),
        }
    }
}
