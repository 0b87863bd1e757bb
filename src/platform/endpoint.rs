//! A server of ours, seen as the platform sees it: by the address that webhooks go to.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Url, redirect};

use super::api::is_here;
use super::delivery::{address, reason};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The `Authorization` header that nobody has registered, with which it is tried whether
/// strangers are let in.
pub const KNOCK: &str = "Bearer ringflow-doctor-knocks";

/// Where webhooks are sent.
pub struct Endpoint {
    client: Client,
    url: Url,
}

impl Endpoint {
    /// The error says in plain words what cannot be used.
    pub fn at(url: &str) -> Result<Self, String> {
        let url = address(url)?;
        let mut client = Client::builder()
            .timeout(PATIENCE)
            // The platform does not follow one either.
            .redirect(redirect::Policy::none());
        if is_here(&url) {
            client = client.no_proxy();
        }
        let client = client
            .build()
            .map_err(|error| format!("no connection can be set up: {}", reason(&error)))?;
        Ok(Endpoint { client, url })
    }

    pub fn address(&self) -> &str {
        self.url.as_str()
    }

    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Nobody outside this machine reaches it.
    pub fn is_here(&self) -> bool {
        is_here(&self.url)
    }

    /// The HTTP status with which it says whether it wants calls: 200 if it does.
    ///
    /// # Errors
    /// Why it cannot be reached, in plain words: no such name, no connection, a
    /// certificate that is not valid.
    pub async fn ready(&self) -> Result<u16, String> {
        let request = self.client.get(beside(&self.url)).send().await;
        let response = request.map_err(|error| reason(&error))?;
        Ok(response.status().as_u16())
    }

    /// The HTTP status of a webhook with a header that is not the right one.
    ///
    /// # Errors
    /// Why it cannot be reached, in plain words.
    pub async fn knock(&self) -> Result<u16, String> {
        let request = self.client.post(self.url.clone());
        let request = request
            .header(AUTHORIZATION, KNOCK)
            .header(CONTENT_TYPE, "application/json")
            .body("{}");
        let response = request.send().await.map_err(|error| reason(&error))?;
        Ok(response.status().as_u16())
    }
}

/// Where the same server says whether it is ready.
fn beside(url: &Url) -> Url {
    let mut ready = url.clone();
    ready.set_query(None);
    let path = url.path();
    let prefix = match path.rfind("/webhooks") {
        Some(at) => &path[..at],
        None => path.rsplit_once('/').map_or("", |(prefix, _)| prefix),
    };
    ready.set_path(&format!("{prefix}/readyz"));
    ready
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_asked_whether_it_is_ready_beside_its_webhooks() {
        for (url, ready) in [
            ("https://a.example", "https://a.example/readyz"),
            (
                "https://a.example/webhooks/vca?x=1",
                "https://a.example/readyz",
            ),
            (
                "https://a.example/ivr/webhooks",
                "https://a.example/ivr/readyz",
            ),
            ("https://a.example/hook", "https://a.example/readyz"),
        ] {
            let endpoint = Endpoint::at(url).unwrap();
            assert_eq!(beside(&endpoint.url).as_str(), ready);
            assert!(endpoint.is_encrypted() && !endpoint.is_here());
        }
        assert!(Endpoint::at("http://127.0.0.1:1").unwrap().is_here());
    }
}
