//! Files that only their owner can read, in the folder that the program keeps for
//! itself. They are written whole under another name first, so that nobody ever reads
//! half of one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Makes a file; an error of the kind `AlreadyExists` where there is one.
pub fn create(path: &Path, content: &str) -> io::Result<()> {
    let draft = draft(path, content)?;
    let made = fs::hard_link(&draft, path);
    let _ = fs::remove_file(&draft);
    made
}

/// Makes a file, or takes the place of the one that is there.
pub fn replace(path: &Path, content: &str) -> io::Result<()> {
    let draft = draft(path, content)?;
    fs::rename(&draft, path).inspect_err(|_| {
        let _ = fs::remove_file(&draft);
    })
}

fn draft(path: &Path, content: &str) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    Ok(draft)
}
