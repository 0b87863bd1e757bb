//! Texts: which are joined into one action, which go out alone, how long ones are
//! cut, and what a value in a text becomes.

use crate::conversation::{Conversation, even_after_restarts, in_every_delivery};

#[test]
fn what_is_said_before_a_question_is_joined_into_its_prompt() {
    let flow = "
states:
  welcome: {say: Welcome., then: hours}
  hours: {set: {day: Monday}, say: Today is a public holiday., then: main}
  main: {say: Please choose., menu: Press 1., keys: {1: bye}, give_up: bye}
  bye: {say: Thank you., then: end}
  end: {say: Goodbye., then: hangup}
";
    even_after_restarts(flow, |call| {
        call.is_asked("Welcome. Today is a public holiday. Please choose. Press 1.")
            .press("1")
            .is_told("Thank you. Goodbye.")
            .hangs_up()
    });
}

#[test]
fn a_recording_goes_out_alone() {
    let flow = "
states:
  jingle: {say: https://example.com/jingle.mp3, repetition: 2, then: welcome}
  welcome: {say: Welcome., then: news}
  news: {say: https://example.com/news.wav, then: main}
  main: {menu: Press 1., keys: {1: hangup}, give_up: hangup}
";
    even_after_restarts(flow, |call| {
        call.is_played("https://example.com/jingle.mp3")
            .with_field("repetition", 2)
            .is_told("Welcome.")
            .is_played("https://example.com/news.wav")
            .with_field("repetition", 1)
            .is_asked("Press 1.")
            .press("1")
            .hangs_up()
    });
}

#[test]
fn another_voice_or_speed_or_a_repetition_is_not_joined() {
    let flow = "
defaults: {give_up: hangup}
states:
  one: {say: Welcome., then: two}
  two: {say: Selamat datang., voice: ms-MY-Two, then: three}
  three: {say: Slowly., voice: ms-MY-Two, speed: 0.5, then: four}
  four: {say: Twice., repetition: 2, then: five}
  five: {say: Twice again., repetition: 2, then: six}
  six: {say: Nearly there., then: main}
  main: {menu: Press 1., speed: 1.25, keys: {1: hangup}}
";
    even_after_restarts(flow, |call| {
        call.is_told("Welcome.")
            .with_field("voiceProfile", "en-US-One")
            .is_told("Selamat datang.")
            .with_field("voiceProfile", "ms-MY-Two")
            .is_told("Slowly.")
            .with_field("speed", 0.5)
            .is_told("Twice.")
            .with_field("repetition", 2)
            .is_told("Twice again.")
            .is_told("Nearly there.")
            .with_field("repetition", 1)
            .is_asked("Press 1.")
            .with_field("speed", 1.25)
            .press("1")
            .hangs_up()
    });
}

#[test]
fn speed_and_repetition_are_inherited_and_a_prompt_is_said_once() {
    let flow = "
defaults: {give_up: hangup, speed: 0.9, repetition: 3}
states:
  one: {say: Welcome., then: main}
  main: {menu: Press 1., keys: {1: hangup}}
";
    even_after_restarts(flow, |call| {
        call.is_told("Welcome.")
            .with_field("repetition", 3)
            .with_field("speed", 0.9)
            .is_asked("Press 1.")
            .with_field("speed", 0.9)
            .press("1")
            .hangs_up()
    });
}

#[test]
fn texts_are_joined_up_to_3000_characters() {
    let first = "a".repeat(1500);
    let fits = "b".repeat(1499);
    let flow = |second: &str| {
        format!(
            "
states:
  one: {{say: {first}, then: main}}
  main: {{menu: {second}, keys: {{1: hangup}}, give_up: hangup}}
"
        )
    };
    even_after_restarts(&flow(&fits), |call| {
        call.is_asked(&format!("{first} {fits}"))
            .press("1")
            .hangs_up()
    });
    let over = format!("{fits}c");
    even_after_restarts(&flow(&over), |call| {
        call.is_told(&first).is_asked(&over).press("1").hangs_up()
    });
}

#[test]
fn a_long_text_is_cut_behind_a_sentence_and_a_long_prompt_ends_in_the_question() {
    let sentence = format!("{}.", "a".repeat(1999));
    let tail = "b".repeat(1200);
    let flow = format!(
        "
states:
  one: {{say: {sentence} {tail}, voice: en-US-Two, then: main}}
  main: {{menu: {sentence} {tail}, keys: {{1: hangup}}, give_up: hangup}}
"
    );
    even_after_restarts(&flow, |call| {
        call.is_told(&sentence)
            .is_told(&tail)
            .is_told(&sentence)
            .is_asked(&tail)
            .press("1")
            .hangs_up()
    });
}

#[test]
fn what_is_said_before_a_transfer_goes_out_alone() {
    let flow = "
states:
  desk: {say: Please hold., transfer: +6561110001, then: bye, otherwise: bye}
  bye: {say: Goodbye., then: hangup}
";
    even_after_restarts(flow, |call| {
        call.is_told("Please hold.")
            .is_put_through_to("+6561110001")
            .bridge_ends(200)
            .is_told("Goodbye.")
            .hangs_up()
    });
    Conversation::with(flow)
        .in_lists()
        .is_told("Please hold.")
        .is_put_through_to("+6561110001");
}

#[test]
fn a_state_sets_first_then_says_then_does_what_it_is_for() {
    let flow = "
vars: {n: number}
states:
  main:
    menu: You are number ${n}. Press 1.
    say: Hello number ${n}.
    set: {n: '${n + 1}', twice: '${n * 2}'}
    keys: {1: again, 2: bye}
    give_up: hangup
  again: {say: 'Twice is ${twice}.', then: main}
  bye: {say: Goodbye., then: hangup}
";
    in_every_delivery(flow, |call| {
        call.is_asked("Hello number 1. You are number 1. Press 1.")
            .press("1")
            .is_asked("Twice is 2. Hello number 2. You are number 2. Press 1.")
            .press("2")
            .is_told("Goodbye.")
            .hangs_up()
    });
}

#[test]
fn values_of_every_kind_go_into_texts_and_a_lone_value_keeps_its_kind() {
    let flow = "
vars:
  name: {type: text, default: Mei}
  price: {type: number, default: 3}
  open: flag
  list: {type: list, default: [a, b]}
states:
  one:
    set:
      half: ${price / 2.0}
      sum: ${price + 1}
      whole: ${6.0 / 2.0}
      words: 'at ${price}'
      more: [x, '${price}']
      card: {tier: gold, n: '${price}'}
      missing: ${card.nothing.at_all}
    then: two
  two:
    say: |
      ${name}, ${half}, ${sum + 1}, ${whole}, ${words}, ${open}, ${list}, ${more.len()},
      ${card.tier}, ${card.n + 1}, (${missing}), $${name}.
    then: hangup
";
    even_after_restarts(flow, |call| {
        call.is_told("Mei, 1.5, 5, 3, at 3, false, a, b, 2, gold, 4, (), ${name}.")
            .hangs_up()
    });
}

#[test]
fn unset_variables_are_the_nothing_of_their_type() {
    let flow = "
vars: {t: text, n: number, f: flag, d: digits, l: list, m: map}
states:
  one:
    choose:
      - if: t == \"\" && n == 0 && f == false && d == \"\" && l.len() == 0 && m.len() == 0
        then: {say: All unset., then: hangup}
    otherwise: hangup
";
    even_after_restarts(flow, |call| call.is_told("All unset.").hangs_up());
}

#[test]
fn a_value_is_cut_at_500_characters_and_loses_markup() {
    let flow = "
vars:
  bad: {type: text, default: 'Tom <b>& Jerry</b>'}
states:
  one: {say: 'For ${bad}: ${tools::long()}.', then: hangup}
";
    let told = format!("For Tom b Jerry/b: {}.", "x".repeat(500));
    Conversation::with(flow)
        .tools("fn long() { \"x\".repeat(800) }")
        .is_told(&told)
        .hangs_up();
}

#[test]
fn a_value_in_an_address_is_encoded() {
    let flow = "
vars: {name: {type: text, default: a b/ü}}
states:
  one: {say: 'https://example.com/${name}.mp3', then: two}
  two: {set: {url: 'https://example.com/2.wav'}, say: '${url}', then: hangup}
";
    even_after_restarts(flow, |call| {
        call.is_played("https://example.com/a%20b%2F%C3%BC.mp3")
            .is_played("https://example.com/2.wav")
            .hangs_up()
    });
}

#[test]
fn a_text_whose_values_leave_nothing_to_say_is_not_said() {
    let flow = "
vars: {extra: text}
states:
  one: {say: '${extra}', then: main}
  main: {menu: Press 1., keys: {1: hangup}, give_up: hangup}
";
    even_after_restarts(flow, |call| call.is_asked("Press 1.").press("1").hangs_up());
}

#[test]
fn what_is_known_of_the_call_can_be_said() {
    let flow = "
zone: Asia/Singapore
states:
  one:
    say: |
      ${caller.number} ${caller.country} ${caller.known} ${dialled.number} ${session.direction}
      ${session.type} ${now.weekday} ${now.date} ${now.hour} ${lang} ${visits(\"one\")}.
    then: hangup
";
    even_after_restarts(flow, |call| {
        call.is_told("+6591234567 SG true +6561115777 inbound pstn mon 2026-03-02 10 en 1.")
            .hangs_up()
    });
}

#[test]
fn visits_count_how_often_a_state_was_entered_by_its_name() {
    let flow = "
states:
  main:
    menu: Visit ${visits(\"main\")}.
    keys: {1: main, 2: repeat, 3: hangup}
    give_up: hangup
";
    in_every_delivery(flow, |call| {
        call.is_asked("Visit 1.")
            .press("2")
            .is_asked("Visit 1.")
            .press("1")
            .is_asked("Visit 2.")
            .press("3")
            .hangs_up()
    });
}
