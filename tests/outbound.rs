//! Calls that the server starts: with a platform that answers when a test lets it, and
//! webhooks that come in whatever order.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod support;

mod outbound {
    mod any_order;
    mod bench;
    mod jobs;
    mod one_call;
    mod orders;
}
