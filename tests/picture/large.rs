//! A flow of some hundred states, in which every menu has the same keys: its picture is
//! done in no time, and everything in it has its own place.

use std::fmt::Write as _;
use std::sync::Arc;

use ringflow::flow::{Flow, Picture, svg};

use super::{apart, balanced, flow, rectangles};

/// A tree of menus whose leaves say, ask and transfer, and lead back to menus; every state
/// gives up at one goodbye, and two keys of each menu lead to a desk and to the beginning.
fn tree(states: usize) -> Arc<Flow> {
    let inner = states / 4;
    let name = |at: usize| format!("state_{at}");
    let back = |at: usize| name((at * 7 + 3) % inner);
    let mut text = String::from(
        "allow_dial: [+65]\nstart: state_0\ndefaults: {give_up: bye, keys: {0: desk, 9: state_0, star: repeat}}\nstates:\n",
    );
    for at in 0..states - 2 {
        let children: Vec<_> = (4 * at + 1..=4 * at + 4)
            .filter(|child| *child < states - 2)
            .zip(1..)
            .map(|(child, key)| format!("{key}: {}", name(child)))
            .collect();
        let state = match at % 4 {
            _ if at < inner && !children.is_empty() => format!(
                "{{menu: For item {at} press 1 and so on., keys: {{{}}}}}",
                children.join(", ")
            ),
            0 | 1 => format!(
                "{{say: All there is to know about item {at}., then: {}}}",
                back(at)
            ),
            2 => format!(
                "{{ask: Please enter the number of item {at}., digits: 6, save: code, then: {}}}",
                back(at)
            ),
            _ => "{transfer: +6561110001, then: hangup, otherwise: bye}".to_owned(),
        };
        let _ = writeln!(text, "  {}: {state}", name(at));
    }
    text.push_str("  desk: {transfer: +6561110002, then: hangup, otherwise: bye}\n");
    text.push_str("  bye: {say: Goodbye., then: hangup}\n");
    flow(&text)
}

#[test]
fn three_hundred_states_are_drawn_and_nothing_overlaps() {
    let flow = tree(300);
    assert_eq!(flow.states().len(), 300);
    let picture = Picture::of(&flow);
    let text = svg(&picture);
    balanced(&text);
    assert!(!text.contains("NaN") && !text.contains("inf"));
    assert_eq!(text.matches("fill=\"none\"").count(), picture.lines.len());
    let areas = rectangles(&text);
    assert!(areas.len() >= picture.boxes.len());
    for (i, a) in areas.iter().enumerate() {
        for b in &areas[i + 1..] {
            assert!(apart(a, b), "{a:?} and {b:?}");
        }
    }
    // A line that is not led says where it goes.
    assert!(
        text.contains(">0: desk</text>"),
        "the desk is named at menus"
    );
    assert!(text.contains(">9: state_0</text>"));
}
