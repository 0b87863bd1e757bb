//! One request to the API and its answer: how long it is waited for, when it is sent
//! again, and how much of the answer is read.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap};
use reqwest::{Client, Method, Response, Url, redirect};
use serde::de::DeserializeOwned;

use super::{Access, ApiError};
use crate::platform::delivery::reason;

/// The most bytes of an answer. A list of some thousand voices or numbers fits in.
const MAX_BODY: usize = 4 * 1024 * 1024;
/// How often a request that can do no harm is sent again.
const RETRIES: u32 = 2;
/// How long is waited in front of the first retry; in front of each further one, twice as
/// long.
const BACKOFF: Duration = Duration::from_millis(200);

pub struct Exchange {
    client: Client,
    access: Access,
    patience: Duration,
}

/// What is asked for.
pub struct Order {
    method: Method,
    path: Vec<String>,
    /// Not below the subaccount.
    is_beside: bool,
    body: Option<Vec<u8>>,
}

impl Order {
    pub fn get(what: &str) -> Self {
        Order::get_at(&[what])
    }

    pub fn get_at(path: &[&str]) -> Self {
        Order::new(Method::GET, path, None)
    }

    pub fn delete(path: &[&str]) -> Self {
        Order::new(Method::DELETE, path, None)
    }

    pub fn post(what: &str, body: Vec<u8>) -> Self {
        Order::new(Method::POST, &[what], Some(body))
    }

    /// To an address that belongs to no subaccount.
    pub fn post_beside(path: &[&str], body: Vec<u8>) -> Self {
        Order {
            is_beside: true,
            ..Order::new(Method::POST, path, Some(body))
        }
    }

    fn new(method: Method, path: &[&str], body: Option<Vec<u8>>) -> Self {
        Order {
            method,
            path: path.iter().map(|&part| part.to_owned()).collect(),
            is_beside: false,
            body,
        }
    }
}

/// An answer that came whole.
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    pub body: Vec<u8>,
    /// When the platform answered, by its own clock.
    pub time: Option<Timestamp>,
}

impl Answered {
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl Exchange {
    pub fn new(access: Access, connect: Duration, patience: Duration) -> Result<Self, String> {
        let mut client = Client::builder()
            .connect_timeout(connect)
            .timeout(patience)
            // The key would go along.
            .redirect(redirect::Policy::none());
        if access.is_here() {
            client = client.no_proxy();
        }
        let client = client
            .build()
            .map_err(|error| format!("no connection can be set up: {}", reason(&error)))?;
        Ok(Exchange {
            client,
            access,
            patience,
        })
    }

    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Sends it, and sends it again where that can do no harm: where no connection came
    /// about, and a GET where the platform cannot answer just now.
    pub async fn send(&self, order: Order) -> Result<Answered, ApiError> {
        let mut pause = BACKOFF;
        for left in (0..=RETRIES).rev() {
            let answer = self.send_once(&order).await;
            let is_worth_another = match &answer {
                Ok(answer) => order.method == Method::GET && answer.status >= 500,
                Err(ApiError::NotSent { .. }) => true,
                Err(_) => false,
            };
            if left == 0 || !is_worth_another {
                return answer;
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        unreachable!("the last round returns")
    }

    async fn send_once(&self, order: &Order) -> Result<Answered, ApiError> {
        let path: Vec<&str> = order.path.iter().map(String::as_str).collect();
        let url = match order.is_beside {
            true => self.access.beside(&path),
            false => self.access.below(&path),
        };
        let authorization = self.access.authorization();
        let authorization = authorization.map_err(|why| ApiError::NotSent { why })?;
        let mut request = self
            .client
            .request(order.method.clone(), url.clone())
            .header(AUTHORIZATION, authorization);
        if let Some(body) = &order.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        let response = request
            .send()
            .await
            .map_err(|error| self.told(&url, &error))?;
        let status = response.status().as_u16();
        let time = time(response.headers());
        let body = self.body(&url, response).await?;
        Ok(Answered { status, body, time })
    }

    /// What comes is counted as it comes, since what a server says of it beforehand may be
    /// wrong.
    async fn body(&self, url: &Url, mut response: Response) -> Result<Vec<u8>, ApiError> {
        let mut bytes = Vec::new();
        loop {
            let chunk = response.chunk().await;
            let Some(chunk) = chunk.map_err(|error| self.told(url, &error))? else {
                return Ok(bytes);
            };
            if bytes.len() + chunk.len() > MAX_BODY {
                let megabytes = MAX_BODY / 1024 / 1024;
                let why = format!("the answer of `{url}` is longer than {megabytes} MB");
                return Err(ApiError::Unknown { why });
            }
            bytes.extend_from_slice(&chunk);
        }
    }

    fn told(&self, url: &Url, error: &reqwest::Error) -> ApiError {
        let base = self.access.base();
        if error.is_connect() || error.is_builder() {
            let why = match error.is_timeout() {
                true => "nobody answers there".to_owned(),
                false => reason(error),
            };
            let why = format!("`{base}` cannot be reached: {why}");
            ApiError::NotSent { why }
        } else if error.is_timeout() {
            let seconds = self.patience.as_secs();
            let why = format!("`{url}` has not answered for {seconds} seconds");
            ApiError::Unknown { why }
        } else {
            let reason = reason(error);
            let why = format!("the answer of `{url}` has not come whole: {reason}");
            ApiError::Unknown { why }
        }
    }
}

/// The time that an answer shows, to the second.
fn time(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(DATE)?.to_str().ok()?;
    Some(rfc2822::parse(date).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn the_time_of_an_answer_is_read() {
        let mut headers = HeaderMap::new();
        assert_eq!(time(&headers), None);
        headers.insert(
            DATE,
            HeaderValue::from_static("Mon, 02 Mar 2026 02:00:07 GMT"),
        );
        assert_eq!(time(&headers), "2026-03-02T02:00:07Z".parse().ok());
        headers.insert(DATE, HeaderValue::from_static("soon"));
        assert_eq!(time(&headers), None);
    }
}
