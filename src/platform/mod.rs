//! What is sent over HTTP: on behalf of the platform, and of operators. It must never
//! know the flows behind the answers.

mod api;
mod delivery;
mod operator;

pub use api::{Access, Api, ApiError, codes};
pub use delivery::{Delivered, Delivery};
pub use operator::Operator;
