//! What is said when the program breaks: where, and nothing else. A panic's message
//! can hold what it broke on, which may be what a caller keyed in.

use tracing::error;

/// From now on a panic is one line of the log, with its place and without its message.
pub fn keep_quiet() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        error!(place, "the program broke here");
    }));
}
