//! Calls to all numbers of a file, and what a restart makes of them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use ringflow::outbound::{JobOrder, JobReport};
use serde_json::json;

use super::bench::{Bench, FLOW, Session, created, id_of, person_of};

const ROWS: usize = 5;

fn person(row: usize) -> String {
    format!("+659000000{row}")
}

fn csv() -> String {
    let rows = (0..ROWS).map(|row| format!("{},Guest {row}\n", person(row)));
    format!("to,name\n{}", rows.collect::<String>())
}

fn order(csv: &str, at_once: u32) -> JobOrder {
    let order = json!({"flow": "remind", "csv": csv, "rate": 1000.0, "at_once": at_once});
    serde_json::from_value(order).unwrap()
}

async fn until(bench: &Bench, job: &str, holds: impl Fn(&JobReport) -> bool) -> JobReport {
    loop {
        let report = bench.outbound.job(job).unwrap();
        if holds(&report) {
            return report;
        }
        assert!(!report.over, "{report:?}");
        bench.outbound.job_changed(job, report.changes).await;
    }
}

#[test]
fn all_rows_are_called_at_most_so_many_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::of(FLOW, dir.path(), "a");
    bench.run(async {
        let job = bench.outbound.begin_job(&order(&csv(), 2)).unwrap();
        for row in 0..ROWS {
            let request = bench.fake.request(row).await;
            let said = &request["callflow"][1]["params"]["promptMessage"];
            let person = person_of(&request);
            let guest = format!("Guest {}", person.chars().last().unwrap());
            assert!(said.as_str().unwrap().contains(&guest), "{said}");
            if row == 1 {
                until(&bench, &job, |report| report.under_way == 2).await;
                assert_eq!(bench.fake.count(), 2);
            }
            bench.fake.answer(row, created(&format!("s{row}")));
            let session = format!("s{row}");
            let ended = until(&bench, &job, |report| report.under_way > 0).await;
            assert!(ended.under_way <= 2);
            if row > 0 {
                let before = format!("s{}", row - 1);
                end(&bench, &before, row - 1).await;
            }
            if row == ROWS - 1 {
                end(&bench, &session, row).await;
            }
        }
        until(&bench, &job, |report| report.over).await;
        let result = bench.outbound.job_result(&job).unwrap();
        let lines: Vec<&str> = result.lines().collect();
        assert_eq!(lines[0], "number,status,seconds,session,error");
        assert_eq!(lines.len(), ROWS + 1, "{result}");
        assert_eq!(lines[1], "+6590000000,BUSY,35,s0,");
        assert_eq!(lines[2], "+6590000001,COMPLETED,35,s1,");
        assert!(!result.contains("Guest"));
    });
}

async fn end(bench: &Bench, session: &str, row: usize) {
    let person = person(row);
    let session = Session {
        id: session,
        person: &person,
    };
    let status = if row == 0 { "BUSY" } else { "COMPLETED" };
    bench.post(session.summary(status, None)).await;
}

/// How far a row was when the process died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Died {
    /// The request had gone out.
    Sent,
    /// The API had answered.
    Created,
    /// The summary had come.
    Ended,
}

#[test]
fn a_restart_between_any_two_rows_calls_nobody_twice() {
    for row in 0..ROWS {
        for died in [Died::Sent, Died::Created, Died::Ended] {
            restarted(row, died);
        }
    }
}

fn restarted(last: usize, died: Died) {
    let dir = tempfile::tempdir().unwrap();
    let mut called: HashMap<String, usize> = HashMap::new();
    let bench = Bench::of(FLOW, dir.path(), "a");
    let (job, ids) = bench.run(async {
        let job = bench.outbound.begin_job(&order(&csv(), 1)).unwrap();
        for row in 0..=last {
            let request = bench.fake.request(row).await;
            *called.entry(person_of(&request)).or_default() += 1;
            let is_last = row == last;
            if is_last && died == Died::Sent {
                break;
            }
            let session = format!("s{row}");
            bench.fake.answer(row, created(&session));
            until(&bench, &job, |report| {
                report.ended.values().sum::<usize>() == row
            })
            .await;
            if is_last && died == Died::Created {
                bench_knows(&bench, dir.path(), &job, &session).await;
                break;
            }
            end(&bench, &session, row).await;
            until(&bench, &job, |report| {
                report.ended.values().sum::<usize>() == row + 1
            })
            .await;
            if is_last && row + 1 < ROWS {
                // The next one has gone out too, in whose middle it dies.
                let request = bench.fake.request(row + 1).await;
                *called.entry(person_of(&request)).or_default() += 1;
            }
        }
        (job, bench.fake.ids())
    });
    drop(bench);

    let bench = Bench::of(FLOW, dir.path(), "b");
    bench.run(async {
        bench.outbound.take_up_jobs();
        // Of a call that was being made a summary comes, or nothing.
        if died == Died::Created {
            end(&bench, &format!("s{last}"), last).await;
        }
        let under_way = usize::from(died != Died::Created && ids.len() > last);
        let left = ROWS - called.len();
        for nth in 0..left {
            let request = bench.fake.request(nth).await;
            *called.entry(person_of(&request)).or_default() += 1;
            assert!(!ids.contains(&id_of(&request)));
            let session = format!("t{nth}");
            bench.fake.answer(nth, created(&session));
            let done = |report: &JobReport| report.ended.values().sum::<usize>();
            let before = until(&bench, &job, |report| report.under_way > 0).await;
            assert!(done(&before) <= ROWS);
            let person = person_of(&request);
            let session = Session {
                id: &session,
                person: &person,
            };
            let request = id_of(&request);
            bench
                .post(session.summary("COMPLETED", Some(&request)))
                .await;
        }
        if under_way > 0 {
            bench.server.clock.advance_ms(3 * 60 * 60 * 1000);
            bench.outbound.sweep();
        }
        let report = until(&bench, &job, |report| report.over).await;
        assert_eq!(report.waiting, 0, "{report:?}");
        assert_eq!(report.ended.values().sum::<usize>(), ROWS, "{report:?}");
    });
    assert_eq!(called.len(), ROWS, "{last} {died:?}");
    assert!(called.values().all(|times| *times == 1), "{called:?}");
}

#[test]
fn calls_that_ended_while_nobody_was_there_hold_up_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::of(FLOW, dir.path(), "a");
    let job = bench.run(async {
        let job = bench.outbound.begin_job(&order(&csv(), 2)).unwrap();
        for (nth, session) in ["s0", "s1"].into_iter().enumerate() {
            bench.fake.request(nth).await;
            bench.fake.answer(nth, created(session));
            bench_knows(&bench, dir.path(), &job, session).await;
        }
        job
    });
    drop(bench);

    let bench = Bench::of(FLOW, dir.path(), "b");
    bench.run(async {
        bench.outbound.take_up_jobs();
        // One of the two is still up, which a webhook tells.
        let person = person(1);
        let is_up = Session {
            id: "s1",
            person: &person,
        };
        bench.post(is_up.status("CALL_CONNECTED")).await;
        assert_eq!(bench.fake.count(), 0);
        // For a while the other may be too.
        bench.server.clock.advance_ms(31_000);
        bench.outbound.sweep();
        bench.fake.request(0).await;
        bench.fake.answer(0, created("t0"));
        // In the end nobody knows what became of the one, and the other is waited for.
        bench.minutes_pass(10);
        let report = until(&bench, &job, |report| !report.ended.is_empty()).await;
        assert_eq!(report.ended, [("UNKNOWN".to_owned(), 1)].into());
        assert_eq!((report.waiting, report.under_way), (2, 2), "{report:?}");
        bench.post(is_up.summary("COMPLETED", None)).await;
        let completed = |report: &JobReport| report.ended.contains_key("COMPLETED");
        until(&bench, &job, completed).await;
    });
}

/// Waits until the record holds the session.
async fn bench_knows(bench: &Bench, dir: &Path, job: &str, session: &str) {
    loop {
        let report = bench.outbound.job(job).unwrap();
        let record = fs::read_to_string(dir.join(job).join("record.jsonl")).unwrap();
        if record.contains(&format!("\"{session}\"")) {
            return;
        }
        let changed = bench.outbound.job_changed(job, report.changes);
        let _ = tokio::time::timeout(std::time::Duration::from_millis(20), changed).await;
    }
}

#[test]
fn a_cancelled_job_calls_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::of(FLOW, dir.path(), "a");
    let job = bench.run(async {
        let job = bench.outbound.begin_job(&order(&csv(), 1)).unwrap();
        bench.fake.request(0).await;
        bench.fake.answer(0, created("s0"));
        until(&bench, &job, |report| report.under_way == 1).await;
        bench.outbound.cancel_job(&job).unwrap();
        end(&bench, "s0", 0).await;
        let report = until(&bench, &job, |report| report.over).await;
        assert!(report.cancelled);
        assert_eq!(report.waiting, ROWS - 1);
        assert_eq!(bench.fake.count(), 1);
        job
    });
    drop(bench);
    // Nor does the next process.
    let bench = Bench::of(FLOW, dir.path(), "b");
    bench.run(async {
        bench.outbound.take_up_jobs();
        let report = bench.outbound.job(&job).unwrap();
        assert!(report.over && report.cancelled, "{report:?}");
        let result = bench.outbound.job_result(&job).unwrap();
        assert!(result.contains("+6590000004,NOT_CALLED,,,"), "{result}");
        assert_eq!(bench.fake.count(), 0);
    });
}

#[test]
fn a_file_with_a_mistake_calls_nobody_and_says_in_which_line() {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::of(FLOW, dir.path(), "a");
    let cases = [
        ("", "there is no column `to`"),
        (
            "number\n+6591234567\n",
            "line 1: there is no column `to`, with the numbers that are called; the first line \
             names `number`",
        ),
        ("to,to\n", "two columns `to`"),
        ("to\n", "it has no row"),
        (
            "to\n+6591234567\n12\n+6591234567\nx\n",
            "line 3: `to` is no phone number, `12`: it has 2 digits; a number with its country \
             code has 7 to 15; write one such as `+6591234567`\nline 5: ",
        ),
        ("to,age\n+6591234567,old\n", "line 2: the value for `age`"),
        (
            "to,from\n+6591234567,+6561110000\n",
            "line 2: `+6561110000` is no number",
        ),
        (
            "to,name\n+6591234567\n",
            "line 2: it has 1 cell, where the first line has 2",
        ),
        ("To\n+6591234567\n", "did you mean `to`?"),
        ("+6591234567\n", "line 1: it holds a number where the names"),
        ("to,\n+6591234567,x\n", "line 2: there is text in column 2"),
        (
            "to\n6.59123E+09\n",
            "line 2: `6.59123E+09` was shortened by a spreadsheet",
        ),
        // Lines without a row are lines all the same.
        ("to,name\r\n\r\n,\r\n\r\nx,y\r\n", "line 5: `to` is no"),
        (
            "to,name\n+6591234567,\"Ann\n+6591234568,Bob\n",
            "line 2: a quotation mark opens a cell, and none closes it",
        ),
        ("\"to,name\n+6591234567,Ann\n", "line 1: "),
        ("to,pin\n+6591234567,4711\n", "line 1: `pin` is secret"),
    ];
    for (csv, words) in cases {
        let refused = bench.run(async { bench.outbound.begin_job(&order(csv, 1)).unwrap_err() });
        let refused = refused.to_string();
        assert!(refused.contains(words), "{csv:?}: {refused}");
        assert!(!refused.contains("4711"));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    assert_eq!(bench.fake.count(), 0);
}

#[test]
fn a_file_is_read_as_spreadsheets_write_it() {
    for csv in [
        "\u{feff}to;name;\r\n+6590000000;\"a;b, c\";\r\n\r\n;;\r\n6590000001;d;\r\n;;\r\n",
        "to\tname\n+6590000000\ta;b, c\n\n+6590000001\td\n\n",
        "\nto,name\n +65 9000 0000 ,\"a;b, c\"\n+6590000001,d",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let bench = Bench::of(FLOW, dir.path(), "a");
        let job = bench.run(async {
            let job = bench.outbound.begin_job(&order(csv, 1)).unwrap();
            let request = bench.fake.request(0).await;
            let said = request["callflow"][1]["params"]["promptMessage"].to_string();
            assert!(said.contains("Hello a;b, c."), "{said}");
            bench.fake.answer(0, created("s0"));
            bench_knows(&bench, dir.path(), &job, "s0").await;
            job
        });
        drop(bench);
        // And so it is when the job is taken up.
        let bench = Bench::of(FLOW, dir.path(), "b");
        bench.run(async {
            bench.outbound.take_up_jobs();
            end(&bench, "s0", 0).await;
            let request = bench.fake.request(0).await;
            assert_eq!(person_of(&request), "+6590000001");
            assert_eq!(bench.outbound.job(&job).unwrap().rows, 2);
        });
    }
}

#[test]
fn a_second_server_of_the_project_leaves_a_job_to_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let first = Bench::of(FLOW, dir.path(), "a");
    let job = first.run(async {
        let job = first.outbound.begin_job(&order(&csv(), 1)).unwrap();
        first.fake.request(0).await;
        job
    });
    let second = Bench::of(FLOW, dir.path(), "b");
    second.run(async {
        second.outbound.take_up_jobs();
        // It can be asked for there, and does not go on.
        let report = second.outbound.job(&job).unwrap();
        assert_eq!((report.under_way, report.waiting), (1, ROWS - 1));
        assert!(report.over);
        assert!(second.outbound.cancel_job(&job).is_err());
    });
    assert_eq!(second.fake.count(), 0);
    first.run(async {
        first.fake.answer(0, created("s0"));
        end(&first, "s0", 0).await;
        first.fake.request(1).await;
    });
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_what_is_kept_of_a_job() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::of(FLOW, dir.path(), "a");
    let job = bench.run(async { bench.outbound.begin_job(&order(&csv(), 1)).unwrap() });
    let mut files = 0;
    for file in fs::read_dir(dir.path().join(job)).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        files += 1;
    }
    assert_eq!(files, 2);
}
