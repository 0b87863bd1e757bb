//! Callers who are spoken to in the language that they have chosen.

use crate::conversation::{Conversation, even_after_restarts};

const FLOW: &str = "
languages:
  en:
    voice: en-US-One
  ms:
    voice: ms-MY-Two
vars: {wanted: {type: text, default: th}}
defaults: {give_up: hangup}
states:
  main:
    menu: Press 1.
    keys: {1: {set: {lang: ms}, then: second}, 2: bad}
  second:
    menu: Now ${lang}.
    keys: {1: third}
  third:
    set: {lang: '${if lang == \"ms\" { \"en\" } else { \"ms\" }}'}
    say: Then ${lang}.
    then: last
  last:
    menu: And ${lang}.
    keys: {1: hangup}
  bad:
    set: {lang: ms, wanted: '${wanted}'}
    say: In ${lang}.
    then: worse
  worse:
    set: {lang: '${wanted}'}
    say: Never said.
    on_error: still
    then: hangup
  still: {say: 'Still ${lang}.', then: hangup}
";

#[test]
fn the_language_stays_until_it_is_set_anew_and_after_restarts() {
    even_after_restarts(FLOW, |call| {
        call.is_asked("Press 1.")
            .with_field("voiceProfile", "en-US-One")
            .press("1")
            .is_asked("Now ms.")
            .with_field("voiceProfile", "ms-MY-Two")
            .press("1")
            .is_asked("Then en. And en.")
            .with_field("voiceProfile", "en-US-One")
            .press("1")
            .hangs_up()
    });
}

#[test]
fn a_language_that_the_flow_does_not_have_is_a_fault_and_changes_nothing() {
    Conversation::with(FLOW)
        .press("2")
        .with_faults(&["what `lang` is set to is no language of the flow"])
        .is_told("In ms. Still ms.")
        .hangs_up();
}

#[test]
fn only_a_call_that_has_left_the_first_language_has_another_token() {
    let version = |call: &Conversation| {
        let token = call.tokens().last().cloned().flatten().expect("it has one");
        // Behind 12 bytes of signature, the last 2 bits of the next one.
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            .find(&token[17..18])
            .map(|six| six >> 4)
    };
    let call = Conversation::with(FLOW).listen();
    let first = version(&call);
    let second = version(&call.press("1").listen());
    assert_eq!((first, second), (Some(1), Some(2)));
}
