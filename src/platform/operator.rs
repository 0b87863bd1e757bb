//! What an operator asks of a running server, on its listener for operators.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};

use super::Delivered;
use super::delivery::reason;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The way to a server's listener for operators.
pub struct Operator {
    client: Client,
    base: Url,
    authorization: HeaderValue,
}

impl Operator {
    /// The listener at this address, with its token. The error says in plain words what
    /// cannot be used.
    pub fn at(address: &str, token: &SecretString) -> Result<Self, String> {
        let base: Url = address
            .parse()
            .map_err(|_| format!("`{address}` is no address"))?;
        let value = format!("Bearer {}", token.expose_secret());
        let mut authorization = HeaderValue::from_str(&value)
            .map_err(|_| "the token holds characters that no header may".to_owned())?;
        authorization.set_sensitive(true);
        // No proxy knows the way to it.
        let client = Client::builder().timeout(PATIENCE).no_proxy().build();
        Ok(Operator {
            client: client.map_err(|error| format!("no connection can be set up: {error}"))?,
            base,
            authorization,
        })
    }

    /// Sends JSON to a path. `None` where nobody listens there.
    ///
    /// # Errors
    /// In plain words, where the answer has not come whole.
    pub async fn post(&self, path: &str, json: String) -> Result<Option<Delivered>, String> {
        let request = self
            .client
            .post(self.below(path))
            .header(CONTENT_TYPE, "application/json")
            .body(json);
        self.exchange(request).await
    }

    /// Asks for what is at a path, with its query. `None` where nobody listens there.
    ///
    /// # Errors
    /// In plain words, where the answer has not come whole.
    pub async fn get(&self, path: &str) -> Result<Option<Delivered>, String> {
        self.exchange(self.client.get(self.below(path))).await
    }

    fn below(&self, path: &str) -> Url {
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        let mut url = self.base.clone();
        url.set_path(path);
        url.set_query(query);
        url
    }

    async fn exchange(&self, request: RequestBuilder) -> Result<Option<Delivered>, String> {
        let request = request.header(AUTHORIZATION, self.authorization.clone());
        let told = |error: reqwest::Error| {
            format!("the server's answer has not come whole: {}", reason(&error))
        };
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Ok(None),
            Err(error) => return Err(told(error)),
        };
        Ok(Some(Delivered {
            status: response.status().as_u16(),
            body: response.bytes().await.map_err(told)?.to_vec(),
        }))
    }
}
