pub mod call;
pub mod flow;
pub mod machine;
pub mod script;
