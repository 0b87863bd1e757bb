//! Webhooks, delivered to a server as the platform delivers them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Body, Client, Url};
use secrecy::{ExposeSecret, SecretString};

use super::api::is_here;
use super::dripping::{Dripping, Pieces};

/// How long an answer is waited for. How long the platform waits is not known.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection is kept for the next webhook: less than servers keep theirs, so
/// that none is used just when it is closed.
const IDLE: Duration = Duration::from_secs(20);

/// Where webhooks are delivered to.
pub struct Delivery {
    client: Client,
    url: Url,
    authorization: Option<HeaderValue>,
}

/// What a server has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The HTTP status.
    pub status: u16,
    pub body: Vec<u8>,
}

impl Delivery {
    /// Deliveries to this address, each with this `Authorization` header. An address
    /// without a path means the server's own for webhooks. The error says in plain words
    /// what cannot be used.
    pub fn to(url: &str, authorization: Option<&SecretString>) -> Result<Self, String> {
        Self::at(address(url)?, authorization)
    }

    /// The same, to the address as it is written, as the platform does.
    pub fn exactly(url: &str, authorization: Option<&SecretString>) -> Result<Self, String> {
        Self::at(read(url)?, authorization)
    }

    fn at(address: Url, authorization: Option<&SecretString>) -> Result<Self, String> {
        let authorization = match authorization {
            None => None,
            Some(value) => {
                let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| {
                    "`--auth-header` holds characters that no header may".to_owned()
                })?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        let mut client = Client::builder().timeout(PATIENCE).pool_idle_timeout(IDLE);
        if is_here(&address) {
            // No proxy knows the way to this machine itself.
            client = client.no_proxy();
        }
        let client = client
            .build()
            .map_err(|error| format!("no connection can be set up: {}", reason(&error)))?;
        Ok(Delivery {
            client,
            url: address,
            authorization,
        })
    }

    /// Where it delivers to.
    pub fn address(&self) -> &str {
        self.url.as_str()
    }

    /// Delivers one webhook. The error says in plain words why it did not arrive.
    pub async fn post(&self, body: &[u8]) -> Result<Delivered, String> {
        self.send(Body::from(body.to_vec())).await
    }

    /// The same for bytes that are shared, sent in this way.
    pub async fn post_in(&self, body: &Arc<[u8]>, pieces: Pieces) -> Result<Delivered, String> {
        let bytes = Bytes::from_owner(Arc::clone(body));
        let body = match pieces {
            Pieces::Whole => Body::from(bytes),
            Pieces::Drops | Pieces::Half => Body::wrap(Dripping::new(bytes, pieces)),
        };
        self.send(body).await
    }

    async fn send(&self, body: Body) -> Result<Delivered, String> {
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        if let Some(value) = &self.authorization {
            request = request.header(AUTHORIZATION, value.clone());
        }
        let response = request.send().await.map_err(|error| self.told(&error))?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(|error| self.told(&error))?;
        Ok(Delivered {
            status,
            body: body.to_vec(),
        })
    }

    fn told(&self, error: &reqwest::Error) -> String {
        let url = &self.url;
        if error.is_timeout() {
            let seconds = PATIENCE.as_secs();
            format!("`{url}` has not answered for {seconds} seconds")
        } else if error.is_connect() {
            format!(
                "`{url}` cannot be reached: {}; is the server running?",
                reason(error)
            )
        } else {
            format!(
                "the answer of `{url}` has not come whole: {}",
                reason(error)
            )
        }
    }
}

/// The address that webhooks are sent to, in full. The error says in plain words what
/// cannot be used.
pub fn webhook_address(url: &str) -> Result<String, String> {
    Ok(address(url)?.to_string())
}

pub(super) fn address(url: &str) -> Result<Url, String> {
    let mut address = read(url)?;
    if address.path() == "/" {
        address.set_path("/webhooks");
    }
    Ok(address)
}

fn read(url: &str) -> Result<Url, String> {
    url.parse()
        .ok()
        .filter(|url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| format!("`{url}` is no address; write one such as `http://127.0.0.1:8080`"))
}

/// The innermost reason, which is the one that says something.
pub(super) fn reason(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let text = inner.to_string();
    // An operating system adds its own number.
    let text = text.split(" (os error").next().unwrap_or_default();
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_path_means_that_of_webhooks() {
        let address = |url| Delivery::to(url, None).map(|to| to.address().to_owned());
        let path = Ok("http://127.0.0.1:8080/webhooks".to_owned());
        assert_eq!(address("http://127.0.0.1:8080"), path);
        assert_eq!(address("http://127.0.0.1:8080/"), path);
        let other = "https://ivr.example.com/hooks?a=1";
        assert_eq!(address(other), Ok(other.to_owned()));
        for bad in ["", "8080", "ftp://a.example", "localhost:8080"] {
            assert!(address(bad).unwrap_err().contains("no address"), "{bad}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_told_without_being_shown() {
        let bad = SecretString::from("planted\nsecret");
        let error = Delivery::to("http://localhost", Some(&bad)).err().unwrap();
        assert!(error.contains("--auth-header") && !error.contains("planted"));
    }
}
