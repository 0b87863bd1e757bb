//! The key that signs tokens: from the settings, else from the project, where it is
//! made at the first start. Calls survive a restart only while it stays the same.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use secrecy::{ExposeSecret, SecretString};

use crate::machine::TokenKeys;

use super::private_file;

pub fn token_keys(setting: Option<&SecretString>, dir: &Path) -> Result<TokenKeys> {
    if let Some(keys) = setting {
        return TokenKeys::read(keys.expose_secret())
            .map_err(|reason| anyhow!("`RINGFLOW_TOKEN_KEY` cannot be used: {reason}"));
    }
    let path = dir.join(".ringflow").join("key");
    let key = match fs::read_to_string(&path) {
        Ok(key) => key,
        Err(error) if error.kind() == ErrorKind::NotFound => make(&path)?,
        Err(error) => {
            return Err(error).with_context(|| format!("`{}` cannot be read", path.display()));
        }
    };
    TokenKeys::read(key.trim()).map_err(|reason| {
        anyhow!(
            "`{}` holds no key: {reason}; take the file away to have a new one made",
            path.display()
        )
    })
}

/// Makes a key. Of two processes that start at once, one makes it and the other
/// reads it.
fn make(path: &Path) -> Result<String> {
    let hint =
        "set `RINGFLOW_TOKEN_KEY` to 64 hex characters where the project cannot be written to";
    let key = random_hex()?;
    match private_file::create(path, &key) {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::read_to_string(path).with_context(|| format!("`{}` cannot be read", path.display()))
        }
        Err(error) => {
            Err(error).with_context(|| format!("`{}` cannot be written; {hint}", path.display()))
        }
    }
}

/// 32 random bytes in hex.
pub(super) fn random_hex() -> Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_can_read_it() {
        let dir = tempfile::tempdir().unwrap();
        token_keys(None, dir.path()).unwrap();
        let path = dir.path().join(".ringflow/key");
        let first = fs::read_to_string(&path).unwrap();
        assert_eq!(first.len(), 64);
        token_keys(None, dir.path()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let names: Vec<_> = fs::read_dir(dir.path().join(".ringflow"))
            .unwrap()
            .collect();
        assert_eq!(names.len(), 1);
    }

    #[test]
    fn a_bad_key_is_told_without_being_shown() {
        let dir = tempfile::tempdir().unwrap();
        let bad = SecretString::from("planted-secret");
        let error = token_keys(Some(&bad), dir.path()).unwrap_err().to_string();
        assert!(error.contains("RINGFLOW_TOKEN_KEY"));
        assert!(!error.contains("planted"));
        fs::create_dir(dir.path().join(".ringflow")).unwrap();
        fs::write(dir.path().join(".ringflow/key"), "planted-secret").unwrap();
        let error = token_keys(None, dir.path()).unwrap_err().to_string();
        assert!(error.contains("take the file away") && !error.contains("planted"));
    }
}
