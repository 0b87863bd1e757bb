//! Calls to all numbers of a file: so many in a second, so many at once, and each row
//! once, whatever comes between.

mod read;
mod record;
mod report;
mod run;
mod sheet;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;
use tokio::sync::watch;
use tracing::{info, warn};

use super::desk::Outbound;
use super::news::Outcome;
use super::order::{CallOrder, OrderRefused, valid_for};
use record::{Head, Line, Record};
pub use report::JobReport;

/// The most calls of one job that are under way.
const MAX_AT_ONCE: u32 = 1_000;
/// The most calls that one job begins in a second.
const MAX_RATE: f64 = 1_000.0;
/// The most jobs that go on.
const MAX_JOBS: usize = 100;

/// A job that is ordered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobOrder {
    pub flow: String,
    /// The text of a CSV file: a column `to`, and if wanted `from`; every other column has
    /// the name of a variable.
    pub csv: String,
    /// How many calls are begun in a second.
    pub rate: f64,
    /// The most calls that are under way.
    pub at_once: u32,
    /// How long each call may be started from when its turn comes, in seconds; an hour
    /// where it is left out.
    #[serde(default)]
    pub valid_for_s: Option<u64>,
}

/// The jobs that go on, and the folder of all.
pub(super) struct Jobs {
    dir: PathBuf,
    /// Held for a look, so a plain lock.
    going: Mutex<HashMap<String, Arc<Job>>>,
}

/// One job.
pub(super) struct Job {
    id: String,
    head: Head,
    rows: Vec<CallOrder>,
    dir: PathBuf,
    /// The file, while the job is this process's to go on with. Held while a step is
    /// written, which is done by threads that may wait.
    record: Mutex<Option<Record>>,
    /// Held for a look, so a plain lock.
    progress: Mutex<Progress>,
    /// How often something has changed.
    changed: watch::Sender<u64>,
}

struct Progress {
    rows: Vec<Row>,
    cancelled: bool,
    /// Why it does not go on, though not all rows were called.
    held: Option<String>,
    /// Nothing of it goes on in this process.
    at_rest: bool,
}

/// How far a row has come.
#[derive(Debug, Clone, PartialEq)]
enum Row {
    Waiting,
    Sending {
        id: String,
        until: Timestamp,
        session: Option<String>,
    },
    Ended(Outcome),
}

impl Jobs {
    pub fn new(dir: PathBuf) -> Self {
        Jobs {
            dir,
            going: Mutex::default(),
        }
    }

    /// Has every job look whether it is to go on.
    pub fn wake(&self) {
        for job in self.going().values() {
            job.changed.send_modify(|count| *count += 1);
        }
    }

    fn going(&self) -> MutexGuard<'_, HashMap<String, Arc<Job>>> {
        self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outbound {
    /// Begins a job, and gives its name. It writes files, so it may take its time.
    ///
    /// # Errors
    /// In plain words, each fault of the file with its line; then nobody is called.
    pub fn begin_job(self: &Arc<Self>, order: &JobOrder) -> Result<String, OrderRefused> {
        self.able()?;
        let wrong = |message: &str| Err(OrderRefused::Wrong(message.to_owned()));
        if !(order.rate > 0.0 && order.rate <= MAX_RATE) {
            return wrong("the rate is above 0 and at most 1000 calls a second");
        }
        if !(1..=MAX_AT_ONCE).contains(&order.at_once) {
            return wrong("1 to 1000 calls can be under way at once");
        }
        valid_for(order.valid_for_s).map_err(OrderRefused::Wrong)?;
        if self.jobs.going().len() >= MAX_JOBS {
            return Err(OrderRefused::Full);
        }
        let of = (order.flow.as_str(), order.valid_for_s);
        let rows = read::read(&order.csv, of, &self.calls.catalog())?;
        let head = Head {
            flow: order.flow.clone(),
            rate: order.rate,
            at_once: order.at_once,
            valid_for_s: order.valid_for_s,
        };
        let not_kept = |error: io::Error| OrderRefused::NotKept(error.to_string());
        let (id, record) = self.new_record(&head, &order.csv).map_err(not_kept)?;
        info!(
            job = id,
            flow = head.flow,
            rows = rows.len(),
            "a job begins"
        );
        let waiting = vec![Row::Waiting; rows.len()];
        let job = Job::new(self.jobs.dir.join(&id), head, (rows, waiting));
        *job.record() = Some(record);
        self.go_on(job);
        Ok(id)
    }

    /// Takes up the jobs that were not finished when the process before this one ended.
    pub fn take_up_jobs(self: &Arc<Self>) {
        let dirs = record::all(&self.jobs.dir).unwrap_or_else(|error| {
            warn!(%error, "the jobs that were begun before cannot be read");
            Vec::new()
        });
        for dir in dirs {
            match Job::take(&dir) {
                Ok(job) if job.is_finished() => {}
                Ok(job) => {
                    let report = job.report();
                    info!(
                        job = job.id,
                        flow = job.head.flow,
                        waiting = report.waiting,
                        under_way = report.under_way,
                        "a job goes on"
                    );
                    self.go_on(job);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    warn!(path = %dir.display(), "another server of the project has this job");
                }
                Err(error) => {
                    warn!(path = %dir.display(), %error, "a job cannot be read");
                }
            }
        }
    }

    /// How far a job is. It may have to be read from its file.
    pub fn job(&self, id: &str) -> Result<JobReport, OrderRefused> {
        Ok(self.found(id)?.report())
    }

    /// The result of a job as CSV: number, status, seconds, session, error.
    pub fn job_result(&self, id: &str) -> Result<String, OrderRefused> {
        Ok(self.found(id)?.result())
    }

    /// Done when a job has changed since it had changed so often, or rests.
    pub async fn job_changed(&self, id: &str, after: u64) {
        let job = self.jobs.going().get(id).cloned();
        let Some(job) = job else { return };
        let mut changed = job.changed.subscribe();
        // The sender lives as long as the job.
        let _ = changed.wait_for(|count| *count > after).await;
    }

    /// Calls no further row of a job. Calls under way go on.
    pub fn cancel_job(&self, id: &str) -> Result<JobReport, OrderRefused> {
        let job = self.found(id)?;
        let cancelled = job.cancel();
        cancelled.map_err(|error| OrderRefused::NotKept(error.to_string()))?;
        Ok(job.report())
    }

    fn found(&self, id: &str) -> Result<Arc<Job>, OrderRefused> {
        if let Some(job) = self.jobs.going().get(id) {
            return Ok(Arc::clone(job));
        }
        let unknown = || OrderRefused::Unknown(format!("there is no job `{id}`"));
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if id.is_empty() || !id.chars().all(is_name) {
            return Err(unknown());
        }
        match Job::read(&self.jobs.dir.join(id)) {
            Ok(job) => {
                job.rest();
                Ok(Arc::new(job))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(unknown()),
            Err(error) => Err(OrderRefused::NotKept(format!(
                "the record of `{id}` cannot be read: {error}"
            ))),
        }
    }

    /// A folder of its own, named by the time.
    fn new_record(&self, head: &Head, csv: &str) -> io::Result<(String, Record)> {
        let time = self.clock.now().strftime("%Y%m%d-%H%M%S").to_string();
        for nth in 1.. {
            let id = match nth {
                1 => time.clone(),
                nth => format!("{time}-{nth}"),
            };
            match Record::create(&self.jobs.dir.join(&id), head, csv) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && nth < 1000 => {}
                made => return made.map(|record| (id, record)),
            }
        }
        Err(io::Error::other("there are too many jobs of this second"))
    }

    fn go_on(self: &Arc<Self>, job: Job) {
        let job = Arc::new(job);
        run::restore(self, &job);
        self.jobs.going().insert(job.id.clone(), Arc::clone(&job));
        let outbound = Arc::clone(self);
        tokio::spawn(async move {
            run::run(&outbound, &job).await;
            // Whoever asks for it now reads its file.
            outbound.jobs.going().remove(&job.id);
            job.rest();
        });
    }
}

impl Job {
    fn new(dir: PathBuf, head: Head, (rows, progress): (Vec<CallOrder>, Vec<Row>)) -> Self {
        let id = dir.file_name().unwrap_or_default().to_string_lossy();
        Job {
            id: id.into_owned(),
            dir,
            head,
            rows,
            record: Mutex::default(),
            progress: Mutex::new(Progress {
                rows: progress,
                cancelled: false,
                held: None,
                at_rest: false,
            }),
            changed: watch::Sender::new(0),
        }
    }

    /// The same as [`Job::read`], for going on with it: nobody else does from then on.
    fn take(dir: &Path) -> io::Result<Job> {
        let record = Record::open(dir)?;
        let job = Job::read(dir)?;
        *job.record() = Some(record);
        Ok(job)
    }

    /// A job from its folder, as far as it had come.
    fn read(dir: &Path) -> io::Result<Job> {
        let (csv, lines) = record::read(dir)?;
        let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let mut lines = lines.into_iter();
        let Some(Line::Job(head)) = lines.next() else {
            return Err(damaged("the record has no beginning"));
        };
        let rows = read::again(&csv, (&head.flow, head.valid_for_s))?;
        let mut states: BTreeMap<usize, Row> = BTreeMap::new();
        let mut cancelled = false;
        for line in lines {
            match line {
                Line::Job(_) => return Err(damaged("the record begins twice")),
                Line::Sending { row, id, until } => {
                    let session = None;
                    states.insert(row, Row::Sending { id, until, session });
                }
                Line::Session { row, session } => {
                    if let Some(Row::Sending { session: known, .. }) = states.get_mut(&row) {
                        *known = Some(session);
                    }
                }
                Line::Ended { row, outcome } => {
                    states.insert(row, Row::Ended(outcome));
                }
                Line::Cancelled => cancelled = true,
            }
        }
        let rows_so_far = (0..rows.len()).map(|row| states.remove(&row).unwrap_or(Row::Waiting));
        let rows_so_far = rows_so_far.collect();
        if !states.is_empty() {
            return Err(damaged("the record tells of rows that there are not"));
        }
        let job = Job::new(dir.to_owned(), head, (rows, rows_so_far));
        job.progress().cancelled = cancelled;
        Ok(job)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self) -> MutexGuard<'_, Option<Record>> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a step down. It waits for the disk.
    fn write(&self, line: &Line) -> io::Result<()> {
        match &mut *self.record() {
            Some(record) => record.add(line),
            // Of a job that rests, for this one step.
            None => Record::open(&self.dir)?.add(line),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.progress());
        self.changed.send_modify(|count| *count += 1);
    }

    fn cancel(&self) -> io::Result<()> {
        if self.is_finished() || self.progress().cancelled {
            return Ok(());
        }
        self.write(&Line::Cancelled)?;
        self.change(|progress| progress.cancelled = true);
        Ok(())
    }

    fn hold(&self, why: String) {
        warn!(job = self.id, why, "a job does not go on");
        self.change(|progress| progress.held = Some(why));
    }

    /// It does not go on in this process, and any other may take it up.
    fn rest(&self) {
        *self.record() = None;
        self.change(|progress| progress.at_rest = true);
    }

    /// Nothing of it is left to be done, by whatever process.
    fn is_finished(&self) -> bool {
        let progress = self.progress();
        let mut rows = progress.rows.iter();
        rows.all(|row| match row {
            Row::Ended(_) => true,
            Row::Waiting => progress.cancelled,
            Row::Sending { .. } => false,
        })
    }
}
