//! What operators decide: it wins over the calendar, ends by itself, outlives a reload,
//! and holds only once it is kept.

use std::io;
use std::sync::{Arc, Mutex};

use ringflow::flow::{Catalog, SourceFile, build};
use ringflow::live::{Calls, CallsConfig, Clock, HoursDesk, Lifetimes, Order, OrderRefused};
use ringflow::machine::{Answers, Overrides};
use ringflow::scenario;

const FLOW: &str = "\
flow: clinic
numbers: [+6561115777]
voice: en-US-BenjaminRUS
zone: Asia/Singapore
hours:
  office: {open: [mon-fri 09:00-18:00], except: {holiday: [2026-03-02]}}
  night: {open: [daily 00:00-24:00]}
states:
  main: {hours: office, then: night, otherwise: hangup}
  night: {hours: night, then: hangup, otherwise: hangup}
";

fn catalog(text: &str) -> Arc<Catalog> {
    let build = build(&[SourceFile::new("flows/clinic.yaml", text)]);
    assert!(!build.has_errors());
    Arc::new(build.catalog)
}

/// What was kept last; `None` where nothing can be.
type Disk = Arc<Mutex<Option<Overrides>>>;

/// A desk on Monday 2 March 2026 at 10:00, a holiday, and its disk.
fn desk() -> (Arc<Calls>, Clock, Arc<HoursDesk>, Disk) {
    let clock = Clock::manual(super::moment("2026-03-02T02:00:00Z"));
    let config = CallsConfig {
        desk: scenario::desk(Answers::Single),
        lifetimes: Lifetimes::default(),
        max_calls: 10,
        script_threads: 1,
        show_digits: false,
        follow_edits: false,
    };
    let calls = Calls::new(catalog(FLOW), config, clock.clone());
    let kept = Arc::new(Mutex::new(Some(Overrides::default())));
    let keeps = Arc::clone(&kept);
    let keep = move |overrides: &Overrides| match &mut *keeps.lock().unwrap() {
        Some(kept) => {
            *kept = overrides.clone();
            Ok(())
        }
        None => Err(io::Error::other("the disk is full")),
    };
    let desk = HoursDesk::new(&calls, Overrides::default(), Box::new(keep));
    (calls, clock, desk, kept)
}

fn order(hours: &str, set: &str, seconds: Option<u64>) -> Order {
    Order {
        flow: "clinic".to_owned(),
        hours: hours.to_owned(),
        set: set.to_owned(),
        seconds,
    }
}

/// The hours `office` in a line.
fn office(desk: &HoursDesk) -> String {
    let report = desk.report().remove(0);
    assert_eq!((&*report.flow, &*report.hours), ("clinic", "office"));
    format!(
        "open {} until {:?} decided {} until {:?} calendar {} {:?}",
        report.open,
        report.until.unwrap_or_default(),
        report.decided,
        report.decided_until.unwrap_or_default(),
        report.calendar_open,
        report.exception.unwrap_or_default()
    )
}

#[test]
fn a_decision_wins_ends_by_itself_and_outlives_a_reload() {
    let (calls, clock, desk, kept) = desk();
    let calendar = "open false until \"2026-03-03T09:00:00+08:00\" decided false until \"\" calendar false \"holiday\"";
    assert_eq!(office(&desk), calendar);
    let report = desk.order(&order("office", "open", Some(7200))).unwrap();
    assert!(report.open && report.decided);
    let decided = "open true until \"2026-03-02T12:00:00+08:00\" decided true until \"2026-03-02T12:00:00+08:00\" calendar false \"holiday\"";
    assert_eq!(office(&desk), decided);
    assert_eq!(kept.lock().unwrap().as_ref().unwrap().entries().len(), 1);

    calls.go_live(catalog(&FLOW.replace("00:00-24:00", "00:00-23:00")));
    assert_eq!(office(&desk), decided);
    clock.advance_ms(7_199_999);
    desk.sweep();
    assert_eq!(office(&desk), decided);
    clock.advance_ms(1);
    // It holds no more, before anything was swept.
    assert_eq!(office(&desk), calendar);
    desk.sweep();
    assert_eq!(kept.lock().unwrap().as_ref(), Some(&Overrides::default()));
}

#[test]
fn the_end_of_a_decision_is_no_change_where_the_calendar_goes_on_with_it() {
    let (_, clock, desk, _) = desk();
    clock.advance_ms(24 * 3_600_000);
    desk.order(&order("office", "open", Some(3600))).unwrap();
    let told = "open true until \"2026-03-03T18:00:00+08:00\" decided true until \"2026-03-03T11:00:00+08:00\" calendar true \"\"";
    assert_eq!(office(&desk), told);
    desk.order(&order("office", "closed", None)).unwrap();
    let told = "open false until \"\" decided true until \"\" calendar true \"\"";
    assert_eq!(office(&desk), told);
    let report = desk.order(&order("office", "auto", None)).unwrap();
    assert!(report.open && !report.decided);
    assert!(!desk.report()[1].decided);
}

#[test]
fn what_cannot_be_kept_or_is_not_there_changes_nothing() {
    let (_, _, desk, kept) = desk();
    let before = office(&desk);
    let told = |refused: OrderRefused| refused.to_string();
    let unknown = desk.order(&order("ofice", "open", None)).map_err(told);
    let message = "the flow `clinic` has no hours `ofice`; it has `office`, `night`";
    assert_eq!(unknown.err().as_deref(), Some(message));
    let mut other = order("office", "open", None);
    other.flow = "bank".to_owned();
    let unknown = desk.order(&other).map_err(told);
    let message = "no flow `bank` is live; there are `clinic`";
    assert_eq!(unknown.err().as_deref(), Some(message));
    for (set, seconds) in [("ajar", None), ("open", Some(0)), ("open", Some(u64::MAX))] {
        let refused = desk.order(&order("office", set, seconds));
        assert!(matches!(refused, Err(OrderRefused::Unreadable(_))), "{set}");
    }
    *kept.lock().unwrap() = None;
    let refused = desk.order(&order("office", "open", None)).map_err(told);
    let message = "it cannot be kept: the disk is full";
    assert_eq!(refused.err().as_deref(), Some(message));
    assert_eq!(office(&desk), before);
}
