//! What is sent over HTTP: on behalf of the platform, and of operators. It must never
//! know the flows behind the answers.

mod api;
mod delivery;
mod dripping;
pub mod drive;
pub mod emulator;
mod endpoint;
pub mod load;
mod operator;
mod probe;

pub use api::{Access, Api, ApiError, codes};
pub use delivery::{Delivered, Delivery, webhook_address};
pub use dripping::Pieces;
pub use endpoint::{Endpoint, KNOCK};
pub use operator::Operator;
pub use probe::{Echo, Facts, Held, Probe, ProbeConfig, Repeat, Seen};
