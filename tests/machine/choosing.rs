//! Both forms of `choose`, and targets written in place.

use crate::conversation::{Conversation, even_after_restarts, in_every_delivery};

#[test]
fn the_first_condition_that_holds_wins() {
    let flow = "
defaults: {give_up: hangup}
states:
  main: {ask: Age?, digits: 1-3, save: age, then: sort}
  sort:
    choose:
      - {if: number(age) >= 65, then: senior}
      - {if: number(age) >= 18, then: adult}
      - {if: number(age) == 7, then: {say: Seven in place., then: hangup}}
    otherwise: child
  senior: {say: Senior., then: hangup}
  adult: {say: Adult., then: hangup}
  child: {say: Child., then: hangup}
";
    for (age, told) in [
        ("70", "Senior."),
        ("18", "Adult."),
        ("007", "Seven in place."),
        ("3", "Child."),
    ] {
        in_every_delivery(flow, |call| call.press(age).is_told(told).hangs_up());
    }
}

#[test]
fn a_condition_of_nothing_is_false() {
    let flow = "
vars: {card: map}
states:
  main:
    choose:
      - {if: card.vip.until, then: hangup}
    otherwise: {say: Otherwise., then: hangup}
";
    even_after_restarts(flow, |call| call.is_told("Otherwise.").hangs_up());
}

#[test]
fn an_expression_chooses_a_label() {
    let flow = "
defaults: {give_up: hangup}
states:
  main: {ask: Number?, digits: 1-2, save: n, then: sort}
  sort:
    set: {seen: 'yes'}
    say: Let me see.
    choose: |
      let n = number(n);
      if n > 9 { \"large\" }
      else if n == 0 { \"nothing at all\" }
      else { n }
    cases:
      large: {say: Large., then: hangup}
      nothing at all: {say: Nothing., then: hangup}
      7: {say: Seven., then: hangup}
    otherwise: {say: Small., then: hangup}
";
    for (entry, told) in [
        ("12", "Large."),
        ("00", "Nothing."),
        ("7", "Seven."),
        ("3", "Small."),
    ] {
        in_every_delivery(flow, |call| {
            call.press(entry)
                .is_told(&format!("Let me see. {told}"))
                .hangs_up()
        });
    }
}

#[test]
fn functions_of_script_files_choose_too() {
    let flow = "
states:
  main: {choose: 'tools::desk(caller.number)', cases: {sg: sg, my: my}, otherwise: hangup}
  sg: {say: Singapore., then: hangup}
  my: {say: Malaysia., then: hangup}
";
    Conversation::with(flow)
        .tools("fn desk(number) { if number.starts_with(\"+65\") { \"sg\" } else { \"my\" } }")
        .is_told("Singapore.")
        .hangs_up();
}

#[test]
fn states_are_written_in_place_of_every_target() {
    let flow = "
defaults:
  tries: 1
  give_up: {say: Given up., then: hangup}
  keys: {9: {set: {from: nine}, say: Nine., then: said}}
states:
  main:
    menu: Menu.
    keys:
      1: {ask: In place?, digits: 1, then: said}
      2: {transfer: +6561110002, then: said, otherwise: {say: Nested no., then: hangup}}
      3: said
  said: {say: 'Said ${input}.', then: hangup}
"
    .replace(
        ", otherwise: {say: Nested no., then: hangup}",
        ", otherwise: said",
    );
    even_after_restarts(&flow, |call| {
        call.press("1")
            .is_asked("In place?")
            .press("4")
            .is_told("Said 4.")
            .hangs_up()
    });
    in_every_delivery(&flow, |call| {
        call.press("2")
            .is_put_through_to("+6561110002")
            .bridge_ends(200)
            .is_told("Said 2.")
            .hangs_up()
    });
    even_after_restarts(&flow, |call| {
        call.press("9").is_told("Nine. Said 9.").hangs_up()
    });
    even_after_restarts(&flow, |call| {
        call.stay_silent().is_told("Given up.").hangs_up()
    });
}
