//! Menus and asks: what an entry is taken for, and what happens when the caller
//! does not answer well.

use crate::conversation::{even_after_restarts, in_every_delivery};

/// A menu with a wording for every kind of failure.
const MENU: &str = "
defaults: {give_up: bye}
states:
  main:
    menu: Press 1 or hash.
    keys: {1: one, hash: two}
    no_input: Nothing heard.
    no_match: No such key.
  one: {say: One., then: hangup}
  two: {say: Two., then: hangup}
  bye: {say: Goodbye., then: hangup}
";

/// An ask that says what it took the entry for.
const ASK: &str = "
defaults: {give_up: bye}
states:
  main:
    ask: Your number?
    digits: 3-5
    save: code
    valid: code != \"000\"
    no_input: Nothing heard.
    no_match: Not 3 to 5 digits.
    invalid: No such number.
    keys: {0: zero, star: star}
    then: good
  good: {say: 'Taken as ${input}, kept as ${code}.', then: hangup}
  zero: {say: Zero., then: hangup}
  star: {say: Star., then: hangup}
  bye: {say: Goodbye., then: hangup}
";

#[test]
fn a_menu_collects_one_key_and_hash_is_one() {
    even_after_restarts(MENU, |call| {
        call.is_asked("Press 1 or hash.")
            .with_field("maxDigits", 1)
            .with_field("minDigits", 1)
            .with_field("completeOnHash", false)
            .with_field("noOfTries", 1)
            .with_field("digitTimeout", 5000)
            .press("1")
            .is_told("One.")
            .hangs_up()
    });
    even_after_restarts(MENU, |call| call.press("#").is_told("Two.").hangs_up());
}

#[test]
fn an_entry_of_a_menu_is_judged_as_a_whole() {
    for (entry, heard) in [
        ("2", "No such key."),
        ("*", "No such key."),
        ("11", "No such key."),
        ("1#", "No such key."),
        ("", "Nothing heard."),
        (" ", "Nothing heard."),
    ] {
        even_after_restarts(MENU, |call| {
            call.press(entry)
                .is_asked(&format!("{heard} Press 1 or hash."))
                .press("1")
                .is_told("One.")
                .hangs_up()
        });
    }
}

#[test]
fn a_lone_hash_that_is_no_key_is_no_input() {
    let flow = MENU
        .replace(", hash: two", "")
        .replace("  two: {say: Two., then: hangup}\n", "");
    even_after_restarts(&flow, |call| {
        call.press("#")
            .is_asked("Nothing heard. Press 1 or hash.")
            .press("1")
            .hears("One")
            .hangs_up()
    });
}

#[test]
fn an_ask_collects_digits_with_the_times_that_its_wait_gives() {
    let flow = ASK.replace("give_up: bye", "give_up: bye, wait: 4s");
    even_after_restarts(&flow, |call| {
        call.is_asked("Your number?")
            .with_field("minDigits", 1)
            .with_field("maxDigits", 5)
            .with_field("completeOnHash", true)
            .with_field("noOfTries", 1)
            .with_field("digitTimeout", 4000)
            .with_field("overallTimeout", 24000)
            .press("123")
            .hears("Taken as 123")
            .hangs_up()
    });
}

#[test]
fn an_entry_of_an_ask_is_judged_as_a_whole() {
    for (entry, heard) in [
        ("123", "Taken as 123, kept as 123."),
        ("12345", "Taken as 12345, kept as 12345."),
        ("00123", "Taken as 00123, kept as 00123."),
        ("0123", "Taken as 0123, kept as 0123."),
        ("123#", "Taken as 123, kept as 123."),
        ("0", "Zero."),
        ("*", "Star."),
        ("0#", "Zero."),
    ] {
        even_after_restarts(ASK, |call| call.press(entry).is_told(heard).hangs_up());
    }
    for (entry, heard) in [
        ("", "Nothing heard."),
        ("#", "Nothing heard."),
        ("12", "Not 3 to 5 digits."),
        ("1", "Not 3 to 5 digits."),
        ("123456", "Not 3 to 5 digits."),
        ("1*3", "Not 3 to 5 digits."),
        ("*123", "Not 3 to 5 digits."),
        ("12#34", "Not 3 to 5 digits."),
        ("##", "Not 3 to 5 digits."),
        ("abc", "Not 3 to 5 digits."),
        ("000", "No such number."),
    ] {
        even_after_restarts(ASK, |call| {
            call.press(entry)
                .is_asked(&format!("{heard} Your number?"))
                .press("123")
                .hears("kept as 123")
                .hangs_up()
        });
    }
}

#[test]
fn the_nth_failure_of_any_kind_hears_the_nth_wording() {
    let flow = "
defaults: {give_up: bye, tries: 5}
states:
  main:
    ask: Number?
    digits: 2
    valid: input == \"11\"
    no_input: [Silence 1., Silence 2.]
    no_match: [Match 1., Match 2., Match 3.]
    invalid: Invalid.
    then: good
  good: {say: Good., then: hangup}
  bye: {say: Goodbye., then: hangup}
";
    even_after_restarts(flow, |call| {
        call.stay_silent()
            .is_asked("Silence 1. Number?")
            .press("1")
            .is_asked("Match 2. Number?")
            .press("12")
            .is_asked("Invalid. Number?")
            .stay_silent()
            .is_asked("Silence 2. Number?")
            .press("1")
            .is_told("Goodbye.")
            .hangs_up()
    });
}

#[test]
fn a_kind_without_a_wording_uses_that_of_no_match_and_else_the_prompt_is_said_again() {
    let flow = "
defaults: {give_up: hangup}
states:
  main: {ask: Number?, digits: 2, valid: input == \"11\", no_match: Wrong., then: next}
  next: {ask: Another?, digits: 2, no_input: Silence., then: hangup}
";
    even_after_restarts(flow, |call| {
        call.stay_silent()
            .is_asked("Wrong. Number?")
            .press("12")
            .is_asked("Wrong. Number?")
            .press("11")
            .is_asked("Another?")
            .press("1")
            .is_asked("Another?")
            .stay_silent()
            .is_asked("Silence. Another?")
            .press("11")
            .hangs_up()
    });
}

#[test]
fn wordings_are_inherited_and_a_states_own_come_first() {
    let flow = "
defaults: {give_up: hangup, tries: 9, no_input: Default silence., no_match: Default wrong.}
states:
  main: {menu: Press 1., no_match: Own wrong., keys: {1: hangup}}
";
    even_after_restarts(flow, |call| {
        call.stay_silent()
            .is_asked("Default silence. Press 1.")
            .press("2")
            .is_asked("Own wrong. Press 1.")
            .press("1")
            .hangs_up()
    });
}

#[test]
fn a_prompt_may_be_a_list_full_first_and_shorter_on_a_repeat() {
    let flow = "
defaults: {give_up: hangup, tries: 9}
states:
  main:
    menu: [To hear this again press 2., Again press 2., 'Press 2.']
    no_input: Silence.
    keys: {1: main, 2: repeat, 3: hangup}
";
    even_after_restarts(flow, |call| {
        call.is_asked("To hear this again press 2.")
            .press("2")
            .is_asked("Again press 2.")
            .stay_silent()
            .is_asked("Silence. Press 2.")
            .press("2")
            .is_asked("Press 2.")
            .press("1")
            .is_asked("To hear this again press 2.")
            .press("3")
            .hangs_up()
    });
}

#[test]
fn after_the_last_try_only_the_target_speaks() {
    for (tries, silences) in [(1, 0), (2, 1), (9, 8)] {
        let flow = MENU.replace("give_up: bye", &format!("give_up: bye, tries: {tries}"));
        even_after_restarts(&flow, |mut call| {
            for _ in 0..silences {
                call = call
                    .stay_silent()
                    .is_asked("Nothing heard. Press 1 or hash.");
            }
            call.stay_silent().is_told("Goodbye.").hangs_up()
        });
    }
}

#[test]
fn giving_up_differs_by_the_kind_of_the_last_failure() {
    let flow = "
defaults: {give_up: bye, tries: 2}
states:
  main:
    ask: Number?
    digits: 2
    valid: input != \"99\"
    cases: {no_input: silent, no_match: wrong, invalid: {say: Refused., then: hangup}}
    then: next
  next: {menu: Press 1., keys: {1: hangup}, cases: {no_match: wrong}}
  silent: {say: You said nothing., then: hangup}
  wrong: {say: You pressed something else., then: hangup}
  bye: {say: Goodbye., then: hangup}
";
    let tells = |entries: [&str; 2], told: &str| {
        even_after_restarts(flow, |call| {
            call.press(entries[0])
                .press(entries[1])
                .is_told(told)
                .hangs_up()
        });
    };
    tells(["1", ""], "You said nothing.");
    tells(["", "1"], "You pressed something else.");
    tells(["1", "99"], "Refused.");
    even_after_restarts(flow, |call| {
        call.press("11")
            .press("9")
            .stay_silent()
            .is_told("Goodbye.")
            .hangs_up()
    });
}

#[test]
fn failures_are_counted_anew_when_a_state_is_entered_by_name_and_not_by_repeat() {
    let flow = "
defaults: {give_up: bye, tries: 2, no_input: Silence.}
states:
  main: {menu: Press 1., keys: {1: main, 2: repeat, 3: again}}
  again: {say: Once more., then: main}
  bye: {say: Goodbye., then: hangup}
";
    even_after_restarts(flow, |call| {
        call.stay_silent()
            .press("1")
            .stay_silent()
            .is_asked("Silence. Press 1.")
            .press("3")
            .is_asked("Once more. Press 1.")
            .stay_silent()
            .is_asked("Silence. Press 1.")
            .press("2")
            .is_asked("Press 1.")
            .stay_silent()
            .is_told("Goodbye.")
            .hangs_up()
    });
}

#[test]
fn repeat_from_a_state_written_in_place_says_the_prompt_around_it() {
    let flow = "
defaults: {give_up: bye, tries: 2}
states:
  main:
    say: Welcome.
    menu: [Full prompt., Short prompt.]
    keys:
      1: {say: We are open., then: repeat}
      2: hangup
  bye: {say: Goodbye., then: hangup}
";
    even_after_restarts(flow, |call| {
        call.is_asked("Welcome. Full prompt.")
            .stay_silent()
            .is_asked("Short prompt.")
            .press("1")
            .is_asked("We are open. Short prompt.")
            .stay_silent()
            .is_told("Goodbye.")
            .hangs_up()
    });
}

#[test]
fn patience_ends_a_call_whose_failures_are_in_a_row() {
    let flow = "
defaults: {give_up: next, tries: 2, patience: 3}
states:
  main: {menu: First., keys: {1: main}, cases: {no_input: next}}
  next: {menu: Second., keys: {1: third}, give_up: bye, cases: {no_input: third}}
  third: {say: Third., then: hangup}
  bye: {say: Patience is at its end., then: hangup}
";
    even_after_restarts(flow, |call| {
        call.is_asked("First.")
            .stay_silent()
            .stay_silent()
            .is_asked("Second.")
            .stay_silent()
            .is_told("Patience is at its end.")
            .hangs_up()
    });
    even_after_restarts(flow, |call| {
        call.stay_silent()
            .press("1")
            .is_asked("First.")
            .stay_silent()
            .stay_silent()
            .is_asked("Second.")
            .stay_silent()
            .is_told("Patience is at its end.")
            .hangs_up()
    });
}

/// Global keys everywhere, of which one state has its own.
const GLOBAL: &str = "
defaults:
  give_up: hangup
  keys: {0: desk, 9: bye, star: repeat}
states:
  main: {menu: Menu., no_match: Wrong., keys: {1: two, 0: own}}
  two: {ask: Two digits., no_match: Wrong., digits: 2, then: one}
  one: {ask: One digit., digits: 1, save: kept, keys: {7: own}, then: good}
  good: {say: 'Kept ${kept}.', then: hangup}
  own: {say: Own., then: hangup}
  desk: {say: Desk., then: hangup}
  bye: {say: Goodbye., then: hangup}
";

#[test]
fn global_keys_count_in_every_menu_where_its_own_come_first() {
    even_after_restarts(GLOBAL, |call| call.press("0").is_told("Own.").hangs_up());
    even_after_restarts(GLOBAL, |call| {
        call.press("9").is_told("Goodbye.").hangs_up()
    });
    even_after_restarts(GLOBAL, |call| {
        call.press("*")
            .is_asked("Menu.")
            .press("9")
            .is_told("Goodbye.")
            .hangs_up()
    });
}

#[test]
fn a_global_key_counts_in_an_ask_when_it_is_all_that_was_pressed_and_no_entry() {
    let at_two = |entry: &str, told: &str| {
        even_after_restarts(GLOBAL, |call| {
            call.press("1").press(entry).is_told(told).hangs_up()
        });
    };
    at_two("0", "Desk.");
    at_two("0#", "Desk.");
    even_after_restarts(GLOBAL, |call| {
        call.press("1")
            .is_asked("Two digits.")
            .press("*")
            .is_asked("Two digits.")
            .press("**")
            .is_asked("Wrong. Two digits.")
            .press("09")
            .is_asked("One digit.")
            .press("0")
            .is_told("Kept 0.")
            .hangs_up()
    });
    even_after_restarts(GLOBAL, |call| {
        call.press("1")
            .press("12")
            .press("7")
            .is_told("Own.")
            .hangs_up()
    });
}

#[test]
fn valid_sees_the_entry_as_input_and_under_its_name_before_it_is_kept() {
    let flow = "
vars: {code: {type: digits, default: 77}}
defaults: {give_up: bye, tries: 3}
states:
  main: {ask: Code?, digits: 2, save: code, valid: 'input == code && code != \"12\"', then: good}
  good: {say: 'Kept ${code}.', then: hangup}
  bye: {say: 'Still ${code}.', then: hangup}
";
    in_every_delivery(flow, |call| call.press("34").is_told("Kept 34.").hangs_up());
    in_every_delivery(flow, |call| {
        call.press("12")
            .press("12")
            .press("12")
            .is_told("Still 77.")
            .hangs_up()
    });
}

#[test]
fn a_check_that_fails_has_not_accepted_anything() {
    let flow = "
vars: {limit: {type: number, default: 5}}
defaults: {give_up: hangup, invalid: Refused.}
states:
  main: {ask: Code?, digits: 2, save: code, valid: code <= limit, then: hangup}
";
    in_every_delivery(flow, |call| {
        call.press("12")
            .is_asked("Refused. Code?")
            .with_faults(&["main:"])
            .press("12")
            .press("12")
            .hangs_up()
    });
}

#[test]
fn a_wording_too_long_for_its_prompt_goes_out_alone_and_costs_no_second_try() {
    let long = "w".repeat(2999);
    let flow = format!(
        "
defaults: {{give_up: bye, tries: 2}}
states:
  main: {{menu: Press 1., no_input: {long}, keys: {{1: hangup}}}}
  bye: {{say: Goodbye., then: hangup}}
"
    );
    even_after_restarts(&flow, |call| {
        call.stay_silent()
            .is_told(&long)
            .is_asked("Press 1.")
            .stay_silent()
            .is_told("Goodbye.")
            .hangs_up()
    });
}

#[test]
fn input_is_the_last_entry_or_key() {
    let flow = "
defaults: {give_up: hangup}
states:
  main: {menu: Menu., keys: {1: said, star: said}}
  said: {say: 'You pressed ${input}.', then: ask}
  ask: {ask: Number?, digits: 3, keys: {5: five}, then: said2}
  said2: {say: 'You entered ${input}.', then: hangup}
  five: {say: 'You pressed ${input}.', then: hangup}
";
    even_after_restarts(flow, |call| {
        call.press("*")
            .is_asked("You pressed *. Number?")
            .press("007")
            .is_told("You entered 007.")
            .hangs_up()
    });
    even_after_restarts(flow, |call| {
        call.press("1")
            .is_asked("You pressed 1. Number?")
            .press("5")
            .is_told("You pressed 5.")
            .hangs_up()
    });
}
