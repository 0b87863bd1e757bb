//! What starts calls, seen from here.

use std::future::Future;
use std::pin::Pin;

use crate::call::{PhoneNumber, SessionId};

/// What comes of something that was asked for, when it comes.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What starts calls: the platform's API, or whatever stands in for it.
pub trait Platform: Send + Sync {
    /// Sends one request: the JSON of `POST callflows`. It is tried once, as a request
    /// must not happen twice.
    fn start(&self, request: Vec<u8>) -> Asked<'_, Started>;

    /// Has a caller from a file, given as the text of a scenario, take the next call to
    /// this number. Only an emulator can.
    ///
    /// # Errors
    /// Why there will be no such caller, in plain words.
    fn bring_caller(&self, to: PhoneNumber, file: String) -> Asked<'_, Result<(), String>> {
        let _ = (to, file);
        let why = "only an emulator has callers from files; leave out the caller, or start \
                   `ringflow emulate` and give its address as `--api`";
        Box::pin(std::future::ready(Err(why.to_owned())))
    }

    /// What an error code of a session means and what to do, where that is known.
    fn meaning(&self, code: i32) -> Option<String> {
        let _ = code;
        None
    }
}

/// What came of a request for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// There is a call.
    Created { session: SessionId },
    /// There is none.
    Refused {
        /// The platform's own, if it gave one.
        code: Option<i32>,
        /// The code, what it means and what to do, in plain words.
        why: String,
    },
    /// It timed out or was cut off: there may be a call.
    Unknown { why: String },
}
