//! The restaurant's line, walked to every end.

use crate::support::caller::{Call, PLAIN, Variant, in_every_way, in_every_way_and_forgotten};
use crate::support::server::{Server, Setup};

const NUMBER: &str = "+6561115777";

const WELCOME: &str = "Welcome to ABC Restaurant.";
const RESERVATIONS: &str = "For a new reservation, press 1.";
const NEW_TABLE: &str = "For a table today, press 1.";
const KEEP_OR_CHANGE: &str = "You have a reservation for this evening.";
const CONNECT: &str = "To be connected to a representative now, press 1.";
const THANKS: &str = "Thank you for calling ABC Restaurant. Goodbye.";
const NOBODY: &str = "Nobody can take your call just now. Please call again later. Goodbye.";
const SORRY: &str = "Sorry, that is not a valid choice. Please call again. Goodbye.";

/// Each menu: how it is reached, what it says, and its keys.
const MENUS: [(&str, &str, &str); 5] = [
    ("", WELCOME, "123"),
    ("1", RESERVATIONS, "123"),
    ("11", NEW_TABLE, "12"),
    ("12", KEEP_OR_CHANGE, "12"),
    ("2", CONNECT, "12"),
];

fn at<'a>(call: Call<'a>, keys: &str) -> Call<'a> {
    let call = call.rings().hears(WELCOME);
    keys.chars()
        .fold(call, |call, key| call.press(&key.to_string()))
}

#[test]
fn a_table_is_booked() {
    for (key, day) in [("1", "today"), ("2", "tomorrow")] {
        let booked = format!("Thank you. We have reserved a table for you {day}. Goodbye.");
        in_every_way_and_forgotten(NUMBER, |call| {
            call.rings()
                .hears("To book a table, press 1.")
                .press("1")
                .hears(RESERVATIONS)
                .press("1")
                .hears("For a table tomorrow, press 2.")
                .press(key)
                .hears_only(&booked)
                .hung_up()
                .ends();
        });
    }
}

#[test]
fn a_reservation_is_kept() {
    in_every_way_and_forgotten(NUMBER, |call| {
        call.rings()
            .press("1")
            .hears("To reschedule a reservation, press 2.")
            .press("2")
            .hears(KEEP_OR_CHANGE)
            .press("1")
            .hears_only("Thank you. We look forward to seeing you this evening. Goodbye.")
            .hung_up()
            .ends();
    });
}

#[test]
fn a_reservation_is_changed_by_a_representative() {
    in_every_way_and_forgotten(NUMBER, |call| {
        call.rings()
            .press("1")
            .press("2")
            .hears("To change it, press 2.")
            .press("2")
            .hears(CONNECT)
            .press("1")
            .hears_only("Please hold while we connect you.")
            .dialled("+6561110001")
            .leg_ends(200)
            .hears_only(THANKS)
            .hung_up()
            .ends();
    });
}

#[test]
fn the_main_menu_is_come_back_to_from_everywhere() {
    in_every_way_and_forgotten(NUMBER, |call| {
        call.rings()
            .press("1")
            .hears("To return to the main menu, press 3.")
            .press("3")
            .hears(WELCOME)
            .press("2")
            .hears("To return to the main menu, press 2.")
            .press("2")
            .hears(WELCOME)
            .press("3")
            .hears("We are open from 9 AM to 9 PM, every day.")
            .hears(CONNECT)
            .press("2")
            .hears(WELCOME)
            .press("2")
            .press("1")
            .dialled("+6561110001")
            .leg_ends(200)
            .hears_only(THANKS)
            .hung_up()
            .ends();
    });
}

#[test]
fn whatever_becomes_of_the_transfer_the_caller_hears_of_it() {
    let ends = [(486, NOBODY), (600, NOBODY), (408, NOBODY), (480, NOBODY)];
    let ends = [&ends[..], &[(404, NOBODY), (603, NOBODY), (200, THANKS)]].concat();
    for (sip_code, text) in ends {
        in_every_way_and_forgotten(NUMBER, |call| {
            at(call, "21")
                .dialled("+6561110001")
                .leg_ends(sip_code)
                .hears_only(text)
                .hung_up()
                .ends();
        });
    }
}

#[test]
fn a_caller_who_left_while_it_rang_hears_nothing() {
    in_every_way_and_forgotten(NUMBER, |call| {
        at(call, "21").leg_ends(487).hears_only("").hung_up().ends();
    });
}

/// The last webhook may show the leg that went well.
#[test]
fn what_was_told_of_the_called_leg_counts() {
    in_every_way(NUMBER, |call| {
        at(call, "21")
            .told_of_leg(486)
            .leg_ends(200)
            .hears_only(NOBODY)
            .hung_up()
            .ends();
    });
}

#[test]
fn silence_ends_each_menu() {
    for (keys, text, _) in MENUS {
        in_every_way_and_forgotten(NUMBER, |call| {
            at(call, keys)
                .hears(text)
                .silent()
                .hears_only(SORRY)
                .hung_up()
                .ends();
        });
    }
}

#[test]
fn a_wrong_key_ends_each_menu() {
    for (keys, text, own) in MENUS {
        let wrong: Vec<char> = "0123456789*#"
            .chars()
            .filter(|c| !own.contains(*c))
            .collect();
        in_every_way_and_forgotten(NUMBER, |call| {
            let key = wrong[call.variant.index % wrong.len()].to_string();
            at(call, keys)
                .hears(text)
                .press(&key)
                .hears_only(SORRY)
                .hung_up()
                .ends();
        });
    }
}

#[test]
fn every_key_of_every_menu_does_what_it_says() {
    let server = Setup::shipped().start();
    let leads_to = [
        ("", [RESERVATIONS, CONNECT, "We are open from 9 AM"]),
        ("1", [NEW_TABLE, KEEP_OR_CHANGE, WELCOME]),
        ("11", ["for you today", "for you tomorrow", SORRY]),
        ("12", ["We look forward to seeing you", CONNECT, SORRY]),
        ("2", ["Please hold while we connect you.", WELCOME, SORRY]),
    ];
    let mut walked = 0;
    for (keys, texts) in leads_to {
        for key in "0123456789*#".chars() {
            let text = match key {
                '1'..='3' => texts[key as usize - '1' as usize],
                _ => SORRY,
            };
            let call = at(call(&server, walked), keys);
            call.press(&key.to_string()).hears(text).ends();
            walked += 1;
        }
    }
    assert_eq!(walked, 60);
}

/// What is left over from the key before does not count as another one.
#[test]
fn several_keys_at_once_are_no_choice() {
    let server = Setup::shipped().start();
    for (index, keys) in ["12", "1#", "11111111111111111111111111", "A", "१"]
        .iter()
        .enumerate()
    {
        at(call(&server, index), "")
            .press(keys)
            .hears_only(SORRY)
            .hung_up()
            .ends();
    }
}

fn call(server: &Server, index: usize) -> Call<'_> {
    server.call(NUMBER, Variant { index, ..PLAIN })
}
