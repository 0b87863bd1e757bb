//! The account line: wrong entries of every kind, the confirmation, the PIN and the
//! two agents.

use crate::support::caller::{Call, in_every_way, in_every_way_and_forgotten};

const NUMBER: &str = "+6561115780";
/// Luhn's check digit is right.
const ACCOUNT: &str = "12345674";

const WELCOME: &str = "Welcome. Please enter your 8 digit account number.";
const AGAIN: &str = "Please enter the 8 digits of your account number, or press star for an agent.";
const CONFIRM: &str = "You entered 1 2 3 4 5 6 7 4. If that is right, press 1. \
    To enter it again, press 2.";
const PIN: &str = "Now please enter your PIN of 4 to 6 digits, and press the hash key.";
const READY: &str = "Thank you. Your account 1 2 3 4 5 6 7 4 is ready. Goodbye.";
const AGENT: &str = "I will connect you to an agent.";
const BUSY: &str = "All our agents are busy. Please call again later. Goodbye.";

/// Each kind of bad entry: how it is keyed in, and what is said the first and the
/// second time that something went wrong.
type Bad = (Option<&'static str>, [&'static str; 2]);

const SILENCE: [&str; 2] = [
    "I did not hear anything.",
    "I still did not hear anything. Please use the keys of your telephone.",
];
const LENGTH: [&str; 2] = [
    "That is not the right number of digits.",
    "That is still not the right number of digits. Please take your time.",
];
const ACCOUNT_REFUSED: [&str; 2] = [
    "There is no account with that number.",
    "That number is not one of ours either. You find it at the top of your letter.",
];

const BAD_ACCOUNTS: [Bad; 3] = [
    (None, SILENCE),
    (Some("1234"), LENGTH),
    (Some("12345678"), ACCOUNT_REFUSED),
];

const BAD_PINS: [Bad; 3] = [
    (None, SILENCE),
    (Some("123#"), LENGTH),
    (Some("0000"), ["That PIN cannot be used."; 2]),
];

fn enters<'a>(call: Call<'a>, entry: Option<&str>) -> Call<'a> {
    match entry {
        Some(keys) => call.press(keys),
        None => call.silent(),
    }
}

fn has_account(call: Call<'_>) -> Call<'_> {
    let call = call.rings().hears(WELCOME).press(ACCOUNT);
    call.hears_only(CONFIRM).press("1").hears_only(PIN)
}

#[test]
fn an_account_and_a_pin_are_taken() {
    for pin in ["8642", "8642#", "864200#"] {
        in_every_way(NUMBER, |call| {
            has_account(call)
                .press(pin)
                .hears_only(READY)
                .hung_up()
                .ends();
        });
    }
}

#[test]
fn each_kind_of_bad_account_number_is_told_and_told_better_the_second_time() {
    for (first, says_first) in BAD_ACCOUNTS {
        for (second, says_second) in BAD_ACCOUNTS {
            in_every_way(NUMBER, |call| {
                let call = enters(call.rings(), first);
                let call = call.hears_only(&format!("{} {AGAIN}", says_first[0]));
                let call = enters(call, second);
                let call = call.hears_only(&format!("{} {AGAIN}", says_second[1]));
                let call = call.press(ACCOUNT).hears_only(CONFIRM).press("1");
                call.hears_only(PIN)
                    .press("8642#")
                    .hears_only(READY)
                    .hung_up()
                    .ends();
            });
        }
    }
}

#[test]
fn a_third_bad_account_number_leads_to_an_agent() {
    for (last, _) in BAD_ACCOUNTS {
        in_every_way_and_forgotten(NUMBER, |call| {
            let kinds = call.variant.index;
            let call = enters(call.rings(), BAD_ACCOUNTS[kinds % 3].0);
            let call = enters(call, BAD_ACCOUNTS[kinds / 3 % 3].0);
            let call = enters(call, last).hears_only(AGENT);
            call.dialled("+6561115900")
                .leg_ends(200)
                .hears_only("")
                .hung_up()
                .ends();
        });
    }
}

#[test]
fn each_kind_of_bad_pin_is_told_and_told_better_the_second_time() {
    for (first, says_first) in BAD_PINS {
        for (second, says_second) in BAD_PINS {
            in_every_way(NUMBER, |call| {
                let call = enters(has_account(call), first);
                let call = call.hears_only(&format!("{} {PIN}", says_first[0]));
                let call = enters(call, second);
                let call = call.hears_only(&format!("{} {PIN}", says_second[1]));
                call.press("8642").hears_only(READY).hung_up().ends();
            });
        }
    }
}

#[test]
fn a_third_bad_pin_leads_to_an_agent() {
    for (last, _) in BAD_PINS {
        in_every_way(NUMBER, |call| {
            let kinds = call.variant.index;
            let call = enters(has_account(call), BAD_PINS[kinds % 3].0);
            let call = enters(call, BAD_PINS[kinds / 3 % 3].0);
            let call = enters(call, last).hears_only(AGENT);
            call.dialled("+6561115900").leg_ends(200).hung_up().ends();
        });
    }
}

#[test]
fn a_number_that_is_not_confirmed_is_asked_for_again() {
    in_every_way(NUMBER, |call| {
        let call = call
            .rings()
            .press("79927398")
            .hears("You entered 7 9 9 2 7 3 9 8.");
        let call = call.press("2").hears_only(AGAIN);
        let call = call.press("79927398#").press("2").hears_only(AGAIN);
        // A 2 uses no try, a wrong key and silence use one each.
        let call = call
            .press(ACCOUNT)
            .hears_only(CONFIRM)
            .press("7")
            .hears_only(CONFIRM);
        let call = call.silent().hears_only(CONFIRM).press("1").hears_only(PIN);
        call.press("8642").hears_only(READY).hung_up().ends();
    });
}

#[test]
fn a_confirmation_that_is_never_given_leads_to_an_agent() {
    in_every_way(NUMBER, |call| {
        let call = call.rings().press(ACCOUNT).hears_only(CONFIRM);
        let call = call
            .silent()
            .hears_only(CONFIRM)
            .press("9")
            .hears_only(CONFIRM);
        call.press("#")
            .hears_only(AGENT)
            .dialled("+6561115900")
            .ends();
    });
}

#[test]
fn a_pin_that_is_the_end_of_the_account_is_refused() {
    in_every_way(NUMBER, |call| {
        let weak = format!("Your PIN must not be the end of your account number. {PIN}");
        let call = has_account(call).press("5674").hears_only(&weak);
        let call = call.press("45674#").hears_only(&weak);
        call.press("8642").hears_only(READY).hung_up().ends();
    });
}

#[test]
fn star_leads_to_an_agent() {
    in_every_way_and_forgotten(NUMBER, |call| {
        let call = call.rings().press("*").hears_only(AGENT);
        call.dialled("+6561115900").leg_ends(200).hung_up().ends();
    });
}

#[test]
fn a_second_agent_is_rung_and_then_goodbye_is_said() {
    for (first, second) in [(486, 600), (480, 408), (404, 486)] {
        in_every_way_and_forgotten(NUMBER, |call| {
            call.rings()
                .press("*")
                .hears_only(AGENT)
                .dialled("+6561115900")
                .leg_ends(first)
                .hears_only("")
                .dialled("+6561115901")
                .leg_ends(second)
                .hears_only(BUSY)
                .hung_up()
                .ends();
        });
    }
}

#[test]
fn the_second_agent_answers() {
    in_every_way_and_forgotten(NUMBER, |call| {
        let call = call.rings().press("*").leg_ends(486);
        call.dialled("+6561115901")
            .leg_ends(200)
            .hears_only("")
            .hung_up()
            .ends();
    });
}

#[test]
fn a_caller_who_left_is_not_connected_with_the_second_agent() {
    in_every_way_and_forgotten(NUMBER, |call| {
        call.rings().press("*").leg_ends(487).hung_up().ends();
    });
}
