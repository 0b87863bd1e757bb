//! The assembly: from settings to a running server, in the order in which things
//! have to start, and back down again. It knows every room and the insides of none.

pub mod admin;
mod api;
mod colors;
mod dev;
pub mod hours;
mod key;
mod load;
mod logging;
mod panic;
mod private_file;
mod running;
mod serve;
mod signals;
pub mod voices;
pub mod webhooks;

pub use api::api;
pub use colors::has_colors;
pub use dev::Dev;
pub use load::{no_flow, served};
pub use logging::{hand_on as hand_on_log, start as start_logging};
pub use panic::keep_quiet;
pub use serve::serve;
pub use signals::Signals;
