//! What operators have decided of opening hours, in `.ringflow/hours.json`: found again
//! by the next process, and by whoever asks without a server.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tracing::warn;

use crate::live::{Calls, HoursDesk};
use crate::machine::{Override, Overrides};

use super::private_file;

/// The desk of a server, which begins with what was kept. What cannot be read is told,
/// and calls are answered by the calendar.
pub fn desk(dir: &Path, calls: &Arc<Calls>) -> Arc<HoursDesk> {
    let path = path(dir);
    let kept = kept(dir).unwrap_or_else(|error| {
        warn!(path = %path.display(), %error, "what was decided of opening hours cannot be read");
        Overrides::default()
    });
    let keep = move |overrides: &Overrides| private_file::replace(&path, &written(overrides));
    HoursDesk::new(calls, kept, Box::new(keep))
}

/// What is kept in a project; nothing where nobody has decided anything.
///
/// # Errors
/// Where the file is there and cannot be read.
pub fn kept(dir: &Path) -> io::Result<Overrides> {
    match std::fs::read_to_string(path(dir)) {
        Ok(text) => read(&text).ok_or_else(|| {
            let message = "it holds something else; take it away to begin anew";
            io::Error::new(ErrorKind::InvalidData, message)
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Overrides::default()),
        Err(error) => Err(error),
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join(".ringflow").join("hours.json")
}

fn written(overrides: &Overrides) -> String {
    let entries = overrides.entries().iter().map(|one| {
        let set = if one.open { "open" } else { "closed" };
        let until = one.until.map(|until| until.to_string());
        json!({"flow": &*one.flow, "hours": &*one.hours, "set": set, "until": until})
    });
    format!("{:#}\n", Value::Array(entries.collect()))
}

fn read(text: &str) -> Option<Overrides> {
    let entries: Vec<Value> = serde_json::from_str(text).ok()?;
    let mut overrides = Overrides::default();
    for entry in entries {
        let open = match entry["set"].as_str()? {
            "open" => true,
            "closed" => false,
            _ => return None,
        };
        let until = match &entry["until"] {
            Value::Null => None,
            until => Some(until.as_str()?.parse().ok()?),
        };
        overrides.put(Override {
            flow: entry["flow"].as_str()?.into(),
            hours: entry["hours"].as_str()?.into(),
            open,
            until,
        });
    }
    Some(overrides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut overrides = Overrides::default();
        for (hours, open, until) in [
            ("office", true, None),
            ("night", false, Some("2026-12-25T10:00:00Z")),
        ] {
            overrides.put(Override {
                flow: "cards/lost".into(),
                hours: hours.into(),
                open,
                until: until.map(|until| until.parse().unwrap()),
            });
        }
        assert_eq!(read(&written(&overrides)), Some(overrides));
        assert_eq!(read("[]"), Some(Overrides::default()));
        for bad in [
            "",
            "{}",
            "[1]",
            r#"[{"flow": "a", "hours": "b", "set": "shut"}]"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
