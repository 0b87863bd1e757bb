//! The assembly: from settings to a running server, in the order in which things
//! have to start, and back down again. It knows every room and the insides of none.

pub mod admin;
mod api;
mod callers;
mod colors;
mod dev;
mod dev_platform;
mod emulate;
mod emulator;
pub mod hours;
mod json_lines;
mod key;
mod load;
mod log_writer;
mod logging;
mod outbound;
mod panic;
mod private_file;
mod running;
mod serve;
mod signals;
pub mod voices;
pub mod webhooks;

pub use api::{api, is_at_dev};
pub use colors::has_colors;
pub use dev::Dev;
pub use dev_platform::Phones;
pub use emulate::emulate;
pub use load::{no_flow, served};
pub use log_writer::LogEnd;
pub use logging::{hand_on as hand_on_log, start as start_logging};
pub use panic::keep_quiet;
pub use serve::serve;
pub use signals::Signals;
