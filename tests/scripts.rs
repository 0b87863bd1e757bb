//! Scripts that mean harm, and scripts that designers write. Each file of two folders
//! is put into a flow and runs as it would in a call; `tests/scripts/README.md` says
//! how one is written.

#[path = "scripts/attacks.rs"]
mod attacks;
#[path = "scripts/honest.rs"]
mod honest;
#[path = "scripts/phone_call.rs"]
mod phone_call;
#[path = "scripts/script_file.rs"]
mod script_file;
