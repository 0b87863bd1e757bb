//! The assembly: from settings to a running server, in the order in which things
//! have to start, and back down again. It knows every room and the insides of none.

mod admin;
pub mod hours;
mod key;
mod load;
mod logging;
mod panic;
mod private_file;
mod serve;
mod signals;

pub use load::no_flow;
pub use logging::start as start_logging;
pub use panic::keep_quiet;
pub use serve::serve;
