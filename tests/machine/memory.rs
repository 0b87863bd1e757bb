//! A call of which only the token is left: it goes on where it was, or at the state
//! that collects what was lost, and never pretends.

use crate::conversation::webhook::Webhook;
use crate::conversation::{Conversation, even_after_restarts};

const ACCOUNT: &str = "
defaults: {give_up: bye, tries: 4, no_match: [Wrong., Wrong again.], keys: {0: bye}}
states:
  account: {ask: Account?, digits: 4, save: account, then: pin}
  pin: {ask: PIN?, digits: 2, save: pin, then: menu}
  menu: {menu: [Press 1., Short.], keys: {1: done, 2: repeat}}
  done: {say: 'Thank you ${account}.', then: hangup}
  bye: {say: Goodbye., then: hangup}
";

#[test]
fn a_call_goes_on_where_it_was_with_its_counts() {
    Conversation::with(ACCOUNT)
        .press("1")
        .is_asked("Wrong. Account?")
        .restart()
        .press("1")
        .is_asked("Wrong again. Account?")
        .restart()
        .press("1234")
        .is_asked("PIN?")
        .restart()
        .press("12")
        .is_asked("Press 1.")
        .restart()
        .press("2")
        .is_asked("Short.")
        .is_in("menu");
}

#[test]
fn a_state_that_reads_a_lost_variable_moves_the_call_to_the_one_that_collects_it() {
    Conversation::with(ACCOUNT)
        .press("1234")
        .press("12")
        .is_asked("Press 1.")
        .restart()
        .press("1")
        .is_asked("Account?")
        .press("5678")
        .press("12")
        .press("1")
        .is_told("Thank you 5678.")
        .hangs_up();
}

#[test]
fn a_variable_that_was_never_set_is_not_lost() {
    let flow = "
vars: {tier: {type: text, default: basic}}
defaults: {give_up: bye}
states:
  main: {menu: Press 1., keys: {1: done, 2: gold}}
  gold: {set: {tier: gold}, then: main}
  done: {say: 'You are ${tier}.', then: hangup}
  bye: {say: Goodbye., then: hangup}
";
    even_after_restarts(flow, |call| {
        call.press("1").is_told("You are basic.").hangs_up()
    });
    // What had been changed is set again where it is set, and is no default.
    Conversation::with(flow)
        .press("2")
        .is_asked("Press 1.")
        .restart()
        .press("1")
        .is_asked("Press 1.")
        .press("1")
        .is_told("You are gold.")
        .hangs_up();
}

#[test]
fn a_lost_count_starts_the_call_over_rather_than_pretend() {
    let flow = "
vars: {n: {type: number, default: 3}}
defaults: {give_up: bye}
states:
  welcome: {say: Welcome., then: main}
  main: {menu: Press 1., keys: {1: count, 2: tell}}
  count: {set: {n: '${n - 1}'}, then: tell}
  tell: {say: '${n} left.', then: main}
  bye: {say: Goodbye., then: hangup}
";
    Conversation::with(flow)
        .is_asked("Welcome. Press 1.")
        .press("1")
        .is_asked("2 left. Press 1.")
        .restart()
        .press("1")
        .is_asked("Welcome. Press 1.")
        .press("1")
        .is_asked("2 left. Press 1.");
}

#[test]
fn a_state_that_reads_a_lost_entry_goes_back_to_where_it_is_taken() {
    let flow = "
defaults: {give_up: hangup}
states:
  main: {menu: Press a key., keys: {1: wait, 2: wait}}
  wait: {say: One moment., voice: en-US-Two, then: tell}
  tell: {say: 'It was ${input}.', then: hangup}
";
    Conversation::with(flow)
        .press("2")
        .is_told("One moment.")
        .restart()
        .is_asked("Press a key.")
        .press("1")
        .is_told("One moment.")
        .is_told("It was 1.")
        .hangs_up();
}

#[test]
fn a_check_that_reads_what_is_lost_goes_back_before_it_judges() {
    let flow = "
defaults: {give_up: hangup}
states:
  first: {ask: First?, digits: 2, save: code, then: second}
  second: {ask: The same again?, digits: 2, valid: input == code, then: done}
  done: {say: Done., then: hangup}
";
    Conversation::with(flow)
        .press("12")
        .is_asked("The same again?")
        .restart()
        .press("12")
        .is_asked("First?")
        .press("34")
        .press("34")
        .is_told("Done.")
        .hangs_up();
}

#[test]
fn silence_at_the_state_that_collects_what_was_lost_comes_to_an_end() {
    let flow = "
defaults: {give_up: bye, tries: 2, patience: 5}
states:
  account: {ask: Account?, digits: 4, save: account, then: menu}
  menu: {menu: Press 1., keys: {1: bye}}
  bye: {say: 'Goodbye, ${account}.', then: hangup}
";
    let mut call = Conversation::with(flow).press("1234").restart().press("1");
    for _ in 0..4 {
        call = call.is_asked("Account?").stay_silent();
    }
    // Rather than ask for ever, the call is as if it had just begun.
    call.is_asked("Account?")
        .stay_silent()
        .is_asked("Account?")
        .stay_silent()
        .is_told("Goodbye, .")
        .hangs_up();
}

#[test]
fn failures_beyond_the_last_try_are_not_forgotten() {
    let flow = "
defaults: {give_up: bye, tries: 2, patience: 99}
states:
  main: {menu: Press 1., keys: {1: hangup}, cases: {no_match: repeat}}
  bye: {say: Goodbye., then: hangup}
";
    let mut call = Conversation::with(flow);
    for _ in 0..16 {
        call = call.press("2").is_asked("Press 1.");
    }
    call.restart().stay_silent().is_told("Goodbye.").hangs_up();
}

#[test]
fn in_a_newer_revision_the_call_goes_on_at_the_state_of_the_same_name() {
    let newer = ACCOUNT
        .replace("PIN?", "Your new PIN?")
        .replace("Press 1.", "New press 1.");
    Conversation::with(ACCOUNT)
        .press("1234")
        .is_asked("PIN?")
        .restart_with(&newer)
        .press("1")
        .is_asked("Wrong. Your new PIN?")
        .press("12")
        .is_asked("New press 1.")
        .press("1")
        .is_asked("Account?");
}

#[test]
fn a_state_that_is_gone_or_of_another_kind_in_a_newer_revision_leads_to_the_start() {
    let gone = ACCOUNT
        .replace("then: pin", "then: menu")
        .replace("  pin: {ask: PIN?, digits: 2, save: pin, then: menu}\n", "");
    let another_kind = ACCOUNT.replace(
        "pin: {ask: PIN?, digits: 2, save: pin, then: menu}",
        "pin: {say: No PIN any more., then: menu}",
    );
    let asks_differently = ACCOUNT.replace(
        "pin: {ask: PIN?, digits: 2, save: pin, then: menu}",
        "pin: {menu: PIN or not?, keys: {1: menu, 2: menu}}",
    );
    for newer in [gone, another_kind, asks_differently] {
        Conversation::with(ACCOUNT)
            .press("1234")
            .is_asked("PIN?")
            .restart_with(&newer)
            .press("1")
            .is_asked("Account?")
            .is_in("account");
    }
}

#[test]
fn a_state_of_another_kind_is_another_one_behind_what_it_says_too() {
    let flow = |desk: &str| {
        format!(
            "
defaults: {{give_up: hangup}}
states:
  main: {{menu: Press 1., keys: {{1: desk}}}}
  desk: {{say: One moment., {desk}}}
"
        )
    };
    let transfer = "transfer: +6561110001, then: hangup, otherwise: hangup";
    let menu = "voice: en-US-Two, menu: Press 2., keys: {2: hangup}";
    Conversation::with(&flow(transfer))
        .press("1")
        .is_told("One moment.")
        .restart_with(&flow(menu))
        .is_asked("Press 1.")
        .is_in("main");
}

#[test]
fn a_call_whose_bridge_was_up_goes_on_behind_it() {
    let flow = "
states:
  desk: {transfer: [+6561110001, +6561110002], then: bye, otherwise: sorry}
  bye: {say: Goodbye., then: hangup}
  sorry: {say: Sorry., then: hangup}
";
    Conversation::with(flow)
        .is_put_through_to("+6561110001")
        .restart()
        .bridge_ends(486)
        .is_put_through_to("+6561110002")
        .restart_with(&flow.replace("Sorry.", "New sorry."))
        .bridge_ends(486)
        .is_told("New sorry.")
        .hangs_up();
}

#[test]
fn a_forged_or_foreign_token_counts_as_none() {
    let forgeries = [
        |token: &str| format!("{}A", &token[..token.len() - 1]),
        |token: &str| token[1..].to_owned(),
        |_: &str| "A".repeat(64),
        |_: &str| String::new(),
    ];
    for forge in forgeries {
        Conversation::with(ACCOUNT)
            .press("1234")
            .is_asked("PIN?")
            .restart()
            .gets_with(|sent, tokens| {
                let token = tokens.last().and_then(Option::as_deref);
                let forged = forge(token.expect("the call goes on"));
                Webhook::completed(sent, Some(&forged)).with_digits("12")
            })
            .is_asked("Account?");
    }
}

#[test]
fn the_token_of_another_session_is_foreign() {
    // Signed by the same key, for a session of another id.
    let call = Conversation::with(ACCOUNT).press("1234").is_asked("PIN?");
    let foreign = call.tokens().last().cloned().flatten();
    let body = Webhook {
        token: foreign,
        ..Webhook::completed(1, None).with_digits("12")
    };
    let mut body: serde_json::Value = serde_json::from_slice(&body.bytes()).unwrap();
    body["payload"]["sessionId"] = "another-session".into();
    let mut server = crate::conversation::fresh_server(ACCOUNT);
    let answered = server.post(body.to_string().as_bytes());
    assert!(
        String::from_utf8(answered.bytes)
            .unwrap()
            .contains("Account?")
    );
}

#[test]
fn a_token_is_short_and_plain_in_every_turn_of_a_long_call() {
    // Each answer is held against the platform's rules, tokens included.
    let names: Vec<String> = (0..64).map(|n| format!("v{n}: '{n}'")).collect();
    let flow = format!(
        "
defaults: {{give_up: hangup}}
states:
  main: {{set: {{{}}}, menu: Press 1., keys: {{1: desk, 2: main}}}}
  desk: {{transfer: +6561110001, then: main, otherwise: main}}
",
        names.join(", ")
    )
    .replace(
        "then: main, otherwise: main",
        "then: again, otherwise: again",
    ) + "  again: {menu: Again?, keys: {1: main}}\n";
    let mut call = Conversation::with(&flow);
    for _ in 0..50 {
        call = call
            .press("1")
            .bridge_ends(486)
            .is_asked("Again?")
            .press("1")
            .is_asked("Press 1.");
    }
}
