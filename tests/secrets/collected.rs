//! All that came out of the program, by the place where it came out.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use crate::needles::Needles;

#[derive(Default)]
pub struct Collected(BTreeMap<String, Vec<u8>>);

impl Collected {
    pub fn add(&mut self, channel: &str, bytes: &[u8]) {
        let all = self.0.entry(channel.to_owned()).or_default();
        all.extend_from_slice(bytes);
        all.push(b'\n');
    }

    pub fn add_lines(&mut self, channel: &str, lines: &[String]) {
        self.add(channel, lines.join("\n").as_bytes());
    }

    pub fn add_output(&mut self, channel: &str, output: &Output) {
        self.add(channel, &output.stdout);
        self.add(channel, &output.stderr);
    }

    /// Every file below a folder but those that the test has put there itself.
    pub fn add_files(&mut self, dir: &Path, own: &[&str]) {
        for entry in walkdir::WalkDir::new(dir) {
            let entry = entry.unwrap();
            let path = entry.path().strip_prefix(dir).unwrap();
            let name = path.to_string_lossy().into_owned();
            if entry.file_type().is_file() && !own.contains(&name.as_str()) {
                self.add(
                    &format!("file {name}"),
                    &std::fs::read(entry.path()).unwrap(),
                );
            }
        }
    }

    pub fn bytes_of(&self, channel: &str) -> usize {
        self.0.get(channel).map_or(0, Vec::len)
    }

    /// Where it is found, and how it stands there.
    pub fn holding(&self, needles: &Needles) -> Vec<(String, String)> {
        let found = self.0.iter().filter_map(|(channel, bytes)| {
            let found = needles.find_in(bytes)?;
            Some((channel.clone(), found))
        });
        found.collect()
    }
}
