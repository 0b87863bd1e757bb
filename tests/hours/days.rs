//! Weeks, nights and exceptions, in a zone whose clock stays as it is.

use super::{flow, hold};

const WEEK: &str = "zone: UTC\nopen: [mon-fri 09:00-18:00, sat 09:00-13:00]\nexcept:\n  \
                    holiday: [2026-12-25, 2027-01-01]\n  \
                    training: {on_dates: [2026-11-30], open: [13:00-18:00]}";

#[test]
fn a_week_with_exceptions() {
    // 23 November 2026 is a Monday, 25 December a Friday.
    hold(
        WEEK,
        &[
            (
                "2026-11-23T08:59:59.999Z",
                "closed until 2026-11-23T09:00:00Z",
            ),
            ("2026-11-23T09:00:00Z", "open until 2026-11-23T18:00:00Z"),
            (
                "2026-11-23T17:59:59.999Z",
                "open until 2026-11-23T18:00:00Z",
            ),
            ("2026-11-23T18:00:00Z", "closed until 2026-11-24T09:00:00Z"),
            ("2026-11-28T13:00:00Z", "closed until 2026-11-30T13:00:00Z"),
            (
                "2026-11-30T09:00:00Z",
                "closed by training until 2026-11-30T13:00:00Z",
            ),
            (
                "2026-11-30T13:00:00Z",
                "open by training until 2026-11-30T18:00:00Z",
            ),
            (
                "2026-11-30T23:59:59Z",
                "closed by training until 2026-12-01T09:00:00Z",
            ),
            ("2026-12-24T18:00:00Z", "closed until 2026-12-26T09:00:00Z"),
            (
                "2026-12-25T00:00:00Z",
                "closed by holiday until 2026-12-26T09:00:00Z",
            ),
            ("2026-12-26T00:00:00Z", "closed until 2026-12-26T09:00:00Z"),
        ],
    );
}

#[test]
fn what_runs_over_midnight_belongs_to_the_day_it_begins_on() {
    let hours = "zone: UTC\nopen: [thu-sat 22:00-02:00]\nexcept:\n  \
                 holiday: [2026-12-25]\n  \
                 party: {on_dates: [2026-12-31], open: [20:00-04:00]}";
    hold(
        hours,
        &[
            // Thursday's night goes on into the holiday, and the holiday has none.
            ("2026-12-24T22:00:00Z", "open until 2026-12-25T02:00:00Z"),
            ("2026-12-25T01:59:00Z", "open until 2026-12-25T02:00:00Z"),
            (
                "2026-12-25T02:00:00Z",
                "closed by holiday until 2026-12-26T22:00:00Z",
            ),
            ("2026-12-26T01:00:00Z", "closed until 2026-12-26T22:00:00Z"),
            // The party goes on into a day that is none.
            (
                "2026-12-31T19:00:00Z",
                "closed by party until 2026-12-31T20:00:00Z",
            ),
            (
                "2027-01-01T03:59:00Z",
                "open by party until 2027-01-01T04:00:00Z",
            ),
            ("2027-01-01T04:00:00Z", "closed until 2027-01-01T22:00:00Z"),
        ],
    );
    // Where both hold, the day on the wall goes before the one before.
    hold(
        "zone: UTC\nopen: [thu 22:00-06:00]\nexcept: {early: {on_dates: [2026-12-25], open: [04:00-05:00]}}",
        &[
            ("2026-12-25T03:59:00Z", "open until 2026-12-25T06:00:00Z"),
            (
                "2026-12-25T04:00:00Z",
                "open by early until 2026-12-25T06:00:00Z",
            ),
            ("2026-12-25T05:00:00Z", "open until 2026-12-25T06:00:00Z"),
            (
                "2026-12-25T06:00:00Z",
                "closed by early until 2026-12-31T22:00:00Z",
            ),
        ],
    );
}

#[test]
fn what_never_changes_has_no_end_and_what_changes_late_is_found() {
    let always = "zone: Europe/London\nopen: [daily 00:00-24:00]";
    hold(always, &[("2026-03-01T00:00:00Z", "open until ever")]);
    let late = format!("{always}\nexcept: {{day: [2051-06-01, 2051-06-02]}}");
    hold(
        &late,
        &[
            ("2026-03-01T00:00:00Z", "open until 2051-05-31T23:00:00Z"),
            (
                "2051-05-31T23:00:00Z",
                "closed by day until 2051-06-02T23:00:00Z",
            ),
            ("2051-06-02T23:00:00Z", "open until ever"),
        ],
    );
    let dates: Vec<String> = (1..=30).map(|day| format!("2026-06-{day:02}")).collect();
    let month = format!(
        "zone: UTC\nopen: [mon 09:00-10:00]\nexcept: {{june: [{}]}}",
        dates.join(", ")
    );
    hold(
        &month,
        &[("2026-05-30T00:00:00Z", "closed until 2026-07-06T09:00:00Z")],
    );
    let far = "zone: UTC\nopen: [daily 00:00-24:00]\nexcept: {a: {on_dates: [2026-06-05, 2026-06-25], open: [00:00-24:00]}, b: [2026-07-20]}";
    hold(
        far,
        &[("2026-06-01T00:00:00Z", "open until 2026-07-20T00:00:00Z")],
    );
}

#[test]
fn the_line_is_told_by_which_it_is_open_and_the_last_date_of_an_exception() {
    let flow = flow(WEEK);
    let hours = flow.hours_named("office").expect("they are written");
    let line = |at: &str| hours.line(hours.judge(super::moment(at)));
    assert_eq!(line("2026-11-28T10:00:00Z"), Some("sat 09:00-13:00"));
    assert_eq!(line("2026-11-23T10:00:00Z"), Some("mon-fri 09:00-18:00"));
    assert_eq!(line("2026-11-29T10:00:00Z"), None);
    assert_eq!(line("2026-11-30T14:00:00Z"), None);
    let last = hours.last_date(0).map(|date| date.to_string());
    assert_eq!(last.as_deref(), Some("2027-01-01"));
}
