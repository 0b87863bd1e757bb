//! What is heard and what goes on, in words for people.

use crate::phone::{Doing, Heard};

use super::pattern::plain;
use super::secrets::Secrets;

/// What can be heard of it as words, in one line.
pub fn words(heard: &Heard) -> Option<String> {
    match heard {
        Heard::Said { text, .. } | Heard::Asked { text, .. } => Some(plain(text)),
        Heard::Played { url, .. } => Some(url.clone()),
        Heard::Dialled { .. } | Heard::HungUp => None,
    }
}

/// What was heard, for people.
pub fn shown(heard: &Heard) -> String {
    match heard {
        Heard::Said { text, .. } | Heard::Asked { text, .. } => format!("“{}”", plain(text)),
        Heard::Played { url, .. } => format!("♪ {url}"),
        Heard::Dialled { to, .. } => format!("dialled {to}"),
        Heard::HungUp => "hung up".to_owned(),
    }
}

/// The same without a secret.
pub fn shown_without(secrets: &Secrets, heard: &Heard) -> String {
    match heard {
        Heard::Dialled { .. } | Heard::HungUp => shown(heard),
        heard => secrets.hide(&shown(heard)),
    }
}

/// What goes on, for people.
pub fn told(doing: &Doing) -> String {
    match doing {
        Doing::WaitsForAnswer => "the platform waits for an answer".to_owned(),
        Doing::Speaking => "something is being said".to_owned(),
        Doing::Listening => "keys are waited for".to_owned(),
        Doing::Ringing(number) => format!("{number} is being dialled"),
        Doing::Talking(number) => format!("the caller talks to {number}"),
        Doing::Over(_) => "the call is over".to_owned(),
    }
}

/// What is heard otherwise than it should be; `None` where both are the same.
pub fn difference(should: &[Heard], heard: &[Heard]) -> Option<String> {
    let at = (0..should.len().max(heard.len())).find(|at| should.get(*at) != heard.get(*at))?;
    Some(match (should.get(at), heard.get(at)) {
        (Some(should), Some(is)) if shown(should) == shown(is) => {
            format!("{} is heard in another way", shown(is))
        }
        (Some(should), Some(is)) => {
            format!("instead of {} comes {}", shown(should), shown(is))
        }
        (Some(should), None) => format!("{} does not come", shown(should)),
        (None, is) => format!("{} comes too", is.map(shown).unwrap_or_default()),
    })
}
