//! The storm of the designer's loop: files of flows are saved while calls go on.
//!
//! They are somebody's files. So each save replaces one as a whole, nothing is written over
//! what somebody else has saved meanwhile, and in the end each is as it was, also where the
//! load breaks off. What they were lies in `.ringflow/load` until then, should this process
//! be killed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::revisions::Revisions;
use crate::app::no_flow;
use crate::flow;
use crate::live::read_project;
use crate::platform::load::Saves;

/// How many saves come one behind the other.
const BURST: u64 = 20;
/// How long there are none then. A server reads files that nobody writes to, so without a
/// rest none of it would ever go live.
const REST: Duration = Duration::from_millis(500);

/// A flow file, and what it holds.
struct Saved {
    /// As it is called in the project.
    name: String,
    /// The file itself, behind all links.
    path: PathBuf,
    original: Vec<u8>,
    /// What was written last.
    present: Vec<u8>,
    is_left_alone: bool,
}

/// Files that can be saved over and over.
pub struct Storm {
    files: Vec<Saved>,
    every: Duration,
    /// Where the originals are kept meanwhile.
    kept: PathBuf,
}

/// A storm that goes on until it is ended or dropped. Then the files are as they were.
pub struct Raging {
    /// Its end tells the thread to stop.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<Saves>>,
    revisions: Revisions,
}

impl Storm {
    /// The flow files of this project. Nothing is written yet.
    ///
    /// # Errors
    /// Where there are none, where one cannot be read, or where the originals of an earlier
    /// load are still kept.
    pub fn prepare(dir: &Path, every: Duration) -> Result<Self> {
        let kept = dir.join(".ringflow").join("load");
        if kept.exists() {
            bail!(
                "`{0}` holds files as they were before an earlier load, which was killed; put \
                 them back where they differ, and remove `{0}`",
                kept.display()
            );
        }
        let (files, _) = read_project(dir);
        let build = flow::build(&files);
        if build.flow_files.is_empty() {
            bail!(no_flow(dir));
        }
        let names = build.flow_files.iter().map(ToString::to_string);
        let files: Result<Vec<Saved>> = names.map(|name| Saved::read(dir, name)).collect();
        Ok(Storm {
            files: files?,
            every,
            kept,
        })
    }

    /// Begins to save. It must be called within a runtime, which asks the project's server
    /// what is live.
    ///
    /// # Errors
    /// Where the originals cannot be kept, or there is no thread to be had.
    pub fn start(self, dir: &Path) -> Result<Raging> {
        if let Err(error) = self.keep() {
            // Nothing has been saved yet, so nothing has to be kept.
            let _ = fs::remove_dir_all(&self.kept);
            return Err(error);
        }
        eprintln!(
            "the {} flow files of `{}` are saved in turn, one each {} ms with a rest now and then, \
             with a remark at their ends; they are put back",
            self.files.len(),
            dir.display(),
            self.every.as_millis()
        );
        let revisions = Revisions::watch(dir, self.every);
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new()
            .name("saves".to_owned())
            .spawn(move || Saver::new(self).run(&stopped))
            .context("a thread cannot be started")?;
        Ok(Raging {
            stop: Some(stop),
            thread: Some(thread),
            revisions,
        })
    }

    /// Keeps what the files are now.
    fn keep(&self) -> Result<()> {
        for file in &self.files {
            let path = self.kept.join(&file.name);
            let folder = path.parent().unwrap_or(&self.kept);
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&path, &file.original))
                .with_context(|| format!("`{}` cannot be written", path.display()))?;
        }
        Ok(())
    }
}

impl Raging {
    /// Ends it, and says what was done.
    pub async fn end(mut self) -> Saves {
        let mut saves = self.stop();
        saves.revisions_seen = self.revisions.end().await;
        saves
    }

    fn stop(&mut self) -> Saves {
        drop(self.stop.take());
        let thread = self.thread.take().map(JoinHandle::join);
        match thread {
            Some(Ok(saves)) => saves,
            None => Saves::default(),
            Some(Err(_)) => Saves {
                not_put_back: vec!["the thread that saves has broken; look at the files".into()],
                ..Saves::default()
            },
        }
    }
}

impl Drop for Raging {
    fn drop(&mut self) {
        if self.thread.is_some() {
            let saves = self.stop();
            saves
                .not_put_back
                .iter()
                .for_each(|file| eprintln!("error: not as it was: {file}"));
        }
    }
}

/// Saves the files until it is dropped, which puts them back.
struct Saver {
    storm: Storm,
    saves: Saves,
}

impl Saver {
    fn new(storm: Storm) -> Self {
        let saves = Saves {
            files: storm.files.len(),
            interval_ms: storm.every.as_millis() as u64,
            ..Saves::default()
        };
        Saver { storm, saves }
    }

    fn run(mut self, stopped: &Receiver<()>) -> Saves {
        let mut due = Instant::now();
        loop {
            due += self.storm.every;
            if self.saves.saves % BURST == BURST - 1 {
                due += REST;
            }
            match stopped.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Err(RecvTimeoutError::Timeout) => self.save(),
                Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.put_back();
        std::mem::take(&mut self.saves)
    }

    /// The next file in turn: with a remark at its end, and the next time without it.
    fn save(&mut self) {
        let files = self.storm.files.len() as u64;
        let (at, round) = (self.saves.saves % files, self.saves.saves / files);
        self.saves.saves += 1;
        let file = &mut self.storm.files[at as usize];
        if file.is_left_alone {
            return;
        }
        let text = match round % 2 {
            0 => file.remarked(self.saves.saves),
            _ => file.original.clone(),
        };
        if let Err(why) = file.replace(text) {
            file.is_left_alone = true;
            self.saves.left_alone.push(format!("{}: {why}", file.name));
        }
    }

    fn put_back(&mut self) {
        for file in &mut self.storm.files {
            let put = match file.is_left_alone {
                // Somebody else's work may be in there.
                true => file.is_original(),
                false => file.replace(file.original.clone()),
            };
            if let Err(why) = put {
                let told = format!("{}: {why}", file.name);
                self.saves.not_put_back.push(told);
            }
        }
        if self.saves.not_put_back.is_empty() {
            // What is left of it is found by the next one, and said then.
            let _ = fs::remove_dir_all(&self.storm.kept);
        }
        self.storm.files.clear();
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        // Where it came to its end there is nothing left to be put back.
        if !self.storm.files.is_empty() {
            self.put_back();
        }
    }
}

impl Saved {
    fn read(dir: &Path, name: String) -> Result<Self> {
        let read = || -> std::io::Result<(PathBuf, Vec<u8>)> {
            let path = fs::canonicalize(dir.join(&name))?;
            let original = fs::read(&path)?;
            Ok((path, original))
        };
        let (path, original) = read().with_context(|| format!("`{name}` cannot be read"))?;
        Ok(Saved {
            name,
            path,
            present: original.clone(),
            original,
            is_left_alone: false,
        })
    }

    /// The original with a remark behind it, another one each time.
    fn remarked(&self, save: u64) -> Vec<u8> {
        let mut text = self.original.clone();
        if text.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        text.extend(format!("# save {save} of a load test\n").bytes());
        text
    }

    /// Replaces it as a whole, where it still holds what was written last. The error says in
    /// plain words why that was not done.
    fn replace(&mut self, text: Vec<u8>) -> Result<(), String> {
        let told = |error: std::io::Error| error.to_string();
        let present = match fs::read(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err("somebody has removed it meanwhile".to_owned());
            }
            present => present.map_err(told)?,
        };
        if present != self.present {
            return Err(
                "somebody has changed it meanwhile; the remark of the load test may be \
                        at its end"
                    .to_owned(),
            );
        }
        if present == text {
            return Ok(());
        }
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        // What begins with a point is no flow.
        let beside = self.path.with_file_name(format!(".{name}.ringflow-load"));
        let write = || -> std::io::Result<()> {
            fs::write(&beside, &text)?;
            fs::set_permissions(&beside, fs::metadata(&self.path)?.permissions())?;
            fs::rename(&beside, &self.path)
        };
        if let Err(error) = write() {
            let _ = fs::remove_file(&beside);
            return Err(told(error));
        }
        self.present = text;
        Ok(())
    }

    /// The error says that it is another than it was.
    fn is_original(&self) -> Result<(), String> {
        match fs::read(&self.path) {
            Ok(present) if present == self.original => Ok(()),
            _ => Err("it was left as somebody else has saved it".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &str = "flow: a\nnumbers: [+6561110001]\nvoice: en-US-BenjaminRUS\n\
                        states: {main: {say: Hello., then: hangup}}";

    fn project() -> (tempfile::TempDir, Saver) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("flows")).unwrap();
        for name in ["a", "b"] {
            let text = FLOW.replace("flow: a", &format!("flow: {name}"));
            let text = text.replace("0001", if name == "a" { "0001" } else { "0002" });
            fs::write(dir.path().join(format!("flows/{name}.yaml")), text).unwrap();
        }
        let storm = Storm::prepare(dir.path(), Duration::from_millis(1)).unwrap();
        (dir, Saver::new(storm))
    }

    fn read(dir: &Path, name: &str) -> String {
        fs::read_to_string(dir.join("flows").join(name)).unwrap()
    }

    #[test]
    fn files_are_saved_in_turn_and_put_back_when_it_breaks_off() {
        let (dir, mut saver) = project();
        saver.save();
        assert_eq!(
            read(dir.path(), "a.yaml"),
            format!("{FLOW}\n# save 1 of a load test\n")
        );
        saver.save();
        assert!(read(dir.path(), "b.yaml").ends_with("# save 2 of a load test\n"));
        saver.save();
        assert_eq!(
            read(dir.path(), "a.yaml"),
            FLOW,
            "every other save is the original"
        );
        saver.save();
        saver.save();
        assert!(read(dir.path(), "a.yaml").contains("# save 5"));
        drop(saver);
        assert_eq!(read(dir.path(), "a.yaml"), FLOW);
        assert!(!read(dir.path(), "b.yaml").contains('#'));
        let left = fs::read_dir(dir.path().join("flows")).unwrap().count();
        assert_eq!(left, 2, "nothing lies beside them");
    }

    #[test]
    fn what_somebody_else_saves_is_never_written_over() {
        let (dir, mut saver) = project();
        saver.save();
        let own = format!("{FLOW}\n# mine\n");
        fs::write(dir.path().join("flows/a.yaml"), &own).unwrap();
        (0..6).for_each(|_| saver.save());
        assert_eq!(read(dir.path(), "a.yaml"), own);
        saver.put_back();
        assert_eq!(read(dir.path(), "a.yaml"), own);
        assert_eq!(saver.saves.left_alone.len(), 1, "{:?}", saver.saves);
        assert_eq!(saver.saves.not_put_back.len(), 1, "{:?}", saver.saves);
        assert!(!read(dir.path(), "b.yaml").contains('#'));
    }

    #[test]
    fn what_an_earlier_load_has_left_is_not_buried() {
        let (dir, saver) = project();
        drop(saver);
        fs::create_dir_all(dir.path().join(".ringflow/load")).unwrap();
        let error = Storm::prepare(dir.path(), Duration::from_millis(1))
            .err()
            .unwrap();
        assert!(error.to_string().contains("an earlier load"), "{error}");
    }
}
