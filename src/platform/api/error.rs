//! What can go wrong with the platform's API, in plain words.

use std::fmt;

use super::codes;

/// Why a request has not done what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// The platform has answered, and says no.
    Refused {
        /// The HTTP status.
        http: u16,
        /// The platform's own status code, where there is one.
        code: Option<i32>,
        /// What the platform says beside it, on one line; may be empty.
        message: String,
    },
    /// The request has not arrived anywhere: nothing can have happened.
    NotSent { why: String },
    /// Nobody knows whether it was done.
    Unknown { why: String },
}

impl ApiError {
    /// The same without these texts, should the platform quote them.
    pub(super) fn without(mut self, secrets: &[&str]) -> Self {
        let (ApiError::Refused { message: text, .. }
        | ApiError::NotSent { why: text }
        | ApiError::Unknown { why: text }) = &mut self;
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            *text = text.replace(secret, "…");
        }
        self
    }
}

impl std::error::Error for ApiError {}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiError::Refused {
                http,
                code,
                message,
            } => {
                match code {
                    Some(code) => write!(f, "the platform answers {code} (HTTP {http})")?,
                    None => write!(f, "the platform answers HTTP {http}")?,
                }
                if !message.is_empty() {
                    write!(f, ", `{message}`")?;
                }
                let known = code.and_then(codes::status).or_else(|| codes::http(*http));
                match known {
                    Some(known) => write!(f, ": {known}"),
                    None => Ok(()),
                }
            }
            ApiError::NotSent { why } | ApiError::Unknown { why } => f.write_str(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_it_means_and_what_to_do() {
        let refused = |http, code, message: &str| {
            let message = message.to_owned();
            ApiError::Refused {
                http,
                code,
                message,
            }
            .to_string()
        };
        assert_eq!(
            refused(422, Some(-1004), "No DTMF callback URL"),
            "the platform answers -1004 (HTTP 422), `No DTMF callback URL`: no webhook of the type \
             VCA is set, so the call could not go on; `ringflow webhooks set URL` sets all"
        );
        assert_eq!(
            refused(401, None, ""),
            "the platform answers HTTP 401: the key is missing or wrong; check `--api-key` \
             (`RINGFLOW_API_KEY`)"
        );
        assert_eq!(
            refused(418, Some(-7), ""),
            "the platform answers -7 (HTTP 418)"
        );
    }

    #[test]
    fn what_is_secret_is_taken_out() {
        let error = ApiError::Unknown {
            why: "no `planted`".to_owned(),
        };
        let error = error.without(&["planted", ""]);
        assert!(error.to_string().ends_with("no `…`"));
    }
}
