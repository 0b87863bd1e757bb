//! The stop: no new calls are wanted, those that are going on are answered.

use super::program::{Phone, Served, shipped, wait_until};
use crate::support::webhook::summary;

const RESTAURANT: &str = "+6561115777";

#[test]
fn it_ends_when_the_last_call_has_ended() {
    let dir = shipped();
    let served = Served::start_with(dir.path(), &["--drain", "4h"], &[]);
    let mut phone = Phone::to(RESTAURANT, "last-call");
    phone.next(&served);
    served.signal("-TERM");
    wait_until(|| served.get("/readyz").0 == 503);
    assert_eq!(served.get("/readyz").1, b"no\n");
    assert_eq!(served.get("/healthz").0, 200);
    // Calls are answered all the same, new ones too.
    assert!(
        phone
            .press(&served, "1")
            .text
            .contains("For a new reservation")
    );
    let mut late = Phone::to(RESTAURANT, "late-call");
    assert!(late.next(&served).text.contains("Welcome"));
    served.post(&summary(&late.session, "COMPLETED", 0));
    assert!(phone.press(&served, "2").asks);
    served.post(&summary(&phone.session, "COMPLETED", 0));
    let ended = served.ended();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.stdout.is_empty(), "{ended:#?}");
}

#[test]
fn it_ends_at_once_where_there_is_no_call() {
    for signal in ["-TERM", "-INT"] {
        let dir = shipped();
        let served = Served::start_with(dir.path(), &["--drain", "4h"], &[]);
        served.signal(signal);
        assert_eq!(served.ended().code, Some(0), "{signal}");
    }
}

#[test]
fn a_call_that_does_not_end_is_not_waited_for_longer_than_said() {
    let dir = shipped();
    let served = Served::start_with(dir.path(), &["--drain", "150ms"], &[]);
    Phone::to(RESTAURANT, "endless-call").next(&served);
    served.signal("-TERM");
    assert_eq!(served.ended().code, Some(0));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let dir = shipped();
    let mut served = Served::start_with(dir.path(), &["--drain", "4h"], &[]);
    Phone::to(RESTAURANT, "endless-call").next(&served);
    served.signal("-TERM");
    wait_until(|| served.get("/readyz").0 == 503);
    assert!(served.is_running());
    served.signal("-TERM");
    assert_eq!(served.ended().code, Some(0));
}

#[test]
fn a_connection_that_is_kept_open_does_not_hold_it() {
    let dir = shipped();
    let served = Served::start_with(dir.path(), &["--drain", "4h"], &[]);
    let idle = served.connect();
    served.get("/healthz");
    served.signal("-TERM");
    assert_eq!(served.ended().code, Some(0));
    drop(idle);
}
