//! How the platform collects digits, read a second time: one walk along a list of keys
//! with their times. All times are in milliseconds.

use std::collections::VecDeque;

/// A `sayAndCapture`; what is `None` is not given. Texts are as long as they are named.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ask {
    pub prompt: usize,
    pub speed: Option<f64>,
    pub min_digits: Option<usize>,
    pub max_digits: Option<usize>,
    pub digit_timeout: Option<i64>,
    pub overall_timeout: Option<i64>,
    pub complete_on_hash: Option<bool>,
    pub tries: Option<u32>,
    pub success: Option<usize>,
    pub failure: Option<usize>,
}

/// Captures, each the answer to the report of the one before, and who presses what when.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub open: Open,
    /// For how long an answer is waited for, and what is asked then.
    pub asks: Vec<(i64, Ask)>,
    /// In order.
    pub keys: Vec<(i64, char)>,
}

/// How the points are read that the platform's documents leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// The overall time counts from the start of the prompt.
    pub from_start: bool,
    /// Enough digits are reported when the time is over.
    pub reports_enough: bool,
    pub barge_in: bool,
    pub keeps_keys: bool,
    pub keeps_hash: bool,
    /// Which of the four shapes, from 0.
    pub shape: usize,
}

/// What the next webhook tells of a capture, after how many tries, and when it comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub digits: Option<String>,
    pub tries: u32,
    pub at: i64,
}

/// The numbers and the rules, as data.
#[derive(Debug, Clone)]
pub struct Table {
    pub min_digits: usize,
    pub max_digits: usize,
    pub overall_timeout: i64,
    pub complete_on_hash: bool,
    pub tries: u32,
    pub speed: f64,
    pub ends: char,
    /// What is added to a number that was given.
    pub more_digits_needed: i64,
    pub more_digits_taken: i64,
    pub longer_pause: i64,
    pub longer_overall: i64,
    pub more_tries: i64,
    /// The pause counts before the first key too.
    pub pause_before_first: bool,
    /// The end of an entry counts as one of its digits.
    pub end_counts: bool,
    /// A key at the moment of a time-out is before it.
    pub key_is_first: bool,
    /// Digits of a try that failed stay.
    pub keeps_entry: bool,
    pub says_success: bool,
    pub says_failure: bool,
    pub fails_aloud_at_last: bool,
    pub silence: Option<&'static str>,
    pub reports_digits: bool,
}

impl Default for Table {
    fn default() -> Self {
        Table {
            min_digits: 1,
            max_digits: 25,
            overall_timeout: 30_000,
            complete_on_hash: true,
            tries: 3,
            speed: 1.0,
            ends: '#',
            more_digits_needed: 0,
            more_digits_taken: 0,
            longer_pause: 0,
            longer_overall: 0,
            more_tries: 0,
            pause_before_first: true,
            end_counts: false,
            key_is_first: false,
            keeps_entry: false,
            says_success: true,
            says_failure: true,
            fails_aloud_at_last: true,
            silence: None,
            reports_digits: true,
        }
    }
}

/// What is told of each capture.
pub fn reports(case: &Case, table: &Table) -> Vec<Report> {
    let mut walk = Walk {
        open: case.open,
        table,
        keys: &case.keys,
        kept: VecDeque::new(),
        now: 0,
        entry: String::new(),
    };
    let mut reports = Vec::new();
    for (wait, ask) in &case.asks {
        walk.pass(*wait);
        walk.entry.clear();
        reports.push(walk.capture(ask));
    }
    reports
}

/// How long a text is heard: 15 characters a second, and no text is over at once.
pub fn length(characters: usize, speed: f64) -> i64 {
    ((characters as f64 * (1000.0 / 15.0) / speed) as i64).max(300)
}

struct Walk<'a> {
    open: Open,
    table: &'a Table,
    /// Those that are still to come.
    keys: &'a [(i64, char)],
    kept: VecDeque<char>,
    now: i64,
    entry: String,
}

impl Walk<'_> {
    /// Time in which nothing listens.
    fn pass(&mut self, milliseconds: i64) {
        let end = self.now + milliseconds;
        while let Some(key) = self.next_before(end) {
            if self.open.keeps_keys {
                self.kept.push_back(key);
            }
        }
        self.now = end;
    }

    fn next_before(&mut self, end: i64) -> Option<char> {
        let (&(time, key), rest) = self.keys.split_first()?;
        let is_before = time < end || self.table.key_is_first && time == end;
        is_before.then(|| {
            self.keys = rest;
            self.now = self.now.max(time);
            key
        })
    }

    fn capture(&mut self, ask: &Ask) -> Report {
        let table = self.table;
        let most = i64::from(ask.tries.unwrap_or(table.tries)) + table.more_tries;
        let speed = ask.speed.unwrap_or(table.speed);
        for this in 1.. {
            let entry = self.attempt(ask);
            let is_last = i64::from(this) >= most;
            match &entry {
                Some(_) if table.says_success => self.say(ask.success, speed),
                None if table.says_failure && (!is_last || table.fails_aloud_at_last) => {
                    self.say(ask.failure, speed);
                }
                _ => {}
            }
            if entry.is_some() || is_last {
                return Report {
                    digits: match entry {
                        Some(digits) => table.reports_digits.then_some(digits),
                        None => table.silence.map(str::to_owned),
                    },
                    tries: this,
                    at: self.now,
                };
            }
        }
        unreachable!("there is a last try")
    }

    fn say(&mut self, text: Option<usize>, speed: f64) {
        if let Some(text) = text {
            self.pass(length(text, speed));
        }
    }

    /// One try: the prompt, and the digits where they are enough.
    fn attempt(&mut self, ask: &Ask) -> Option<String> {
        let table = self.table;
        if !table.keeps_entry {
            self.entry.clear();
        }
        let prompt = length(ask.prompt, ask.speed.unwrap_or(table.speed));
        let begun = self.now;
        if !self.open.barge_in {
            self.pass(prompt);
        } else if self.kept.is_empty() {
            // A key that comes before its end ends it.
            let key = self.keys.first().map(|(time, _)| *time);
            let key = key.filter(|time| *time < begun + prompt);
            self.now = key.unwrap_or(begun + prompt).max(begun);
        }
        let from = match self.open.from_start {
            true => begun,
            false => self.now,
        };
        let overall = ask.overall_timeout.unwrap_or(table.overall_timeout);
        // The prompt is never cut; a time that has run out in it is told just behind it.
        let overall_ends = (from + overall + table.longer_overall).max(self.now + 1);
        let pause = ask.digit_timeout.map(|pause| pause + table.longer_pause);
        let needed = ask.min_digits.unwrap_or(table.min_digits) as i64 + table.more_digits_needed;
        let taken = ask.max_digits.unwrap_or(table.max_digits) as i64 + table.more_digits_taken;
        let on_hash = ask.complete_on_hash.unwrap_or(table.complete_on_hash);
        let mut pause_from = self.now;
        loop {
            let pause_counts = table.pause_before_first || !self.entry.is_empty();
            let pause_ends = pause
                .filter(|_| pause_counts)
                .map(|pause| pause_from + pause);
            let ends = overall_ends.min(pause_ends.unwrap_or(overall_ends));
            let count = self.entry.len() as i64;
            let key = self.kept.pop_front();
            let Some(key) = key.or_else(|| self.next_before(ends)) else {
                self.now = ends;
                let is_told = self.open.reports_enough && count >= needed;
                return is_told.then(|| self.entry.clone());
            };
            if key == table.ends && on_hash {
                let count = count + i64::from(table.end_counts);
                return (count >= needed).then(|| match self.open.keeps_hash {
                    true => format!("{}{key}", self.entry),
                    false => self.entry.clone(),
                });
            }
            pause_from = self.now;
            self.entry.push(key);
            if count + 1 >= taken {
                return (count + 1 >= needed).then(|| self.entry.clone());
            }
        }
    }
}
