//! What is sent over HTTP: on behalf of the platform, and of operators. It must never
//! know the flows behind the answers.

mod delivery;
mod dripping;
pub mod drive;
pub mod load;
mod operator;

pub use delivery::{Delivered, Delivery};
pub use dripping::Pieces;
pub use operator::Operator;
