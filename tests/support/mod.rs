//! The platform and a caller, for tests of the whole product: webhooks as the platform
//! writes them, in each of the forms that are in use, and a conversation that reads
//! as one.

#![allow(dead_code)]

pub mod answer;
pub mod backend;
pub mod caller;
pub mod server;
pub mod webhook;
