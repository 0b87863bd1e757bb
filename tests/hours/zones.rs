//! The clock is put forward and back, in zones where it is done at different hours of the
//! day, by half an hour, at midnight, and for Ramadan; and zones where it is not.

use super::hold;

#[test]
fn london() {
    hold(
        "zone: Europe/London\nopen: [daily 09:00-17:00]",
        &[
            ("2026-03-28T16:59:59Z", "open until 2026-03-28T17:00:00Z"),
            ("2026-03-28T17:00:00Z", "closed until 2026-03-29T08:00:00Z"),
            ("2026-10-24T16:00:00Z", "closed until 2026-10-25T09:00:00Z"),
            ("2026-10-25T09:00:00Z", "open until 2026-10-25T17:00:00Z"),
        ],
    );
    // From 01:00 to 02:00 there is nothing on 29 March, and everything twice on 25 October.
    hold(
        "zone: Europe/London\nopen: [sun 01:15-02:15]",
        &[
            ("2026-03-29T00:30:00Z", "closed until 2026-03-29T01:00:00Z"),
            ("2026-03-29T01:00:00Z", "open until 2026-03-29T01:15:00Z"),
            ("2026-10-25T00:00:00Z", "closed until 2026-10-25T00:15:00Z"),
            ("2026-10-25T00:30:00Z", "open until 2026-10-25T01:00:00Z"),
            ("2026-10-25T01:00:00Z", "closed until 2026-10-25T01:15:00Z"),
            ("2026-10-25T01:15:00Z", "open until 2026-10-25T02:15:00Z"),
        ],
    );
    // Hours that are skipped as a whole come a week later.
    hold(
        "zone: Europe/London\nopen: [sun 01:10-01:50]",
        &[("2026-03-28T12:00:00Z", "closed until 2026-04-05T00:10:00Z")],
    );
}

#[test]
fn new_york() {
    hold(
        "zone: America/New_York\nopen: [daily 22:00-02:30]",
        &[
            // The night in which 02:00 is 03:00 is half an hour shorter.
            ("2026-03-08T03:00:00Z", "open until 2026-03-08T07:00:00Z"),
            ("2026-03-08T07:00:00Z", "closed until 2026-03-09T02:00:00Z"),
            // The one in which 02:00 is 01:00 is an hour longer.
            ("2026-11-01T02:00:00Z", "open until 2026-11-01T07:30:00Z"),
            ("2026-11-01T07:30:00Z", "closed until 2026-11-02T03:00:00Z"),
        ],
    );
}

#[test]
fn sydney() {
    hold(
        "zone: Australia/Sydney\nopen: [sun 02:30-04:00]",
        &[
            ("2026-04-04T15:30:00Z", "open until 2026-04-04T16:00:00Z"),
            ("2026-04-04T16:00:00Z", "closed until 2026-04-04T16:30:00Z"),
            ("2026-04-04T16:30:00Z", "open until 2026-04-04T18:00:00Z"),
            ("2026-10-03T15:59:59Z", "closed until 2026-10-03T16:00:00Z"),
            ("2026-10-03T16:00:00Z", "open until 2026-10-03T17:00:00Z"),
        ],
    );
}

#[test]
fn lord_howe_by_half_an_hour() {
    hold(
        "zone: Australia/Lord_Howe\nopen: [daily 01:45-02:15]",
        &[
            ("2026-04-04T14:45:00Z", "open until 2026-04-04T15:00:00Z"),
            ("2026-04-04T15:00:00Z", "closed until 2026-04-04T15:15:00Z"),
            ("2026-04-04T15:15:00Z", "open until 2026-04-04T15:45:00Z"),
            ("2026-10-03T15:15:00Z", "open until 2026-10-03T15:30:00Z"),
            ("2026-10-03T15:30:00Z", "closed until 2026-10-04T14:45:00Z"),
        ],
    );
}

#[test]
fn santiago_at_midnight() {
    // On 6 September the day begins at 01:00.
    hold(
        "zone: America/Santiago\nopen: [daily 00:00-00:30]",
        &[
            ("2026-09-05T04:00:00Z", "open until 2026-09-05T04:30:00Z"),
            ("2026-09-05T05:00:00Z", "closed until 2026-09-07T03:00:00Z"),
        ],
    );
    // On 4 April 23:00 comes twice.
    hold(
        "zone: America/Santiago\nopen: [sat 23:30-24:00, sun 00:00-00:10]\nexcept: {feast: {on_dates: [2026-04-05], open: [00:00-01:00]}}",
        &[
            ("2026-04-05T02:30:00Z", "open until 2026-04-05T03:00:00Z"),
            ("2026-04-05T03:00:00Z", "closed until 2026-04-05T03:30:00Z"),
            ("2026-04-05T03:30:00Z", "open until 2026-04-05T05:00:00Z"),
            (
                "2026-04-05T04:00:00Z",
                "open by feast until 2026-04-05T05:00:00Z",
            ),
        ],
    );
}

#[test]
fn casablanca_for_ramadan() {
    hold(
        "zone: Africa/Casablanca\nopen: [sun 02:30-03:30]",
        &[
            ("2026-02-15T01:30:00Z", "open until 2026-02-15T02:00:00Z"),
            ("2026-02-15T02:00:00Z", "closed until 2026-02-15T02:30:00Z"),
            ("2026-02-15T02:30:00Z", "open until 2026-02-15T03:30:00Z"),
            ("2026-03-22T01:59:59Z", "closed until 2026-03-22T02:00:00Z"),
            ("2026-03-22T02:00:00Z", "open until 2026-03-22T02:30:00Z"),
        ],
    );
}

#[test]
fn zones_whose_clock_stays_as_it_is() {
    for (zone, opens) in [
        ("Asia/Singapore", "01:00:00Z"),
        ("America/Sao_Paulo", "12:00:00Z"),
        ("Asia/Kolkata", "03:30:00Z"),
        ("Asia/Kathmandu", "03:15:00Z"),
        ("UTC", "09:00:00Z"),
    ] {
        for day in ["2026-01-15", "2026-03-29", "2026-07-15", "2026-10-25"] {
            let hours = format!("zone: {zone}\nopen: [daily 09:00-21:00]");
            let flow = super::flow(&hours);
            let opens = format!("{day}T{opens}");
            let until = super::moment(&opens) + jiff::SignedDuration::from_hours(12);
            assert_eq!(super::told(&flow, &opens), format!("open until {until}"));
        }
    }
    // Apia left out 30 December 2011, a Friday.
    hold(
        "zone: Pacific/Apia\nopen: [fri 09:00-17:00, thu 22:00-02:00]",
        &[
            ("2011-12-30T09:00:00Z", "open until 2011-12-30T10:00:00Z"),
            ("2011-12-30T10:00:00Z", "closed until 2012-01-05T08:00:00Z"),
        ],
    );
}
