//! The platform seen from outside: what is sent over HTTP on its behalf. It must never
//! know the flows behind the answers.

mod delivery;

pub use delivery::{Delivered, Delivery};
