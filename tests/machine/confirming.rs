//! An entry that is read back and confirmed with one key.

use crate::conversation::{Conversation, in_every_delivery};

const FLOW: &str = "
vars: {date: {type: digits, default: 0101}}
defaults: {give_up: bye, tries: 2, no_input: Silence., no_match: Wrong.}
states:
  main:
    ask: [The date?, Once more the date?]
    digits: 4
    save: date
    confirm: 'You entered ${date}, which is ${input}. Right?'
    then: good
  good: {say: 'Kept ${date}.', then: hangup}
  bye: {say: 'It stays ${date}.', then: hangup}
";

#[test]
fn one_keeps_the_entry() {
    in_every_delivery(FLOW, |call| {
        call.is_asked("The date?")
            .press("2412")
            .is_asked("You entered 2412, which is 2412. Right?")
            .with_field("maxDigits", 1)
            .with_field("completeOnHash", false)
            .press("1")
            .is_told("Kept 2412.")
            .hangs_up()
    });
}

#[test]
fn two_asks_again_and_is_free_up_to_as_often_as_there_are_tries() {
    in_every_delivery(FLOW, |call| {
        call.press("2412")
            .press("2")
            .is_asked("Once more the date?")
            .press("2512")
            .press("2")
            .is_asked("Once more the date?")
            .press("2612")
            .press("2")
            .is_asked("Wrong. Once more the date?")
            .press("2712")
            .press("1")
            .is_told("Kept 2712.")
            .hangs_up()
    });
    in_every_delivery(FLOW, |call| {
        let call = call.press("2412").press("2").press("2512").press("2");
        call.press("2612")
            .press("2")
            .press("2712")
            .press("2")
            .is_told("It stays 0101.")
            .hangs_up()
    });
}

#[test]
fn any_other_key_or_silence_says_it_again_and_costs_a_try() {
    for entry in ["3", "*", "#", "11", ""] {
        in_every_delivery(FLOW, |call| {
            call.press("2412")
                .press(entry)
                .is_asked("You entered 2412, which is 2412. Right?")
                .press("1")
                .is_told("Kept 2412.")
                .hangs_up()
        });
        in_every_delivery(FLOW, |call| {
            call.press("2412")
                .press(entry)
                .press(entry)
                .is_told("It stays 0101.")
                .hangs_up()
        });
    }
}

#[test]
fn the_failures_of_entry_and_confirmation_are_counted_together() {
    in_every_delivery(FLOW, |call| {
        call.press("1")
            .is_asked("Wrong. Once more the date?")
            .press("2412")
            .press("5")
            .is_told("It stays 0101.")
            .hangs_up()
    });
}

#[test]
fn a_secret_is_read_back_as_its_mask() {
    let flow = "
vars: {pin: secret digits}
defaults: {give_up: hangup}
states:
  main: {ask: PIN?, digits: 4-8, save: pin, confirm: 'It ends in ${mask(pin)}.', then: done}
  done: {say: 'Thank you (${input}) (${mask(pin)}).', then: hangup}
";
    in_every_delivery(flow, |call| {
        call.press("86427531")
            .is_asked("It ends in 7 5 3 1.")
            .press("1")
            .is_told("Thank you () (7 5 3 1).")
            .hangs_up()
    });
}

#[test]
fn an_entry_that_waits_to_be_confirmed_is_asked_for_again_after_a_restart() {
    Conversation::with(FLOW)
        .press("2412")
        .is_asked("You entered 2412, which is 2412. Right?")
        .restart()
        .press("1")
        .hears("the date?")
        .stay_silent()
        .hears("Silence.");
}
