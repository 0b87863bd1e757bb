//! The whole product over HTTP, called by a platform that is not kind to it: random callers
//! on the flows that come with it, webhooks that come twice, late, out of order or in
//! halves, and answers that get lost. Whatever happens, every answer is one that the
//! platform takes, nobody hears anything else than without it, and nothing is left over.

#![allow(clippy::unwrap_used, reason = "all of it is for tests")]

mod calls;
mod files;
mod server;
mod story;
mod wrong;
