//! `ringflow numbers`: the numbers of the account, and the flows that answer them.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::table::{plain, table};
use super::{FOUND, asking, print};
use crate::app;
use crate::call::PhoneNumber;
use crate::flow::{self, Build};
use crate::live::read_project;
use crate::settings::NumbersSettings;
use crate::wire::api::OwnNumber;

pub fn run(settings: &NumbersSettings) -> Result<ExitCode> {
    let api = app::api(&settings.api, &settings.dir)?;
    let numbers = match asking(api.number_page())? {
        Ok(page) => {
            if page.total_numbers as usize > page.numbers.len() {
                eprintln!(
                    "warning: the platform names {} of {} numbers",
                    page.numbers.len(),
                    page.total_numbers
                );
            }
            page.numbers
        }
        Err(error) => {
            eprintln!("error: {error}");
            return Ok(ExitCode::from(FOUND));
        }
    };
    let (files, _) = read_project(&settings.dir);
    let build = flow::build(&files);
    if settings.json {
        let list: Vec<_> = numbers
            .iter()
            .map(|number| {
                json!({
                    "number": shown(number),
                    "country": number.country_code,
                    "status": number.operational_status,
                    "healthy": number.number_health.as_ref().map(|health| health.is_healthy),
                    "flow": answering(&build, number),
                })
            })
            .collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&list)?))?;
        return Ok(ExitCode::SUCCESS);
    }
    if numbers.is_empty() {
        eprintln!("the account has no number");
        return Ok(ExitCode::from(FOUND));
    }
    let rows: Vec<_> = numbers
        .iter()
        .map(|number| {
            let health = match &number.number_health {
                None => "",
                Some(health) if health.is_healthy => "healthy",
                Some(_) => "unhealthy",
            };
            [
                shown(number),
                plain(number.country_code.as_deref().unwrap_or_default()),
                plain(&number.operational_status),
                health.to_owned(),
                answering(&build, number).unwrap_or_default(),
            ]
        })
        .collect();
    print(&table(
        ["NUMBER", "COUNTRY", "STATUS", "HEALTH", "FLOW"],
        &rows,
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// With `+`, where it is a number.
fn shown(number: &OwnNumber) -> String {
    match number.msisdn.parse::<PhoneNumber>() {
        Ok(number) => number.to_string(),
        Err(_) => plain(&number.msisdn),
    }
}

/// The flow that answers it.
fn answering(build: &Build, number: &OwnNumber) -> Option<String> {
    let number = number.msisdn.parse().ok()?;
    let flow = build.catalog.answering(Some(number))?;
    Some(flow.name().to_owned())
}
