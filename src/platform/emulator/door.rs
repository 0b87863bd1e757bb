//! Who asks, and for which subaccount.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use secrecy::ExposeSecret;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::Emulator;
use super::answer;

/// What a path begins with.
#[derive(Deserialize)]
pub struct Whose {
    pub subaccount: String,
}

/// In front of every path of a subaccount: first the key, then whether there is such a
/// subaccount.
pub async fn guard(
    State(emulator): State<Arc<Emulator>>,
    Path(Whose { subaccount }): Path<Whose>,
    request: Request,
    next: Next,
) -> Response {
    let refused = if !emulator.is_key(request.headers()) {
        let message = "Authentication header not found or token invalid".to_owned();
        Some((StatusCode::UNAUTHORIZED, message))
    } else if !emulator.has_subaccount(&subaccount) {
        let message = format!("SubAccount not found by Id : {subaccount}");
        Some((StatusCode::NOT_FOUND, message))
    } else {
        None
    };
    match refused {
        None => next.run(request).await,
        Some((status, message)) if request.uri().path().ends_with("/callflows") => {
            let code = i32::from(status.as_u16());
            answer::not_created(status, emulator.new_id("request"), code, message)
        }
        Some((status, message)) => answer::told(status, &message, emulator.config.clock.now()),
    }
}

impl Emulator {
    /// True for the key that was set; for any, where none was.
    pub(super) fn is_key(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION);
        let given = given.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        let Some(given) = given.map(<[u8]>::trim_ascii) else {
            return false;
        };
        match &self.config.key {
            None => !given.is_empty(),
            Some(key) => given.ct_eq(key.expose_secret().as_bytes()).into(),
        }
    }

    fn has_subaccount(&self, id: &str) -> bool {
        match &self.config.subaccount {
            Some(only) => only == id,
            None => is_subaccount(id),
        }
    }
}

/// True for what can be a subaccount.
pub fn is_subaccount(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '&');
    (3..=50).contains(&id.len()) && id.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::is_subaccount;

    #[test]
    fn a_subaccount_has_the_form_that_the_platform_names() {
        for good in ["abc", "My_Sub-1.2&3", &"a".repeat(50)] {
            assert!(is_subaccount(good), "{good}");
        }
        for bad in ["", "ab", "a b", "a/b", "naïve", &"a".repeat(51)] {
            assert!(!is_subaccount(bad), "{bad}");
        }
    }
}
