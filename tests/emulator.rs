//! The emulator, asked as the platform is asked. Every answer is held against what the
//! platform's own document says of it.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod emulator {
    mod answers;
    mod desk;
    mod document;
    mod sessions;
}
