pub mod call;
pub mod script;
pub mod wire;
