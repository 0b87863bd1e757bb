//! `numbers`: the virtual numbers.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::Emulator;
use super::answer;
use crate::call::PhoneNumber;
use crate::wire::api::{Health, NumberAnswer, NumberId, NumberPage, OwnNumber};

#[derive(Deserialize)]
pub struct One {
    number: String,
}

pub async fn list(State(emulator): State<Arc<Emulator>>) -> Response {
    let now = answer::time(emulator.config.clock.now());
    let numbers = emulator.config.numbers.shown();
    let numbers: Vec<OwnNumber> = numbers.iter().map(|number| own(*number, &now)).collect();
    answer::ok(&NumberPage {
        total_numbers: numbers.len() as u32,
        last_updated_at: Some(now),
        numbers,
        status_code: 0,
        status_message: "ok".to_owned(),
    })
}

/// One number. The document takes 7 to 10 digits for a number here, which most numbers of
/// the world do not fit; every number is taken, with `+` or without.
pub async fn one(
    State(emulator): State<Arc<Emulator>>,
    Path(One { number }): Path<One>,
) -> Response {
    let now = emulator.config.clock.now();
    let wanted: Option<PhoneNumber> = number.parse().ok();
    let found = wanted.filter(|wanted| emulator.config.numbers.shown().contains(wanted));
    let Some(number) = found else {
        let message = "The virtual number does not exist";
        return answer::told(StatusCode::NOT_FOUND, message, now);
    };
    answer::ok(&NumberAnswer {
        status_code: 0,
        status_message: "ok".to_owned(),
        timestamp: answer::time(now),
        payload: NumberId {
            reference_id: None,
            msisdn: number.digits(),
            country_code: None,
        },
    })
}

fn own(number: PhoneNumber, now: &str) -> OwnNumber {
    OwnNumber {
        msisdn: number.digits(),
        date_created: Some(now.to_owned()),
        date_updated: Some(now.to_owned()),
        country_code: None,
        operational_status: "Active".to_owned(),
        reference_id: None,
        number_type: None,
        number_health_check_enabled: true,
        number_health: Some(Health {
            is_healthy: true,
            status: "HEALTHY".to_owned(),
            last_checked_time: Some(now.to_owned()),
        }),
    }
}
