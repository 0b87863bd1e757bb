pub mod call;
pub mod wire;
