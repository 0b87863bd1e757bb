//! One look-up over HTTP: sent, led on by redirects, its body read as far as it is wanted.

use std::error::Error;
use std::time::Duration;

use reqwest::header::LOCATION;
use reqwest::{Client, Method, Response, StatusCode, Url};

use super::json;
use super::order::{Denied, Order, check};
use crate::call::{Found, LookUpFailure, Value};
use crate::flow::Project;

/// The most bytes of a body that are read.
pub const MAX_BODY: usize = 64 * 1024;
/// The most redirects that are followed.
pub const MAX_REDIRECTS: usize = 3;
/// How long is waited in front of the first retry; in front of each further one, twice as
/// long.
const BACKOFF: Duration = Duration::from_millis(25);

/// A failure, and for the log what was behind it.
#[derive(Debug)]
pub(super) struct Failure {
    pub failure: LookUpFailure,
    pub reason: Option<String>,
}

impl From<LookUpFailure> for Failure {
    fn from(failure: LookUpFailure) -> Self {
        Failure {
            failure,
            reason: None,
        }
    }
}

/// Asks, and asks again up to so many times where nothing was answered or the host says
/// that it cannot just now. Whoever calls this sees to its time.
pub(super) async fn ask(
    client: &Client,
    project: &Project,
    order: &Order,
    retries: u8,
) -> Result<Found, Failure> {
    let mut left = retries;
    let mut pause = BACKOFF;
    loop {
        let found = ask_once(client, project, order.clone()).await;
        if left == 0 || !is_worth_another(&found) {
            return found;
        }
        left -= 1;
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

fn is_worth_another(found: &Result<Found, Failure>) -> bool {
    match found {
        Ok(Found::Answered { status, .. }) => is_overload(*status),
        Ok(Found::Failed(failure)) => *failure == LookUpFailure::Unreachable,
        Err(failure) => failure.failure == LookUpFailure::Unreachable,
    }
}

/// True for the answers of a host, or of what stands in front of it, that cannot do its
/// work just now.
pub(super) fn is_overload(status: u16) -> bool {
    matches!(status, 502..=504)
}

async fn ask_once(client: &Client, project: &Project, mut order: Order) -> Result<Found, Failure> {
    for _ in 0..=MAX_REDIRECTS {
        let mut request = client
            .request(order.method.clone(), order.sent_to())
            .headers(order.headers.clone());
        if let Some(body) = &order.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.map_err(|error| broken(&error))?;
        match led_on(&response, &order)? {
            None => return read(response, &order).await,
            Some(next) => {
                let is_same_host = next.host_str() == order.url.host_str();
                if !is_same_host || check(&next, project).is_err() {
                    return Err(LookUpFailure::Redirected.into());
                }
                let repeats = matches!(response.status().as_u16(), 307 | 308);
                if !repeats && order.method != Method::HEAD {
                    order.ask_only();
                }
                order.url = next;
            }
        }
    }
    Err(LookUpFailure::Redirected.into())
}

/// Where a redirect leads to; never from an encrypted address to one that is not.
fn led_on(response: &Response, order: &Order) -> Result<Option<Url>, Failure> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else {
        return Ok(None);
    };
    let next = location.to_str().ok().and_then(|to| order.led_to(to));
    let is_secure = order.url.scheme() == "https";
    match next {
        Some(next) if !is_secure || next.scheme() == "https" => Ok(Some(next)),
        _ => Err(LookUpFailure::Redirected.into()),
    }
}

/// The answer, with its body where that is wanted. An answer that is no good one may have
/// any body, and only one that is JSON counts.
async fn read(response: Response, order: &Order) -> Result<Found, Failure> {
    let status = response.status();
    let answered = |json| Found::Answered {
        status: status.as_u16(),
        json,
    };
    let has_none = matches!(
        status,
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
    );
    if !order.wants_json || has_none || order.method == Method::HEAD {
        return Ok(answered(None));
    }
    match body(response).await {
        Ok(json) => Ok(answered(json)),
        Err(_) if !status.is_success() => Ok(answered(None)),
        Err(failure) => Err(failure),
    }
}

/// The body as JSON; nothing for an empty one. What comes is counted as it comes, since
/// what a server says of it beforehand may be wrong.
async fn body(mut response: Response) -> Result<Option<Value>, Failure> {
    let told = response.content_length().unwrap_or(0);
    if told > MAX_BODY as u64 {
        return Err(LookUpFailure::TooLarge.into());
    }
    let mut bytes = Vec::with_capacity(told as usize);
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        if bytes.len() + chunk.len() > MAX_BODY {
            return Err(LookUpFailure::TooLarge.into());
        }
        bytes.extend_from_slice(&chunk);
    }
    if bytes.is_empty() {
        return Ok(None);
    }
    json::read(&bytes)
        .map(Some)
        .ok_or_else(|| LookUpFailure::NotJson.into())
}

/// What an error of the client comes to. The address, which may hold what a caller has
/// keyed in, is in none of its sources.
fn broken(error: &reqwest::Error) -> Failure {
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
        if let Some(denied) = inner.downcast_ref::<Denied>() {
            return Failure {
                failure: LookUpFailure::NotAllowed,
                reason: Some(denied.to_string()),
            };
        }
    }
    let has_source = error.source().is_some();
    Failure {
        failure: LookUpFailure::Unreachable,
        reason: has_source.then(|| inner.to_string().to_lowercase()),
    }
}
