//! Scripts that fail: the caller hears what `on_error` says, and never nothing.

use crate::conversation::server::LAST_RESORT;
use crate::conversation::{Conversation, in_every_delivery};

/// A flow whose one state fails this way, in each place where an expression stands.
fn failing(expression: &str) -> Vec<String> {
    let states = [
        format!("{{say: 'It is ${{{expression}}}.', then: hangup}}"),
        format!("{{set: {{x: '${{{expression}}}'}}, then: hangup}}"),
        format!("{{choose: [{{if: '{expression}', then: hangup}}], otherwise: hangup}}"),
        format!("{{choose: '{expression}', otherwise: hangup}}"),
        format!("{{menu: 'Press ${{{expression}}}.', keys: {{1: hangup}}, give_up: hangup}}"),
        format!("{{transfer: '+65${{{expression}}}', then: hangup, otherwise: hangup}}"),
    ];
    states
        .iter()
        .map(|state| {
            format!(
                "
allow_dial: [+65]
vars: {{n: {{type: number, default: 3}}, t: {{type: text, default: x}}, l: list}}
defaults: {{on_error: sorry}}
states:
  main: {state}
  sorry: {{say: Sorry., then: hangup}}
"
            )
        })
        .collect()
}

#[test]
fn a_script_that_fails_leads_to_on_error() {
    for expression in ["1 / (n - 3)", "1 % (n - 3)", "tools::fail()"] {
        for flow in failing(expression) {
            Conversation::with(&flow)
                .tools("fn fail() { throw \"no\"; }")
                .is_told("Sorry.")
                .with_faults(&["main:"])
                .hangs_up();
        }
    }
}

#[test]
fn a_script_over_its_budget_is_a_fault() {
    for flow in failing("tools::spin()") {
        Conversation::with(&flow)
            .tools("fn spin() { let n = 0; while true { n += 1; } n }")
            .is_told("Sorry.")
            .with_faults(&["main:"])
            .hangs_up();
    }
}

#[test]
fn a_script_over_the_first_allowance_gets_the_full_one() {
    Conversation::with("states: {one: {say: 'It is ${tools::count()}.', then: hangup}}")
        .tools("fn count() { let n = 0; while n < 1000 { n += 1; } n }")
        .is_told("It is 1000.")
        .with_faults(&[])
        .hangs_up();
}

#[test]
fn a_value_of_the_wrong_type_is_a_fault() {
    for (kind, value) in [
        ("number", "${l}"),
        ("number", "${t}"),
        ("flag", "${n}"),
        ("digits", "${t}"),
        ("list", "${n}"),
        ("map", "${l}"),
        ("text", "${l}"),
    ] {
        let flow = format!(
            "
vars: {{target: {kind}, n: {{type: number, default: 3}}, t: {{type: text, default: x}}, l: list}}
defaults: {{on_error: sorry}}
states:
  main: {{set: {{target: '{value}'}}, then: hangup}}
  sorry: {{say: Sorry., then: hangup}}
"
        );
        in_every_delivery(&flow, |call| {
            call.is_told("Sorry.").with_faults(&["`target`"]).hangs_up()
        });
    }
}

#[test]
fn a_condition_that_is_neither_true_nor_false_is_a_fault() {
    let flow = "
vars: {n: number}
states:
  main: {choose: [{if: n, then: hangup}], otherwise: hangup, on_error: sorry}
  sorry: {say: Sorry., then: hangup}
";
    in_every_delivery(flow, |call| {
        call.is_told("Sorry.")
            .with_faults(&["true or false"])
            .hangs_up()
    });
}

#[test]
fn what_was_said_before_is_heard_before_on_error() {
    let flow = "
vars: {t: number}
states:
  one: {say: Welcome., then: main}
  main: {say: 'Your ${1 / t}.', then: hangup, on_error: sorry}
  sorry: {say: Sorry., then: hangup}
";
    in_every_delivery(flow, |call| call.is_told("Welcome. Sorry.").hangs_up());
}

#[test]
fn on_error_is_that_of_the_state_then_of_the_flow_then_giving_up() {
    let flow = |defaults: &str, own: &str| {
        format!(
            "
vars: {{t: number}}
{defaults}
states:
  main: {{menu: 'Your ${{1 / t}}.', keys: {{1: a, 2: b, 3: c}}, give_up: b{own}}}
  a: {{say: State., then: hangup}}
  b: {{say: Give up., then: hangup}}
  c: {{say: Flow., then: hangup}}
"
        )
    };
    for (defaults, own, told) in [
        ("defaults: {on_error: c}", ", on_error: a", "State."),
        ("defaults: {on_error: c}", "", "Flow."),
        ("", "", "Give up."),
    ] {
        in_every_delivery(&flow(defaults, own), |call| call.is_told(told).hangs_up());
    }
    let plain = "
vars: {t: number}
defaults: {give_up: bye}
states:
  main: {say: 'Your ${1 / t}.', then: hangup}
  bye: {say: Goodbye., then: hangup}
";
    in_every_delivery(plain, |call| call.is_told("Goodbye.").hangs_up());
}

#[test]
fn where_nothing_is_left_to_say_the_last_resort_is_said() {
    let flow = "
vars: {t: number}
states: {main: {say: 'Your ${1 / t}.', then: hangup}}
";
    in_every_delivery(flow, |call| {
        call.is_told(LAST_RESORT).with_faults(&["main:"]).hangs_up()
    });
}

#[test]
fn nobody_hears_the_line_go_dead_without_a_word() {
    let only = "
vars: {x: text}
states:
  main: {say: '${x}', then: hangup}
";
    let on_error = "
vars: {x: text}
defaults: {give_up: bye}
states:
  main: {menu: '${x}', keys: {1: bye}}
  bye: {say: '${x}', then: hangup}
";
    for flow in [only, on_error] {
        in_every_delivery(flow, |call| call.is_told(LAST_RESORT).hangs_up());
    }
}

#[test]
fn an_empty_text_behind_what_was_said_needs_no_excuse() {
    let flow = "
vars: {x: text}
states:
  main: {say: Goodbye., then: more}
  more: {say: '${x}', then: hangup}
";
    in_every_delivery(flow, |call| call.is_told("Goodbye.").hangs_up());
}

#[test]
fn a_fault_in_the_on_error_state_ends_in_the_last_resort() {
    let flow = "
vars: {t: number}
defaults: {on_error: sorry}
states:
  main: {say: 'Your ${1 / t}.', then: hangup}
  sorry: {say: 'Sorry, ${1 / t}.', then: hangup}
";
    in_every_delivery(flow, |call| call.is_told(LAST_RESORT).hangs_up());
}

#[test]
fn on_error_back_to_where_it_failed_ends_all_the_same() {
    let flow = "
vars: {t: number}
defaults: {on_error: main}
states:
  main: {menu: 'Press ${n}.', set: {n: one}, keys: {1: broken}, give_up: hangup}
  broken: {say: 'Your ${1 / t}.', then: hangup}
";
    in_every_delivery(flow, |mut call| {
        for _ in 0..20 {
            call = call.is_asked("Press one.").press("1");
        }
        call.is_asked("Press one.")
            .press("1")
            .is_told(LAST_RESORT)
            .hangs_up()
    });
}

#[test]
fn a_prompt_that_comes_out_as_nothing_never_leaves_silence() {
    let flow = "
vars: {t: text}
states:
  main: {menu: '${t}', keys: {1: hangup}, give_up: hangup, on_error: sorry}
  sorry: {say: Sorry., then: hangup}
";
    in_every_delivery(flow, |call| {
        call.is_told("Sorry.")
            .with_faults(&["main:7:19 the prompt came out empty"])
            .hangs_up()
    });
}
